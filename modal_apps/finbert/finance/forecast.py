"""The next year by two simple methods with 80 percent intervals. An extrapolation, not an opinion."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal

from .figures import Statement

LEAST_POINTS = 3
ITEMS = ("revenue", "net_income", "operating_cash_flow")
# Student's t, 90th percentile, for 1 to 10 degrees of freedom; after that the normal value is close enough.
T_90 = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372)
Z_90 = 1.282


@dataclass(frozen=True)
class Forecast:
    """
    Parameters:
        n_points: years that it is made from.
        low, high: ends of the 80 percent interval, in units of currency as the value.
    """

    key: str
    method: Literal["cagr", "linear"]
    n_points: int
    period: str
    value: float
    low: float
    high: float


def forecast(statement: Statement) -> list[Forecast]:
    """Forecasts of the items that have three or more consecutive years."""
    found = []
    for key in ITEMS:
        points = _recent_years(statement, key)
        if len(points) < LEAST_POINTS:
            continue
        values = [value for _, value in points]
        label = f"FY{points[-1][0] + 1}"
        found.append(Forecast(key, "linear", len(values), label, *linear(values)))
        if min(values) > 0:
            found.append(Forecast(key, "cagr", len(values), label, *cagr(values)))
    return found


def linear(values: list[float]) -> tuple[float, float, float]:
    """Least squares over evenly spaced values: the next value, with the low and high end of its interval."""
    n = len(values)
    mean_x, mean_y = (n - 1) / 2, sum(values) / n
    spread = sum((x - mean_x) ** 2 for x in range(n))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in enumerate(values)) / spread
    residuals = [y - mean_y - slope * (x - mean_x) for x, y in enumerate(values)]
    error = math.sqrt(sum(residual**2 for residual in residuals) / (n - 2))
    value = mean_y + slope * (n - mean_x)
    half = _t(n - 2) * error * math.sqrt(1 + 1 / n + (n - mean_x) ** 2 / spread)
    return value, value - half, value + half


def cagr(values: list[float]) -> tuple[float, float, float]:
    """Compound growth over positive values: the next value, with an interval from the spread of growth."""
    steps = [math.log(later / earlier) for earlier, later in itertools.pairwise(values)]
    mean = sum(steps) / len(steps)
    deviation = math.sqrt(sum((step - mean) ** 2 for step in steps) / (len(steps) - 1))
    half = _t(len(steps) - 1) * deviation * math.sqrt(1 + 1 / len(steps))
    return tuple(values[-1] * math.exp(mean + shift) for shift in (0.0, -half, half))  # type: ignore[return-value]


def _t(degrees: int) -> float:
    return T_90[degrees - 1] if degrees <= len(T_90) else Z_90


def _recent_years(statement: Statement, key: str) -> list[tuple[int, float]]:
    """The last unbroken run of years with a value, oldest first."""
    years = sorted(period.year for period in statement.periods if period.is_annual)
    values = {period.year: statement.value(key, period) for period in statement.periods if period.is_annual}
    run: list[tuple[int, float]] = []
    for year in years:
        value = values[year]
        if value is None:
            run = []
        elif run and run[-1][0] != year - 1:
            run = [(year, value)]
        else:
            run.append((year, value))
    return run
