import modal

app = modal.App("shape")


OPTS = {"gpu": "T4"}
OPTS["gpu"] = "H100"
LIST = ["T4"]
LIST.append("L4")


@app.function(gpu=OPTS["gpu"])
def f(): ...


@app.function(gpu=LIST)
def g(): ...
