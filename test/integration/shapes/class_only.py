import modal

app = modal.App("shape")


@app.cls(gpu="T4", secrets=[modal.Secret.from_name("s")])
class Lonely:
    @modal.enter()
    def load(self): ...
