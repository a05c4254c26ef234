"""The column of note numbers, which stands beside the figures and is none of them."""

from __future__ import annotations

import itertools
import re

from .grid import Cell

MOST_ROWS = 400  # below a heading that are looked at
LEAST_NOTES = 3
_WORD = re.compile(
    r"\W*(?:notes?(?: (?:no|nos|number|ref)\b)?|anhang|anm|anmerkung|annexes?|notas?|ziffer|tz)\W*",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\d{1,2}(?:\.\d{1,2})?(?: ?\(?[a-z]\)?)?(?:(?:, ?| ?& ?| and )\d{1,2}(?:\.\d{1,2})?)*")


def is_note_word(cell: Cell) -> bool:
    """Whether a heading says that its column has the numbers of notes."""
    return isinstance(cell, str) and bool(_WORD.fullmatch(cell))


def is_note_number(cell: Cell) -> bool:
    """Whether a cell can be the number of a note, such as 7, 7.2, `7(a)` or `7, 12`."""
    if isinstance(cell, bool):
        return False
    if isinstance(cell, int | float):
        return 0 < cell < 100
    return isinstance(cell, str) and bool(_NUMBERS.fullmatch(cell.strip()))


def note_columns(rows: list[list[Cell]], first: int, start: int, end: int) -> frozenset[int]:
    """
    The columns of note numbers among those that one heading spans.

    Parameters:
        first: number of the first row below the headings.
        start, end: first column that the heading spans, and the first that it does not.
    """
    below = rows[first : first + MOST_ROWS]
    above = rows[max(0, first - 4) : first + 1]
    found = set()
    for column in range(start, end - 1):
        cells = [
            (row[column], row[column + 1 : end])
            for row in below
            if column < len(row) and _is_filled(row[column])
        ]
        notes = [cell for cell, _ in cells if not is_note_word(cell)]
        if not notes or not all(is_note_number(cell) for cell in notes):
            continue
        named = any(column < len(row) and is_note_word(row[column]) for row in above)
        beside = sum(any(_is_filled(cell) for cell in right) for _, right in cells)
        if named or (beside * 3 >= len(notes) * 2 and _in_order(notes)):
            found.add(column)
    return frozenset(found)


def _is_filled(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _in_order(notes: list[Cell]) -> bool:
    """Whether the numbers count up with the rows, as notes do, but for one in four that is pointed to again."""
    numbers = [float(match[0]) for cell in notes if (match := re.match(r"\d+(?:\.\d+)?", str(cell).strip()))]
    if len(set(numbers)) < LEAST_NOTES:
        return False
    back = sum(later < earlier for earlier, later in itertools.pairwise(numbers))
    return back * 4 <= len(numbers)
