"""A first Modal app: one function and one web endpoint."""

import modal

app = modal.App("hello-modal")


@app.function()
def square(number: int) -> int:
    print(f"squaring {number}")
    return number * number


@app.function(image=modal.Image.debian_slim().pip_install("fastapi[standard]"))
@modal.fastapi_endpoint()
def hello(name: str = "world") -> dict[str, str]:
    print(f"greeting {name}")
    return {"greeting": f"Hello, {name}!"}
