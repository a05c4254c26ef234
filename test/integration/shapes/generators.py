import modal

app = modal.App("shape")


@app.function()
def gen():
    yield 1


@app.function()
def plain():
    return (x for x in [])
