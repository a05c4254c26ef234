"""An ASGI app on a port of loopback, for tests that come from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from appkit.asgi_server import AsgiServer
from loopback import free_port, until


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serves the app. Yields its URL."""
    port = free_port()
    server = AsgiServer(app, "127.0.0.1", port)
    server.start()
    url = f"http://127.0.0.1:{port}"
    until(lambda: is_up(url), 60)
    try:
        yield url
    finally:
        server.stop()


def is_up(url: str) -> bool:
    """Whether somebody answers there."""
    try:
        return httpx.get(url, timeout=5).status_code < 500
    except httpx.HTTPError:
        return False
