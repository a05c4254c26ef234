"""Documents opened and their pages made ready for the model, each in a child process that can be ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from appkit.bounded import Budget, Children, Ended, Limits

from .documents import Document, DocumentError, open_document, render
from .preprocess import BadShape, Picture, prepare
from .reading import PageError, PageIn

# Two of them and the app itself fit into the web function's memory.
READERS = Children(
    preload=("ocr.rendering",),
    roots=("ocr",),
    limits=Limits(seconds=20, memory_mb=768, result_mb=96),
    at_once=2,
    most_waiting=64,
)

MOST_SLOW = 3  # pages of a document that were ended for time; the rest of it is like them
DOCUMENT_S = 600  # of processor time, for all pages of a document
BATCH_S = 3600  # for all documents of a batch, or of a run of the inbox
BATCH_SPENT = "batch_too_slow"


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


def batch_budget() -> Budget:
    """Processor time for the documents of a batch."""
    return Budget(BATCH_S)


async def open_bounded(name: str, data: bytes, batch: Budget | None = None) -> Document:
    """
    As `open_document`, in a child.

    Parameters:
        batch: the time of the batch that the document is part of.

    Raises:
        DocumentError: as there, or as `_not_read`; `batch_too_slow` when the time is spent.
    """
    if batch and batch.is_spent:
        raise _batch_spent(name, batch)
    try:
        looked = await READERS.run(_look, name, data, budget=batch)
    except Ended as error:
        raise _not_read(name, error) from error
    if isinstance(looked, _Refused):
        raise DocumentError(looked.code, looked.message)
    return Document(name, data, looked.kind, looked.pages)


@dataclass(frozen=True)
class _Looked:
    kind: str
    pages: int


@dataclass(frozen=True)
class _Refused:
    code: str
    message: str


def _look(name: str, data: bytes) -> _Looked | _Refused:
    try:
        document = open_document(name, data)
    except DocumentError as error:
        return _Refused(error.code, str(error))
    return _Looked(document.kind, document.pages)


def _not_read(what: str, error: Ended) -> DocumentError:
    """Why a document or a page was not read whose child was ended: `too_slow`, `too_much_memory`, `damaged_file`."""
    limits = READERS.limits
    if error.reason == "time":
        message = f"{what} takes more than {limits.seconds} s to draw, which is the limit."
        return DocumentError("too_slow", f"{message} Send a picture of it.")
    if error.reason in ("memory", "result"):
        message = f"{what} takes more than {limits.memory_mb} MiB of memory to draw, which is the limit."
        return DocumentError("too_much_memory", f"{message} Send it with fewer pixels.")
    return DocumentError("damaged_file", f"{what} is damaged and cannot be read. Save it again.")


def _batch_spent(what: str, batch: Budget) -> DocumentError:
    message = f"{what} was not read: the batch has taken {batch.seconds / 60:g} minutes of processor time"
    return DocumentError(BATCH_SPENT, f"{message}, the limit of a batch. Send it in another one.")


def _given_up(document: Document, slow: int, own: Budget, batch: Budget | None) -> DocumentError | None:
    """Why no more pages of a document are drawn: `too_slow` or `batch_too_slow`."""
    rest = f"The rest of {document.name} was not drawn"
    if slow >= MOST_SLOW:
        message = (
            f"{rest}: {slow} of its pages took more than {READERS.limits.seconds} s each, which is the limit."
        )
        return DocumentError("too_slow", f"{message} Send pictures of the pages.")
    if own.is_spent:
        message = (
            f"{rest}: its pages took {own.seconds / 60:g} minutes of processor time, the limit of a document."
        )
        return DocumentError("too_slow", f"{message} Send it in parts.")
    return _batch_spent(f"The rest of {document.name}", batch) if batch and batch.is_spent else None


async def draw_pages(
    document: Document,
    numbers: Sequence[int],
    drawing: Drawing,
    prefix: str = "",
    batch: Budget | None = None,
) -> AsyncIterator[ReadyPage]:
    """Pages one after another, each drawn in a child when it is asked for, as long as there is time for it."""
    own, slow = Budget(DOCUMENT_S, batch), 0
    for number in numbers:
        refused = _given_up(document, slow, own, batch)
        if not refused:
            try:
                yield await READERS.run(draw_page, document, number, drawing, prefix, budget=own)
                continue
            except Ended as error:
                slow += error.reason == "time"
                refused = _not_read(f"Page {number} of {document.name}", error)
        reason = PageError(status=422, code=refused.code, message=str(refused))
        yield ReadyPage(f"{prefix}{number}", number, f"{document.name}#{number}", None, reason)
