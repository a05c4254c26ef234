"""What a month's GPU containers cost by their own clocks, and the two alerts, each once."""

from __future__ import annotations

import logging
from calendar import timegm
from pathlib import Path

import pytest
from appkit.cost import usd
from appkit.monthly_spend import MonthlySpend, Shared

HOUR = 3600.0
RATE, LIMIT = 2.0, 15.0  # 7.5 hours
DECEMBER = float(timegm((2026, 12, 1, 0, 0, 0)))


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(DECEMBER + 240 * HOUR)


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    return Shared(tmp_path / "spending", lambda: None, lambda: None)


def container(shared: Shared, clock: Clock, limit: float = LIMIT) -> MonthlySpend:
    return MonthlySpend(shared, RATE, limit, clock.now, clock)


def alerts(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The beginning of each error: those reach Sentry, and the log of the app."""
    return [one.getMessage().split(" of")[0] for one in caplog.records if one.levelno == logging.ERROR]


def test_each_alert_is_told_once_though_containers_come_and_go(
    shared: Shared, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(10):  # of an hour each, one after the other
        one = container(shared, clock)
        for _ in range(6):
            clock.now += HOUR / 6
            one.count()
        one.stop()
    month = one.month()
    assert (month["gpu_usd"], month["percent"], month["alert"]) == (usd(10 * HOUR, RATE), 133.3, 100)
    assert alerts(caplog) == ["80 %", "100 %"]
    assert "APP_MAX_USD_PER_MONTH=15" in caplog.text


def test_containers_at_once_are_added_up(shared: Shared, clock: Clock) -> None:
    both = [container(shared, clock), container(shared, clock)]
    clock.now += 3.5 * HOUR
    for one in both:
        one.count()
    assert both[1].month()["gpu_usd"] == 14.0
    assert both[0].month()["gpu_usd"] == 7.0  # as it was when it counted


def test_a_new_month_starts_at_nothing_and_tells_again(
    shared: Shared, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    clock.now = DECEMBER - 7 * HOUR
    one = container(shared, clock)
    clock.now = DECEMBER - 0.5 * HOUR
    one.count()
    assert (one.month()["month"], one.month()["gpu_usd"]) == ("2026-11", 13.0)
    clock.now = DECEMBER + HOUR
    assert (one.month()["month"], one.month()["gpu_usd"], one.month()["alert"]) == ("2026-12", None, None)
    one.count()
    assert one.month()["gpu_usd"] == 2.0  # since midnight in UTC
    clock.now = DECEMBER + 6.2 * HOUR
    one.count()
    assert alerts(caplog) == ["80 %", "80 %"]


def test_of_two_that_are_passed_at_once_the_higher_is_told(
    shared: Shared, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    one = container(shared, clock)
    clock.now += 8 * HOUR
    one.count()
    one.count()
    assert alerts(caplog) == ["100 %"]


def test_another_limit_has_alerts_of_its_own(
    shared: Shared, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    one = container(shared, clock)
    clock.now += 8 * HOUR
    one.count()
    other = container(shared, clock, limit=20)
    other.count()
    assert other.month()["alert"] == 80
    assert alerts(caplog) == ["100 %", "80 %"]


def test_what_cannot_be_read_is_unknown_and_not_nothing(
    shared: Shared, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    one = container(shared, clock)
    assert one.month()["gpu_usd"] is None
    clock.now += HOUR
    one.count()
    broken = MonthlySpend(
        Shared(shared.folder, lambda: (_ for _ in ()).throw(OSError("busy")).__next__(), lambda: None),
        RATE,
        LIMIT,
        clock.now,
        clock,
    )
    broken.count()
    assert (broken.month()["gpu_usd"], broken.month()["alert"]) == (None, None)
    assert "not known: OSError: busy" in caplog.text
