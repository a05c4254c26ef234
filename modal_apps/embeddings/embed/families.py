"""What differs between embedding models: instructions for each task, and lengths to which vectors may be cut."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Task = Literal["query", "document", "similarity", "classification", "clustering"]
TASKS: tuple[Task, ...] = ("query", "document", "similarity", "classification", "clustering")


@dataclass(frozen=True)
class Family:
    """
    Parameters:
        instructions: what the model reads before a text, by task; '' for nothing.
        pools_instruction: whether the instruction's tokens count in the mean. INSTRUCTOR leaves them out.
        float16: whether activations stay in the range of that type; those of T5 and EmbeddingGemma do not.
        least_dimensions: shortest length to which the vectors may be cut; 0 for models not trained for it.
    """

    instructions: dict[str, str]
    pools_instruction: bool
    float16: bool
    least_dimensions: int


def _read_families() -> dict[str, Family]:
    table = json.loads(Path(__file__).with_name("families.json").read_text())
    return {name: Family(**fields) for name, fields in table.items()}


FAMILIES = _read_families()
RERANKER = "reranker"
RERANKER_NAMES = ("rerank", "cross-encoder/", "ms-marco-")


def family_of(model_id: str) -> str:
    """The family by the name; `reranker` for a cross-encoder; `plain`, without instructions, when it tells nothing."""
    if any(part in model_id.lower() for part in RERANKER_NAMES):
        return RERANKER
    name = model_id.rsplit("/", 1)[-1].lower()
    return next((family for family in FAMILIES if family != "plain" and family in name), "plain")
