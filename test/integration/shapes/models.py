import modal

app = modal.App("shape")


MODELS = {"small": {"gpu": "T4"}, "big": {"gpu": "H100:2"}}
GPUS = ["L4", "A10"]


@app.function(gpu=MODELS["big"]["gpu"])
def f(): ...


@app.function(gpu=GPUS[1])
def g(): ...


@app.function(gpu=GPUS)
def h(): ...
