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
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "ole",
}
# Brands of ISO base media files; a file names its own first and then those that it is compatible with.
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), "heic"),
}
_BROAD_BRANDS = (b"mif1", b"msf1")
_MOST_BRANDS = 32


def kind_of(data: bytes) -> str | None:
    """
    `png`, `jpeg`, `webp`, `tiff`, `bmp`, `gif`, `heic`, `avif`, `pdf`, `zip`, or `ole` for Office files from before
    2007 and protected ones; None for anything else.
    """
    if data[4:8] == b"ftyp":
        return _kind_of_brands(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    # Readers accept a PDF whose header comes within the first kilobyte, and some programs write such.
    if b"%PDF-" in data[:LONGEST_MARK]:
        return "pdf"
    return next((kind for mark, kind in _MARKS.items() if data.startswith(mark)), None)


def _kind_of_brands(data: bytes) -> str | None:
    own, size = data[8:12], int.from_bytes(data[:4], "big")
    if own not in _BROAD_BRANDS:
        return _BRANDS.get(own)
    end = min(size, len(data), 16 + 4 * _MOST_BRANDS)
    brands = [data[place : place + 4] for place in range(16, end - 3, 4)]
    found = [_BRANDS[brand] for brand in brands if brand in _BRANDS]
    return "avif" if "avif" in found else found[0] if found else None
