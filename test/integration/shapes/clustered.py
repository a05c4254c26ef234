import modal

app = modal.App("shape")


@app.function(gpu="H100:8")
@modal.experimental.clustered(size=4)
def train(): ...
