"""What a Word file holds, counted before anything is made of it: a few kilobytes can unpack to gigabytes."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import IO
from xml.parsers import expat

from .errors import DocumentError

MOST_PARTS = 10_000
MOST_UNPACKED_BYTES = 512 << 20  # of all parts, pictures too
MOST_XML_BYTES = 64 << 20
MOST_ELEMENTS = 500_000  # some thousand pages; a tree of them takes half a gigabyte
MOST_DEPTH = 300
CHUNK = 1 << 16
DIRECTORY_ENTRY = b"PK\x01\x02"
MAIN_PART = re.compile(r"word/document\d*\.xml")  # Word on the web counts them
XML_PART = re.compile(r".*\.(?:xml|rels)", re.IGNORECASE | re.DOTALL)
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    RuntimeError,  # of a password
    NotImplementedError,
    OSError,
    EOFError,
)


def parts_of(name: str, data: bytes) -> list[str]:
    """
    The names of what is in a zip file.

    Raises:
        DocumentError: `document_too_large` for too many, `bad_docx` for a damaged file.
    """
    # Counted in the bytes: the list that `zipfile` makes of a million takes a gigabyte.
    if (count := data.count(DIRECTORY_ENTRY)) > MOST_PARTS:
        raise _too_large(name, f"has {count:,} parts; at most {MOST_PARTS:,} are read")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except BROKEN as error:
        raise damaged(name) from error


def check_size(name: str, data: bytes) -> None:
    """
    Unpacks the XML of a Word file piece by piece, and keeps nothing of it.

    Raises:
        DocumentError: `document_too_large`, or `bad_docx`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_bytes(name, sum(entry.file_size for entry in entries), MOST_UNPACKED_BYTES, "")
            xml = [entry for entry in entries if XML_PART.fullmatch(entry.filename)]
            _check_bytes(name, sum(entry.file_size for entry in xml), MOST_XML_BYTES, " of XML")
            counted = _Counted(name)
            for entry in xml:
                with archive.open(entry) as part:
                    counted.add(part)
    except DocumentError:
        raise
    except (*BROKEN, expat.ExpatError) as error:
        raise damaged(name) from error


def damaged(name: str) -> DocumentError:
    """That a file is not as it should be."""
    return DocumentError("bad_docx", f"{name} is damaged. Save it again.")


def _check_bytes(name: str, unpacked: int, most: int, of: str) -> None:
    # What an entry says of its size is true: `zipfile` gives no more of it than that.
    if unpacked > most:
        raise _too_large(name, f"unpacks to {unpacked >> 20:,} MiB{of}; at most {most >> 20} MiB are read")


def _too_large(name: str, what: str) -> DocumentError:
    return DocumentError("document_too_large", f"{name} {what}. Send it in parts, or as PDF.")


class _Counted:
    """Elements of all parts together."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._elements = self._depth = 0

    def add(self, part: IO[bytes]) -> None:
        """Counts those of one part, and refuses declarations: of ten lines of them, expat makes gigabytes."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._declared
        self._depth = 0
        while piece := part.read(CHUNK):
            parser.Parse(piece, False)
        parser.Parse(b"", True)

    def _start(self, _: str, attributes: dict[str, str]) -> None:
        self._elements += 1 + len(attributes)
        self._depth += 1
        if self._elements > MOST_ELEMENTS:
            raise _too_large(self._name, f"has more than {MOST_ELEMENTS:,} elements and attributes")
        if self._depth > MOST_DEPTH:
            raise _too_large(self._name, f"has elements nested more than {MOST_DEPTH} deep")

    def _end(self, _: str) -> None:
        self._depth -= 1

    def _declared(self, *_: object) -> None:
        raise DocumentError("bad_docx", f"{self._name} has a DTD, which no Word document has. Save it again.")
