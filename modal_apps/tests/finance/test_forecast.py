"""Forecasts against values worked out by hand."""

from __future__ import annotations

import pytest
from finance.forecast import cagr, forecast, linear
from finance.grid import Grid
from finance.statement import Statement, read_statement


def statement(label: str, values: dict[str, float]) -> Statement:
    return read_statement([Grid("a", None, [["", *values], [label, *values.values()]])])


def test_a_straight_line_goes_on_without_doubt() -> None:
    assert linear([1.0, 2.0, 3.0]) == pytest.approx((4.0, 4.0, 4.0))


def test_linear_interval() -> None:
    # y = 10, 14, 12, 16: slope 1.6, mean 13, next 17; residuals 7.2; error sqrt(3.6), factor 1+1/4+6.25/5.
    value, low, high = linear([10.0, 14.0, 12.0, 16.0])
    half = 1.886 * (3.6 * 2.5) ** 0.5
    assert (value, low, high) == pytest.approx((17.0, 17 - half, 17 + half))


def test_constant_growth_goes_on() -> None:
    assert cagr([100.0, 110.0, 121.0]) == pytest.approx((133.1, 133.1, 133.1))


def test_cagr_uses_first_and_last_value() -> None:
    value, low, high = cagr([100.0, 150.0, 144.0])
    assert value == pytest.approx(144 * 1.2)
    assert low < value < high


def test_three_years_are_needed_and_a_loss_has_no_growth_rate() -> None:
    assert forecast(statement("Revenue", {"FY2024": 3, "FY2023": 2})) == []
    found = forecast(statement("Net income", {"FY2024": 3, "FY2023": 2, "FY2022": -1}))
    assert [(item.key, item.method, item.period, item.n_points) for item in found] == [
        ("net_income", "linear", "FY2025", 3)
    ]


def test_a_gap_starts_the_series_again() -> None:
    values = {"FY2024": 5, "FY2023": 4, "FY2022": 3, "FY2019": 1}
    assert {item.n_points for item in forecast(statement("Revenue", values))} == {3}


def test_quarters_are_not_years() -> None:
    assert forecast(statement("Revenue", {"Q3 2024": 3, "Q2 2024": 2, "Q1 2024": 1})) == []
