"""A file of texts to a file of vectors, in chunks, from the machine of the user. Standard library only."""

from __future__ import annotations

import hashlib
import json
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from appkit.progress import Progress

CHUNK = 512
NPY_MAGIC = b"\x93NUMPY\x01\x00"
HEADER_ALIGNMENT = 64


class BulkError(ValueError):
    """The input file is not as it should be; the text names the line."""


def read_texts(path: Path) -> list[str]:
    """
    Texts of a JSON-lines file: each line a string, or an object with `text`.

    Raises:
        BulkError: a line is neither, or the text is empty.
    """
    texts = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            value: Any = json.loads(line)
        except json.JSONDecodeError as error:
            raise BulkError(f"{path}, line {number}: {error.msg} at column {error.colno}") from error
        text = value.get("text") if isinstance(value, dict) else value
        if not isinstance(text, str) or not text.strip():
            raise BulkError(f"{path}, line {number}: needed is a text, or an object with a text in `text`")
        texts.append(text)
    if not texts:
        raise BulkError(f"{path} has no texts")
    return texts


def chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    """Parts of up to 512 texts, in order."""
    for first in range(0, len(texts), CHUNK):
        yield list(texts[first : first + CHUNK])


def embed_file(
    source: Path,
    target: Path,
    embed: Callable[[Iterable[list[str]]], Iterable[tuple[int, bytes]]],
    facts: dict[str, object],
) -> dict[str, object]:
    """
    Writes the vectors of all texts as a NumPy file of 32-bit floats, and a manifest beside it.

    Parameters:
        embed: the chunks' vectors in order, each as length and little-endian floats one after the other.
        facts: about the model, for the manifest.

    Returns:
        the manifest.

    Raises:
        BulkError: the source is not as it should be.
    """
    texts = read_texts(source)
    parts = list(chunks(texts))
    progress = Progress("embeddings", source.stem[:16], len(parts))
    written, dim = bytearray(), 0
    start = time.perf_counter()
    for (length, data), part in zip(embed(parts), parts, strict=True):
        dim = length
        written += data
        now = time.perf_counter()
        progress.item(f"{source.name}#{progress.done}", f"{len(part)} texts", now - start)
        start = now
    target.write_bytes(npy_header(len(texts), dim) + bytes(written))
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    manifest = {**facts, "source": source.name, "sha256": digest, "count": len(texts), "dim": dim}
    target.with_suffix(".json").write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest


def npy_header(rows: int, columns: int) -> bytes:
    """The head of a NumPy file with 32-bit floats, by version 1.0 of its format."""
    fields = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
    size = len(NPY_MAGIC) + 2 + len(fields) + 1
    text = fields + " " * (-size % HEADER_ALIGNMENT) + "\n"
    return NPY_MAGIC + struct.pack("<H", len(text)) + text.encode()


def pack(vectors: Sequence[Sequence[float]]) -> tuple[int, bytes]:
    """Vectors as `embed_file` wants them."""
    flat = [value for vector in vectors for value in vector]
    return len(vectors[0]), struct.pack(f"<{len(flat)}f", *flat)
