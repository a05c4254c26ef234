"""From texts to one sentiment: sentences, calls of the worker, and a mean weighted by length."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from appkit.status import WorkerReport

from .scoring import CHUNK, Backend, Score, ScoreReply
from .sentences import split_sentences

Label = Literal["positive", "neutral", "negative"]
NEUTRAL_BAND = 0.15
LONGEST = 4000  # characters of a sentence; the model reads less
SHOWN = 3


@dataclass(frozen=True)
class Probabilities:
    """Of the three classes; they sum to 1."""

    positive: float
    neutral: float
    negative: float


@dataclass(frozen=True)
class SentenceScore:
    """`score` is P(positive) - P(negative), from -1 to 1."""

    text: str
    score: float
    label: Label
    file: str


@dataclass(frozen=True)
class FileSentiment:
    """The tone of one file. `score` is the mean of its sentences by tokens, from -1 to 1."""

    file: str
    label: Label
    score: float
    sentences: int


@dataclass(frozen=True)
class Sentiment:
    """
    The tone of all texts of a request.

    Parameters:
        score: mean of the sentences' scores by tokens; above 0.15 is positive, below -0.15 negative.
        sentences: how many were scored.
        truncated: whether there were more than the request allowed.
        all_sentences: every sentence in order, only when the request asks for them.
    """

    label: Label
    score: float
    probabilities: Probabilities
    sentences: int
    truncated: bool
    by_file: list[FileSentiment]
    top_positive: list[SentenceScore]
    top_negative: list[SentenceScore]
    all_sentences: list[SentenceScore] | None = None


@dataclass(frozen=True)
class ScoredTexts:
    """
    Parameters:
        model_s: seconds of the slowest call in the model.
        queue_s: the rest of the wait: start of a worker, batching, transport.
    """

    scores: list[Score]
    model_s: float
    queue_s: float
    worker: WorkerReport


async def score_texts(backend: Backend, texts: Sequence[str]) -> ScoredTexts:
    """
    Scores one or more texts with as many calls as they need, at the same time.

    Raises:
        BackendError, TimeoutError: as `Backend.score`.
    """
    start = time.perf_counter()
    chunks = [list(texts[first : first + CHUNK]) for first in range(0, len(texts), CHUNK)]
    replies: list[ScoreReply] = await asyncio.gather(*(backend.score(chunk) for chunk in chunks))
    elapsed = time.perf_counter() - start
    model_s = max(reply["model_s"] for reply in replies)
    scores = [score for reply in replies for score in reply["scores"]]
    first_call = next(
        (reply["worker"] for reply in replies if reply["worker"]["first_call"]), replies[0]["worker"]
    )
    return ScoredTexts(scores, model_s, max(0.0, elapsed - model_s), first_call)


def sentences_of(texts: Sequence[tuple[str, str]], most: int) -> tuple[list[tuple[str, str]], bool]:
    """
    Parameters:
        texts: file and text of each.

    Returns:
        file and sentence of each, and whether there were more than `most`.
    """
    every = ((file, sentence) for file, text in texts for sentence in split_sentences(text))
    found = [(file, sentence[:LONGEST]) for file, sentence in itertools.islice(every, most + 1)]
    return found[:most], len(found) > most


def summarize(
    sentences: Sequence[tuple[str, str]], scores: Sequence[Score], *, truncated: bool, keep_all: bool
) -> Sentiment:
    """Makes one sentiment from one or more scored sentences."""
    scored = [
        SentenceScore(text, net(score), label_of(score), file)
        for (file, text), score in zip(sentences, scores, strict=True)
    ]
    mean = _mean(scores)
    ranked = sorted(scored, key=lambda sentence: -sentence.score)
    total = mean.positive - mean.negative
    return Sentiment(
        label=_overall(total),
        score=total,
        probabilities=mean,
        sentences=len(scored),
        truncated=truncated,
        by_file=_by_file(sentences, scores),
        top_positive=[sentence for sentence in ranked if sentence.label == "positive"][:SHOWN],
        top_negative=[sentence for sentence in reversed(ranked) if sentence.label == "negative"][:SHOWN],
        all_sentences=scored if keep_all else None,
    )


def net(score: Score) -> float:
    """P(positive) - P(negative)."""
    return score["positive"] - score["negative"]


def label_of(score: Score) -> Label:
    """The most probable class."""
    probabilities: dict[Label, float] = {
        "positive": score["positive"],
        "neutral": score["neutral"],
        "negative": score["negative"],
    }
    return max(probabilities, key=lambda label: probabilities[label])


def _overall(total: float) -> Label:
    if abs(total) <= NEUTRAL_BAND:
        return "neutral"
    return "positive" if total > 0 else "negative"


def _mean(scores: Sequence[Score]) -> Probabilities:
    weights = [max(1, score["tokens"]) for score in scores]
    total = sum(weights)
    pairs = list(zip(scores, weights, strict=True))
    return Probabilities(
        positive=sum(score["positive"] * weight for score, weight in pairs) / total,
        neutral=sum(score["neutral"] * weight for score, weight in pairs) / total,
        negative=sum(score["negative"] * weight for score, weight in pairs) / total,
    )


def _by_file(sentences: Sequence[tuple[str, str]], scores: Sequence[Score]) -> list[FileSentiment]:
    found = []
    for file in dict.fromkeys(file for file, _ in sentences):
        own = [score for (owner, _), score in zip(sentences, scores, strict=True) if owner == file]
        mean = _mean(own)
        total = mean.positive - mean.negative
        found.append(FileSentiment(file, _overall(total), total, len(own)))
    return found
