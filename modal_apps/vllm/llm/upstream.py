"""Requests to the engine: forwarded as they are, streamed as they come, given up when the caller is gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
from appkit.errors import ApiError, error_bytes, unavailable
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

log = logging.getLogger(__name__)

# What belongs to one connection, or to the credentials of the caller, stays here.
NOT_FORWARDED = frozenset(
    {
        *(
            "host",
            "content-length",
            "connection",
            "keep-alive",
            "transfer-encoding",
            "upgrade",
            "te",
            "trailer",
        ),
        *("authorization", "x-api-key", "modal-key", "modal-secret", "proxy-authorization", "cookie"),
        "accept-encoding",
    }
)
NOT_RETURNED = frozenset({"content-length", "connection", "transfer-encoding", "server", "date"})
CLIENT_GONE = 499


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

    async def forward(self, request: Request, path: str, body: bytes) -> Response:
        """
        The engine's answer with its status and body, sent on as it comes.

        Raises:
            ApiError: 503, when the engine does not answer.
        """
        headers = {name: value for name, value in request.headers.items() if name not in NOT_FORWARDED}
        asking = asyncio.ensure_future(
            self._client().request(request.method, self._base_url + path, data=body, headers=headers)
        )
        gone = asyncio.ensure_future(_until_gone(request))
        try:
            await asyncio.wait({asking, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                return Response(status_code=CLIENT_GONE)  # nobody reads it; the engine stops at once
            answer = await asking
        except aiohttp.ClientError as error:
            raise await self._failure(error) from error
        finally:
            await _cancelled(asking, gone)
        returned = {name: value for name, value in answer.headers.items() if name.lower() not in NOT_RETURNED}
        return StreamingResponse(
            self._chunks(answer), answer.status, headers=returned, background=BackgroundTask(answer.close)
        )

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

    async def _chunks(self, answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        try:
            async for chunk in answer.content.iter_any():
                yield chunk
        except aiohttp.ClientError as error:
            # The status is long sent: a stream says it in its last event, and ends without [DONE].
            failure = await self._failure(error)
            if answer.content_type == "text/event-stream":
                yield b"data: " + error_bytes(failure) + b"\n\n"
        finally:
            answer.close()

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


async def _until_gone(request: Request) -> None:
    """Returns when the caller has closed the connection. The body must have been read before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _cancelled(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        if not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task
