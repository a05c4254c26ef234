import modal

app = modal.App("shape")


SETTINGS = {"secrets": [modal.Secret.from_name("k")], "gpu": "T4"}


@app.function(**SETTINGS)
def f(): ...
