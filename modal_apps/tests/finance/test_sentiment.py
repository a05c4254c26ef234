"""The model against a bare loop over transformers, and the mean of many sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tiny_finbert
import torch
from finance.scoring import Score
from finance.sentiment import label_of, summarize
from finance.sentiment_model import FinBert, ModelError, token_batches
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForSequenceClassification, AutoTokenizer

TEXTS = [text for text, _ in tiny_finbert.sentences()[::7]]


def bare_loop(checkpoint: Path, texts: list[str]) -> list[dict[str, float]]:
    """One text at a time, with nothing of ours."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model: Any = AutoModelForSequenceClassification.from_pretrained(checkpoint).eval()
    found = []
    for text in texts:
        with torch.no_grad():
            row = model(**tokenizer(text, return_tensors="pt")).logits.softmax(-1)[0]
        found.append({model.config.id2label[index].lower(): float(value) for index, value in enumerate(row)})
    return found


def plain(score: Score) -> dict[str, float]:
    return {"positive": score["positive"], "neutral": score["neutral"], "negative": score["negative"]}


def test_equals_the_bare_loop(model: FinBert, checkpoint: Path) -> None:
    for score, expected in zip(model.score(TEXTS), bare_loop(checkpoint, TEXTS), strict=True):
        assert plain(score) == pytest.approx(expected, abs=1e-5)


def test_a_batch_equals_its_single_texts(model: FinBert) -> None:
    texts = [*TEXTS, "revenue " * 200, "profit"]
    for score, text in zip(model.score(texts), texts, strict=True):
        assert plain(score) == pytest.approx(plain(model.score([text])[0]), abs=1e-5)


def test_both_label_orders_give_the_same_answer(model: FinBert, other_checkpoint: Path) -> None:
    other = FinBert(str(other_checkpoint))
    other.load()
    other.to_device()
    assert list(other.model.config.id2label.values()) != list(model.model.config.id2label.values())
    for one, two in zip(model.score(TEXTS), other.score(TEXTS), strict=True):
        assert plain(one) == pytest.approx(plain(two), abs=1e-6)


def test_the_tiny_model_has_learned_its_sentences(model: FinBert) -> None:
    pairs = tiny_finbert.sentences()
    right = [
        label_of(score) == label
        for score, (_, label) in zip(model.score([text for text, _ in pairs]), pairs, strict=True)
    ]
    assert sum(right) >= 0.95 * len(pairs)


def test_a_long_text_is_the_mean_of_its_windows(model: FinBert) -> None:
    long = " ".join(["revenue grew strongly in the year"] * 100 + ["profit was weak and led to a loss"] * 100)
    ids = model.tokenizer(long, add_special_tokens=False, verbose=False)["input_ids"]
    windows, owners, lengths = model._windows([long])
    assert lengths == [len(ids)]
    assert set(owners) == {0}
    assert all(len(window) <= 512 for window in windows)
    inner = [window[1:-1] for window in windows]
    assert inner[0] + [token for window in inner[1:] for token in window[32:]] == ids
    rows = [model._forward([window])[0] for window in windows]
    mean = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    assert list(plain(model.score([long])[0]).values()) == pytest.approx(mean, abs=1e-5)


def test_callers_of_one_batch_get_their_own_scores(model: FinBert) -> None:
    chunks = [TEXTS[:2], TEXTS[2:3], TEXTS[3:6]]
    replies = model.score_batch(chunks)
    assert [len(reply["scores"]) for reply in replies] == [2, 1, 3]
    together = [plain(score) for reply in replies for score in reply["scores"]]
    assert together == [pytest.approx(plain(score), abs=1e-5) for score in model.score(TEXTS[:6])]


def test_the_first_call_after_a_start_is_marked(checkpoint: Path) -> None:
    fresh = FinBert(str(checkpoint))
    fresh.load()
    fresh.to_device()
    assert [fresh.score_batch([["a"]])[0]["worker"]["first_call"] for _ in range(2)] == [True, False]
    fresh.to_device()  # what follows a restored snapshot
    assert fresh.score_batch([["a"]])[0]["worker"]["first_call"]


def test_loading_does_not_touch_cuda(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("CUDA was touched before the snapshot")

    for name in ("is_available", "device_count", "current_device", "init", "mem_get_info"):
        monkeypatch.setattr(torch.cuda, name, refuse)
    FinBert(str(checkpoint)).load()


def test_a_path_without_a_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=f"There is no checkpoint at {tmp_path / 'none'}"):
        FinBert(str(tmp_path / "none")).load()


def test_a_probability_that_is_no_number_is_an_error(checkpoint: Path) -> None:
    broken = FinBert(str(checkpoint))
    broken.load()
    with torch.no_grad():
        broken.model.classifier.weight.fill_(float("nan"))
    with pytest.raises(ModelError, match="not a number"):
        broken.score(["Sales rose."])


@given(st.lists(st.integers(2, 512), max_size=200))
def test_forward_passes_are_bounded_and_complete(lengths: list[int]) -> None:
    batches = token_batches(lengths, 2048)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    assert all(len(batch) * max(lengths[index] for index in batch) <= 2048 for batch in batches)


def score(positive: float, negative: float, tokens: int = 10) -> Score:
    return Score(positive=positive, neutral=1 - positive - negative, negative=negative, tokens=tokens)


def test_the_mean_is_weighted_by_tokens() -> None:
    sentences = [("a.txt", "long"), ("b.txt", "short")]
    result = summarize(sentences, [score(0.8, 0.1, 30), score(0.1, 0.7, 10)], truncated=False, keep_all=False)
    assert result.score == pytest.approx((30 * 0.7 - 10 * 0.6) / 40)
    assert result.label == "positive"
    assert [(item.file, item.label) for item in result.by_file] == [
        ("a.txt", "positive"),
        ("b.txt", "negative"),
    ]
    assert ([item.text for item in result.top_positive], [item.text for item in result.top_negative]) == (
        ["long"],
        ["short"],
    )


@pytest.mark.parametrize(
    ("positive", "negative", "label"),
    [(0.5, 0.36, "neutral"), (0.6, 0.4, "positive"), (0.3, 0.5, "negative")],
)
def test_the_neutral_band(positive: float, negative: float, label: str) -> None:
    assert (
        summarize([("a", "x")], [score(positive, negative)], truncated=False, keep_all=False).label == label
    )
