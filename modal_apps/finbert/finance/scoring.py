"""What goes to the sentiment worker and what comes back, in plain types: the web function has no torch."""

from __future__ import annotations

from typing import Protocol, TypedDict

from appkit.status import WorkerReport

CHUNK = 64  # texts in one call of the worker


class Score(TypedDict):
    """Probabilities of one text, which sum to 1, and its number of tokens without the special ones."""

    positive: float
    neutral: float
    negative: float
    tokens: int


class ScoreReply(TypedDict):
    """Scores in the order of the texts; `model_s` is the time of the model alone, for the whole batch."""

    scores: list[Score]
    model_s: float
    worker: WorkerReport


class Backend(Protocol):
    """How the web function reaches the model: a Modal class when deployed, the model itself in a test."""

    async def score(self, texts: list[str]) -> ScoreReply:
        """
        Scores up to 64 texts.

        Raises:
            BackendError: the worker failed or cannot be reached.
            TimeoutError: it took too long.
        """
        ...

    async def runners(self) -> int:
        """How many workers run now. Starts none."""
        ...
