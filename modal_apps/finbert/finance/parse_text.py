"""Text files: csv and tsv as one grid, txt and md as prose."""

from __future__ import annotations

import csv
import io

from .grid import Cell, FileError, Grid
from .tables import heading_cells
from .written_numbers import parse_number

DELIMITERS = ",;\t|"
ENCODINGS = ("utf-8-sig", "cp1252")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SAMPLE_CHARS = 8192
MOST_ROWS = 20_000
MOST_COLUMNS = 1000
MOST_CELLS = 400_000


def decode(data: bytes) -> str:
    """
    Raises:
        FileError: `unknown_encoding` for bytes that are no text.
    """
    for encoding in ("utf-16",) if data.startswith(UTF16_MARKS) else ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileError("unknown_encoding", "The file is neither UTF-8, UTF-16 nor Windows-1252 text.")


def looks_like_table(text: str) -> bool:
    """Whether a line is a heading of periods, or half of the lines have numbers. Prose has commas too."""
    lines = [line for line in text[:SAMPLE_CHARS].splitlines() if line.strip()]
    try:
        rows = list(csv.reader(lines, delimiter=_delimiter(text)))
    except csv.Error:
        return False  # a word of prose that never ends, say
    numeric = sum(any(parse_number(cell) for cell in row[1:]) for row in rows)
    headings = (heading_cells({at: cell for at, cell in enumerate(row) if cell.strip()}) for row in rows)
    return numeric * 2 >= len(rows) or any(len(found) > 1 for found in headings)


def parse_csv(name: str, text: str) -> Grid:
    """
    Reads the lines as one grid. Cells stay text, because only a column tells how numbers are written.

    Raises:
        FileError: `too_many_rows`, `too_many_columns`, `too_many_cells`, or `damaged_file` for a cell that never
            ends, as after a quotation mark without its second.
    """
    rows: list[list[Cell]] = []
    cells = 0
    delimiter = _delimiter(text)
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            cells += len(row)
            check_size(len(rows) + 1, len(row), cells)
            rows.append(list(row))
    except csv.Error as error:
        message = f"Row {len(rows) + 1} cannot be read ({error}). Is a quotation mark left open?"
        raise FileError("damaged_file", message) from error
    return Grid(name, None, rows, delimiter)


def check_size(rows: int, columns: int, cells: int) -> None:
    """
    Raises:
        FileError: for the limit that a table of this size breaks.
    """
    if rows > MOST_ROWS:
        raise FileError("too_many_rows", f"The file has more than {MOST_ROWS:,} rows; so many are read.")
    if columns > MOST_COLUMNS:
        message = f"Row {rows:,} has {columns:,} columns; at most {MOST_COLUMNS:,} are read."
        raise FileError("too_many_columns", message)
    if cells > MOST_CELLS:
        raise FileError("too_many_cells", f"The file has more than {MOST_CELLS:,} cells; so many are read.")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, without Markdown's marks at the start of a line."""
    blocks = text.replace("\r\n", "\n").split("\n\n")
    joined = (" ".join(line.strip().lstrip("#>*-• ") for line in block.splitlines()) for block in blocks)
    return [block.strip() for block in joined if block.strip()]


def _delimiter(text: str) -> str:
    """The sign that gives most lines the same number of cells; inside quotes it does not count."""
    lines = [line for line in text[:SAMPLE_CHARS].splitlines() if line.strip()][:50]

    def score(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        wide = [width for width in widths if width > 1]
        return (max((wide.count(width) for width in set(wide)), default=0), sum(wide))

    return max(DELIMITERS, key=score)
