import modal

app = modal.App("shape")


wrappers = {"a": lambda f: f}


@app.function(gpu="T4")
@wrappers["a"]
def f(): ...


@app.function()
def g(): ...
