import modal

app = modal.App("shape")


@app.function(name="deployed")
def f(): ...


@app.server(name="site", port=8000)
class Site:
    @modal.enter()
    def start(self): ...
