import modal

if (app := modal.App("shape")) is not None:

    @app.function(gpu="T4")
    def f(): ...
