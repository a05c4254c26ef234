"""A small writer of PDF files with lines of monospaced text, so that the tests need no other program."""

from __future__ import annotations

FONT_SIZE = 8
LINE_HEIGHT = 11
TOP = 760
LEFT = 40


def write_pdf(pages: list[list[str]]) -> bytes:
    """
    Parameters:
        pages: the lines of each; spaces keep their width. An empty page has no text at all.
    """
    count = len(pages)
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    for index, lines in enumerate(pages):
        stream = _stream(lines)
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * index} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
    return _file(objects)


def _stream(lines: list[str]) -> str:
    shown = []
    for number, line in enumerate(lines):
        if line.strip():
            escaped = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
            shown.append(f"1 0 0 1 {LEFT} {TOP - number * LINE_HEIGHT} Tm ({escaped}) Tj")
    return f"BT /F1 {FONT_SIZE} Tf\n" + "\n".join(shown) + "\nET" if shown else ""


def _file(objects: list[str]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, text in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode("cp1252")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for offset in offsets:
        out += f"{offset:010} 00000 n \n".encode()
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
