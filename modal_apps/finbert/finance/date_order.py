"""
Dates such as `03/04/2024`, which are the third of April or the fourth of March. Another date of the same file may show
which number stands first there; else that of the other files is taken, or the year alone, and the response says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from .grid import Grid
from .period_headings import Heading, parse_heading
from .periods import YEAR
from .tables import Column, Table

_NAMES = {"day": "day/month", "month": "month/day"}
_SLASHED = re.compile(
    r"(?<![\d/.-])(?:\d{1,2}/\d{1,2}/(?:(?:19|20)\d\d|\d\d)|\d{1,2}-\d{1,2}-(?:19|20)\d\d)(?![\d/-])"
)


@dataclass(frozen=True)
class Trouble:
    """A column whose period is not certain, and why: it is left out, or read in one of several ways."""

    code: str
    message: str
    table: Table
    column: Column


class Found(Protocol):
    """Where columns go: those that are left out, and those for which something was assumed."""

    troubles: list[Trouble]
    assumed: list[Trouble]


def orders_by_file(
    grids: Iterable[Grid], texts: Mapping[str, Sequence[str]], tables: Iterable[Table]
) -> dict[str, set[str]]:
    """
    For each file `day` or `month`, whichever stands first in its dates that can be read one way only; both in a file
    that has dates of either kind.

    Parameters:
        texts: by file, those that stand in no grid.
    """
    found: dict[str, set[str]] = {}
    for grid in grids:
        cells = (cell for row in grid.rows for cell in row if isinstance(cell, str))
        found.setdefault(grid.file, set()).update(*map(_orders_in, cells))
    for file, own in texts.items():
        found.setdefault(file, set()).update(*map(_orders_in, own))
    for table in tables:
        orders = {column.heading.order for column in table.columns if column.heading.order}
        found.setdefault(table.grid.file, set()).update(orders)
    return found


def _orders_in(text: str) -> set[str]:
    headings = (parse_heading(match[0]) for match in _SLASHED.finditer(text))
    return {heading.order for heading in headings if heading and heading.order}


def clear_dates(table: Table, orders: Mapping[str, set[str]], found: Found) -> dict[int, Heading]:
    """
    The headings of a table with dates that can be read in one way.

    Parameters:
        orders: by file, as `orders_by_file` gives them.
        found: gets the columns that are left out, and those for which something is assumed.
    """
    headings = {place: column.heading for place, column in enumerate(table.columns)}
    unclear = [place for place, heading in headings.items() if heading.other]
    if not unclear:
        return headings
    own = orders.get(table.grid.file, set())
    others = set().union(*orders.values())
    if len(own) == 1 or (not own and len(others) == 1):
        [order] = own or others
        for place in unclear:
            headings[place] = _in_order(headings[place], order)
            if not own:
                how = f"is read as {_NAMES[order]}, the order of the other files' dates"
                found.assumed.append(_trouble(table, place, how))
    elif _same_day_of_several_years(headings):
        for place in unclear:
            found.assumed.append(
                _trouble(table, place, f"is read as the year {headings[place].year} without a day")
            )
        headings = {
            place: replace(heading, month=None, day=None, other=None) for place, heading in headings.items()
        }
    else:
        for place in unclear:
            found.troubles.append(_trouble(table, place, "is left out, with its column"))
            del headings[place]
    return headings


def _trouble(table: Table, place: int, how: str) -> Trouble:
    column = table.columns[place]
    message = f"The date {column.text} can be read as day/month and as month/day. It {how}."
    return Trouble("ambiguous_date", message, table, column)


def _in_order(heading: Heading, order: str) -> Heading:
    """As read: month first, unless the day does."""
    month, day = heading.other if heading.other and order == "day" else (heading.month, heading.day)
    return replace(heading, month=month, day=day, other=None)


def _same_day_of_several_years(headings: Mapping[int, Heading]) -> bool:
    """Whether all columns are of years that end on one day: which it is does not matter for flows of a year."""
    days = {(heading.month, heading.day) for heading in headings.values()}
    years = {heading.year for heading in headings.values()}
    whole = all(heading.months in (None, YEAR) for heading in headings.values())
    return whole and len(days) == 1 and len(years) == len(headings) > 1
