"""
A file of texts to a file of vectors, from the machine of the user. Standard library only.

Each chunk is a file of its own as soon as it is there, so that a run that ends early goes on where it was, and no
more than one chunk is in memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from appkit.progress import Progress

CHUNK = 512
NPY_MAGIC = b"\x93NUMPY\x01\x00"
HEADER_ALIGNMENT = 64
NO_VECTOR = struct.pack("<f", float("nan"))


class BulkError(ValueError):
    """The input file is not as it should be, or not all of it could be embedded; the text says what to do."""


class Chunk(TypedDict):
    """
    The vectors of a chunk, as a worker answers.

    Keys:
        dim: length of a vector; 0 when all texts failed.
        vectors: little-endian 32-bit floats of the texts that did not fail, one after the other.
        failed: why a text has no vector, by its index.
        truncated: indexes of the texts that were cut to what the model reads.
    """

    dim: int
    vectors: bytes
    failed: dict[int, str]
    truncated: list[int]


Embed = Callable[[Iterable[list[str]]], Iterable[Chunk | Exception]]


def read_texts(path: Path) -> Iterator[tuple[int, str]]:
    """
    Texts of a JSON-lines file with the numbers of their lines: each line a string, or an object with `text`.

    Raises:
        BulkError: a line is neither, or the text is empty.
    """
    with path.open(encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, _text(path, number, line)


def _text(path: Path, number: int, line: str) -> str:
    try:
        value: Any = json.loads(line)
    except ValueError as error:
        why = (
            f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
        )
        raise BulkError(f"{path}, line {number}: {why}") from error
    text = value.get("text") if isinstance(value, dict) else value
    if not isinstance(text, str) or not text.strip():
        raise BulkError(f"{path}, line {number}: needed is a text, or an object with a text in `text`")
    return text


def chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    """Parts of up to 512 texts, in order."""
    part: list[str] = []
    for text in texts:
        part.append(text)
        if len(part) == CHUNK:
            yield part
            part = []
    if part:
        yield part


@dataclass(frozen=True)
class Parts:
    """The folder with what is there of a file of vectors, beside it."""

    folder: Path

    def open(self, run: dict[str, object]) -> None:
        """
        Parameters:
            run: what must be the same for parts to fit together.

        Raises:
            BulkError: there are parts of another run.
        """
        state = self.folder / "run.json"
        if not state.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(state, json.dumps(run).encode())
        if json.loads(state.read_text()) != run:
            raise BulkError(
                f"{self.folder} holds parts of another file, model or task. Delete it, or choose another --out."
            )

    def has(self, number: int) -> bool:
        """Whether a chunk is there."""
        return self._facts(number).exists()

    def put(self, number: int, chunk: Chunk, count: int) -> None:
        """
        Keeps a chunk. Its facts are written last and tell that its vectors are whole.

        Raises:
            BulkError: the worker's answer does not fit to the texts.
        """
        if len(chunk["vectors"]) != 4 * chunk["dim"] * (count - len(chunk["failed"])):
            raise BulkError(
                f"The answer for chunk {number} has not one vector for each text. Deploy the app again."
            )
        _write(self._vectors(number), chunk["vectors"])
        facts = {
            "dim": chunk["dim"],
            "count": count,
            "failed": {str(index): why for index, why in chunk["failed"].items()},
            "truncated": chunk["truncated"],
        }
        _write(self._facts(number), json.dumps(facts).encode())

    def facts(self, number: int) -> dict[str, Any]:
        """`dim`, `count`, `failed` and `truncated` of a chunk."""
        found: dict[str, Any] = json.loads(self._facts(number).read_text())
        return found

    def rows(self, number: int, dim: int) -> bytes:
        """A chunk as rows of the file; a text without a vector is a row of NaN."""
        facts, vectors = self.facts(number), self._vectors(number).read_bytes()
        size, taken = 4 * dim, 0
        rows = bytearray()
        for index in range(facts["count"]):
            if str(index) in facts["failed"]:
                rows += NO_VECTOR * dim
            else:
                rows += vectors[taken : taken + size]
                taken += size
        return bytes(rows)

    def remove(self) -> None:
        """Takes the folder away, with all that this class wrote."""
        for path in self.folder.glob("*"):
            path.unlink()
        self.folder.rmdir()

    def _vectors(self, number: int) -> Path:
        return self.folder / f"{number:06}.f32"

    def _facts(self, number: int) -> Path:
        return self.folder / f"{number:06}.json"


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def embed_file(source: Path, target: Path, embed: Embed, facts: Mapping[str, object]) -> dict[str, object]:
    """
    Writes the vectors of all texts as a NumPy file of 32-bit floats, and a manifest beside it.

    A second call with the same file goes on where the first ended. A text for which there is no vector gets a row of
    NaN, and its line in the manifest with the reason.

    Parameters:
        embed: the chunks' vectors in order; an exception where a chunk got none.
        facts: about the model, for the manifest.

    Returns:
        the manifest.

    Raises:
        BulkError: the source is not as it should be, or chunks got no answer; those that did are kept.
    """
    sizes = [len(part) for part in chunks(text for _, text in read_texts(source))]
    if not sizes:
        raise BulkError(f"{source} has no texts")
    digest = _digest(source)
    parts = Parts(target.with_name(target.name + ".parts"))
    parts.open({**facts, "sha256": digest, "chunk": CHUNK})
    missing = [number for number in range(len(sizes)) if not parts.has(number)]
    _fill(source, parts, missing, sizes, embed)
    dim = max(parts.facts(number)["dim"] for number in range(len(sizes)))
    if not dim:
        why = next(iter(parts.facts(0)["failed"].values()))
        parts.remove()
        raise BulkError(f"No text could be embedded: {why}")
    manifest = {
        **facts,
        "source": source.name,
        "sha256": digest,
        "count": sum(sizes),
        "dim": dim,
        **_named_rows(source, parts, len(sizes)),
    }
    _assemble(target, parts, sum(sizes), len(sizes), dim)
    _write(target.with_suffix(".json"), (json.dumps(manifest, indent=2) + "\n").encode())
    parts.remove()
    return manifest


def _fill(source: Path, parts: Parts, missing: Sequence[int], sizes: Sequence[int], embed: Embed) -> None:
    if not missing:
        return
    progress = Progress("embeddings", source.stem[:16], len(missing))
    wanted = set(missing)
    every = enumerate(chunks(text for _, text in read_texts(source)))
    texts = (part for number, part in every if number in wanted)
    start, broken = time.perf_counter(), []
    for number, answer in zip(missing, embed(texts), strict=True):
        if isinstance(answer, Exception):
            broken.append((number, answer))
        else:
            parts.put(number, answer, sizes[number])
        now = time.perf_counter()
        progress.item(f"{source.name}#{number}", f"{sizes[number]} texts", now - start)
        start = now
    if broken:
        number, why = broken[0]
        raise BulkError(
            f"{len(broken)} of {len(sizes)} chunks got no answer; the first, {number}: {why}. What is there is kept in "
            f"{parts.folder}: run the same command again for the rest."
        )


def _named_rows(source: Path, parts: Parts, count: int) -> dict[str, object]:
    """Rows of texts that failed or were cut, with their lines in the source."""
    failed: dict[int, str] = {}
    truncated: set[int] = set()
    for number in range(count):
        facts = parts.facts(number)
        failed |= {number * CHUNK + int(index): why for index, why in facts["failed"].items()}
        truncated |= {number * CHUNK + index for index in facts["truncated"]}
    named = failed.keys() | truncated
    lines = {row: line for row, (line, _) in enumerate(read_texts(source)) if row in named} if named else {}
    return {
        "failed": [{"row": row, "line": lines[row], "reason": why} for row, why in sorted(failed.items())],
        "truncated": [{"row": row, "line": lines[row]} for row in sorted(truncated)],
    }


def _assemble(target: Path, parts: Parts, rows: int, count: int, dim: int) -> None:
    new = target.with_name(target.name + ".new")
    with new.open("wb") as file:
        file.write(npy_header(rows, dim))
        for number in range(count):
            file.write(parts.rows(number, dim))
        file.flush()
        os.fsync(file.fileno())
    new.replace(target)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def npy_header(rows: int, columns: int) -> bytes:
    """The head of a NumPy file with 32-bit floats, by version 1.0 of its format."""
    fields = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
    size = len(NPY_MAGIC) + 2 + len(fields) + 1
    text = fields + " " * (-size % HEADER_ALIGNMENT) + "\n"
    return NPY_MAGIC + struct.pack("<H", len(text)) + text.encode()


def pack(vectors: Sequence[Sequence[float]]) -> tuple[int, bytes]:
    """Length and little-endian floats of vectors."""
    flat = [value for vector in vectors for value in vector]
    return (len(vectors[0]) if vectors else 0), struct.pack(f"<{len(flat)}f", *flat)
