"""The autoscaler's rules, as plain numbers."""

from __future__ import annotations

import pytest
from modal_proto import api_pb2
from modal_simulator.runtime.limits import Limits, limits_of, may_stop_idle, retry_delay, wanted_containers


def limits(**autoscaler: int) -> Limits:
    function = api_pb2.Function(target_concurrent_inputs=4, timeout_secs=10)
    return limits_of(function, api_pb2.AutoscalerSettings(**autoscaler))


@pytest.mark.parametrize(
    ("waiting", "running", "settings", "wanted"),
    [
        (0, 0, {}, 0),
        (1, 0, {}, 1),
        (4, 0, {}, 1),
        (5, 0, {}, 2),
        (3, 2, {}, 2),
        (100, 0, {"max_containers": 3}, 3),
        (0, 0, {"min_containers": 2}, 2),
        (1, 0, {"buffer_containers": 2}, 3),
        (0, 0, {"buffer_containers": 2}, 0),
    ],
)
def test_containers_follow_the_work(
    waiting: int, running: int, settings: dict[str, int], wanted: int
) -> None:
    assert wanted_containers(waiting, running, limits(**settings)) == wanted


def test_idle_containers_stop_after_their_window_but_not_below_the_minimum() -> None:
    assert not may_stop_idle(1, 4.9, limits(scaledown_window=5))
    assert may_stop_idle(1, 5.0, limits(scaledown_window=5))
    assert not may_stop_idle(1, 500, limits(scaledown_window=5, min_containers=1))


def test_retries_wait_longer_each_time() -> None:
    policy = api_pb2.FunctionRetryPolicy(retries=3, initial_delay_ms=500, backoff_coefficient=2.0)
    of = limits_of(api_pb2.Function(retry_policy=policy), api_pb2.AutoscalerSettings())
    assert [retry_delay(n, of) for n in (1, 2, 3)] == [0.5, 1.0, 2.0]
