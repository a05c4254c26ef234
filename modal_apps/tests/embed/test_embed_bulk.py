"""A file of texts to a file of vectors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from embed.bulk import CHUNK, BulkError, Chunk, chunks, embed_file, pack, read_texts
from embed.model import EmbeddingModel
from embed.service import EmbeddingService
from sentence_transformers import SentenceTransformer
from support import marked

FACTS: dict[str, object] = {"model": "m", "task": "document"}


def write(path: Path, texts: list[str]) -> Path:
    lines = [json.dumps(text if number % 2 else {"text": text}) for number, text in enumerate(texts)]
    path.write_text("\n".join([*lines, ""]))
    return path


def answering(
    asked: list[list[str]] | None = None, fail: Callable[[list[str]], bool] = lambda _: False
) -> Any:
    """A worker whose vectors tell the text: its number, and 1."""

    def embed(parts: Iterable[list[str]]) -> Iterator[Chunk | Exception]:
        for part in parts:
            if asked is not None:
                asked.append(part)
            if fail(part):
                yield RuntimeError("the container was lost")
                continue
            dim, data = pack([[float(text.split()[-1]), 1.0] for text in part])
            yield Chunk(dim=dim, vectors=data, failed={}, truncated=[])

    return embed


async def test_texts_come_out_as_the_library_embeds_them(
    t5: EmbeddingModel, t5_folder: Path, tmp_path: Path
) -> None:
    texts = [f"the cat sleeps {number} times" for number in range(7)]
    source, target = write(tmp_path / "in.jsonl", texts), tmp_path / "out.npy"
    service = EmbeddingService(t5, None)
    chunk = await service.embed_each(texts, "document")
    manifest = embed_file(source, target, lambda parts: [chunk for _ in parts], FACTS)
    library = SentenceTransformer(str(t5_folder), device="cpu")
    library.set_pooling_include_prompt(False)
    instruction = t5.family.instructions["document"]
    np.testing.assert_allclose(np.load(target), library.encode(texts, prompt=instruction), atol=1e-5)
    assert (manifest["count"], manifest["dim"], manifest["failed"]) == (7, 768, [])


async def test_a_file_shares_the_token_budget_of_requests(
    t5: EmbeddingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    forward = t5.embed

    def counted(batch: Any) -> Any:
        sizes.append(len(batch) * max(len(one.ids) for one in batch))
        return forward(batch)

    monkeypatch.setattr(t5, "embed", counted)
    service = EmbeddingService(t5, None)
    service.batcher.max_tokens = 1024
    chunk = await service.embed_each(["the cat sleeps on the sofa " * 9] * 64, "document")
    assert len(chunk["vectors"]) == 64 * 768 * 4
    assert len(sizes) > 1
    assert max(sizes) <= 1024


async def test_a_text_that_fails_fails_alone(t5: EmbeddingModel, monkeypatch: pytest.MonkeyPatch) -> None:
    forward = t5.embed
    bad = t5.tokenize(["rates rose"], t5.family.instructions["document"])[0].ids

    def broken(batch: Any) -> Any:
        if any(one.ids == bad for one in batch):
            raise RuntimeError("CUDA out of memory")
        return forward(batch)

    monkeypatch.setattr(t5, "embed", broken)
    texts = ["a cat", "rates rose", "the sofa"]
    chunk = await EmbeddingService(t5, None).embed_each(texts, "document")
    assert list(chunk["failed"]) == [1]
    assert "too little memory" in chunk["failed"][1]
    assert len(chunk["vectors"]) == 2 * 768 * 4


def test_a_failed_text_has_a_row_of_nan_and_its_line(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.npy"
    source.write_text('"t 0"\n\n"t 1"\n"t 2"\n')

    def embed(parts: Iterable[list[str]]) -> Iterator[Chunk]:
        for _ in parts:
            dim, data = pack([[0.0, 1.0], [2.0, 1.0]])
            yield Chunk(dim=dim, vectors=data, failed={1: "too long"}, truncated=[2])

    manifest = embed_file(source, target, embed, FACTS)
    matrix = np.load(target)
    assert np.isnan(matrix[1]).all()
    assert matrix[[0, 2], 0].tolist() == [0, 2]
    assert manifest["failed"] == [{"row": 1, "line": 3, "reason": "too long"}]
    assert manifest["truncated"] == [{"row": 2, "line": 4}]
    assert json.loads((tmp_path / "out.json").read_text()) == manifest


def test_a_run_goes_on_where_it_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [f"t {number}" for number in range(2 * CHUNK + 3)]
    source, target = write(tmp_path / "in.jsonl", texts), tmp_path / "out.npy"
    with pytest.raises(BulkError, match="1 of 3 chunks got no answer; the first, 1: the container was lost"):
        embed_file(source, target, answering(fail=lambda part: part[0] == f"t {CHUNK}"), FACTS)
    assert not target.exists()
    asked: list[list[str]] = []
    capsys.readouterr()
    embed_file(source, target, answering(asked), FACTS)
    assert [part[0] for part in asked] == [f"t {CHUNK}"]
    progress = marked(capsys.readouterr().out, "progress")
    assert [(line["done"], line["total"]) for line in progress] == [(1, 1)]
    matrix = np.load(target)
    assert (matrix.shape, matrix.dtype) == ((len(texts), 2), np.dtype("<f4"))
    assert matrix[:, 0].tolist() == list(range(len(texts)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.json", "out.npy"]


def test_a_run_that_is_cut_off_while_it_writes_leaves_no_half_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = write(tmp_path / "in.jsonl", ["t 0", "t 1"]), tmp_path / "out.npy"
    replace, seen = Path.replace, []

    def cut(self: Path, to: Path) -> Path:
        seen.append(to.name)
        if to.name.endswith(".f32"):
            raise KeyboardInterrupt
        return replace(self, to)

    monkeypatch.setattr(Path, "replace", cut)
    with pytest.raises(KeyboardInterrupt):
        embed_file(source, target, answering(), FACTS)
    monkeypatch.undo()
    embed_file(source, target, answering(), FACTS)
    assert np.load(target)[:, 0].tolist() == [0, 1]


def test_parts_of_another_run_are_not_mixed_in(tmp_path: Path) -> None:
    source, target = write(tmp_path / "in.jsonl", ["t 0"]), tmp_path / "out.npy"
    with pytest.raises(BulkError, match="got no answer"):
        embed_file(source, target, answering(fail=lambda _: True), FACTS)
    with pytest.raises(BulkError, match="holds parts of another file, model or task"):
        embed_file(source, target, answering(), {**FACTS, "task": "query"})


def test_an_answer_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", ["t 0", "t 1"])
    short = Chunk(dim=2, vectors=b"\0" * 8, failed={}, truncated=[])
    with pytest.raises(BulkError, match="has not one vector for each text"):
        embed_file(source, tmp_path / "out.npy", lambda parts: [short for _ in parts], FACTS)


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
        embed_file(path, tmp_path / "out.npy", answering(), FACTS)
    assert not (tmp_path / "out.npy").exists()


def test_a_line_ends_only_where_json_lines_say(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('"a\u2028b"\n"c"\n', encoding="utf-8")
    assert list(read_texts(path)) == [(1, "a\u2028b"), (2, "c")]


def test_chunks() -> None:
    assert [len(part) for part in chunks(["a"] * 1025)] == [512, 512, 1]
