"""The ASGI layer in front of an app: request id, key, body limit, counters and a log line a request."""

from __future__ import annotations

import logging
import re
import secrets
import time
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .auth import OPEN_PATHS, KeyChecker
from .errors import ApiError, error_bytes
from .logs import in_request, request_id

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[\w.:-]{1,64}")


@dataclass
class Counters:
    """Requests of this process so far. `failed` counts answers of 500 and above."""

    total: int = 0
    in_flight: int = 0
    failed: int = 0
    started_at: float = field(default_factory=time.time)


@dataclass
class Gate:
    """
    Parameters:
        checker: None leaves the key to Modal's proxy, or to nobody.
        max_body_bytes: larger bodies get 413, also when they come in chunks without a length.
        open_paths: those that need no key.
    """

    app: ASGIApp
    checker: KeyChecker | None
    max_body_bytes: int
    counters: Counters
    open_paths: frozenset[str] = OPEN_PATHS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        given = headers.get("x-request-id", "")
        with in_request(given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)):
            await self._serve(scope, headers, receive, send)

    async def _serve(self, scope: Scope, headers: dict[str, str], receive: Receive, send: Send) -> None:
        start = time.perf_counter()
        status = 0

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id().encode())]
            await send(message)

        self.counters.total += 1
        self.counters.in_flight += 1
        try:
            self._admit(scope["path"], headers)
            await self.app(scope, self._limited(receive), send_marked)
        except ApiError as error:
            await _answer(error, send_marked)
        except Exception:
            # Starlette raises it again after the handler has logged and answered it.
            if not status:
                raise
        finally:
            self.counters.in_flight -= 1
            self.counters.failed += status >= 500 or not status
            milliseconds = (time.perf_counter() - start) * 1000
            level = logging.DEBUG if scope["path"] in self.open_paths else logging.INFO
            log.log(level, "%s %s %d in %.0f ms", scope["method"], scope["path"], status, milliseconds)

    def _admit(self, path: str, headers: dict[str, str]) -> None:
        if self.checker and path not in self.open_paths:
            self.checker.check(headers)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.max_body_bytes:
            raise self._too_large()

    def _limited(self, receive: Receive) -> Receive:
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_body_bytes:
                raise self._too_large()
            return message

        return receive_counted

    def _too_large(self) -> ApiError:
        return ApiError(413, "body_too_large", f"The body is larger than {self.max_body_bytes >> 20} MiB.")


async def _answer(error: ApiError, send: Send) -> None:
    headers = {"content-type": "application/json", **(error.headers or {})}
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": error.status_code, "headers": pairs})
    await send({"type": "http.response.body", "body": error_bytes(error)})
