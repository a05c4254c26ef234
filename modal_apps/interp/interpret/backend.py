"""How the web function reaches the model: a Modal class when deployed, the engine itself in a test."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, NotRequired, Protocol, TypedDict

from appkit.status import WorkerReport

from .errors import Failure


class ModelFacts(TypedDict):
    """Layers of the model, and tokens that it reads and writes together."""

    layers: int
    context: int


class Loaded(TypedDict):
    """What a worker has: ids of all its sources by set, those in memory, and what its model is."""

    sources: dict[str, list[str]]
    in_memory: list[str]
    model: ModelFacts


class Reply(TypedDict):
    """
    A worker's reply in plain types.

    Keys:
        result: what was asked for, with names in snake case; None when it failed.
        error: why it failed, or None.
        model_s: seconds that the worker took.
    """

    result: Any
    error: Failure | None
    model_s: float
    worker: WorkerReport
    loaded: Loaded


class LogprobStep(TypedDict):
    """A token with the natural logarithm of its probability, and the likeliest tokens in its place."""

    token: str
    logprob: float
    top_logprobs: list[dict[str, Any]]


class Step(TypedDict):
    """
    One more token of a completion: its type, all of the text so far, and what the model weighed there.

    Keys:
        prompt: the prompt as the model read it; in the first step of a chat.
    """

    type: str
    output: str
    logprob: NotRequired[LogprobStep]
    prompt: NotRequired[str]


class Backend(Protocol):
    """The worker."""

    async def call(self, name: str, payload: dict[str, Any]) -> Reply:
        """
        Parameters:
            name: of an operation of the engine.
            payload: the request with names in snake case.

        Raises:
            BackendError: the worker failed or cannot be reached. What is wrong with a request is in the reply.
            TimeoutError: it took too long.
        """
        ...

    def stream(self, payload: dict[str, Any]) -> AsyncGenerator[Reply, None]:
        """
        The steps of a completion. A reply with an error is the last.

        Raises:
            BackendError, TimeoutError: as `call`.
        """
        ...

    async def runners(self) -> int:
        """How many workers run now. Starts none."""
        ...
