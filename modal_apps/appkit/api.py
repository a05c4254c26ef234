"""The frame of every app's HTTP API: errors in one shape, `/` and `/health`, the key in the docs, and the gate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from starlette.types import ASGIApp, Receive, Scope, Send

from .auth import OPEN_PATHS, KeyChecker
from .bodies import Room
from .errors import DOCUMENTED, install_error_handlers
from .gate import MOST_BODIES_BYTES, Counters, Gate
from .health import AppInfo, health_routes
from .json_body import JsonRoute
from .settings import Settings

KEY_HELP = "The app's API key; behind Modal's proxy ID.SECRET of a proxy token."


# Answers a request and says so, or leaves it.
Shortcut = Callable[[Scope, Receive, Send], Awaitable[bool]]


def _with_shortcut(shortcut: Shortcut, app: ASGIApp) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if not await shortcut(scope, receive, send):
            await app(scope, receive, send)

    return serve


@dataclass
class Api:
    """
    Routes are added to `routes`; `served` is the app that responds to requests.

    Parameters:
        checker: None when Modal's proxy is the only guard, or when the app is open on purpose.
    """

    settings: Settings
    routes: FastAPI
    checker: KeyChecker | None
    counters: Counters = field(default_factory=Counters)

    def served(
        self,
        *more_open_paths: str,
        before: Shortcut | None = None,
        most_bodies_bytes: int = MOST_BODIES_BYTES,
    ) -> ASGIApp:
        """
        Parameters:
            more_open_paths: need no key, beside `/` and `/health`.
            before: asked first, behind the gate.
            most_bodies_bytes: of the bodies of all requests together.
        """
        limit = self.settings.max_body_mb << 20
        inner = _with_shortcut(before, self.routes) if before else self.routes
        open_paths = OPEN_PATHS | set(more_open_paths)
        room = Room(max(most_bodies_bytes, limit))
        return Gate(inner, self.checker, limit, self.counters, open_paths, room=room)


def make_api(
    settings: Settings,
    title: str,
    version: str,
    checker: KeyChecker | None,
    *,
    list_limits: Mapping[str, str] | None = None,
    is_ready: Callable[[], bool] = lambda: True,
    lifespan: Any = None,
    documented: Mapping[int | str, dict[str, Any]] = DOCUMENTED,
    health_word: str = "ok",
) -> Api:
    """
    Parameters:
        list_limits: as `install_error_handlers`.
        is_ready: as `health_routes`.
        documented: what responses that are no success look like.
        health_word: as `word` of `health_routes`.
    """
    guarded = checker is not None or settings.wants_proxy
    # Only documents where the key goes: the gate checks it, before anything is read.
    key = [Security(HTTPBearer(auto_error=False, description=KEY_HELP))] if guarded else []
    app = FastAPI(
        title=title, version=version, dependencies=key, responses=dict(documented), lifespan=lifespan
    )
    app.router.route_class = JsonRoute
    install_error_handlers(app, list_limits or {})
    app.include_router(health_routes(AppInfo(settings.app_name, title, version), is_ready, health_word))
    return Api(settings, app, checker)
