import modal

app = modal.App("shape")


MULTI = False


@app.function(gpu="H100:8")
@(modal.experimental.clustered(2) if MULTI else lambda f: f)
def train(steps: int = 3): ...


@app.function()
@(lambda f: f)
def other(): ...
