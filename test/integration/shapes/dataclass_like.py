import modal

app = modal.App("shape")


VOLUME = modal.Volume.from_name("v", create_if_missing=True)
IMAGE = modal.Image.debian_slim().pip_install("x")


@app.cls(image=IMAGE, volumes={"/v": VOLUME}, gpu="L40S", scaledown_window=60)
class M:
    @modal.enter(snap=False)
    def load(self): ...

    @modal.method()
    def go(self, x: int = 1, *, y: float = 2.0): ...

    @modal.exit()
    def bye(self): ...
