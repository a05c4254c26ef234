import modal

app = modal.App("shape")


on_gpu = app.function(gpu="L4")


@on_gpu
def f(): ...
