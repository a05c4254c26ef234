import modal

other = modal.App("other")


@other.function(gpu="T4")
def inner(): ...


@other.local_entrypoint()
def other_main(): ...


app = modal.App("shape").include(other)


@app.function()
def f(): ...
