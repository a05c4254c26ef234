"""Faults as the admin API reads and shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from .faults import Faults, RpcFault


def apply_faults(faults: Faults, body: dict[str, Any]) -> None:
    """Sets the faults that the JSON body names and leaves the others. Raises ValueError."""
    setters: dict[str, Callable[[Any], None]] = {
        "rpc": lambda value: faults.rpc.update({name: _rpc_fault(each) for name, each in value.items()}),
        "answers": lambda value: faults.answers.update({name: dict(each) for name, each in value.items()}),
        "coldStartSeconds": lambda value: setattr(faults, "cold_start_seconds", float(value)),
        "buildSeconds": lambda value: setattr(faults, "build_seconds", float(value)),
        "buildError": lambda value: setattr(faults, "build_error", str(value)),
        "refuseGpu": lambda value: setattr(faults, "refused_gpus", set(_strings(value))),
        "budgetExhausted": lambda value: setattr(faults, "budget_exhausted", bool(value)),
        "requestsPerSecond": lambda value: setattr(faults, "requests_per_second", int(value)),
        "webTimeLimitSeconds": lambda value: setattr(faults, "web_time_limit_seconds", float(value)),
        "starterPlan": lambda value: setattr(faults, "starter_plan", bool(value)),
        "logResume": lambda value: setattr(
            faults, "log_resume", _one_of(value, ("", "repeat", "refuse", "now", "live"))
        ),
        "logEntryIds": lambda value: setattr(
            faults, "log_entry_ids", _one_of(value, ("", "missing", "some", "stale"))
        ),
        "logClockSeconds": lambda value: setattr(faults, "log_clock_seconds", float(value)),
        "autoApproveTokens": lambda value: setattr(faults, "auto_approve_tokens", bool(value)),
    }
    unknown = set(body) - set(setters)
    if unknown:
        raise ValueError(f"unknown faults: {', '.join(sorted(unknown))}")
    try:
        for name, value in body.items():
            setters[name](value)
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"bad fault: {error}") from None


def _rpc_fault(value: dict[str, Any]) -> RpcFault:
    return RpcFault(
        code=int(value.get("code", 0)),
        message=str(value.get("message", "")),
        delay_seconds=float(value.get("delaySeconds", 0)),
        remaining=int(value.get("remaining", -1)),
    )


def _one_of(value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(map(repr, known))}")
    return str(value)


def _strings(value: Any) -> list[str]:
    return [value.upper()] if isinstance(value, str) else [str(each).upper() for each in value]


def faults_as_json(faults: Faults) -> dict[str, Any]:
    """Returns the faults that are switched on, as the admin API shows them."""
    return {**asdict(faults), "refused_gpus": sorted(faults.refused_gpus)}
