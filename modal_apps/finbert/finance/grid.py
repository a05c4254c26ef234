"""A sheet or a file as rows of cells, whatever it was read from."""

from __future__ import annotations

import re
from dataclasses import dataclass

Cell = str | int | float | None | object  # object: a date

LONG_TEXT_WORDS = 12
SENTENCE_WORDS = 6


class FileError(Exception):
    """
    A file that cannot be read.

    Parameters:
        code: the rule that it breaks, in snake case.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Grid:
    """
    Parameters:
        sheet: name of the sheet or page; None for a file without such.
        delimiter: of a text file, else ''.
        lines: whether rows are lines of text and have no cells that a spreadsheet would name.
        named: whether rows are figures by name, in any order, as in JSON.
        carried: the row of headings of the page before, when the table goes on without one.
        carried_titles: its titles.
    """

    file: str
    sheet: str | None
    rows: list[list[Cell]]
    delimiter: str = ""
    lines: bool = False
    named: bool = False
    carried: tuple[Cell, ...] = ()
    carried_titles: tuple[str, ...] = ()

    def reference(self, row: int, column: int) -> str:
        """Where a cell is found: `B7` in a sheet, `line 7` on a page."""
        return f"line {row + 1}" if self.lines else reference(row, column)


def reference(row: int, column: int) -> str:
    """The name of a cell as spreadsheets write it, from zero-based numbers: (0, 0) is A1."""
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


def is_prose(text: str) -> bool:
    """Tells a sentence from a label or a heading."""
    words = len(text.split())
    return words >= LONG_TEXT_WORDS or (
        words >= SENTENCE_WORDS and bool(re.search(r"[.!?][\"')]?$", text.strip()))
    )


def is_sentence(text: str) -> bool:
    """Prose that ends as a sentence does; what it says of a unit or a statement is not said of the table below it."""
    return is_prose(text) and text.rstrip().endswith(".")


def prose(grid: Grid) -> list[str]:
    """The texts of a grid that are worth a sentiment."""
    cells = (cell for row in grid.rows for cell in row)
    return [cell for cell in cells if isinstance(cell, str) and is_prose(cell)]
