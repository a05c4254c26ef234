"""Request bodies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .response_sections import Section


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FileIn(_Strict):
    """A file: xlsx, pdf, csv, tsv, json, txt or md, told apart by its content."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    content_b64: Annotated[str, Field(description="Base64 of at most 10 MiB; a data: prefix is accepted.")]


class Options(_Strict):
    """All optional."""

    unit_scale: Literal["auto", 1, 1000, 1000000] = "auto"
    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$")] = None
    balance: Literal["average", "ending"] = "ending"
    days_in_year: Literal[360, 365] = 365
    max_sentences: Annotated[int, Field(ge=1, le=4096)] = 512
    include_sentences: bool = False
    allow_partial: Annotated[bool, Field(description="Answer without sentiment when the worker is down.")] = (
        False
    )
    sections: Annotated[list[Section] | None, Field(min_length=1)] = None


class AnalyzeIn(_Strict):
    """Statements and a question about them."""

    files: Annotated[list[FileIn], Field(min_length=1, max_length=20)]
    query: Annotated[str, Field(max_length=2000)] = ""
    options: Options = Options()


class SentimentIn(_Strict):
    """Texts, each scored as a whole."""

    texts: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=4000)]], Field(min_length=1, max_length=1024)
    ]
    return_all: Annotated[bool, Field(description="Give the probabilities of all classes.")] = False
