import modal

app = modal.App("shape")


if True:

    @app.function()
    def f(): ...

else:

    @app.function(gpu="T4")
    def g(): ...


try:
    import nothing_like_this
except ImportError:

    @app.function(gpu="L4")
    def h(): ...
