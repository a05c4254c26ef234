"""What an engine does, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from appkit.status import WorkerReport

from .reading import FinishReason


@dataclass(frozen=True)
class Prompt:
    """A picture as PNG, with sides that are multiples of 32, and what to do with it."""

    png: bytes
    text: str


@dataclass(frozen=True)
class Sampling:
    """`temperature` 0 always takes the likeliest token; `repetition_penalty` 1 changes nothing."""

    max_tokens: int
    temperature: float = 0.0
    repetition_penalty: float = 1.0


@dataclass(frozen=True)
class Generated:
    """An answer; `seconds` is the time until its last token, `warning` what else there is to say of it."""

    text: str
    image_tokens: int
    prompt_tokens: int
    output_tokens: int
    finish_reason: FinishReason
    seconds: float
    warning: str = ""


class PromptTooLong(ValueError):
    """The page and the instruction leave no room for an answer."""


class Engine(Protocol):
    """
    `load` leaves the GPU alone; `warmup` takes it. A snapshot that holds the GPU's memory is taken after `sleep`, and
    `resume` is called when it was restored.
    """

    first_call: bool  # whether nothing was read yet

    def load(self) -> None:
        """
        Raises:
            OSError: there is no such checkpoint, or no network to fetch it.
        """
        ...

    def warmup(self) -> None:
        """Makes the engine ready and runs it once."""
        ...

    def sleep(self) -> None:
        """Makes the engine ready for a snapshot, as far as it has to be."""
        ...

    def resume(self) -> None:
        """Wakes an engine that came, loaded, from a snapshot."""
        ...

    async def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[Generated | Exception]:
        """Answers in the order of the prompts; one that fails does not take the others with it."""
        ...

    def memory(self) -> dict[str, float | int | str] | None:
        """How full the GPUs are now, over all processes; None without one."""
        ...

    def report(self) -> WorkerReport:
        """What the engine says of itself."""
        ...

    def alive(self) -> bool:
        """Whether it can still answer."""
        ...

    def close(self) -> None:
        """Ends what the engine has started."""
        ...
