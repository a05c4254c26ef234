"""How many containers a function gets: its settings, and the rules of the autoscaler as pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from modal_proto import api_pb2

DEFAULT_MAX_CONTAINERS = 100
DEFAULT_SCALEDOWN_SECONDS = 60
DEFAULT_TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class Limits:
    """Settings of one function in force now. Times in seconds."""

    min_containers: int
    max_containers: int
    buffer_containers: int
    scaledown_window: float
    inputs_per_container: int  # beyond which another container is started
    timeout: float
    startup_timeout: float
    retries: int
    retry_delay: float
    retry_backoff: float


def limits_of(function: api_pb2.Function, autoscaler: api_pb2.AutoscalerSettings) -> Limits:
    """Returns the limits of a definition under the autoscaler settings in force."""
    concurrent = function.target_concurrent_inputs or function.max_concurrent_inputs or 1
    timeout = function.timeout_secs or DEFAULT_TIMEOUT_SECONDS
    policy = function.retry_policy
    return Limits(
        min_containers=autoscaler.min_containers,
        max_containers=max(1, autoscaler.max_containers or DEFAULT_MAX_CONTAINERS),
        buffer_containers=autoscaler.buffer_containers,
        scaledown_window=autoscaler.scaledown_window or DEFAULT_SCALEDOWN_SECONDS,
        inputs_per_container=concurrent * max(1, function.batch_max_size),
        timeout=timeout,
        startup_timeout=function.startup_timeout_secs or timeout,
        retries=policy.retries,
        retry_delay=policy.initial_delay_ms / 1000,
        retry_backoff=policy.backoff_coefficient or 1.0,
    )


def wanted_containers(waiting: int, running: int, limits: Limits) -> int:
    """Returns how many containers should be there for that many waiting and running inputs."""
    busy = -(-(waiting + running) // limits.inputs_per_container)
    if busy:
        busy += limits.buffer_containers
    return max(limits.min_containers, min(busy, limits.max_containers))


def may_stop_idle(containers: int, idle_seconds: float, limits: Limits) -> bool:
    """Tells whether one of that many containers, idle for so long, may be stopped."""
    return containers > limits.min_containers and idle_seconds >= limits.scaledown_window


def retry_delay(retry: int, limits: Limits) -> float:
    """Returns the pause before the retry of that number (from 1), in seconds."""
    return limits.retry_delay * limits.retry_backoff ** (retry - 1)
