import modal

def make_app():
    made = modal.App("from-factory")
    return made


app = make_app()


@app.function(gpu="T4")
def f(): ...
