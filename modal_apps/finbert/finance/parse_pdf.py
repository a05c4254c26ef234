"""PDF files: the text layer of each page, as a grid where the words stand in columns and as prose elsewhere."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader, apply_configuration
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import NullObject, StreamObject

from .grid import Cell, FileError, Grid
from .numbers import parse_number
from .periods import heading_periods

MOST_PAGES = 300
MOST_NODES = 5_000  # of the tree of pages
MOST_STREAM_BYTES = 20_000_000  # unpacked
MOST_CONTENT_BYTES = 10_000_000  # drawing operators of all pages; one of dense print has 50,000
MOST_CHARS = 4_000_000
MOST_CHARS_OF_PAGE = 200_000
NO_VALUE = ("-", "\u2013", "\u2014")
COLUMN_GAP = re.compile(r"\S+(?: \S+)*")  # words with single spaces between belong to one cell


@dataclass(frozen=True)
class _Cell:
    """A piece of a line, with the columns of the page in which it begins and ends."""

    text: str
    start: int
    end: int


def parse_pdf(name: str, data: bytes) -> tuple[list[Grid], list[str]]:
    """
    Returns:
        a grid for each page with a table, whose sheet is `page N`, and the paragraphs of all pages.

    Raises:
        FileError: `encrypted_pdf`, `scanned_pdf` for one without text, `too_many_pages`, `too_complex` or
            `damaged_file`.
    """
    grids: list[Grid] = []
    paragraphs: list[str] = []
    for number, text in enumerate(_page_texts(data), 1):
        lines = text.splitlines()
        rows = _rows(lines)
        if any(_is_data(row) for row in rows):
            grids.append(Grid(name, f"page {number}", rows))
        paragraphs += _prose(lines)
    return grids, paragraphs


def _page_texts(data: bytes) -> list[str]:
    try:
        with apply_configuration(
            zlib_maximum_output_length=MOST_STREAM_BYTES,
            lzw_maximum_output_length=MOST_STREAM_BYTES,
            run_length_maximum_output_length=MOST_STREAM_BYTES,
            array_based_stream_maximum_output_length=MOST_STREAM_BYTES,
        ):
            reader = PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):  # one that only forbids printing opens with ''
                raise FileError("encrypted_pdf", "The PDF needs a password. Save a copy without one.")
            _check_pages(reader)
            pages = list(reader.pages)
            _check_content(pages)
            texts = _bounded(pages)
    except DependencyError as error:
        raise FileError("encrypted_pdf", "The PDF is encrypted. Save a copy without a password.") from error
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        ArithmeticError,
        AssertionError,
        NotImplementedError,
        RecursionError,
        OSError,
    ) as error:
        raise FileError("damaged_file", "The PDF is damaged and cannot be read.") from error
    if not "".join(texts).strip():
        message = "The PDF has no text, only images. The documents app reads scans."
        raise FileError("scanned_pdf", message)
    return texts


def _check_pages(reader: PdfReader) -> None:
    """Counts the pages as they are in the tree, which can name one node many times, or lead in a circle."""
    waiting: list[Any] = [reader.root_object["/Pages"]]
    pages = 0
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.pop().get_object()
        kids = node.get("/Kids")
        if kids is not None:
            waiting += kids.get_object()[:MOST_NODES]
            continue
        pages += 1
        if pages > MOST_PAGES:
            message = f"The PDF has more than {MOST_PAGES} pages; {MOST_PAGES} are read at most."
            raise FileError("too_many_pages", f"{message} Save those with the statements as a new file.")
    raise FileError("damaged_file", f"The PDF's tree of pages has more than {MOST_NODES:,} branches.")


def _check_content(pages: list[PageObject]) -> None:
    """Pages can share what they draw, so that a small file has much to read."""
    left = MOST_CONTENT_BYTES
    for page in pages:
        contents = page.get("/Contents", NullObject()).get_object()
        # Unpacked, and not yet taken apart into operators, which is what takes time.
        streams = contents if isinstance(contents, list) else [contents]
        left -= sum(
            len(one.get_data()) for part in streams if isinstance(one := part.get_object(), StreamObject)
        )
        if left < 0:
            message = f"The pages of the PDF draw more than {MOST_CONTENT_BYTES // 1_000_000} MB."
            raise FileError("too_complex", f"{message} Save those with the statements as a new file.")


def _bounded(pages: list[PageObject]) -> list[str]:
    texts: list[str] = []
    left = MOST_CHARS
    for page in pages:
        text = page.extract_text(extraction_mode="layout")[: min(left, MOST_CHARS_OF_PAGE)]
        left -= len(text)
        texts.append(text)
    return texts


def _cells(line: str) -> list[_Cell]:
    return [_Cell(match[0], match.start(), match.end()) for match in COLUMN_GAP.finditer(line)]


def _rows(lines: list[str]) -> list[list[Cell]]:
    """
    Lines as rows. Below a heading of periods each number goes to the heading it stands under, by its right
    end, so that an empty cell does not move the others.
    """
    headings: list[_Cell] = []
    rows: list[list[Cell]] = []
    for line in lines:
        cells = _cells(line)
        columns = _columns(cells)
        if columns:
            headings = columns
            first = cells[0].text if cells[0] not in columns else ""
            rows.append([first, *(cell.text for cell in columns)])
        elif headings and _values(cells):
            rows.append(_placed(cells, headings))
        else:
            rows.append([cell.text for cell in cells])
    return rows


def _columns(cells: list[_Cell]) -> list[_Cell]:
    """The headings of a line that names two or more periods, else nothing."""
    columns = [index - 1 for index in heading_periods(["", *(cell.text for cell in cells)])]
    return [cells[index] for index in columns]


def _values(cells: list[_Cell]) -> list[_Cell]:
    return [cell for cell in cells[1:] if _is_value(cell.text)]


def _placed(cells: list[_Cell], headings: list[_Cell]) -> list[Cell]:
    row: list[Cell] = [cells[0].text, *([None] * len(headings))]
    for cell in _values(cells):
        nearest = min(range(len(headings)), key=lambda index: abs(headings[index].end - cell.end))
        row[nearest + 1] = cell.text
    return row


def _is_value(text: str) -> bool:
    return parse_number(text) is not None or text in NO_VALUE


def _is_data(row: list[Cell]) -> bool:
    return len(row) > 1 and any(isinstance(cell, str) and _is_value(cell) for cell in row[1:])


def _prose(lines: list[str]) -> list[str]:
    """Paragraphs of the lines that are no rows of a table; a blank line ends one."""
    found: list[str] = []
    current: list[str] = []
    for line in [*lines, ""]:
        text = line.strip()
        if text and len(_cells(text)) == 1:
            current.append(text)
            continue
        if current:
            found.append(" ".join(current))
        current = []
    return found
