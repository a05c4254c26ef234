"""From texts to vectors: checks, tokens in a thread, and forward passes shared by many requests."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from appkit.batcher import MicroBatcher
from appkit.errors import ApiError, unavailable
from appkit.gpu_errors import is_out_of_memory, is_poisoned

from .bulk import Chunk, pack
from .families import Task
from .model import EmbeddingModel, NonFiniteError, Tokens, Vector

MOST_TOKENS = 300_000
AT_ONCE = 256  # texts of one chunk that wait together, so that requests get their turn
PAUSE_S = 0.2
UNIT = 1e-6  # what 32-bit floats of length 1 miss at most


@dataclass(frozen=True)
class Embedded:
    """
    Vectors of one request in the order of its texts; times in milliseconds.

    Parameters:
        truncated: indexes of the texts that were cut.
    """

    vectors: list[list[float]]
    truncated: list[int]
    tokens: int
    queue_ms: float
    tokenize_ms: float
    model_ms: float
    cold: bool


class EmbeddingService:
    """
    Parameters:
        default_task: for requests that name neither an instruction nor a task; None for no instruction.
        retire: called when the GPU of this process cannot be used again.
    """

    def __init__(
        self, model: EmbeddingModel, default_task: Task | None, retire: Callable[[], None] = lambda: None
    ) -> None:
        self.model = model
        self.default_task = default_task
        self._retire = retire
        self.batcher = MicroBatcher[Tokens, Vector](model.embed, lambda tokens: len(tokens.ids))
        self.is_healthy = True

    async def embed(
        self,
        texts: Sequence[str],
        *,
        instruction: str | None = None,
        task: Task | None = None,
        normalize: bool = True,
        truncate: bool = True,
        dimensions: int | None = None,
        field: str = "texts",
    ) -> Embedded:
        """
        Parameters:
            field: name of the texts in the request, for errors.

        Raises:
            ApiError: 413, 422, 500 or 503, as the README lists them.
        """
        check_texts(texts, field)
        self._check_dimensions(dimensions)
        start = time.perf_counter()
        cold = self.model.first_call
        tokens = await asyncio.to_thread(self.model.tokenize, texts, self.instruction(instruction, task))
        tokenized = time.perf_counter()
        truncated = [index for index, one in enumerate(tokens) if one.truncated]
        if truncated and not truncate:
            what = f"{field}[{truncated[0]}]" if len(texts) > 1 or field == "texts" else field
            message = f"The text is longer than the {self.model.longest} tokens that the model reads."
            raise ApiError(422, "too_long", message, param=what)
        total = sum(len(one.ids) for one in tokens)
        if total > MOST_TOKENS:
            raise ApiError(413, "too_many_tokens", f"{total} tokens; {MOST_TOKENS} are allowed.", param=field)
        vectors = await self._compute(tokens)
        return Embedded(
            vectors=[_shaped(vector, dimensions, normalize) for vector in vectors],
            truncated=truncated,
            tokens=total,
            queue_ms=milliseconds(max(0.0, min(vector.began for vector in vectors) - tokenized)),
            tokenize_ms=milliseconds(tokenized - start),
            model_ms=milliseconds(sum({vector.began: vector.model_s for vector in vectors}.values())),
            cold=cold,
        )

    async def embed_each(self, texts: Sequence[str], task: Task) -> Chunk:
        """
        Vectors of a chunk of a file, in the same forward passes as those of requests. A text that fails, fails alone.

        Raises:
            ApiError: 503 `gpu_error`.
        """
        tokens = await asyncio.to_thread(self.model.tokenize, texts, self.instruction(None, task))
        found: list[Vector | ApiError] = []
        for first in range(0, len(tokens), AT_ONCE):
            found += await asyncio.gather(*(self._patiently(one) for one in tokens[first : first + AT_ONCE]))
        dim, vectors = pack([one.values for one in found if isinstance(one, Vector)])
        return Chunk(
            dim=dim,
            vectors=vectors,
            failed={index: one.detail for index, one in enumerate(found) if isinstance(one, ApiError)},
            truncated=[index for index, one in enumerate(tokens) if one.truncated],
        )

    async def _patiently(self, tokens: Tokens) -> Vector | ApiError:
        """Waits while others fill the queue; an error of this text alone is a value."""
        while True:
            try:
                return (await self._compute([tokens]))[0]
            except ApiError as error:
                if error.code == "gpu_error":
                    raise
                if error.code != "overloaded":
                    return error
            await asyncio.sleep(PAUSE_S)

    def instruction(self, given: str | None, task: Task | None) -> str:
        """What is read before each text: the request's own words, else those of its task or of the default."""
        if given is not None:
            return given
        wanted = task or self.default_task
        return self.model.family.instructions[wanted] if wanted else ""

    def warnings(self) -> list[str]:
        """What `/status` should point out."""
        if self.default_task is None and self.model.family.instructions["document"]:
            return ["APP_DEFAULT_TASK=none: texts without an instruction are embedded without one."]
        return []

    async def _compute(self, tokens: Sequence[Tokens]) -> list[Vector]:
        try:
            return await self.batcher.submit(tokens)
        except NonFiniteError as error:
            raise ApiError(500, "non_finite", str(error)) from error
        except RuntimeError as error:
            if is_out_of_memory(error):
                message = "The GPU has too little memory for this request; send fewer or shorter texts."
                raise unavailable("out_of_memory", message) from error
            if is_poisoned(error):
                self.is_healthy = False
                self._retire()
                raise unavailable("gpu_error", "The GPU failed; another container takes over.") from error
            raise

    def _check_dimensions(self, dimensions: int | None) -> None:
        if dimensions is None or dimensions == self.model.dim:
            return
        least = self.model.family.least_dimensions
        if not least:
            message = f"This model's vectors have {self.model.dim} numbers and cannot be cut."
            raise ApiError(422, "dimensions_unsupported", message, param="dimensions")
        if not least <= dimensions <= self.model.dim:
            message = f"Must be from {least} to {self.model.dim}."
            raise ApiError(422, "dimensions_out_of_range", message, param="dimensions")


def check_texts(texts: Sequence[str], field: str) -> None:
    """
    Raises:
        ApiError: 422 `empty_input` for a text without a visible character.
    """
    for index, text in enumerate(texts):
        if not text.strip():
            what = f"{field}[{index}]" if len(texts) > 1 or field == "texts" else field
            raise ApiError(422, "empty_input", "The text is empty.", param=what)


def milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)


def _shaped(vector: Vector, dimensions: int | None, normalize: bool) -> list[float]:
    """Cut to the dimensions asked for, and of length 1; a cut vector always is."""
    if dimensions is None and (not normalize or abs(vector.length - 1) < UNIT):
        return vector.values
    kept = vector.values[:dimensions]
    length = math.sqrt(math.fsum(value * value for value in kept))
    return [value / length for value in kept] if length else kept
