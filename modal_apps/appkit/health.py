"""The routes that every app has and that never wake a GPU: `GET /` and `GET /health`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from fastapi import APIRouter

from .gpu import prices, usd_per_hour
from .settings import Settings


@dataclass(frozen=True)
class AppInfo:
    """What an app says of itself."""

    app: str
    title: str
    version: str


def health_routes(info: AppInfo) -> APIRouter:
    """`/health` says that the process which serves HTTP is up; `/` says what to call."""
    router = APIRouter()

    @router.get("/health", summary="Is the web function up?")
    async def health() -> dict[str, str]:
        return {"status": "ok", "app": info.app, "version": info.version}

    @router.get("/", summary="What this is")
    async def root() -> dict[str, Any]:
        return {**asdict(info), "docs": "/docs", "openapi": "/openapi.json", "health": "/health"}

    return router


def cost(settings: Settings) -> dict[str, float | str]:
    """What the GPU containers cost in USD per hour: one of them, and the limit set at deploy."""
    return {
        "gpu_usd_per_hour": usd_per_hour(settings.gpus),
        "max_usd_per_hour": settings.max_usd_per_hour,
        "as_of": prices().as_of,
    }
