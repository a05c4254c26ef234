import modal

app = modal.App("shape")


def traced(f):
    return f


@app.function(gpu="T4")
@modal.concurrent(max_inputs=4)
@traced
def f(): ...
