"""Zip files, Word documents and others, that would take all memory or all time, and how each is answered."""

from __future__ import annotations

import io
import struct
import zipfile
from functools import cache

from document_bombs import MEGA, Bomb, png
from word_files import W, docx, paragraph, zipped

MEGABYTES = 1100
TEXT = "word/document.xml"
HEAD = f'<?xml version="1.0"?><w:document {W}><w:body>'.encode()
DECLARED = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + "a" * 1000 + '">'
    '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)


@cache
def blown_up(part: str) -> bytes:
    """A zip file with more than a gigabyte of spaces in one part."""
    out = io.BytesIO(zipped(**{TEXT: HEAD.decode() + "</w:body></w:document>"} if part != TEXT else {}))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
        file.open(part, "w", force_zip64=True) as target,
    ):
        if part == TEXT:
            target.write(HEAD)
        for _ in range(MEGABYTES):
            target.write(b" " * MEGA)
    return out.getvalue()


def of_parts(count: int) -> bytes:
    return docx(paragraph("a"), **{f"word/media/{number}.txt": "" for number in range(count)})


def overlapping(count: int) -> bytes:
    """Many names for one part of ten megabytes."""
    data = zipped(**{TEXT: " " * 10 * MEGA})
    end = data.index(b"PK\x05\x06")
    start = struct.unpack_from("<I", data, end + 16)[0]
    entry = bytearray(data[start:end])
    name = b"word/document%04d.xml"
    struct.pack_into("<H", entry, 28, len(name % 0))
    entries = b"".join(entry[:46] + name % number for number in range(count))
    ending = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(entries), start, 0)
    return data[:start] + entries + ending


def lying(data: bytes) -> bytes:
    """The same file, whose directory says that its text is a hundred bytes."""
    out = bytearray(data)
    place = out.index(b"PK\x01\x02")
    while out[place + 46 : place + 46 + len(TEXT)] != TEXT.encode():
        place = out.index(b"PK\x01\x02", place + 1)
    struct.pack_into("<I", out, place + 24, 100)
    return bytes(out)


def no_word(part: str) -> bytes:
    return blown_up(part).replace(b"document.", b"documenu.")


def in_itself(levels: int) -> bytes:
    """A bomb in a document in a document and so on: an attachment, which is never opened."""
    inner = blown_up("xl/workbook.xml")
    for _ in range(levels):
        out = io.BytesIO(docx(paragraph("read")))
        with zipfile.ZipFile(out, "a") as file:
            file.writestr("word/embeddings/a.docx", inner)
        inner = out.getvalue()
    return inner


def with_picture() -> bytes:
    """A picture of 50,000 x 50,000, which is left out and never drawn."""
    out = io.BytesIO(docx(paragraph("read")))
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("word/media/image1.png", png(50_000, 50_000, colours=0))
    return out.getvalue()


WORD = [
    Bomb("docx of gigabytes of text", lambda: blown_up(TEXT), "document_too_large"),
    Bomb("docx with a picture of gigabytes", lambda: blown_up("word/media/a.bmp"), "document_too_large"),
    Bomb("docx with styles of gigabytes", lambda: blown_up("word/styles.xml"), "document_too_large"),
    Bomb("docx of 120 MB in one word", lambda: docx(paragraph("a" * 120 * MEGA)), "document_too_large"),
    Bomb("docx of 20,000 parts", lambda: of_parts(20_000), "document_too_large"),
    Bomb("docx of 5,000 names for one part", lambda: overlapping(5000), "document_too_large"),
    Bomb("docx that says it is small", lambda: lying(docx(paragraph("a" * MEGA))), "bad_docx"),
    Bomb("docx of 2,000,000 paragraphs", lambda: docx("<w:p/>" * 2 * MEGA), "document_too_large"),
    Bomb("docx of deep tables", lambda: docx("<w:p>" * 90_000 + "</w:p>" * 90_000), "document_too_large"),
    Bomb("docx with entities", lambda: zipped(**{TEXT: DECLARED + "<x>&d;</x>"}), "bad_docx"),
    Bomb("docx in docx", lambda: in_itself(5), ""),
    Bomb("docx with a picture of 50,000 x 50,000", with_picture, ""),
    Bomb(
        "xlsx of gigabytes",
        lambda: no_word("xl/workbook.xml"),
        "unsupported_type",
    ),
    Bomb(
        "odt of gigabytes",
        lambda: no_word("content.xml"),
        "unsupported_type",
    ),
    Bomb("zip of 200,000 parts", lambda: zipped(a="") + b"PK\x01\x02" * 200_000, "document_too_large"),
]
