"""Requests to the engine: forwarded as they are, streamed as they come, given up when the caller is gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

import aiohttp
from appkit.errors import ApiError, error_bytes, unavailable
from starlette.requests import Request
from starlette.types import Send

log = logging.getLogger(__name__)
T = TypeVar("T")

# What belongs to one connection stays here, and so does all that may be a credential of the caller.
NOT_FORWARDED = frozenset(
    {
        "host",
        "content-length",
        "connection",
        "keep-alive",
        "transfer-encoding",
        "upgrade",
        "te",
        "trailer",
        "accept-encoding",
    }
)
CREDENTIAL = re.compile(r"key|token|secret|auth|cookie|password|credential|session")
NOT_RETURNED = frozenset({"content-length", "connection", "transfer-encoding", "server", "date"})


class Upstream:
    """
    Parameters:
        base_url: of the engine.
        is_alive: whether its process runs.
        on_death: called when it was found dead.
    """

    def __init__(self, base_url: str, is_alive: Callable[[], bool], on_death: Callable[[], None]) -> None:
        self._base_url = base_url
        self._is_alive = is_alive
        self._on_death = on_death
        self._session: aiohttp.ClientSession | None = None

    async def get(self, path: str) -> tuple[int, bytes, str]:
        """
        Status, body and content type of one of the engine's own pages.

        Raises:
            ApiError: 503, when the engine does not answer.
        """
        try:
            async with self._client().get(self._base_url + path) as answer:
                return answer.status, await answer.read(), answer.content_type
        except aiohttp.ClientError as error:
            raise await self._failure(error) from error

    async def forward(self, request: Request, path: str, body: bytes, send: Send) -> None:
        """
        Forwards the engine's response with its status and body, as it comes.

        Raises:
            ApiError: 503, when the engine does not answer; nothing was sent then.
        """
        start = time.perf_counter()
        headers = {name: value for name, value in request.headers.items() if _is_forwarded(name)}
        gone = asyncio.ensure_future(_until_gone(request))
        asking = asyncio.ensure_future(
            self._client().request(request.method, self._base_url + path, data=body, headers=headers)
        )
        try:
            answer = await _unless(gone, asking)
            if answer is None:
                return  # nobody reads it; the engine stops at once
            seconds = time.perf_counter() - start
            await send(
                {"type": "http.response.start", "status": answer.status, "headers": _head(answer, seconds)}
            )
            relaying = asyncio.ensure_future(self._relay(answer, send))
            await _unless(gone, relaying)
        except aiohttp.ClientError as error:
            raise await self._failure(error) from error
        finally:
            gone.cancel()

    async def close(self) -> None:
        """Ends the connections to the engine."""
        if self._session:
            await self._session.close()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            # The engine queues by itself, and an answer may take as long as it takes.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
                auto_decompress=False,
            )
        return self._session

    async def _relay(self, answer: aiohttp.ClientResponse, send: Send) -> None:
        try:
            async for chunk in answer.content.iter_any():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except aiohttp.ClientError as error:
            # The status is long sent: a stream says it in its last event, and ends without [DONE].
            failure = await self._failure(error)
            if answer.content_type == "text/event-stream":
                event = b"data: " + error_bytes(failure) + b"\n\n"
                await send({"type": "http.response.body", "body": event, "more_body": True})
        finally:
            answer.close()
        await send({"type": "http.response.body", "body": b""})

    async def _failure(self, error: Exception) -> ApiError:
        if await self._stays_alive():
            log.warning("the engine did not answer: %s", type(error).__name__)
            return unavailable("overloaded", "The engine did not answer; try again.", 5)
        log.error("the engine has ended")
        self._on_death()
        return unavailable("gpu_error", "The engine has ended; another container takes over.", 10)

    async def _stays_alive(self) -> bool:
        """A connection breaks a moment before the process has ended."""
        for _ in range(10):
            if not self._is_alive():
                return False
            await asyncio.sleep(0.1)
        return True


def _is_forwarded(name: str) -> bool:
    return name not in NOT_FORWARDED and not CREDENTIAL.search(name)


def _head(answer: aiohttp.ClientResponse, seconds: float) -> list[tuple[bytes, bytes]]:
    """The engine's headers, and how long it took to begin. It queues by itself and does not say for how long."""
    kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in NOT_RETURNED]
    own = [("X-Model-Seconds", f"{seconds:.4f}"), ("X-Queue-Seconds", "0")]
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in (*kept, *own)]


async def _unless(gone: asyncio.Future[None], task: asyncio.Future[T]) -> T | None:
    """The task's result; None when the caller left before it was done, which ends the task."""
    waited: set[asyncio.Future[Any]] = {gone, task}
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        return task.result()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, aiohttp.ClientError):
        await task
    return None


async def _until_gone(request: Request) -> None:
    """Returns when the caller has closed the connection. The body must have been read before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
