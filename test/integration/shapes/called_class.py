import modal

app = modal.App("shape")


class Model:
    @modal.method()
    def run(self): ...


Served = app.cls(gpu="A10", min_containers=1)(Model)
