"""Response bodies, and how the pages of a document become one response."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .misread_numbers import unknown_numbers, warning_of
from .reading import FinishReason, Format, PageError, PageReply
from .rendering import ReadyPage

TextSource = Literal["model", "model_checked", "text_layer", "document", "none"]
BLANK = "The page is blank; no model was asked."


@dataclass(frozen=True)
class ModelRef:
    """`revision` is '' when the newest commit is used."""

    id: str
    revision: str


@dataclass(frozen=True)
class PageOut:
    """
    One page. `index` counts from 1 in the document; the sides are those of the picture that the model saw.

    `error` is null unless this page could not be read while others could. `text_source` says where the text is from:
    the model, the model with its numbers compared with the PDF's own text, that text itself, a Word document, or none
    for a blank page. `turned` is by how many degrees the page was turned clockwise.
    """

    index: int
    source: str
    width: int
    height: int
    image_tokens: int
    output_tokens: int
    finish_reason: FinishReason
    content: str
    word_count: int
    seconds: float
    warnings: list[str]
    error: PageError | None = None
    prompt_tokens: int = 0
    text_source: TextSource = "none"
    turned: int = 0


@dataclass(frozen=True)
class Usage:
    """Tokens of all pages; those of the pictures are among those of the prompts."""

    image_tokens: int
    prompt_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class ExtractOut:
    """
    A read document. `prompt` names the instruction and its version; times are in milliseconds.

    `cost_estimate_usd` is the GPU's time for this request, with its start and idle window when it was cold.
    """

    content: str
    content_length: int
    word_count: int
    format: Format
    pages: list[PageOut]
    usage: Usage
    model: ModelRef
    prompt: str
    timing_ms: dict[str, float]
    cost_estimate_usd: float
    request_id: str
    warnings: list[str] = field(default_factory=list)
    success: bool = True


def page_out(page: ReadyPage, reply: PageReply | None, form: Format) -> PageOut:
    """
    Parameters:
        reply: of the worker; None for a page that none was asked about.
        form: of the answer.
    """
    width, height = (page.picture.width, page.picture.height) if page.picture else (0, 0)
    content = reply["content"] if reply else page.text or ""
    warnings = [*page.notes, *(reply["warnings"] if reply else [])]
    if page.own_text is not None and (unknown := unknown_numbers(content, page.own_text, form)):
        warnings.append(warning_of(unknown))
    if page.is_blank:
        warnings.append(BLANK)
    return PageOut(
        index=page.number,
        source=page.source,
        width=width,
        height=height,
        image_tokens=reply["image_tokens"] if reply else 0,
        output_tokens=reply["output_tokens"] if reply else 0,
        finish_reason=reply["finish_reason"] if reply else "stop",
        content=content,
        word_count=count_words(content),
        seconds=reply["seconds"] if reply else 0.0,
        warnings=warnings,
        error=page.error or (reply["error"] if reply else None),
        prompt_tokens=reply["prompt_tokens"] if reply else 0,
        text_source=_text_source(page, reply),
        turned=page.turned,
    )


def _text_source(page: ReadyPage, reply: PageReply | None) -> TextSource:
    if reply and not reply["error"]:
        return "model" if page.own_text is None else "model_checked"
    if page.text is None:
        return "none"
    return "text_layer" if page.picture else "document"


def page_outs(pages: Sequence[ReadyPage], replies: Mapping[str, PageReply], form: Format) -> list[PageOut]:
    """The pages in their order, with what was read of each."""
    return [page_out(page, replies.get(page.key), form) for page in pages]


def join_pages(form: Format, pages: Sequence[PageOut]) -> str:
    """
    The text of a document. Several pages of JSON become a list, with null for one that is blank or failed.
    """
    if form == "json":
        if len(pages) == 1:
            return pages[0].content
        return json.dumps([json.loads(page.content or "null") for page in pages], ensure_ascii=False)
    return "\n\n".join(page.content for page in pages if page.content)


def count_words(text: str) -> int:
    """Runs of characters without white space."""
    return len(text.split())


def usage_of(pages: Sequence[PageOut]) -> Usage:
    """The tokens of the pages together."""
    return Usage(
        image_tokens=sum(page.image_tokens for page in pages),
        prompt_tokens=sum(page.prompt_tokens for page in pages),
        output_tokens=sum(page.output_tokens for page in pages),
    )
