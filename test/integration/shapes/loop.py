import modal

app = modal.App("shape")


def work(): ...


for name, gpu in [("a", "T4"), ("b", "H100")]:
    app.function(gpu=gpu, name=name)(work)


@app.function()
def f(): ...
