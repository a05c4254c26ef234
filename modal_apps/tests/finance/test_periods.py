"""Headings of columns."""

from __future__ import annotations

import datetime

import pytest
from finance.periods import Period, heading_periods, parse_period


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        ("FY2024", "FY2024"),
        ("FY 2024", "FY2024"),
        ("fy24", "FY2024"),
        ("2024", "FY2024"),
        (2024, "FY2024"),
        (2024.0, "FY2024"),
        ("2025E", "FY2025"),
        ("Year 2024", "FY2024"),
        ("31 Dec 2024", "FY2024"),
        ("December 31, 2024", "FY2024"),
        ("Year ended 30 June 2024", "FY2024"),
        ("As of Dec 31, 2023", "FY2023"),
        ("2024-12-31", "FY2024"),
        (datetime.datetime(2024, 12, 31), "FY2024"),
        ("Q3 2024", "Q3 2024"),
        ("2024 Q1", "Q1 2024"),
        ("TTM", "TTM"),
        ("LTM", "TTM"),
    ],
)
def test_headings(heading: object, label: str) -> None:
    period = parse_period(heading)
    assert period is not None
    assert period.label == label


@pytest.mark.parametrize(
    "value", ["Revenue", "1,234", 1234, 12.5, None, "", "Q5 2024", "99 Foo 2024", "31 Feb 2024", "2024 plan"]
)
def test_what_is_no_heading(value: object) -> None:
    assert parse_period(value) is None


def test_order_is_by_time() -> None:
    labels = ["TTM", "FY2024", "Q4 2024", "Q1 2024", "FY2023"]
    periods = [parse_period(label) for label in labels]
    assert sorted((period for period in periods if period), reverse=True) == periods


def test_a_heading_row_needs_two_periods_or_one_that_is_written_out() -> None:
    assert heading_periods(["", "FY2024", "FY2023"]) == {1: Period(2024), 2: Period(2023)}
    assert heading_periods(["In thousands", "FY2024"]) == {1: Period(2024)}
    assert heading_periods(["Units sold", 2024]) == {}
    assert heading_periods(["Restated", "FY2024", 17]) == {}
    assert heading_periods(["Twice", "FY2024", "2024"]) == {}


def test_dates_within_one_year_are_quarters() -> None:
    found = heading_periods(["", "31 Mar 2024", "30 Jun 2024"])
    assert [period.label for period in found.values()] == ["Q1 2024", "Q2 2024"]
