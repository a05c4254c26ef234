"""`GET /status`: one response for all apps about the worker, the model, the settings and the cost."""

from __future__ import annotations

import time
from typing import Any, Literal, TypedDict

from .cost_limits import HOURS_PER_MONTH
from .gate import Counters
from .gpu import prices
from .monthly_spend import Month
from .settings import Settings

State = Literal["ready", "cold", "starting", "degraded"]


class WorkerReport(TypedDict):
    """
    A worker's own account of itself. In split apps it travels with every answer.

    Keys:
        gpu: as `gpu_memory.gpu_status`.
        load_s, uptime_s: seconds.
        first_call: whether no request was served before.
        restored: whether the container came from a memory snapshot.
    """

    engine: str
    device: str
    dtype: str
    gpu: dict[str, float | int | str] | None
    torch: str | None
    cuda: str | None
    load_s: float
    uptime_s: float
    first_call: bool
    restored: bool


def status_body(
    settings: Settings, counters: Counters, state: State, worker: WorkerReport | None, **more: object
) -> dict[str, Any]:
    """
    Parameters:
        worker: None before a worker has answered; what only it knows is null then.
        more: fields of one app only.
    """
    return {
        "status": state,
        "model": {
            "id": settings.model_id,
            "revision": settings.model_revision,
            "dtype": worker["dtype"] if worker else settings.dtype,
            "engine": worker["engine"] if worker else None,
        },
        "gpu": worker["gpu"] if worker else None,
        "torch": worker["torch"] if worker else None,
        "cuda": worker["cuda"] if worker else None,
        "snapshot": {"mode": settings.snapshot_mode, "restored": worker["restored"] if worker else None},
        "uptime_s": round(time.time() - counters.started_at, 1),
        "load_s": worker["load_s"] if worker else None,
        "requests": {
            "total": counters.total,
            "in_flight": counters.in_flight,
            "failed": counters.failed,
        },
        "config": settings.container_env(),
        "cost": cost(settings),
        **more,
    }


def cost(settings: Settings, month: Month | None = None) -> dict[str, object]:
    """
    What GPU containers cost in USD: one of them an hour, all of them a month if they never stopped, and the limits
    set at deploy; a monthly limit of null is none.

    Parameters:
        month: what they cost this month, where the app counts it.
    """
    return {
        "gpu_usd_per_hour": settings.gpu_usd_per_hour,
        "max_usd_per_hour": settings.max_usd_per_hour,
        "worst_usd_per_month": round(
            settings.gpu_usd_per_hour * settings.max_containers * HOURS_PER_MONTH, 2
        ),
        "max_usd_per_month": settings.max_usd_per_month or None,
        "as_of": prices().as_of,
        **({"month": month} if month else {}),
    }
