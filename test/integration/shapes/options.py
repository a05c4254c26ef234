import modal

app = modal.App("shape")


OPTS = {"gpu": "A10", "min_containers": 1}
MORE = dict(OPTS, gpu="T4")


@app.function(**OPTS)
def f(): ...


@app.function(**{**OPTS, "gpu": "L4"})
def g(): ...


@app.function(**dict(gpu="H100"))
def h(): ...
