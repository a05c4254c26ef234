import modal

make = {"app": lambda: modal.App("looked-up")}
app = make["app"]()


@app.function(gpu="T4")
def f(): ...
