import modal; app = modal.App("shape")
@app.function(gpu="T4")
def f(): pass
