import modal

app = modal.App("shape")


class Base:
    size: int = modal.parameter(default=1)

    @modal.enter()
    def load(self): ...

    @modal.method()
    def ping(self): ...

    @modal.method()
    def run(self): ...


class Middle(Base):
    @modal.method()
    def middle(self): ...


@app.cls(gpu="L4")
class Model(Middle):
    name: str = modal.parameter(default="x")

    @modal.method()
    def run(self, text: str = ""): ...
