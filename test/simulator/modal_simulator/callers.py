"""Who may talk to a loopback port: callers that name it by its own address, and no page of another site.

A browser on this machine sends requests here for any page that it shows, so listening on 127.0.0.1 keeps out other
machines only. A page that made its own name lead here (DNS rebinding) is told by the Host it sends.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import grpclib.server
from aiohttp import web
from grpclib.protocol import AbstractHandler, H2Protocol, Stream

NAMES = ("127.0.0.1", "localhost")

EXTRA_NAMES = frozenset(os.environ.get("MODAL_SIMULATOR_NAMES", "").split())
"""Names under which tests reach the control plane through a proxy; whoever starts the simulator vouches for them."""

Headers = list[tuple[str, str]]


def names_port(authorities: Iterable[str], port: int) -> bool:
    """Tells whether a request names the port as a browser or client would that was given its address.

    Parameters:
        authorities: all that the request says of its host; of two, different readers may take either.
        port: the port that it came to.
    """
    known = {f"{name}:{port}" for name in NAMES} | (set(NAMES) if port == 80 else set())
    given = list(authorities)
    return len(given) == 1 and given[0].lower() in known


def has_own_host(request: web.BaseRequest) -> bool:
    """Tells whether the request names this very host and port, once, and nothing else in its first line."""
    if request.transport is None or not request.raw_path.startswith("/"):
        return False
    return names_port(request.headers.getall("Host", []), request.transport.get_extra_info("sockname")[1])


def is_from_own_page(request: web.BaseRequest) -> bool:
    """Tells whether the request comes from a page of the port itself, or from no page; needs ``has_own_host``."""
    origins = request.headers.getall("Origin", [])
    return not origins or origins == [f"http://{request.headers['Host'].lower()}"]


@web.middleware
async def own_pages_only(request: web.Request, handler: Any) -> web.StreamResponse:
    """Answers callers without a browser and pages of the port itself."""
    if not has_own_host(request) or not is_from_own_page(request):
        raise web.HTTPForbidden(text="local callers only")
    return await handler(request)


@web.middleware
async def no_pages(request: web.Request, handler: Any) -> web.StreamResponse:
    """Answers callers without a browser."""
    if not has_own_host(request) or "Origin" in request.headers:
        raise web.HTTPForbidden(text="local callers only")
    return await handler(request)


class LoopbackServer(grpclib.server.Server):
    """A gRPC server that answers only requests whose ``:authority`` is its own."""

    port = 0  # once it listens

    async def start(self, *args: Any, **kwargs: Any) -> None:
        await super().start(*args, **kwargs)
        assert self._server is not None
        self.port = self._server.sockets[0].getsockname()[1]  # grpclib offers no other way to learn it

    def _protocol_factory(self) -> H2Protocol:
        protocol = super()._protocol_factory()
        protocol.handler = _OwnAuthority(protocol.handler, lambda: self.port)
        return protocol


class _OwnAuthority(AbstractHandler):
    def __init__(self, handler: AbstractHandler, port: Callable[[], int]) -> None:
        self._handler = handler
        self._port = port

    def accept(self, stream: Stream, headers: Headers, release_stream: Callable[[], Any]) -> None:
        authorities = [value for name, value in headers if name.lower() in (":authority", "host")]
        named = {authority.rpartition(":")[0] for authority in authorities}
        if not names_port(set(authorities), self._port()) and not named <= EXTRA_NAMES:
            # The last value counts, and grpclib refuses every method but POST.
            headers = [*headers, (":method", "REFUSED")]
        self._handler.accept(stream, headers, release_stream)

    def cancel(self, stream: Stream) -> None:
        self._handler.cancel(stream)

    def close(self) -> None:
        self._handler.close()
