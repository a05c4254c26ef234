import modal


class Registry:
    def function(self, **_):
        return lambda f: f


tf = Registry()
app = modal.App("shape")


@tf.function()
def graph(): ...


@app.function()
def f(): ...
