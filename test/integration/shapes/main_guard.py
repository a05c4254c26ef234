import modal

app = modal.App("shape")


@app.function()
def f(): ...


if __name__ == "__main__":

    @app.function(gpu="H100")
    def never(): ...
