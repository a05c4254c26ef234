"""Faults that the admin API switches on; every other part only reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class RpcFault:
    """What happens to calls of one RPC."""

    code: int = 0  # gRPC status code to fail with; 0 = do not fail
    message: str = ""
    delay_seconds: float = 0.0
    remaining: int = -1  # calls still affected; -1 = until cleared


@dataclass
class Faults:
    rpc: dict[str, RpcFault] = field(default_factory=dict)  # RPC name -> fault
    answers: dict[str, dict[str, Any]] = field(
        default_factory=dict
    )  # RPC name -> path of a field -> its value
    cold_start_seconds: float = 0.0  # added before a container process starts
    build_seconds: float = 0.0  # spread over the lines of an image build
    build_error: str = ""  # text with which the next image build fails
    refused_gpus: set[str] = field(default_factory=set)  # GPU types answered with INVALID_ARGUMENT
    budget_exhausted: bool = False  # 429 at the web ingress, RESOURCE_EXHAUSTED on AppCreate
    requests_per_second: int = 0  # above it the ingress answers 429; 0 = no limit
    web_time_limit_seconds: float = 150.0  # one HTTP leg; then 303
    starter_plan: bool = False  # what only larger plans offer is answered with PERMISSION_DENIED
    auto_approve_tokens: bool = False  # browser logins need no click
    log_resume: str = ""  # where streams begin: "", "repeat", "refuse", "now" or "live"
    log_entry_ids: str = ""  # "", "missing", "some" or "stale"
    log_clock_seconds: float = 0.0  # how much the clock that stamps log entries is ahead; may be negative
    log_streams_down_until: float = 0.0  # time.monotonic() until which log streams are refused
