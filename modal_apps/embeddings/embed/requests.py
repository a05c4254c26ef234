"""Request bodies."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from appkit.errors import ApiError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from .families import Task

MOST_INPUTS = 2048
LONGEST_TEXT = 200_000  # characters; far more than any model reads


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _no_token_ids(value: Any) -> Any:
    """OpenAI also takes token ids; they would be those of another tokenizer."""
    first = value[0] if isinstance(value, list) and value else None
    if isinstance(first, int | list) and not isinstance(first, bool):
        raise ApiError(422, "token_ids_unsupported", "Send texts, not token ids.", param="input")
    return value


Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Texts = Annotated[list[Text], Field(min_length=1, max_length=MOST_INPUTS)]
Instruction = Annotated[
    str | None, Field(max_length=2000, description="Read before each text; wins over the task.")
]
TaskField = Annotated[Task | None, Field(description="Chooses the model family's own instruction.")]


class OpenAiIn(BaseModel):
    """As OpenAI's embeddings request, with an instruction or a task beside it. Unknown fields are left alone."""

    input: Annotated[Text | Texts, BeforeValidator(_no_token_ids)]
    model: str | None = None
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[int | None, Field(ge=1)] = None
    instruction: Instruction = None
    task: TaskField = None
    user: str | None = None


class EmbedIn(_Strict):
    """Texts for vectors."""

    texts: Texts
    instruction: Instruction = None
    task: TaskField = None
    normalize: Annotated[bool, Field(description="Give vectors of length 1.")] = True
    truncate: Annotated[bool, Field(description="Cut long texts instead of refusing them.")] = True


class GenerateIn(_Strict):
    """One text, in the older form."""

    text: Text
    instruction: Instruction = None
