"""The ASGI layer in front of an app: request id, key, body limit, counters, and a log line for each request."""

from __future__ import annotations

import logging
import re
import secrets
import time
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .auth import OPEN_PATHS, KeyChecker
from .bodies import Body, Room
from .errors import UNEXPECTED, ApiError, error_bytes
from .logs import in_request, request_id
from .stdio import one_line

log = logging.getLogger(__name__)

REQUEST_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
LENGTH = re.compile(rb"[0-9]+")
LONGEST_LENGTH = 15  # digits
LONGEST_PATH = 200  # of what is logged
LONGEST_METHOD = 20
MOST_BODIES_BYTES = 1 << 30
HIDDEN_PATH = "(a path with an API key in it)"
# Far above what clients and proxies send; the servers in front have no such limits, or others.
MOST_HEADERS = 128
MOST_HEADER_BYTES = 64 << 10
MOST_TARGET_BYTES = 16 << 10


@dataclass
class Counters:
    """Requests of this process so far. `failed` counts responses of 500 and above."""

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
        room: for the bodies of all requests together.
        open_paths: those that need no key.
        quiet: whether requests that go well are logged only for debugging, as those of a page with many parts.
    """

    app: ASGIApp
    checker: KeyChecker | None
    max_body_bytes: int
    counters: Counters
    open_paths: frozenset[str] = OPEN_PATHS
    quiet: bool = False
    room: Room = field(default_factory=lambda: Room(MOST_BODIES_BYTES))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            given = _first(scope, b"x-request-id")
            is_usable = REQUEST_ID.fullmatch(given) and not self._holds_key(given)
            with in_request(given if is_usable else secrets.token_hex(8), self._sender(scope)):
                await self._serve(scope, receive, send)
        else:
            await self._connect(scope, receive, send)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a websocket through with a key only, on any path. What is neither that nor HTTP is refused."""
        if scope["type"] != "websocket":
            raise RuntimeError("Only HTTP and websockets are served.")
        try:
            if self.checker:
                self.checker.check(_headers(scope))
        except ApiError:
            await send(
                {"type": "websocket.close", "code": 1008, "reason": "The API key is missing or wrong."}
            )
            return
        await self.app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = time.perf_counter()
        status = 0
        body = Body(self.room, self.max_body_bytes)

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id().encode())]
            await send(message)

        self.counters.total += 1
        self.counters.in_flight += 1
        try:
            self._admit(scope, body)
            await self.app(scope, _counted(receive, body), send_marked)
        except Exception as error:
            # Starlette raises it again after the handler has logged and answered it.
            if not status:
                await _answer(_as_answer(error), send_marked)
        finally:
            body.end()
            self.counters.in_flight -= 1
            self.counters.failed += status >= 500 or not status
            milliseconds = (time.perf_counter() - start) * 1000
            is_quiet = scope["path"] in self.open_paths or (self.quiet and status < 400)
            level = logging.DEBUG if is_quiet else logging.INFO
            method = one_line(scope["method"], LONGEST_METHOD)
            log.log(level, "%s %s %d in %.0f ms", method, self._shown_path(scope), status, milliseconds)

    def _sender(self, scope: Scope) -> int:
        """The same number for requests with the same key from the same address."""
        key = self.checker.given(_headers(scope)) if self.checker else ""
        return hash((key, (scope.get("client") or ("",))[0]))

    def _shown_path(self, scope: Scope) -> str:
        """The path as it was sent, without the query; not at all when somebody put a key into it."""
        path = scope.get("raw_path") or scope["path"].encode("utf-8", "backslashreplace")
        text = path.partition(b"?")[0].decode("latin-1")
        return HIDDEN_PATH if self._holds_key(text) else one_line(text, LONGEST_PATH)

    def _holds_key(self, text: str) -> bool:
        return self.checker is not None and self.checker.is_within(text)

    def _admit(self, scope: Scope, body: Body) -> None:
        """
        Raises:
            ApiError: 400 `bad_content_length`, 401, 413 `body_too_large`, 414, 431 or 503 `bodies_too_large`.
        """
        _check_head(scope)
        if self.checker and scope["path"] not in self.open_paths:
            self.checker.check(_headers(scope))
        lengths = {value for name, value in scope["headers"] if name.lower() == b"content-length"}
        if len(lengths) > 1 or not all(LENGTH.fullmatch(length) for length in lengths):
            message = "The Content-Length header must be one number of bytes."
            raise ApiError(400, "bad_content_length", message)
        for length in lengths:
            # One that long is too large in any case, and Python refuses to read those of some thousand digits.
            body.announce(int(length) if len(length) <= LONGEST_LENGTH else 10**LONGEST_LENGTH)


def _counted(receive: Receive, body: Body) -> Receive:
    async def receive_counted() -> Message:
        message = await receive()
        body.add(len(message.get("body", b"")))
        return message

    return receive_counted


def _headers(scope: Scope) -> dict[str, str]:
    """By lower-case name; the last one of those that are there twice."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _first(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted), "")


def _check_head(scope: Scope) -> None:
    target = len(scope.get("raw_path") or scope["path"]) + len(scope.get("query_string", b""))
    if target > MOST_TARGET_BYTES:
        raise ApiError(414, "target_too_long", f"Path and query are longer than {MOST_TARGET_BYTES} bytes.")
    headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(map(_size, headers)) > MOST_HEADER_BYTES:
        limits = f"{MOST_HEADERS} headers or {MOST_HEADER_BYTES} bytes of them"
        raise ApiError(431, "headers_too_large", f"The request has more than {limits}.")


def _as_answer(error: Exception) -> ApiError:
    if isinstance(error, ApiError):
        return error
    log.error("unexpected %s", type(error).__name__, exc_info=error)
    return ApiError(500, "internal", UNEXPECTED)


def _size(header: tuple[bytes, bytes]) -> int:
    return len(header[0]) + len(header[1])


async def _answer(error: ApiError, send: Send) -> None:
    headers = {"content-type": "application/json", **(error.headers or {})}
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": error.status_code, "headers": pairs})
    await send({"type": "http.response.body", "body": error_bytes(error)})
