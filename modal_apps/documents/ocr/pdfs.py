"""Pages of a PDF: drawn with their forms and annotations, and read where they have text of their own."""

from __future__ import annotations

import ctypes
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from .errors import DocumentError
from .preprocess import BadShape, check_shape
from .text_layer import TextLayer, marks_on, read_layer

MOST_DRAWN_PIXELS = 32_000_000
POINTS_PER_INCH = 72
XFA = (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND)
XFA_NOTE = (
    "The PDF is an XFA form, whose fields only Adobe's programs draw: what was filled in may be missing. "
    "Print it to a new PDF and send that."
)
_pdfium = threading.Lock()  # the library is not safe to use from two threads


@dataclass(frozen=True)
class DrawnPage:
    """A page of RGB, its own text where that was asked for and there is some, and what else there is to say."""

    image: Image.Image
    layer: TextLayer | None = None
    notes: tuple[str, ...] = ()


def count_pages(name: str, data: bytes) -> int:
    """
    Raises:
        DocumentError: `encrypted_pdf` or `bad_pdf`.
    """
    with _opened(name, data) as pdf:
        pages = len(pdf)
    if not pages:
        raise DocumentError("bad_pdf", f"{name} has no pages.")
    return pages


def draw(
    name: str, data: bytes, number: int, dpi: int, most_pixels: int, *, with_text: bool = False
) -> DrawnPage:
    """
    Draws a page on white, as a viewer shows it: with what was filled into its form, stamps and other annotations.

    Parameters:
        number: from 1.
        most_pixels: a page that would get more of them is drawn at a lower resolution.
        with_text: whether the page's own text is read too.

    Raises:
        DocumentError: `encrypted_pdf`, `bad_pdf` or `bad_shape`.
    """
    with _opened(name, data) as pdf:
        try:
            page = pdf[number - 1]
            width, height = page.get_size()
            if not (0 < width < math.inf and 0 < height < math.inf):
                raise DocumentError("bad_pdf", f"Page {number} of {name} has no area.")
            check_shape(width, height)
            largest = math.sqrt(min(most_pixels, MOST_DRAWN_PIXELS) / (width * height))
            bitmap = page.render(scale=min(dpi / POINTS_PER_INCH, largest), may_draw_forms=True)
            image = bitmap.to_pil().convert("RGB")
            notes = (XFA_NOTE,) if pdf.get_formtype() in XFA else ()
            marks = marks_on(page) if with_text else ""
            layer = read_layer(_flattened(pdf, page, number), image, marks) if with_text else None
            return DrawnPage(image, layer, notes)
        except BadShape as error:
            raise DocumentError("bad_shape", str(error)) from error
        except (pypdfium2.PdfiumError, ArithmeticError, TypeError, ctypes.ArgumentError) as error:
            raise DocumentError("bad_pdf", f"Page {number} of {name} is damaged.") from error


def _flattened(pdf: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, number: int) -> pypdfium2.PdfPage:
    """The page with its annotations as a part of it, so that the text of fields and stamps is text of the page."""
    if not pdfium.FPDFPage_GetAnnotCount(page):
        return page
    if pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) != pdfium.FLATTEN_SUCCESS:
        return page
    page.close()
    return pdf[number - 1]


@contextmanager
def _opened(name: str, data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with _pdfium:
        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                message = f"{name} is protected by a password. Save it without one and send it again."
                raise DocumentError("encrypted_pdf", message) from error
            raise DocumentError("bad_pdf", f"{name} is no PDF that can be read.") from error
        try:
            pdf.init_forms()  # before the first page: without it, what was filled in is not drawn
            yield pdf
        except pypdfium2.PdfiumError as error:
            raise DocumentError("bad_pdf", f"{name} is no PDF that can be read.") from error
        finally:
            pdf.close()
