import modal

NAME = "sha" "pe"
app = modal.App(f"{NAME}-x")
GPU, COUNT = "T4", 2
TYPE = "L4"


@app.function(gpu=TYPE + ":2")
def f(): ...


@app.function(gpu=("A10"))
def g(): ...
