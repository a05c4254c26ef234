"""
An operating profit before depreciation, as some exports and Indian results have it: it is an EBITDA. That it is one
shows where the depreciation stands between it and the profit before tax, and with it the rows add up to that profit.
"""

from __future__ import annotations

from dataclasses import replace

from .reading import Candidate, Reading
from .written_numbers import adds_up, read_number

_LESS = ("interest_expense", "depreciation_amortization")


def settle_operating_income(reading: Reading) -> None:
    """Makes an EBITDA of each operating income of a table that is one."""
    reading.candidates = [
        replace(found, key="ebitda") if _is_before_depreciation(reading, found) else found
        for found in reading.candidates
    ]


def _is_before_depreciation(reading: Reading, found: Candidate) -> bool:
    if found.key != "operating_income":
        return False
    rows = reading.table.rows
    start = next((at for at, row in enumerate(rows) if row.number == found.row), len(rows))
    end = next((at for at in range(start + 1, len(rows)) if reading.keys.get(at) == "pretax_income"), None)
    between = range(start + 1, end or start)
    if end is None or not any(reading.keys.get(at) == "depreciation_amortization" for at in between):
        return False
    places = [place for place, period in reading.flows.items() if period == found.period]
    return any(_adds_up(reading, start, end, place) for place in places)


def _adds_up(reading: Reading, start: int, end: int, place: int) -> bool:
    """Whether the profit before tax is the row at `start` and those below it, costs taken off, in one column."""

    def number(at: int) -> float | None:
        row = reading.table.rows[at]
        return read_number(row.cells[place][0], reading.style)[0] if place in row.cells else None

    profit, total = number(start), number(end)
    if profit is None or total is None:
        return False
    for at in range(start + 1, end):
        value = number(at) or 0.0
        profit += -abs(value) if reading.keys.get(at) in _LESS else value
    return adds_up(total, profit)
