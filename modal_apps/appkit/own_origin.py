"""
Keeps a page with a login to its own origin: no other web site may call it, read it, or show it in a frame.

Browsers say where a request comes from in `Origin` and `Sec-Fetch-Site`; programs send neither and need the login.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import ApiError

PORTS = {"http": 80, "https": 443}
# Of what callers sent: whatever a browser takes it for, it runs no script and is no part of the page.
SANDBOX = b"sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
GUARDS = {
    b"x-frame-options": b"DENY",
    b"content-security-policy": b"frame-ancestors 'none'; form-action 'self'; base-uri 'self'; object-src 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}


@dataclass(frozen=True)
class OwnOrigin:
    """
    Parameters:
        entries: paths that a link of another site may lead to.
        hosts: those that the page may be asked for by, such as `127.0.0.1:7860`; empty takes all. Needed where nobody
            logs in: a site could otherwise give its own name the page's address.
        closed: beginnings of paths that nobody needs.
        files: beginnings of paths at which lies what callers sent.
    """

    app: ASGIApp
    entries: frozenset[str]
    hosts: frozenset[str] = frozenset()
    closed: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008, "reason": "This page has no websocket."})
            return
        self._check(scope)
        guards = GUARDS
        if scope["path"].startswith(self.files) or scope["path"].endswith(".svg"):
            guards = {**GUARDS, b"content-security-policy": SANDBOX}

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _guarded(message.get("headers", []), guards, scope["scheme"] == "https")
            await send(message)

        await self.app(scope, receive, send_guarded)

    def _check(self, scope: Scope) -> None:
        """
        Raises:
            ApiError: 403 `foreign_origin` or `foreign_host`, 404 `no_route`.
        """
        if scope["path"].startswith(self.closed):
            raise ApiError(404, "no_route", "There is no such route.")
        hosts = _all(scope, b"host")
        if len(hosts) > 1 or (self.hosts and not self.hosts.issuperset(hosts)):
            raise ApiError(403, "foreign_host", "The page is not served under this name.")
        # A page of another site cannot send the second one: it would have to ask first, and is refused.
        names = [*hosts, *_all(scope, b"x-forwarded-host")]
        own = {_host_and_port(f"{scope['scheme']}://{name}") for name in names} - {None}
        if not own.issuperset(map(_host_and_port, _all(scope, b"origin"))):
            raise ApiError(403, "foreign_origin", "Another web site may not use this page.")
        sites = set(_all(scope, b"sec-fetch-site"))
        if not sites <= {"same-origin", "none"} and not self._is_entered(scope):
            raise ApiError(403, "foreign_origin", "Another web site may not use this page.")

    def _is_entered(self, scope: Scope) -> bool:
        """Whether somebody follows a link to the page itself, in a window of its own."""
        return (
            scope["method"] == "GET"
            and scope["path"] in self.entries
            and _all(scope, b"sec-fetch-mode") == ["navigate"]
            and _all(scope, b"sec-fetch-dest") == ["document"]
        )


def _all(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted]


def _host_and_port(origin: str) -> tuple[str, int] | None:
    """What an origin names; the scheme decides only the port, since a proxy may have ended TLS. None for `null`."""
    try:
        parts = urlsplit(origin)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname and port else None


def _guarded(
    headers: list[tuple[bytes, bytes]], guards: Mapping[bytes, bytes], is_https: bool
) -> list[tuple[bytes, bytes]]:
    kept = [(name.lower(), value) for name, value in headers]
    kept = [
        (name, _kept_here(value, is_https) if name == b"set-cookie" else value)
        for name, value in kept
        if not name.startswith(b"access-control-") and name not in GUARDS
    ]
    return [*kept, *guards.items()]


def _kept_here(cookie: bytes, is_https: bool) -> bytes:
    """The cookie as one that browsers send only for the page itself, and over TLS where the page has it."""
    parts = [part.strip() for part in cookie.split(b";")]
    kept = [part for part in parts if not part.lower().startswith(b"samesite")]
    if is_https and b"secure" not in [part.lower() for part in kept]:
        kept.append(b"Secure")
    return b"; ".join([*kept, b"SameSite=Lax"])
