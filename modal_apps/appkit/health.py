"""The routes that every app has and that never wake a GPU: `GET /` and `GET /health`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import APIRouter

from .errors import unavailable


@dataclass(frozen=True)
class AppInfo:
    """What an app says of itself."""

    app: str
    title: str
    version: str


def health_routes(info: AppInfo, is_ready: Callable[[], bool] = lambda: True, word: str = "ok") -> APIRouter:
    """
    `/health` says that the process which serves HTTP is up; `/` says what to call.

    Parameters:
        is_ready: False makes `/health` a 503 `starting`; for apps whose model is in the same process.
        word: what `/health` says when all is well.
    """
    router = APIRouter()

    @router.get("/health", summary="Is the web function up?")
    async def health() -> dict[str, str]:
        if not is_ready():
            raise unavailable("starting", "The model is not ready yet.")
        return {"status": word, "app": info.app, "version": info.version}

    @router.get("/", summary="What this is")
    async def root() -> dict[str, Any]:
        return {**asdict(info), "docs": "/docs", "openapi": "/openapi.json", "health": "/health"}

    return router
