import modal

def make_app(name):
    return modal.App(name)


app = make_app("given")


@app.function()
def f(): ...
