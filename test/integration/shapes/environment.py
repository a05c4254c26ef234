import os

import modal

app = modal.App("shape")


GPU = os.environ.get("SHAPE_GPU", "L40S")
COUNT = int(os.getenv("SHAPE_COUNT", "2"))


@app.function(gpu=GPU)
def f(): ...


@app.function(gpu=f"{GPU}:{COUNT}", min_containers=int(os.environ.get("SHAPE_WARM", 1)))
def g(): ...


@app.function(gpu=os.environ.get("SHAPE_NONE") or "T4")
def h(): ...
