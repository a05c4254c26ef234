"""Files to page images. What a file is comes from its first bytes, never from its name."""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pi_heif
from appkit.file_kinds import kind_of
from PIL import Image, UnidentifiedImageError

from . import pdfs, word_documents
from .errors import DocumentError
from .pdfs import DrawnPage
from .preprocess import BadShape, check_shape

__all__ = ["FORMATS", "KINDS", "Document", "DocumentError", "open_document", "render"]

MOST_IMAGE_PIXELS = 100_000_000
MOST_PAGES = 2000
MOST_KEPT_PIXELS = 20_000_000  # four times as many are made smaller while they are turned to RGB
STRIP_PIXELS = 4_000_000
FORMATS = {
    "png": "PNG",
    "jpeg": "JPEG",
    "webp": "WEBP",
    "tiff": "TIFF",
    "bmp": "BMP",
    "gif": "GIF",
    "heic": "HEIF",
    "avif": "AVIF",
}
# By their first bytes; of zip and old Office files more has to be seen to tell what they are.
KINDS = frozenset({*FORMATS, "pdf", "zip", "ole"})
# Pages have up to so many times the pixels that the model will get.
OVERSAMPLING = 4
ORIENTATION = 0x0112  # of EXIF
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# What Pillow raises for a file that is not as it should be, beside its own error.
DAMAGES = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    RuntimeError,
    struct.error,
)

Image.MAX_IMAGE_PIXELS = MOST_IMAGE_PIXELS
pi_heif.register_heif_opener(thumbnails=False)


@dataclass(frozen=True)
class Document:
    """An opened file. `pages` is their number; all but PDF and TIFF have one, Word documents too."""

    name: str
    data: bytes
    kind: str
    pages: int


def open_document(name: str, data: bytes) -> Document:
    """
    Looks at a file without drawing its pages.

    Raises:
        DocumentError: `empty_file`, `unsupported_type`, `encrypted_pdf`, `encrypted_document`, `bad_pdf`,
            `bad_docx`, `document_too_large`, `bad_image`, `image_too_large`, `too_many_pages`.
    """
    if not data:
        raise DocumentError("empty_file", f"{name} is empty.")
    kind = kind_of(data)
    if kind == "pdf":
        pages = pdfs.count_pages(name, data)
        if pages > MOST_PAGES:
            raise _too_many_pages(name, f"{pages:,}")
        return Document(name, data, kind, pages)
    if kind == "zip":
        word_documents.check_docx(name, data)
        return Document(name, data, "docx", 1)
    if kind == "ole":
        raise word_documents.refuse_ole(name, data)
    if kind not in FORMATS:
        known = ", ".join([*FORMATS, "pdf", "docx"])
        raise DocumentError("unsupported_type", f"{name} is none of {known}.")
    with _image(name, data, kind) as image:
        return Document(name, data, kind, _frames(name, image) if kind == "tiff" else 1)


def render(
    document: Document, number: int, dpi: int, max_pixels: int, *, with_text: bool = False
) -> DrawnPage:
    """
    Draws one page of a PDF or a picture.

    Parameters:
        number: from 1.
        dpi: of PDF pages, unless the page would get far more pixels than the model takes.
        max_pixels: what the model takes.
        with_text: whether the text that a PDF's page has of its own is read too.

    Returns:
        RGB; transparent parts are white, and a camera's rotation is undone. A very large picture is made smaller
        on the way, but has more pixels than the model takes.

    Raises:
        DocumentError: as `open_document`, or `bad_shape`.
    """
    if document.kind == "pdf":
        most = OVERSAMPLING * max_pixels
        return pdfs.draw(document.name, document.data, number, dpi, most, with_text=with_text)
    with _image(document.name, document.data, document.kind, number - 1) as image:
        _check_shape(*image.size)
        try:
            turn = UPRIGHT.get(image.getexif().get(ORIENTATION, 1))
            page = _shrunk_on_white(image, min(OVERSAMPLING * max_pixels, MOST_KEPT_PIXELS))
        except DAMAGES as error:
            raise DocumentError("bad_image", f"{document.name} is damaged: {error}") from error
    return DrawnPage(page if turn is None else page.transpose(turn))


def _check_shape(width: float, height: float) -> None:
    try:
        check_shape(width, height)
    except BadShape as error:
        raise DocumentError("bad_shape", str(error)) from error


def _too_many_pages(name: str, count: str) -> DocumentError:
    message = f"{name} has {count} pages; at most {MOST_PAGES:,} are read. Send it in parts."
    return DocumentError("too_many_pages", message)


def _frames(name: str, image: Image.Image) -> int:
    """Pages of a TIFF, counted one by one: a chain of them can be endless."""
    for number in range(MOST_PAGES + 1):
        try:
            image.seek(number)
        except EOFError:
            return number
        except DAMAGES as error:
            raise DocumentError("bad_image", f"Page {number + 1} of {name} cannot be read.") from error
    raise _too_many_pages(name, f"more than {MOST_PAGES:,}")


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
    except (UnidentifiedImageError, *DAMAGES) as error:
        raise DocumentError("bad_image", f"{name} is no {kind} that can be read.") from error
    with opened:
        if opened.width * opened.height > MOST_IMAGE_PIXELS:
            raise too_large
        yield opened


def _shrunk_on_white(image: Image.Image, enough: int) -> Image.Image:
    """
    RGB of an image of any mode, made smaller by a whole number where it has four times `enough` pixels.

    Strip by strip: of a large picture there is no room for a second copy.
    """
    image.load()
    factor = max(1, math.isqrt(image.width * image.height // enough))
    if image.mode == "RGB" and not image.has_transparency_data:
        return image.reduce(factor) if factor > 1 else image.copy()
    if factor == 1 and image.width * image.height <= enough:
        return _on_white(image)
    page = Image.new("RGB", (math.ceil(image.width / factor), math.ceil(image.height / factor)))
    step = max(1, STRIP_PIXELS // image.width // factor) * factor
    for top in range(0, image.height, step):
        strip = _on_white(image.crop((0, top, image.width, min(top + step, image.height))))
        page.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    return page


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("I", "I;16", "I;16B", "I;16L", "F"):  # 16 bits a pixel
        return image.point(lambda value: value * (1 / 257) + 0).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("RGB")
