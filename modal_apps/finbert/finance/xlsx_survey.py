"""
What a workbook holds, counted in one pass over its XML before anything is made of it: a few bytes can name millions
of rows, cells, styles or texts, and openpyxl makes an object of each.
"""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO
from xml.parsers import expat

from defusedxml import DTDForbidden

from .grid import FileError

MOST_UNPACKED_BYTES = 100 * 2**20
MOST_RATIO = 100
MOST_ENTRIES = 2000
MOST_SHEETS = 100
MOST_ROWS = 20_000  # down to the last value, of a sheet; a statement has some hundred
MOST_COLUMNS = 1000
MOST_CELLS = 400_000  # with the gaps between them, of a sheet
MOST_ELEMENTS = 3_000_000
MOST_OF_ANOTHER_PART = 250_000  # elements of styles, names and the like: objects are made of each
MOST_DEPTH = 64
CHUNK = 1 << 16

DIGITS = "0123456789"


def check_archive(data: bytes, archive: zipfile.ZipFile) -> None:
    """
    Raises:
        FileError: `zip_bomb`.
    """
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES:
        message = f"The workbook's archive has {len(entries):,} entries; at most {MOST_ENTRIES:,} are read."
        raise FileError("zip_bomb", message)
    # Small files compress far without being dangerous.
    dense = unpacked > 2**20 and unpacked > MOST_RATIO * len(data)
    if unpacked > MOST_UNPACKED_BYTES or dense:
        message = (
            f"The workbook unpacks to {unpacked / 2**20:.0f} MiB; at most {MOST_UNPACKED_BYTES >> 20} MiB and "
            f"{MOST_RATIO} times its size are read."
        )
        raise FileError("zip_bomb", message)


@dataclass
class Survey:
    """
    Counts over all parts of a workbook.

    Parameters:
        empty_formulas: formulas whose result was never saved, as in files written by a program.
        hidden_sheets: names of sheets that a spreadsheet does not show.
        hidden_rows, hidden_columns: with values, of all sheets.
    """

    elements: int = 0
    sheets: int = 0
    empty_formulas: int = 0
    hidden_sheets: list[str] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: int = 0
    named: set[str] = field(default_factory=set)

    def name(self, kind: str, value: str) -> None:
        """Refuses a part that is two sheets: it would be read as often as it is named."""
        key = f"{kind} {value}"
        if key in self.named:
            raise FileError("damaged_file", "Two sheets of the workbook are one and the same part of it.")
        self.named.add(key)


def survey_workbook(archive: zipfile.ZipFile) -> Survey:
    """
    Reads every part that is XML.

    Raises:
        FileError: `too_many_sheets`, `too_many_rows`, `too_many_columns`, `too_many_cells`, `too_complex`.
        DTDForbidden: a part declares entities, as no workbook does.
        expat.ExpatError: a part is broken.
    """
    found = Survey()
    for entry in archive.infolist():
        with archive.open(entry) as part:
            _Part(found).read(part)
    return found


