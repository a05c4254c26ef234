import modal

app = modal.App("shape")


@app.cls()
class Model:
    size: int = modal.parameter(default=3)
    compile: bool = (  # see below
        modal.parameter(default=False)
    )

    @modal.method()
    def inference(self, text: str): ...
