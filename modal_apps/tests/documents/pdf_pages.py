"""PDFs of one page that the tests make: forms, stamps, text layers good and bad."""

from __future__ import annotations

import zlib

from make_document_samples import pdf_of
from PIL import Image

A4 = (595, 842)
HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def page_of(
    content: bytes,
    *,
    extra: tuple[bytes, ...] = (),
    annotations: str = "",
    form: str = "",
    resources: str = "",
    size: tuple[int, int] = A4,
    more: str = "",
) -> bytes:
    """
    A page with Helvetica as /F1.

    Parameters:
        content: operators that draw.
        extra: objects from number 6 on.
        annotations, form: references to them, such as `6 0 R`, and the entries of /AcroForm.
        resources, more: entries of the page's /Resources, and of itself.
    """
    catalog = f"<< /Type /Catalog /Pages 2 0 R {f'/AcroForm << {form} >>' if form else ''} >>"
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] /Contents 4 0 R "
        f"/Resources << /Font << /F1 5 0 R >> {resources} >> /Annots [{annotations}] {more} >>"
    )
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return pdf_of([catalog.encode(), pages, page.encode(), stream(content), HELVETICA, *extra])


def stream(content: bytes, entries: str = "") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries.encode(), content)


def lines(*texts: str, x: int = 72, top: int = 770, size: int = 12, step: int = 20, mode: int = 0) -> bytes:
    """Operators that write lines below each other; `mode` 3 is invisible."""
    written = [
        f"BT {mode} Tr /F1 {size} Tf {x} {top - step * row} Td ({text}) Tj ET"
        for row, text in enumerate(texts)
    ]
    return "\n".join(written).encode("cp1252")


def picture_of(image: Image.Image) -> bytes:
    """A picture as an object, which a page draws as /I1."""
    rgb = image.convert("RGB")
    entries = (
        f"/Type /XObject /Subtype /Image /Width {rgb.width} /Height {rgb.height} /ColorSpace /DeviceRGB "
        "/BitsPerComponent 8 /Filter /FlateDecode"
    )
    return stream(zlib.compress(rgb.tobytes()), entries)


def scan_of(image: Image.Image, under: bytes = b"") -> bytes:
    """A page that is a picture from edge to edge, as scanners make it, with an invisible text perhaps."""
    content = b"q %d 0 0 %d 0 0 cm /I1 Do Q\n%s" % (*A4, under)
    return page_of(content, extra=(picture_of(image),), resources="/XObject << /I1 6 0 R >>")


def form_of(values: dict[str, str], *, ticks: dict[str, bool] | None = None, content: bytes = b"") -> bytes:
    """A form with a text field for each value, in columns, and a box for each tick. No appearance is in the file."""
    objects = []
    for place, (name, value) in enumerate(values.items()):
        left, top = 40 + 90 * (place % 6), 820 - 9 * (place // 6)
        objects.append(
            f"<< /Type /Annot /Subtype /Widget /FT /Tx /T ({name}) /V ({value}) /DA (/F1 7 Tf 0 g) /F 4 /P 3 0 R "
            f"/Rect [{left} {top - 8} {left + 85} {top}] >>".encode("cp1252")
        )
    states = len(objects) + 6 + len(ticks or {})
    for place, (name, is_on) in enumerate((ticks or {}).items()):
        state = "Yes" if is_on else "Off"
        objects.append(
            f"<< /Type /Annot /Subtype /Widget /FT /Btn /T ({name}) /V /{state} /AS /{state} /F 4 /P 3 0 R "
            f"/Rect [40 {60 + 20 * place} 52 {72 + 20 * place}] "
            f"/AP << /N << /Yes {states} 0 R /Off {states + 1} 0 R >> >> >>".encode()
        )
    fields = " ".join(f"{6 + place} 0 R" for place in range(len(objects)))
    box = "/Type /XObject /Subtype /Form /BBox [0 0 12 12]"
    if ticks:
        objects += [stream(b"2 w 1 1 m 11 11 l S 1 11 m 11 1 l S", box), stream(b"", box)]
    return page_of(
        content,
        extra=tuple(objects),
        annotations=fields,
        form=f"/Fields [{fields}] /NeedAppearances true /DR << /Font << /F1 5 0 R >> >> /DA (/F1 0 Tf 0 g)",
    )


def stamped(text: str) -> bytes:
    """An empty page with a stamp."""
    appearance = stream(
        b"BT /F1 24 Tf 10 10 Td (%s) Tj ET" % text.encode(),
        "/Type /XObject /Subtype /Form /BBox [0 0 200 50] /Resources << /Font << /F1 5 0 R >> >>",
    )
    stamp = b"<< /Type /Annot /Subtype /Stamp /F 4 /Rect [100 400 300 450] /AP << /N 7 0 R >> >>"
    return page_of(b"", extra=(stamp, appearance), annotations="6 0 R")
