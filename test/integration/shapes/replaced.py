import modal

app = modal.App("first")


@app.function()
def f(): ...


app = modal.App("second")


@app.function(gpu="T4")
def g(): ...
