import modal

app = modal.App("shape")


@app.function()
def f(): ...


g = f
