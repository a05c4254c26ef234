"""`python make_document_samples.py`: writes the sample page and the sample invoice of an invented company."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SAMPLES = Path(__file__).resolve().parent.parent.parent / "documents" / "samples"
PAGE_SIZE = (640, 832)
TITLE = "Delivery note 2041"
LINES = ("Northwind Instruments, Inc.", "12 sensors, 3 cables", "Received on 14 May 2026")
INVOICE = (
    ("Invoice 7730", 24, 72, 730),
    ("Northwind Instruments, Inc.", 13, 72, 700),
    ("12 March 2026", 13, 72, 682),
    ("Pressure sensor      4 x 120.00      480.00", 13, 72, 630),
    ("Cable, 2 m           4 x  15.50       62.00", 13, 72, 610),
    ("Total USD                            542.00", 13, 72, 570),
)


def page() -> Image.Image:
    """A delivery note: a heading and three lines."""
    image = Image.new("RGB", PAGE_SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.text((60, 80), TITLE, "black", ImageFont.load_default(48))
    for index, line in enumerate(LINES):
        draw.text((60, 200 + 60 * index), line, "black", ImageFont.load_default(30))
    return image


def invoice() -> bytes:
    """A PDF of one A4 page, written by hand so that its bytes never change."""
    shown = [
        f"BT /F1 {size} Tf {x} {y} Td ({text.replace('(', '').replace(')', '')}) Tj ET"
        for text, size, x, y in INVOICE
    ]
    stream = "\n".join(shown).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    ]
    return pdf_of(objects)


def pdf_of(objects: list[bytes]) -> bytes:
    """A PDF of these objects, the catalogue first, with its table of places."""
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


if __name__ == "__main__":
    SAMPLES.mkdir(exist_ok=True)
    page().save(SAMPLES / "page.png", optimize=True)
    (SAMPLES / "invoice.pdf").write_bytes(invoice())
