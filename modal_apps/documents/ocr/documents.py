"""Files to page images. What a file is comes from its first bytes, never from its name."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2
from appkit.file_kinds import kind_of
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_IMAGE_PIXELS = 100_000_000
POINTS_PER_INCH = 72
FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "tiff": "TIFF", "bmp": "BMP", "gif": "GIF"}
# PDF pages are drawn with up to so many times the pixels that the model will get.
OVERSAMPLING = 4

Image.MAX_IMAGE_PIXELS = MOST_IMAGE_PIXELS
_pdfium = threading.Lock()  # the library is not safe to use from two threads


class DocumentError(ValueError):
    """A file that cannot be read; `code` is the broken rule."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Document:
    """An opened file. `pages` is their number; all but PDF and TIFF have one."""

    name: str
    data: bytes
    kind: str
    pages: int


def open_document(name: str, data: bytes) -> Document:
    """
    Looks at a file without drawing its pages.

    Raises:
        DocumentError: `empty_file`, `unsupported_type`, `encrypted_pdf`, `bad_pdf`, `bad_image`,
            `image_too_large`.
    """
    if not data:
        raise DocumentError("empty_file", f"{name} is empty.")
    kind = kind_of(data)
    if kind == "pdf":
        with _pdf(name, data) as pdf:
            pages = len(pdf)
        if not pages:
            raise DocumentError("bad_pdf", f"{name} has no pages.")
        return Document(name, data, kind, pages)
    if kind not in FORMATS:
        known = ", ".join([*FORMATS, "pdf"])
        raise DocumentError("unsupported_type", f"{name} is none of {known}.")
    with _image(name, data, kind) as image:
        return Document(name, data, kind, getattr(image, "n_frames", 1) if kind == "tiff" else 1)


def render(document: Document, number: int, dpi: int, max_pixels: int) -> Image.Image:
    """
    Draws one page.

    Parameters:
        number: from 1.
        dpi: of PDF pages, unless the page would get far more pixels than the model takes.
        max_pixels: what the model takes.

    Returns:
        RGB; transparent parts are white, and a camera's rotation is undone.

    Raises:
        DocumentError: as `open_document`.
    """
    if document.kind == "pdf":
        return _draw(document, number, dpi, max_pixels)
    with _image(document.name, document.data, document.kind, number - 1) as image:
        try:
            upright = ImageOps.exif_transpose(image)
            return _on_white(upright)
        except (OSError, ValueError, SyntaxError) as error:
            raise DocumentError("bad_image", f"{document.name} is damaged: {error}") from error


@contextmanager
def _pdf(name: str, data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with _pdfium:
        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise DocumentError("encrypted_pdf", f"{name} is protected by a password.") from error
            raise DocumentError("bad_pdf", f"{name} is no PDF that can be read.") from error
        try:
            yield pdf
        finally:
            pdf.close()


def _draw(document: Document, number: int, dpi: int, max_pixels: int) -> Image.Image:
    with _pdf(document.name, document.data) as pdf:
        try:
            page = pdf[number - 1]
            width, height = page.get_size()
            if width <= 0 or height <= 0:
                raise DocumentError("bad_pdf", f"Page {number} of {document.name} has no area.")
            largest = math.sqrt(OVERSAMPLING * max_pixels / (width * height))
            # pdfium paints on white
            bitmap = page.render(scale=min(dpi / POINTS_PER_INCH, largest))
            return bitmap.to_pil().convert("RGB")
        except pypdfium2.PdfiumError as error:
            raise DocumentError("bad_pdf", f"Page {number} of {document.name} is damaged.") from error


@contextmanager
def _image(name: str, data: bytes, kind: str, frame: int = 0) -> Iterator[Image.Image]:
    too_large = DocumentError(
        "image_too_large", f"{name} has more than {MOST_IMAGE_PIXELS // 1_000_000} million pixels."
    )
    try:
        opened = Image.open(io.BytesIO(data), formats=[FORMATS[kind]])
        opened.seek(frame)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise DocumentError("bad_image", f"{name} is no {kind} that can be read.") from error
    with opened:
        if opened.width * opened.height > MOST_IMAGE_PIXELS:
            raise too_large
        yield opened


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("I", "I;16", "I;16B", "I;16L", "F"):  # 16 bits a pixel
        return image.point(lambda value: value * (1 / 257) + 0).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("RGB")
