import modal

app = modal.App("shape")


def add(target):
    target.function(gpu="H100")(job)


def job(): ...


add(app)


@app.function()
def f(): ...
