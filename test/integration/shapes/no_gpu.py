import modal

app = modal.App("shape")


@app.function(gpu=False)
def f(): ...


@app.function(gpu=None)
def g(): ...
