import modal

app = modal.App("shape")


def _train(n: int = 1): ...


train = app.function(gpu="H100")(_train)


@app.function()
def cheap(): ...
