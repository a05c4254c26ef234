"""What a file is, by its first bytes: names and headers lie."""

from __future__ import annotations

LONGEST_MARK = 1024
_MARKS = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
    b"II+\x00": "tiff",
    b"MM\x00+": "tiff",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"BM": "bmp",
}


def kind_of(data: bytes) -> str | None:
    """`png`, `jpeg`, `webp`, `tiff`, `bmp`, `gif` or `pdf`; None for anything else."""
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    # Readers accept a PDF whose header comes within the first kilobyte, and some programs write such.
    if b"%PDF-" in data[:LONGEST_MARK]:
        return "pdf"
    return next((kind for mark, kind in _MARKS.items() if data.startswith(mark)), None)
