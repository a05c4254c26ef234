"""
Excel workbooks (xlsx, xlsm): the values that Excel saved; formulas and macros never run.

openpyxl parses with defusedxml, which refuses entity bombs, when that is installed; it is a requirement.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from xml.parsers.expat import ExpatError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from .grid import Cell, FileError, Grid
from .xlsx_survey import MOST_ROWS, Survey, check_archive, survey_workbook

MOST_CELLS = 1_000_000  # of all sheets


def parse_xlsx(name: str, data: bytes) -> tuple[list[Grid], list[str]]:
    """
    Returns:
        one grid for each sheet, and warnings.

    Raises:
        FileError: `damaged_file`, `zip_bomb`, or the limit that the workbook breaks, as `survey_workbook`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_archive(data, archive)
            survey = survey_workbook(archive)
        grids = list(_grids(name, data))
    except FileError:
        raise
    except (
        InvalidFileException,
        ExpatError,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
        OverflowError,
        NotImplementedError,
        SyntaxError,
        RuntimeError,  # of a password, and of recursion
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        OSError,
    ) as error:
        raise FileError("damaged_file", "The workbook cannot be read. Save it again as .xlsx.") from error
    return grids, _warnings(name, survey)


def _warnings(name: str, survey: Survey) -> list[str]:
    warnings = []
    if survey.empty_formulas:
        warnings.append(
            f"{name}: {survey.empty_formulas} formulas have no saved value. "
            "Open the file in Excel and save it."
        )
    hidden = [
        f"{count} hidden {word}{'s' * (count != 1)}"
        for count, word in ((survey.hidden_rows, "row"), (survey.hidden_columns, "column"))
        if count
    ]
    if survey.hidden_sheets:
        names = ", ".join(f"“{sheet[:40]}”" for sheet in survey.hidden_sheets[:3])
        more = ", …" if len(survey.hidden_sheets) > 3 else ""
        hidden.append(
            f"the hidden sheets {names}{more}"
            if len(survey.hidden_sheets) > 1
            else f"the hidden sheet {names}"
        )
    if hidden:
        warnings.append(
            f"{name}: {' and '.join(hidden)} were read like the others. Delete what is not part of the statement."
        )
    return warnings


def _grids(name: str, data: bytes) -> Iterator[Grid]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    left = MOST_CELLS
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # those that the file names may be any
        rows = []
        # A stray format far below is no row: the survey saw that no value comes after the last that is read.
        for row in sheet.iter_rows(max_row=MOST_ROWS, values_only=True):
            left -= len(row)
            if left < 0:
                raise FileError("too_many_cells", f"The workbook has more than {MOST_CELLS:,} cells.")
            rows.append(list(row))
        yield Grid(name, sheet.title, _without_empty_end(rows))


def _without_empty_end(rows: list[list[Cell]]) -> list[list[Cell]]:
    last = len(rows)
    while last and all(cell is None for cell in rows[last - 1]):
        last -= 1
    return rows[:last]