class _Part:
    """One part. The handlers run for each tag of the file, so they are flat."""

    def __init__(self, found: Survey) -> None:
        self._found = found
        self._depth = 0
        self._root = ""
        self._row = self._column = self._widest = self._area = self._in_row = self._own = 0
        self._in_value = self._has_value = self._has_formula = False
        self._row_is_hidden = False
        self._hidden: list[tuple[int, int]] = []  # columns, from and to
        self._hidden_with_values: set[int] = set()

    def read(self, part: IO[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            while chunk := part.read(CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
            self._found.hidden_columns += len(self._hidden_with_values)
        except expat.ExpatError:
            if self._root:
                raise
            # A picture, say. openpyxl reads it as XML no further than this.

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._found.elements += 1
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise FileError("too_complex", f"The workbook's XML is nested more than {MOST_DEPTH} deep.")
        if self._found.elements > MOST_ELEMENTS:
            raise _too_complex(MOST_ELEMENTS)
        tag = name.rpartition(":")[2]
        if self._root == "worksheet":
            self._in_sheet(tag, attributes)
        elif self._depth == 1:
            self._root = tag
        else:
            self._elsewhere(tag, attributes)

    def _elsewhere(self, tag: str, attributes: dict[str, str]) -> None:
        self._own += 1
        if self._own > MOST_OF_ANOTHER_PART and self._root != "sst":
            raise _too_complex(MOST_OF_ANOTHER_PART)
        if tag == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            self._found.name("part", posixpath.basename(posixpath.normpath(attributes.get("Target", ""))))
        elif self._root == "workbook" and tag == "sheet":
            self._found.sheets += 1
            self._found.name("sheet", attributes.get("r:id", str(self._found.sheets)))
            if attributes.get("state", "visible") != "visible":
                self._found.hidden_sheets.append(attributes.get("name", ""))
            if self._found.sheets > MOST_SHEETS:
                raise FileError("too_many_sheets", f"The workbook has more than {MOST_SHEETS} sheets.")

    def _in_sheet(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "v" or tag == "t":
            self._in_value = True
        elif tag == "c":
            self._start_cell(attributes.get("r", ""))
        elif tag == "f":
            self._has_formula = True
        elif tag == "row":
            self._row = _row_number(attributes.get("r"), self._row)
            self._column = self._widest = self._in_row = 0
            self._row_is_hidden = _is_hidden(attributes)
        elif tag == "col" and _is_hidden(attributes) and len(self._hidden) < MOST_COLUMNS:
            self._hidden.append(
                (_row_number(attributes.get("min"), 0), _row_number(attributes.get("max"), 0))
            )

    def _start_cell(self, reference: str) -> None:
        letters = reference.rstrip(DIGITS)
        self._column = _column_number(letters) if letters else self._column + 1
        self._in_value = self._has_value = self._has_formula = False
        self._in_row += 1
        last = max(self._column, self._in_row)
        if last > MOST_COLUMNS:
            message = f"A sheet has cells in column {last:,}; at most {MOST_COLUMNS:,} are read."
            raise FileError("too_many_columns", message)
        if self._column <= self._widest:
            return
        # A row is as wide as its last cell, whatever lies between.
        self._area += self._column - self._widest
        self._widest = self._column
        if self._area > MOST_CELLS:
            raise FileError("too_many_cells", f"A sheet has more than {MOST_CELLS:,} cells.")

    def _text(self, text: str) -> None:
        if self._in_value:
            self._has_value = True

    def _end(self, name: str) -> None:
        self._depth -= 1
        tag = name.rpartition(":")[2]
        if tag == "v" or tag == "t":
            self._in_value = False
        elif tag == "c" and self._root == "worksheet":
            self._found.empty_formulas += self._has_formula and not self._has_value
            if self._has_value:
                self._note_hidden()
            # Empty rows are left out: programs format whole columns, down to the last row that there can be.
            if self._has_value and self._row > MOST_ROWS:
                message = f"A sheet has {self._row:,} rows; at most {MOST_ROWS:,} are read."
                raise FileError("too_many_rows", f"{message} Delete those that hold no statement.")

    def _note_hidden(self) -> None:
        if self._row_is_hidden:
            self._found.hidden_rows += 1
            self._row_is_hidden = False  # each row once
        if any(first <= self._column <= last for first, last in self._hidden):
            self._hidden_with_values.add(self._column)


def _is_hidden(attributes: dict[str, str]) -> bool:
    return attributes.get("hidden") in ("1", "true")


def _too_complex(most: int) -> FileError:
    message = f"The workbook has more than {most:,} parts, such as cells, styles and names."
    return FileError("too_complex", f"{message} Save the sheets with the statements as a new file.")


def _row_number(text: str | None, before: int) -> int:
    """The number that a row has, or that follows from the one before."""
    if text is None:
        return before + 1
    return int(text[:20]) if text[:20].isascii() and text[:20].isdecimal() else int(float(text))


@lru_cache
def _column_number(letters: str) -> int:
    """1 for A; the `$` that a reference may have does not count."""
    number = 0
    for letter in letters.replace("$", "").upper()[:8]:
        number = number * 26 + ord(letter) - 64
    return number


def _refuse_doctype(name: str, system: str | None, public: str | None, _: int) -> None:
    raise DTDForbidden(name, system, public)
