import modal


class modal:
    class App:
        def __init__(self, name): ...

        def function(self, **_):
            return lambda f: f


app = modal.App("not-modal")


@app.function()
def f(): ...
