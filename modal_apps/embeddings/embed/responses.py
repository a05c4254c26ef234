"""Response bodies."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EmbeddingObject:
    """One vector of OpenAI's list; base64 is of little-endian 32-bit floats."""

    index: int
    embedding: list[float] | str
    object: str = "embedding"


@dataclass(frozen=True)
class Usage:
    """Tokens of all texts together, as the model read them; nothing is generated, so both numbers are equal."""

    prompt_tokens: int
    total_tokens: int


@dataclass(frozen=True)
class OpenAiOut:
    """OpenAI's list of vectors, in the order of the texts."""

    data: list[EmbeddingObject]
    model: str
    usage: Usage
    object: str = "list"


@dataclass(frozen=True)
class EmbedOut:
    """`truncated` has the indexes of texts that were cut; `timing_ms` queue, tokenize, model and total."""

    embeddings: list[list[float]]
    dim: int
    count: int
    truncated: list[int]
    model: str
    timing_ms: dict[str, float]


@dataclass(frozen=True)
class GenerateOut:
    """One vector of `dim` numbers. `model_load_time_ms` is the time that this container took to load the model."""

    embedding: list[float]
    dim: int
    model: str
    model_load_time_ms: float
    inference_time_ms: float
