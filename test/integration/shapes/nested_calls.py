import modal

app = modal.App("shape")


def register():
    @app.function(serialized=True, gpu="H100")
    def inside(): ...


register()


@app.function()
def f(): ...
