"""
Excel workbooks (xlsx, xlsm): the values that Excel saved; formulas and macros never run.

openpyxl parses with defusedxml, which refuses entity bombs, when that is installed; it is a requirement.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from .grid import Cell, FileError, Grid

MOST_UNPACKED_BYTES = 200 * 2**20
MOST_RATIO = 100
MOST_ENTRIES = 2000
MOST_CELLS = 400_000  # on one sheet; a statement has a few thousand


def parse_xlsx(name: str, data: bytes) -> tuple[list[Grid], list[str]]:
    """
    Returns:
        one grid for each sheet, and warnings.

    Raises:
        FileError: `zip_bomb`, `damaged_file` or `too_many_cells`.
    """
    _check_archive(data)
    try:
        values = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        grids = [
            Grid(name, sheet.title, list(_rows(sheet.iter_rows(values_only=True))))
            for sheet in values.worksheets
        ]
        empty_formulas = _formulas_without_value(data, grids)
    except FileError:
        raise
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        SyntaxError,
        zipfile.BadZipFile,
        OSError,
    ) as error:
        raise FileError("damaged_file", "The workbook cannot be read. Save it again as .xlsx.") from error
    warnings = []
    if empty_formulas:
        warnings = [
            f"{name}: {empty_formulas} formulas have no saved value. Open the file in Excel and save it."
        ]
    return grids, warnings


def _check_archive(data: bytes) -> None:
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile as error:
        raise FileError("damaged_file", "The workbook's archive is damaged.") from error
    unpacked = sum(entry.file_size for entry in entries)
    # Small files compress far without being dangerous.
    dense = unpacked > 2**20 and unpacked > MOST_RATIO * len(data)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED_BYTES or dense:
        raise FileError(
            "zip_bomb", f"The workbook unpacks to {unpacked / 2**20:.0f} MiB, more than is accepted."
        )


def _rows(rows: Iterator[tuple[Cell, ...]]) -> Iterator[list[Cell]]:
    cells = 0
    for row in rows:
        cells += len(row)
        if cells > MOST_CELLS:
            raise FileError(
                "too_many_cells", f"The workbook has more than {MOST_CELLS:,} cells on one sheet."
            )
        yield list(row)


def _formulas_without_value(data: bytes, grids: list[Grid]) -> int:
    """Counts formulas whose result was never saved, as in files written by a program."""
    if not _has_formulas(data):
        return 0
    formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    count = 0
    for sheet, grid in zip(formulas.worksheets, grids, strict=True):
        for row, cells in zip(sheet.iter_rows(values_only=True), grid.rows, strict=False):
            pairs = zip(row, cells, strict=False)
            count += sum(
                isinstance(text, str) and text.startswith("=") and value is None for text, value in pairs
            )
    return count


def _has_formulas(data: bytes) -> bool:
    archive = zipfile.ZipFile(io.BytesIO(data))
    sheets = (name for name in archive.namelist() if name.startswith("xl/worksheets/sheet"))
    return any(re.search(rb"<f[ />]", archive.read(name)) for name in sheets)
