"""PDF files: the text layer of each page, as a grid where the words stand in columns and as prose elsewhere."""

from __future__ import annotations

import io
from typing import Any

from pypdf import PageObject, PdfReader, apply_configuration
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import NullObject, StreamObject

from .grid import FileError, Grid
from .page_rows import Headings, PageRows, rows_of
from .words_in_lines import is_value, pieces_of

MOST_PAGES = 300
MOST_NODES = 5_000  # of the tree of pages
MOST_STREAM_BYTES = 20_000_000  # unpacked
MOST_CONTENT_BYTES = 10_000_000  # drawing operators of all pages; one of dense print has 50,000
MOST_CHARS = 4_000_000
MOST_CHARS_OF_PAGE = 200_000


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
    carried = Headings()
    for number, text in enumerate(_page_texts(data), 1):
        lines = text.splitlines()
        page = rows_of(lines, carried)
        if page.has_data:
            grids.append(_grid(name, number, page, carried))
        carried = page.open
        paragraphs += _prose(lines)
    return grids, paragraphs


def _grid(name: str, number: int, page: PageRows, carried: Headings) -> Grid:
    heads = ("", *(piece.text for piece in carried.pieces)) if page.goes_on else ()
    titles = carried.titles if page.goes_on else ()
    return Grid(name, f"page {number}", page.rows, lines=True, carried=heads, carried_titles=titles)


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


def _prose(lines: list[str]) -> list[str]:
    """Paragraphs of the lines that are no rows of a table; a blank line ends one."""
    found: list[str] = []
    current: list[str] = []
    for line in [*lines, ""]:
        text = line.strip()
        if text and len(pieces_of(text)) == 1 and not _ends_in_numbers(text):
            current.append(text)
            continue
        if current:
            found.append(" ".join(current))
        current = []
    return found


def _ends_in_numbers(text: str) -> bool:
    """Whether a line is a row of a table whose columns stand one space apart."""
    words = text.split()[-2:]
    return len(words) == 2 and all(is_value(word) for word in words)
