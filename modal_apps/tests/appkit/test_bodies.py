"""The bodies of all requests have one room: what does not fit is refused at once, and small requests go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from appkit.bodies import FREE_BYTES, Room
from appkit.gate import Counters, Gate
from fastapi import FastAPI, Request
from served import served

MOST = 1 << 20
ROOM = 3 << 19  # one and a half of the largest body


class App:
    """An app that reads the body of each request and keeps it until it is let go."""

    def __init__(self) -> None:
        self.room = Room(ROOM)
        self.let_go = asyncio.Event()
        self.read = 0
        self.arrived = asyncio.Semaphore(0)
        self.gate = Gate(self._serve, None, MOST, Counters(), room=self.room)

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            more = (await receive()).get("more_body", False)
        self.read += 1
        self.arrived.release()
        if scope["path"] == "/kept":
            await self.let_go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def call(
        self, size: int, path: str = "/", *, announced: bool = False, parts: int = 16
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        """Sends a body in parts. Returns status, headers and body of the answer."""
        sent: list[Any] = []
        left = [size // parts] * (parts - 1) + [size - size // parts * (parts - 1)]

        async def receive() -> Any:
            await asyncio.sleep(0)  # others come in between, as they do on a network
            return {"type": "http.request", "body": bytes(left.pop()), "more_body": bool(left)}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"content-length", str(size).encode())] if announced else []
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
        await self.gate(scope, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


async def keeping(app: App, *sizes: int) -> list[asyncio.Task[Any]]:
    """Requests whose bodies have come, and that have no answer yet."""
    kept = [asyncio.create_task(app.call(size, "/kept")) for size in sizes]
    for _ in kept:
        await app.arrived.acquire()
    return kept


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_does_not_fit_now_is_refused_and_fits_afterwards(announced: bool) -> None:
    app = App()
    kept = await keeping(app, MOST)
    status, headers, body = await app.call(MOST, announced=announced)
    assert (status, json.loads(body)["error"]["code"]) == (503, "bodies_too_large")
    assert int(headers[b"retry-after"]) > 0
    assert app.read == 1, "the app got it"
    app.let_go.set()
    assert [(await one)[0] for one in kept] == [200]
    assert (await app.call(MOST, announced=announced))[0] == 200
    assert app.room.taken == 0


async def test_small_requests_are_served_while_there_is_no_room() -> None:
    app = App()
    kept = await keeping(app, MOST, ROOM - MOST + FREE_BYTES)
    assert app.room.taken > ROOM - 2 * FREE_BYTES
    assert [(await app.call(FREE_BYTES))[0] for _ in range(50)] == [200] * 50
    assert (await app.call(FREE_BYTES * 3))[0] == 503
    app.let_go.set()
    await asyncio.gather(*kept)


@pytest.mark.parametrize("announced", [True, False])
async def test_twenty_large_bodies_at_once_take_no_more_than_the_room(announced: bool) -> None:
    app = App()
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, app.room.taken)
            await asyncio.sleep(0)

    watcher = asyncio.create_task(watch())
    done = await asyncio.gather(*(app.call(MOST, announced=announced) for _ in range(20)))
    watcher.cancel()
    statuses = [status for status, _, _ in done]
    assert set(statuses) == {200, 503}
    assert 0 < most <= ROOM
    assert app.room.taken == 0


async def test_a_body_that_is_refused_or_broken_off_gives_its_room_back() -> None:
    app = App()
    assert (await app.call(MOST + FREE_BYTES, parts=9))[0] == 413
    assert app.room.taken == 0
    [kept] = await keeping(app, MOST)
    kept.cancel()
    with pytest.raises(asyncio.CancelledError):
        await kept
    assert app.room.taken == 0


async def test_an_announced_length_alone_takes_nothing() -> None:
    app = App()
    waiting = asyncio.Event()

    async def receive() -> Any:
        waiting.set()
        return await asyncio.Event().wait()

    headers = [(b"content-length", str(MOST).encode())]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    idle = [asyncio.create_task(app.gate(scope, receive, None)) for _ in range(20)]  # type: ignore[arg-type]
    await waiting.wait()
    assert (await app.call(MOST, announced=True))[0] == 200
    for one in idle:
        one.cancel()


@pytest.fixture
def url() -> Iterator[str]:
    routes = FastAPI()

    @routes.post("/")
    async def size(request: Request) -> int:
        return len(await request.body())

    with served(Gate(routes, None, MOST, Counters(), room=Room(MOST >> 1))) as url:
        yield url


def test_a_client_is_told_when_to_try_again(url: str) -> None:
    """Over a socket and through the framework, which reads the body itself."""
    for content in (bytes(MOST), iter([bytes(MOST)])):
        answer = httpx.post(url, content=content)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert httpx.post(url, content=bytes(FREE_BYTES)).json() == FREE_BYTES
