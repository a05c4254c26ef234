"""Headings of columns."""

from __future__ import annotations

import datetime

import pytest
from finance.period_headings import parse_period
from finance.periods import QUARTER, months_to, numbered
from finance.tables import heading_cells


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
        ("31.12.2024", "FY2024"),
        ("31/12/2024", "FY2024"),
        ("12/31/2024", "FY2024"),
        ("Q3'24", "Q3 2024"),
        ("3Q24", "Q3 2024"),
        ("Q2 FY25", "Q2 2025"),
        ("1H24", "H1 2024"),
        ("H1 2024", "H1 2024"),
        ("9M 2024", "9M 2024"),
        ("2024/25", "FY2025"),
        ("FY 2023-24", "FY2024"),
        ("FY25", "FY2025"),
        ("Dec-24", "FY2024"),
        ("2024 \u00a3m", "FY2024"),
        ("2024 $'000", "FY2024"),
        ("2024 (restated)", "FY2024"),
        ("12 Months Ended Sep. 28, 2024", "FY2024"),
        ("53 weeks ended February 3, 2024", "FY2024"),
        ("Three months ended June 30, 2024", "3 months to Jun 2024"),
        ("26 weeks ended 29 June 2024", "6 months to Jun 2024"),
        ("Quarter ended 30.06.2024", "3 months to Jun 2024"),
        ("January 3, 2025", "FY2024"),
        ("31. Dezember 2024", "FY2024"),
        ("31 d\u00e9cembre 2024", "FY2024"),
        ("31 de diciembre de 2024", "FY2024"),
        ("1. Halbjahr 2024", "H1 2024"),
        ("Exercice 2024", "FY2024"),
    ],
)
def test_headings(heading: object, label: str) -> None:
    period = parse_period(heading)
    assert period is not None
    assert period.label == label


@pytest.mark.parametrize(
    "value",
    [
        "Revenue",
        "1,234",
        1234,
        12.5,
        None,
        "",
        "Q5 2024",
        "99 Foo 2024",
        "31 Feb 2024",
        "2024 plan",
        "% change",
        "12,024",
    ],
)
def test_what_is_no_heading(value: object) -> None:
    assert parse_period(value) is None


def test_order_is_by_time() -> None:
    labels = ["TTM", "FY2024", "Q4 2024", "Q1 2024", "FY2023"]
    periods = [parse_period(label) for label in labels]
    assert sorted((period for period in periods if period), reverse=True) == periods


def heading(*cells: object) -> list[int]:
    return list(heading_cells({at: cell for at, cell in enumerate(cells) if cell not in ("", None)}))


def test_a_row_is_a_heading_by_what_stands_in_front() -> None:
    assert heading("", "FY2024", "FY2023") == [1, 2]
    assert heading("In thousands", "FY2024") == [1]
    assert heading("Item", 2024, 2023) == [1, 2]
    assert heading("Year ended 31 December", 2024, 2023) == [1, 2]
    assert heading("Units sold", 2024) == []
    assert heading("Restated", "FY2024", 17) == []
    assert heading("Research and development", 2010, 1950) == []
    assert heading("Shares issued", 2024, 2023, 2022) == [
        1,
        2,
        3,
    ]  # only order tells, as nothing stands above
    assert heading_cells({0: "Net income", 1: 2011, 2: 2010}) == {}
    assert heading_cells({0: "Headcount", 1: 2011, 2: 2010}, has_table=True) == {}


def test_periods_sort_by_their_last_day_and_compare_with_the_year_before() -> None:
    assert numbered(2024, QUARTER, 2).label == "Q2 2024"
    assert months_to(2024, 6, 6).year_before().label == "6 months to Jun 2023"
