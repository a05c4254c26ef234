import modal

größe = modal.App("shape")


@größe.function(gpu="T4")
def maß(): ...
