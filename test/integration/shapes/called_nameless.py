import modal

app = modal.App("shape")


def job(n: int = 1): ...


app.function(gpu="T4", name="nightly")(job)
