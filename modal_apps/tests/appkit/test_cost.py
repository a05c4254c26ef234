"""Billed time is start, work and idle window; figures as in the price examples of the documentation."""

from __future__ import annotations

import pytest
from appkit.cost import ladder, simulate, spread_arrivals, usd
from hypothesis import given
from hypothesis import strategies as st


def test_one_request_pays_for_its_start_and_the_idle_window() -> None:
    usage = simulate([0], service_s=30, cold_start_s=10, window_s=300)
    assert (usage.gpu_seconds, usage.cold_starts, usage.busy_s, usage.idle_s) == (340, 1, 30, 300)


def test_requests_within_the_window_share_a_container() -> None:
    usage = simulate([0, 100], service_s=10, cold_start_s=5, window_s=200)
    assert usage.cold_starts == 1
    assert usage.gpu_seconds == 100 + 10 + 200


def test_requests_at_once_share_a_container_up_to_its_limit() -> None:
    assert simulate([0] * 8, 10, 0, 60, max_inputs=8).cold_starts == 1
    assert simulate([0] * 9, 10, 0, 60, max_inputs=8).cold_starts == 2
    assert simulate([0] * 8, 10, 0, 60, max_inputs=8).busy_s == 10


def test_a_hundred_spread_requests_a_day() -> None:
    usage = simulate(spread_arrivals(100), 30, 0, 300)
    assert round(usage.gpu_seconds / 3600, 1) == 9.2
    assert round(usd(usage.gpu_seconds, 2.10), 2) == 19.25


def test_requests_wait_for_the_one_container_while_it_starts() -> None:
    """By hand: 95 s of start, a hundred times 30 s one after the other, and 300 s of idling."""
    usage = simulate([index * 30 for index in range(100)], 30, 95, 300, max_containers=1)
    assert (usage.gpu_seconds, usage.cold_starts, usage.busy_s) == (95 + 3000 + 300, 1, 3000)
    two = simulate([0, 0, 0], 10, 5, 60, max_inputs=2, max_containers=1)
    assert two.gpu_seconds == 5 + 20 + 60  # the third waits for a slot


@given(st.lists(st.floats(0, 10_000), max_size=30), st.integers(1, 4), st.none() | st.integers(1, 3))
def test_the_parts_make_the_whole(arrivals: list[float], max_inputs: int, most: int | None) -> None:
    usage = simulate(sorted(arrivals), 7, 3, 20, max_inputs=max_inputs, max_containers=most)
    assert usage.gpu_seconds == pytest.approx(usage.busy_s + usage.idle_s + 3 * usage.cold_starts)
    assert usage.idle_s >= -1e-6


def test_the_ladder_falls() -> None:
    rungs = ladder(2, 3, 1.10)
    assert [round(rung.usd_per_item, 5) for rung in rungs] == [0.00153, 0.00104, 0.00098, 0.00093, 0.00092]
