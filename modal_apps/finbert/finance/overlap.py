"""Rows of debt that include one another: a total and its parts, or one debt under two names, are never added."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from .line_items import TOTAL, WEAK
from .statement_kinds import UNSURE

if TYPE_CHECKING:
    from .reading import Candidate

ROUNDED = 0.001  # of a sum of rounded rows
MOST_ROWS = 8  # whose sums are compared; a statement with more debts has a total


def overlap(group: list[Candidate]) -> str:
    """
    Parameters:
        group: rows for one kind of debt on one day.

    Returns:
        why they cannot be added, in words; '' when they can, or need not be, as a total is named.
    """
    if any(found.rank == TOTAL for found in group):
        return ""
    for table in {found.table for found in group}:
        rows = list({found.row: found for found in group if found.table == table and found.value}.values())
        if why := _overlap(rows):
            return why
    return ""


def _overlap(rows: list[Candidate]) -> str:
    parts = [found for found in rows if found.part]
    whole = [found for found in rows if not found.part and found.rank > WEAK]
    if len(rows) < 2 or not parts:
        return ""
    if whole and _same(sum(found.value for found in parts), whole[0].value):
        return ""  # the row for the whole is their sum, which is borne out
    if all(found.sureness == UNSURE for found in rows):
        return "are fields of an export that may hold one another"
    if whole and whole[0].value > sum(found.value for found in parts):
        return "may be a total and some of its parts"
    if any(_same(one.value, two.value) for one, two in itertools.combinations(rows, 2)):
        return "have the same number, as one debt under two names has"
    if len(rows) <= MOST_ROWS and _has_total(rows):
        return "are a total and its parts"
    return ""


def _has_total(rows: list[Candidate]) -> bool:
    """Whether one row is the sum of two or more of the others."""
    for total in rows:
        others = [found.value for found in rows if found is not total]
        for size in range(2, len(others) + 1):
            if any(_same(sum(some), total.value) for some in itertools.combinations(others, size)):
                return True
    return False


def _same(one: float, two: float) -> bool:
    return abs(one - two) <= ROUNDED * max(abs(one), abs(two))
