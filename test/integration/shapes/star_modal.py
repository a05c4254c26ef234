from modal import *  # noqa: F403

app = App("shape")


@app.function(gpu="L4")
def f(): ...
