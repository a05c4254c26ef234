"""
What stands around the headings of a table: `Brut`, `Amortissements`, `Net` below one date, of which the net is the
figure, and headings such as `Geschäftsjahr` and `Vorjahr`, whose year only a title tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .grid import Cell, Grid
from .period_headings import Heading, parse_heading

NEAR_ROWS = 3  # of a heading
TITLE_ROWS = 15  # above a heading in which a date is looked for

_GROSS = re.compile(
    r"\W*(?:(?:valeurs?|montants?|importe|wert) )?(?:brute?s?|brutto(?:wert)?|bruto|gross)\b.{0,30}",
    re.IGNORECASE,
)
_NET = re.compile(
    r"\W*(?:(?:valeurs?|montants?|importe|carrying) )?(?:nette?s?|netto(?:wert)?|neto|net|buchwert)\b.{0,30}",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\W*(?:(?:exercice|ejercicio|ann[ée]e|a[ñn]o)\s+(?:n|actual|courante?|corriente|en cours)"
    r"|geschäftsjahr|berichtsjahr|lfd\.? jahr|laufendes jahr|current (?:year|period)|this year|n)\W*",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\W*(?:(?:exercice|ejercicio|ann[ée]e|a[ñn]o)\s+(?:n\s?[-\u2013]\s?1|anterior|pr[ée]c[ée]dente?)|vorjahr(?:eswert)?"
    r"|(?:previous|prior|last) (?:year|period)|n\s?[-\u2013]\s?1)\W*",
    re.IGNORECASE,
)
_UNITS = re.compile(r"\([^()]*\)|\bT?EUR\b|\bT?€")
_DATE = re.compile(
    r"\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d|(?:\d{1,2}\.? (?:de )?)?[a-zäéû]{3,10}\.? (?:\d{1,2}, )?(?:de )?(?:19|20)\d\d"
    r"|(?:19|20)\d\d-\d\d-\d\d",
    re.IGNORECASE,
)


def net_column(grid: Grid, number: int, start: int, end: int) -> int:
    """
    The column of net figures among those that one heading spans; the first where gross and net do not stand apart.

    Parameters:
        number: of the first row below the headings, in which the words for gross and net may still stand.
    """
    for cells in grid.rows[max(0, number - NEAR_ROWS) : number + 2]:
        words = {at: cell for at, cell in enumerate(cells[start:end], start) if isinstance(cell, str)}
        gross = any(_GROSS.fullmatch(word) for word in words.values())
        net = next((at for at, word in words.items() if _NET.fullmatch(word)), None)
        if gross and net is not None:
            return net
    return start


def with_years(rows: Sequence[list[Cell]]) -> list[list[Cell]]:
    """The rows with dates in place of headings such as `Vorjahr`, where the rows above name the day."""
    found = list(rows)
    for number, cells in enumerate(rows):
        kinds = {
            at: ago
            for at, cell in enumerate(cells)
            if at and isinstance(cell, str)
            for ago, pattern in ((0, _NOW), (1, _BEFORE))
            if pattern.fullmatch(_UNITS.sub("", cell).strip() or "-")
        }
        if set(kinds.values()) != {0, 1} or len(kinds) != 2:
            continue
        if day := _day_above(rows, number):
            found[number] = [
                _ago(day, kinds[at], str(cell)) if at in kinds else cell for at, cell in enumerate(cells)
            ]
    return found


def _day_above(rows: Sequence[list[Cell]], number: int) -> Heading | None:
    """The last day that the titles above name; None where they name several years."""
    texts = [
        cell
        for cells in rows[max(0, number - TITLE_ROWS) : number]
        for cell in cells
        if isinstance(cell, str)
    ]
    days = [parse_heading(match[0]) for text in texts for match in _DATE.finditer(text[:200])]
    whole = [day for day in days if day and day.year and day.month and day.day and not day.other]
    return whole[-1] if whole and len({day.year for day in whole}) == 1 else None


def _ago(day: Heading, years: int, text: str) -> str:
    unit = " TEUR" if "TEUR" in text else " EUR" if "EUR" in text else ""
    last = min(day.day or 28, 28) if day.month == 2 else day.day
    return f"{(day.year or 0) - years}-{day.month:02}-{last:02}{unit}"
