# -*- coding: latin-1 -*-
import modal

app = modal.App("shape")
NAME = "größe"


@app.function(gpu="T4")
def f(): ...
