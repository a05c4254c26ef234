import modal

app = modal.App("shape")


@app.function(gpu=["H100", "A100-40GB:2"])
async def f(): ...


@app.cls(gpu="T4")
class C:
    @modal.method()
    async def go(self): ...


@app.cls()
class Batches:
    @modal.batched(max_batch_size=4, wait_ms=10)
    async def many(self, xs: list[str]): ...
