"""One function of each kind, for tests of what really runs."""

import asyncio
import os
import time

import modal

app = modal.App("kinds")
image = modal.Image.debian_slim(python_version="3.11").uv_pip_install("fastapi").env({"FROM_IMAGE": "yes"})
volume = modal.Volume.from_name("kinds-volume", create_if_missing=True)


@app.function(image=image, secrets=[modal.Secret.from_dict({"FROM_SECRET": "hush"})])
def environment(name: str) -> str | None:
    return os.environ.get(name)


@app.function(image=image)
def fail(text: str) -> None:
    raise ValueError(text)


@app.function(image=image)
def count(n: int):
    yield from range(n)


@app.function(image=image, max_containers=2)
def container(_: int) -> str:
    time.sleep(0.2)
    return os.environ["MODAL_TASK_ID"]


@app.function(image=image, timeout=1, startup_timeout=60)
def too_slow() -> None:
    time.sleep(30)


@app.function(
    image=image,
    volumes={"/data": volume},
    retries=modal.Retries(max_retries=2, initial_delay=0.0, backoff_coefficient=1.0),
)
def third_time() -> int:
    with open("/data/tries", "a") as file:
        file.write("x")
    tries = os.path.getsize("/data/tries")
    if tries < 3:
        raise RuntimeError(f"try {tries}")
    return tries


@app.cls(image=image)
class Batched:
    @modal.batched(max_batch_size=4, wait_ms=300)
    def sizes(self, xs: list[int]) -> list[int]:
        return [len(xs)] * len(xs)


@app.cls(image=image, scaledown_window=2)
class Lifecycle:
    start: int = modal.parameter(default=1)

    @modal.enter()
    def up(self) -> None:
        self.value = self.start
        print("entered")

    @modal.method()
    def add(self, n: int) -> int:
        self.value += n
        return self.value

    @modal.exit()
    def down(self) -> None:
        print("left")


@app.function(image=image, volumes={"/data": volume})
def write(text: str) -> None:
    with open("/data/note.txt", "w") as file:
        file.write(text)
    volume.commit()


@app.function(image=image)
@modal.concurrent(max_inputs=20)
@modal.asgi_app()
def web():
    from fastapi import FastAPI, Request, WebSocket
    from fastapi.responses import StreamingResponse

    api = FastAPI()

    @api.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    @api.get("/large")
    def large() -> str:
        return "x" * (5 << 20)

    @api.get("/events")
    async def events() -> StreamingResponse:
        async def stream():
            for n in range(3):
                yield f"data: {n}\n\n"
                await asyncio.sleep(0.2)

        return StreamingResponse(stream(), media_type="text/event-stream")

    @api.get("/wait")
    async def wait(seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "done"

    @api.get("/die")
    def die() -> None:
        os._exit(3)

    @api.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        while True:
            await socket.send_text((await socket.receive_text()).upper())

    return api


@app.function(image=image)
@modal.asgi_app(requires_proxy_auth=True)
def guarded():
    from fastapi import FastAPI

    api = FastAPI()
    api.get("/")(lambda: "in")
    return api


@app.function(image=image)
@modal.web_server(8123, startup_timeout=20)
def server() -> None:
    import subprocess
    import sys

    subprocess.Popen([sys.executable, "-m", "http.server", "8123", "--bind", "127.0.0.1"])
