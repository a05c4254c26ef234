"""The routes that are let through to the engine. Everything else is a 404: sleep and admin routes stay inside."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

from appkit.api import make_api
from appkit.auth import KeyChecker
from appkit.errors import ApiError
from appkit.gate import Counters
from appkit.gpu_memory import gpu_status
from appkit.json_body import read_json
from appkit.monthly_spend import MonthlySpend
from appkit.status import cost, status_body
from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .engine_metrics import queue_lengths
from .model_names import ModelNames
from .routes import opened
from .settings import LlmSettings
from .upstream import Upstream

VERSION = "0.1.0"
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}
FORM = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}, "model": {"type": "string"}},
}
FILES = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": FORM}}}}


class EngineState:
    """What the gateway must know of the engine's process."""

    def __init__(self, base_url: str, is_alive: Callable[[], bool], restored: bool, load_s: float) -> None:
        self.base_url = base_url
        self.is_alive = is_alive
        self.restored = restored
        self.load_s = load_s


def create_app(
    settings: LlmSettings,
    engine: EngineState,
    checker: KeyChecker | None,
    on_death: Callable[[], None] = lambda: None,
    spend: MonthlySpend | None = None,
) -> ASGIApp:
    """
    Parameters:
        checker: None when Modal's proxy is the only guard, or when the app is open on purpose.
        on_death: called when the engine's process was found dead.
        spend: counts what the containers cost this month; None without a limit.
    """
    upstream = Upstream(engine.base_url, engine.is_alive, on_death)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> Any:
        yield
        await upstream.close()

    api = make_api(settings, "vLLM", VERSION, checker, is_ready=engine.is_alive, lifespan=lifespan)
    gateway = Gateway(settings, engine, upstream, api.counters, spend)
    for path, group in opened(settings.route_groups).items():
        body = FILES if group.takes_files else BODY
        api.routes.post(path, summary=group.routes[path], openapi_extra=body)(gateway.describe)
    api.routes.get("/v1/models", summary="The served model")(gateway.models)
    api.routes.get(
        "/metrics", summary="The engine's metrics for Prometheus", response_class=PlainTextResponse
    )(gateway.metrics)
    api.routes.get("/status", summary="Engine, GPU, settings and cost")(gateway.status)
    return api.served(before=gateway)


class Gateway:
    """What the routes do."""

    def __init__(
        self,
        settings: LlmSettings,
        engine: EngineState,
        upstream: Upstream,
        counters: Counters,
        spend: MonthlySpend | None,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._upstream = upstream
        self._counters = counters
        self._spend = spend
        self._opened = opened(settings.route_groups)
        self._names = ModelNames(settings.served_names, self._ask_names)
        self._is_first = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """
        Answers the routes that are passed on. They take no way through the framework: it would cost a stream more
        than all the rest of the gateway.

        Returns:
            whether this is such a route.
        """
        if scope["type"] != "http" or scope["path"] not in self._opened or scope["method"] != "POST":
            return False
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return True  # nobody waits for an answer
        if not self._opened[scope["path"]].takes_files:  # of a form the engine itself checks the name
            await self._check_model(body)
        cold = str(int(self._is_first)).encode()

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"x-cold-start", cold))
                self._is_first = False  # before the caller can have all of it, and ask again
            await send(message)

        await self._upstream.forward(request, scope["path"], body, send_marked)
        return True

    async def describe(self) -> Response:
        """Only documents a route that is passed on before it comes here."""
        raise AssertionError("passed on before")

    async def models(self) -> Response:
        return await self._page("/v1/models")

    async def metrics(self) -> Response:
        return await self._page("/metrics")

    async def status(self) -> dict[str, Any]:
        alive = self._engine.is_alive()
        queue = queue_lengths((await self._upstream.get("/metrics"))[1].decode()) if alive else None
        report: Any = {
            "engine": "vllm",
            "device": "cuda" if self._settings.gpus else "cpu",
            "dtype": self._settings.dtype,
            "gpu": gpu_status(),
            "torch": None,
            "cuda": None,
            "load_s": round(self._engine.load_s, 3),
            "uptime_s": round(time.time() - self._counters.started_at, 1),
            "first_call": self._is_first,
            "restored": self._engine.restored,
        }
        return status_body(
            self._settings,
            self._counters,
            "ready" if alive else "degraded",
            report,
            served_names=await self._names.known() if alive else self._settings.served_names,
            queue=queue,
            cost=cost(self._settings, self._spend.month() if self._spend else None),
        )

    async def _page(self, path: str) -> Response:
        status, body, content_type = await self._upstream.get(path)
        return Response(body, status, media_type=content_type)

    async def _check_model(self, body: bytes) -> None:
        fields = await read_json(body)
        if not isinstance(fields, dict):
            raise ApiError(422, "dict_type", "The body must be a JSON object.")
        await self._names.check(fields.get("model"))

    async def _ask_names(self) -> tuple[int, bytes]:
        status, body, _ = await self._upstream.get("/v1/models")
        return status, body
