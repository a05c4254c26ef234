import modal

app = modal.App("shape")


@app.function()
@modal.fastapi_endpoint()
def endpoint(): ...


@app.function()
@modal.asgi_app()
def asgi(): ...


@app.cls()
class Web:
    @modal.wsgi_app()
    def site(self): ...

    @modal.method()
    def call(self): ...
