import modal

app = modal.App("shape")


@app.function()
def f(x: int = 1): ...


@app.local_entrypoint()
def main(): ...
