"""Uploaded files: base64 to bytes, bytes to grids and texts. The type comes from the content, not name."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field

from appkit.errors import ApiError

from .grid import FileError, Grid, is_prose, prose
from .parse_json import parse_json
from .parse_pdf import parse_pdf
from .parse_text import decode, looks_like_table, paragraphs, parse_csv
from .parse_xlsx import parse_xlsx

MOST_FILE_BYTES = 10 * 2**20
MOST_TOTAL_BYTES = 32 * 2**20
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # a stream of an Office file with a password

_DATA_URL = re.compile(r"data:[\w.+/-]*(?:;[\w=.-]+)*;base64,")


@dataclass(frozen=True)
class Upload:
    """A file of a request, decoded."""

    name: str
    data: bytes


@dataclass
class ParsedFile:
    """What a file holds: grids for numbers, texts for the sentiment."""

    name: str
    kind: str
    bytes: int
    sha256: str
    grids: list[Grid] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def decode_uploads(files: list[tuple[str, str]]) -> list[Upload]:
    """
    Parameters:
        files: name and strict base64 of each; a `data:` prefix is accepted.

    Raises:
        ApiError: 400 `invalid_base64`, 413 `file_too_large`.
    """
    uploads = []
    for index, (name, content) in enumerate(files):
        param = f"files[{index}].content_b64"
        match = _DATA_URL.match(content[:200])
        try:
            data = base64.b64decode(content[match.end() :] if match else content, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ApiError(
                400, "invalid_base64", f"The content of {name} is not valid base64.", param=param
            ) from error
        if len(data) > MOST_FILE_BYTES:
            message = f"{name} is larger than {MOST_FILE_BYTES >> 20} MiB."
            raise ApiError(413, "file_too_large", message, param=param)
        uploads.append(Upload(name, data))
    if sum(len(upload.data) for upload in uploads) > MOST_TOTAL_BYTES:
        message = f"The files together are larger than {MOST_TOTAL_BYTES >> 20} MiB."
        raise ApiError(413, "file_too_large", message, param="files")
    return uploads


def parse_file(upload: Upload) -> ParsedFile:
    """
    Raises:
        FileError: the file cannot be read; the code says why.
    """
    data = upload.data
    parsed = ParsedFile(upload.name, "", len(data), hashlib.sha256(data).hexdigest())
    if not data.strip():
        raise FileError("empty_file", "The file is empty.")
    if data.startswith(b"%PDF"):
        parsed.kind = "pdf"
        parsed.grids, texts = parse_pdf(upload.name, data)
        parsed.texts = [text for text in texts if is_prose(text)]
        return parsed
    if data.startswith(OLD_OFFICE) and ENCRYPTED in data:
        message = "The workbook is protected by a password. Save a copy without one."
        raise FileError("encrypted_xlsx", message)
    if data.startswith(OLD_OFFICE):
        raise FileError("old_xls", "This is a file of an old Office version. Save it as .xlsx.")
    if data.startswith(b"PK"):
        parsed.kind = "xlsx"
        parsed.grids, parsed.warnings = parse_xlsx(upload.name, data)
        parsed.texts = [text for grid in parsed.grids for text in prose(grid)]
        return parsed
    _parse_text(parsed, decode(data))
    return parsed


def _parse_text(parsed: ParsedFile, text: str) -> None:
    if text.lstrip().startswith(("{", "[{", "[ {", "[\n")):
        parsed.kind = "json"
        parsed.grids = parse_json(parsed.name, text)
    elif looks_like_table(text):
        parsed.kind = "csv"
        parsed.grids = [parse_csv(parsed.name, text)]
        parsed.texts = [text for grid in parsed.grids for text in prose(grid)]
    else:
        parsed.kind = "text"
        parsed.texts = paragraphs(text)
