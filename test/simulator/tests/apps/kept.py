"""A function with one container that is always there."""

import modal

app = modal.App("kept")
image = modal.Image.debian_slim(python_version="3.11").env({"FROM_IMAGE": "yes"})


@app.function(image=image, min_containers=1)
def wait(seconds: float) -> float:
    import time

    time.sleep(seconds)
    return seconds
