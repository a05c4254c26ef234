"""
Launch and status of a deployed server as a small HTTP API, for a backend that mounts it or runs it beside itself.

    MODAL_WEB_URL=https://… MODAL_API_KEY=wk-1.ws-2 APP_API_KEY=… uvicorn --factory llm.control:from_environ

| Route | |
| --- | --- |
| POST /api/admin/vllm/launch | wakes the server; answers when it is ready, or after `wait_s` with 202 `starting` |
| GET /api/admin/vllm/status | what the last launch found; with `wake=1` asks the server, which starts its GPU |

Callers show a key of APP_API_KEY or, where APP_JWT_SECRET is set, a JWT that was signed with it (HS256, with `exp`).
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from appkit.api import make_api
from appkit.auth import KeyChecker
from appkit.errors import ApiError
from appkit.settings import Settings
from fastapi import Query, Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp

from .orchestrator import Config, Orchestrator
from .rate_limit import RateLimit

VERSION = "0.1.0"
PREFIX = "/api/admin/vllm"
JWT_VARIABLE = "APP_JWT_SECRET"
SHORTEST_SECRET = 32  # bytes: as long as the hash of HS256
LAUNCHES_PER_MINUTE = 6
QUESTIONS_PER_MINUTE = 60
LONGEST_WAIT_S = 120


@dataclass(frozen=True)
class TokenChecker(KeyChecker):
    """Keys, and JSON web tokens of a backend that has its own users."""

    jwt_secret: str = field(default="", repr=False)

    def accepts(self, given: str) -> bool:
        """Whether it is one of the keys, or a token with a good signature that has not expired."""
        return super().accepts(given) or (bool(self.jwt_secret) and self._is_token(given))

    def _is_token(self, given: str) -> bool:
        import jwt

        try:
            jwt.decode(given, self.jwt_secret, algorithms=["HS256"], options={"require": ["exp"]})
        except jwt.InvalidTokenError:
            return False
        return True


class Control:
    """What the two routes do. One launch runs at a time; whoever asks meanwhile waits for the same one."""

    def __init__(self, orchestrator: Orchestrator) -> None:
        self._orchestrator = orchestrator
        self._launching: asyncio.Task[dict[str, Any]] | None = None
        self._last: dict[str, Any] = {}
        self._launches = RateLimit(LAUNCHES_PER_MINUTE, 60)
        self._questions = RateLimit(QUESTIONS_PER_MINUTE, 60)

    async def launch(
        self, request: Request, wait_s: Annotated[float, Query(ge=0, le=LONGEST_WAIT_S)] = 20
    ) -> Any:
        """Wakes the server."""
        _keep(self._launches, request)
        if self._launching is None or self._launching.done():
            self._launching = asyncio.create_task(self._launch())
        done, _ = await asyncio.wait({self._launching}, timeout=wait_s)
        if not done:
            body = {**self._base(), "success": False, "status": "starting"}
            return JSONResponse({**body, "message": "The server is starting: ask for the status."}, 202)
        result = self._launching.result()
        return JSONResponse(result, 200 if result["success"] else 503)

    async def status(self, request: Request, wake: bool = False) -> dict[str, Any]:
        """What is known of the server."""
        _keep(self._questions, request)
        if self._launching and not self._launching.done():
            return self._known("starting")
        if wake:
            self._note(await asyncio.to_thread(self._orchestrator.get_status))
        return self._known(self._last.get("status", "unknown"))

    async def _launch(self) -> dict[str, Any]:
        result = await asyncio.to_thread(self._orchestrator.launch)
        if result["success"]:
            self._note(await asyncio.to_thread(self._orchestrator.get_status))
        else:
            self._note({"status": result["status"], "detail": result["message"]})
        return {**result, "cost": self._last.get("cost")}

    def _note(self, found: dict[str, Any]) -> None:
        self._last = {**found, "asked_at": round(time.time(), 3)}

    def _known(self, status: str) -> dict[str, Any]:
        unknown = dict.fromkeys(
            ("uptime_hours", "total_requests", "model", "gpu", "cost", "detail", "asked_at")
        )
        return {**self._base(), **unknown, **self._last, "status": status}

    def _base(self) -> dict[str, Any]:
        return {"provider": "modal", "endpoint": self._orchestrator.config.endpoint, "cost": None}


def create_control(orchestrator: Orchestrator, checker: KeyChecker) -> ASGIApp:
    """The API in front of one deployed server."""
    api = make_api(Settings(app_name="vllm-control"), "vLLM control", VERSION, checker)
    control = Control(orchestrator)
    api.routes.post(f"{PREFIX}/launch", summary="Wakes the server")(control.launch)
    api.routes.get(f"{PREFIX}/status", summary="What is known of the server")(control.status)
    return api.served()


def from_environ(environ: Mapping[str, str] = os.environ) -> ASGIApp:
    """
    Raises:
        ValueError: no URL of the server, neither key nor secret of tokens, or one that is too short.
    """
    secret = environ.get(JWT_VARIABLE, "")
    if secret and len(secret.encode()) < SHORTEST_SECRET:
        raise ValueError(f"{JWT_VARIABLE} must have {SHORTEST_SECRET} or more bytes.")
    keys = () if secret and not environ.get("APP_API_KEY") else KeyChecker.from_environ(environ).keys
    return create_control(Orchestrator(Config.from_environ(environ)), TokenChecker(keys, jwt_secret=secret))


def _keep(limit: RateLimit, request: Request) -> None:
    """
    Raises:
        ApiError: 429, when this caller asks too often.
    """
    shown = request.headers.get("authorization") or request.headers.get("x-api-key") or ""
    wait = limit.wait_s(hashlib.sha256(shown.encode()).hexdigest())
    if wait:
        seconds = math.ceil(wait)
        message = f"Too many requests: try again in {seconds} s."
        raise ApiError(429, "too_many_requests", message, headers={"Retry-After": str(seconds)})
