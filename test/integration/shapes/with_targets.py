import modal

app = modal.App("shape")


import contextlib


class Holder: ...


holder = Holder()
with contextlib.nullcontext((1, 2)) as (holder.a, holder.b):
    pass
with contextlib.nullcontext(1) as holder.c:
    pass


@app.function(gpu="T4")
def f(): ...
