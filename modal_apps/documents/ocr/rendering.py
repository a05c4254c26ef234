"""Pages of documents made ready for the model, in a thread: drawing takes time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from .documents import Document, DocumentError, render
from .preprocess import BadShape, Picture, prepare
from .reading import PageError, PageIn


class Drawing(TypedDict):
    """Which pages, and how large; see the request's fields."""

    pages: str
    dpi: int
    max_pixels: int


@dataclass(frozen=True)
class ReadyPage:
    """One page: a picture, or why there is none. `number` counts from 1."""

    key: str
    number: int
    source: str
    picture: Picture | None
    error: PageError | None = None

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing on it, so that no model is asked."""
        return self.picture is not None and not self.picture.png

    def for_worker(self) -> PageIn | None:
        """What a worker gets; None for a page that none is asked about."""
        if self.picture is None or self.is_blank:
            return None
        return PageIn(key=self.key, png=self.picture.png)


def draw_page(document: Document, number: int, drawing: Drawing, prefix: str = "") -> ReadyPage:
    """
    Draws a page and resizes it. A page that cannot be drawn comes back with its error.

    Parameters:
        prefix: of the page's key, which is otherwise its number.
    """
    key, source = f"{prefix}{number}", f"{document.name}#{number}"
    try:
        image = render(document, number, drawing["dpi"], drawing["max_pixels"])
        return ReadyPage(key, number, source, prepare(image, drawing["max_pixels"]))
    except DocumentError as error:
        reason = PageError(status=422, code=error.code, message=str(error))
    except BadShape as error:
        reason = PageError(status=422, code="bad_shape", message=str(error))
    return ReadyPage(key, number, source, None, reason)


async def draw_pages(
    document: Document, numbers: Sequence[int], drawing: Drawing, prefix: str = ""
) -> AsyncIterator[ReadyPage]:
    """Pages one after another, each drawn when it is asked for."""
    for number in numbers:
        yield await asyncio.to_thread(draw_page, document, number, drawing, prefix)
