"""How many tokens a model reads: its own length, unless a setting asks for less, or for more that it can do."""

from __future__ import annotations

from typing import Any

# The most for one text by default: with it, one text alone fits beside a model on the smallest GPU that is offered.
MOST = 32_768
UNKNOWN = 512


def longest_of(own: int | None, config: Any, tokenizer: Any, wanted: int) -> int:
    """
    Parameters:
        own: as the checkpoint says, of sentence-transformers.
        config: of transformers; its positions are what the weights can do at most.
        wanted: APP_MAX_LENGTH; 0 for the model's own.

    Raises:
        ValueError: more is wanted than the model can read.
    """
    positions = getattr(config, "max_position_embeddings", None)
    limit = getattr(tokenizer, "model_max_length", None)
    if limit is not None and limit > 10**9:  # transformers' word for unknown
        limit = None
    natural = own or limit or positions or UNKNOWN
    if not wanted:
        return min(natural, MOST)
    able = max(natural, positions or 0)
    if wanted > able:
        raise ValueError(f"APP_MAX_LENGTH={wanted}: the model reads at most {able} tokens.")
    return wanted
