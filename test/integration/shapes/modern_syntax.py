import modal

app = modal.App("shape")


type_of = lambda a, /, b: a


def shapes(x, *idx):
    y = x[*idx]
    for z in *idx, 3:
        y += z
    return y


@app.function(gpu="T4")
def f(): ...
