"""A file of texts to a file of vectors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from embed.bulk import CHUNK, BulkError, chunks, embed_file, pack, read_texts
from embed.model import EmbeddingModel
from support import marked


def test_texts_come_out_as_a_numpy_file_in_order(
    t5: EmbeddingModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.npy"
    texts = [f"text {number}" for number in range(CHUNK + 3)]
    lines = [json.dumps(text if number % 2 else {"text": text}) for number, text in enumerate(texts)]
    source.write_text("\n".join([*lines, ""]))

    def embed(parts: Iterable[list[str]]) -> Iterator[tuple[int, bytes]]:
        for part in parts:
            yield pack([vector.values for vector in t5.embed(t5.tokenize(part, ""))])

    manifest = embed_file(source, target, embed, {"model": "m"})
    matrix = np.load(target)
    assert (matrix.shape, matrix.dtype) == ((CHUNK + 3, 768), np.dtype("<f4"))
    [expected] = t5.embed(t5.tokenize([texts[-1]], ""))
    np.testing.assert_allclose(matrix[-1], expected.values, atol=1e-5)
    assert (manifest["count"], manifest["dim"], manifest["model"]) == (CHUNK + 3, 768, "m")
    assert json.loads((tmp_path / "out.json").read_text()) == manifest
    progress = marked(capsys.readouterr().out, "progress")
    assert [(line["done"], line["total"]) for line in progress] == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('"a"\n{"text": 3}\n', "line 2: needed is a text"),
        ('"a"\n""\n', "line 2: needed is a text"),
        ('{"text": "a"\n', "line 1: Expecting"),
        ("\n\n", "has no texts"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text(content)
    with pytest.raises(BulkError, match=words):
        read_texts(path)


def test_chunks() -> None:
    assert [len(part) for part in chunks(["a"] * 1025)] == [512, 512, 1]
