import modal

hub = modal.Secret.from_name("hub")
BASE = [hub]
app = modal.App("shape", secrets=[modal.Secret.from_name("all")])


@app.function(secrets=BASE + [modal.Secret.from_name("own")])
def f(): ...


@app.function(secrets=[modal.Secret.from_name(n) for n in ("a", "b")])
def g(): ...


@app.function(secrets=[*BASE, modal.Secret.from_name("star")])
def h(): ...


@app.function(secrets=[modal.Secret.from_name("yes")] if True else [])
def i(): ...
