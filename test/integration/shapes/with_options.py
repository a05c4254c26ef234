import modal

app = modal.App("shape")


@app.cls()
class Bench:
    @modal.method()
    def run(self): ...


@app.local_entrypoint()
def main(gpu: str = "H100"):
    Bench.with_options(gpu=gpu)().run.remote()
