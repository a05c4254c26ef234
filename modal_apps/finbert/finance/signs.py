"""The sign of the tax, which statements write both ways: what lies between the profit before and after it tells."""

from __future__ import annotations

from dataclasses import replace

from .periods import Period
from .reading import Candidate, Reading
from .written_numbers import ROUNDING


def settle_taxes(reading: Reading) -> None:
    """Gives each tax of a table the sign of an expense: positive for one, negative for a benefit."""
    known: dict[tuple[str, Period], list[float]] = {}
    for found in reading.candidates:
        if found.key in ("pretax_income", "net_income"):
            known.setdefault((found.key, found.period), []).append(found.value)
    expenses = _presentation(reading)
    settled = []
    for found in reading.candidates:
        if found.key != "tax_expense":
            settled.append(found)
            continue
        before = known.get(("pretax_income", found.period), [])
        after = known.get(("net_income", found.period), [])
        settled.append(_settled(found, before, after, expenses))
    reading.candidates = settled


def _settled(found: Candidate, before: list[float], after: list[float], expenses: int) -> Candidate:
    size = abs(found.value)
    for profit in before:
        for net in after:
            slack = ROUNDING * max(abs(profit), abs(net), size)
            if abs(profit - size - net) <= slack:
                return replace(found, value=size)
            if abs(profit + size - net) <= slack:
                return replace(found, value=-size)
    if found.value == 0:
        return found
    if expenses:
        return replace(found, value=expenses * found.value)
    if found.value > 0:
        return found
    if before and before[0] > 0:
        return replace(found, value=size)
    return replace(found, trouble="may be an expense or a benefit, which nothing else in the table tells")


def _presentation(reading: Reading) -> int:
    """1 where expenses stand as positive numbers, -1 where they are negative, 0 where nothing tells."""
    negative = positive = 0
    for row in reading.table.rows:
        kinds = [found for found in reading.candidates if found.row == row.number]
        if not kinds or kinds[0].key not in (
            "cost_of_revenue",
            "operating_expenses",
            "rnd",
            "sga",
            "interest_expense",
        ):
            continue
        if kinds[0].kind not in ("income", "unknown"):
            continue
        written = kinds[0].written.strip()
        below = written.startswith(("-", "(", "\u2212", "\u2013")) or written.endswith(("-", ")"))
        negative += below
        positive += not below
    if negative and positive:
        return 0
    return -1 if negative else 1 if positive else 0
