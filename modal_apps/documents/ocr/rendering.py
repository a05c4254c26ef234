"""Documents opened and their pages made ready for the model, each in a child process that can be ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from appkit.bounded import Budget, Children, Ended, Limits
from PIL import Image

from .documents import Document, DocumentError, open_document, render
from .pdfs import DrawnPage
from .preprocess import BadShape, Picture, final_size, is_blank, prepare, turned
from .reading import Format, PageError, PageIn
from .text_layer import TextLayer
from .word_documents import read_docx

# Two of them and the app itself fit into the web function's memory.
READERS = Children(
    preload=("ocr.rendering", "ocr.turning", "ocr.classifier"),
    roots=("ocr",),
    limits=Limits(seconds=20, memory_mb=768, result_mb=96),
    at_once=2,
    most_waiting=64,
)

MOST_SLOW = 3  # pages of a document that were ended for time; the rest of it is like them
DOCUMENT_S = 600  # of processor time, for all pages of a document
BATCH_S = 3600  # for all documents of a batch, or of a run of the inbox
BATCH_SPENT = "batch_too_slow"


TURNED = "The page lay on its side or upside down, and was turned clockwise by {turn} degrees."
UNSURE = "The page may lie on its side or upside down; which side is up is not sure, and it was not turned."
NO_LAYER = (
    "Page {number} of {name} has no text of its own that could be used{why}. Ask without text_layer=only."
)
NOT_A_PAGE = (
    "{name} is a Word document: it has no pages that a model could see. Ask for markdown, text or html without a "
    "prompt, or send it as PDF."
)
LAYER_NOT_USED = "The PDF's own text was not used: it {why}."
LAYER_DOUBTFUL = "This is the PDF's own text, as asked for, but it {why}."
UNDRAWN = (
    "The file has not the fonts of all its letters, so some are missing on the page that a model sees. Ask for text or "
    "markdown without a prompt: then the PDF's own text is given."
)
OWN_TEXT = (
    "This is the PDF's own text: the file has not the fonts of all its letters, so a model cannot see them."
)

TextLayerUse = Literal["auto", "off", "only"]


class Drawing(TypedDict):
    """
    Which pages, how large, and what is done with the text that they have of their own; see the request's fields.

    Keys:
        text_layer: what is done with a page's own text.
        turn: whether scans that lie on their side are turned.
        form: of the answer.
        own_words: whether there is no prompt and no schema, so that a page's own text can be the answer.
    """

    pages: str
    dpi: int
    max_pixels: int
    text_layer: TextLayerUse
    turn: bool
    form: Format
    own_words: bool


@dataclass(frozen=True)
class ReadyPage:
    """
    One page: a picture, its text, or why there is neither.

    Parameters:
        number: from 1.
        text: the answer, where the file itself has it and no model is asked; None otherwise.
        own_text: what the numbers of a model's answer are compared with; None for nothing.
        turned: by how many degrees the page was turned clockwise.
        notes: what there is to say of it.
    """

    key: str
    number: int
    source: str
    picture: Picture | None
    error: PageError | None = None
    text: str | None = None
    own_text: str | None = None
    turned: int = 0
    notes: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing on it, so that no model is asked."""
        return self.picture is not None and not self.picture.png and self.text is None

    def for_worker(self) -> PageIn | None:
        """What a worker gets; None for a page that none is asked about."""
        if self.picture is None or not self.picture.png:
            return None
        return PageIn(key=self.key, png=self.picture.png)


def draw_page(document: Document, number: int, drawing: Drawing, prefix: str = "") -> ReadyPage:
    """
    Draws a page and resizes it, or takes its text from the file. A page that cannot be drawn comes back with its error.

    Parameters:
        prefix: of the page's key, which is otherwise its number.
    """
    key, source = f"{prefix}{number}", f"{document.name}#{number}"
    try:
        if document.kind == "docx":
            return _written(document, key, source, drawing)
        return _drawn(document, number, drawing, key, source)
    except DocumentError as error:
        reason = PageError(status=422, code=error.code, message=str(error))
    except BadShape as error:
        reason = PageError(status=422, code="bad_shape", message=str(error))
    return ReadyPage(key, number, source, None, reason)


def _written(document: Document, key: str, source: str, drawing: Drawing) -> ReadyPage:
    """A Word document, which is one page."""
    form = drawing["form"]
    if form == "json" or not drawing["own_words"]:
        raise DocumentError("no_picture", NOT_A_PAGE.format(name=document.name))
    text, notes = read_docx(document.name, document.data, form)
    return ReadyPage(key, 1, source, None, text=text, notes=tuple(notes))


def _drawn(document: Document, number: int, drawing: Drawing, key: str, source: str) -> ReadyPage:
    """A page of a PDF, or a picture."""
    most = drawing["max_pixels"]
    with_text = drawing["text_layer"] != "off" and document.kind == "pdf"
    page = render(document, number, drawing["dpi"], most, with_text=with_text)
    layer, notes = page.layer, list(page.notes)
    text, said = _own_answer(page, document, number, drawing)
    notes += said
    if text is not None:
        seen = Picture(*final_size(page.image.width, page.image.height, most), b"")
        return ReadyPage(key, number, source, seen, text=text, notes=tuple(notes))
    if layer is not None and not layer.is_complete:
        notes.append(LAYER_NOT_USED.format(why=layer.words))
    image, turn = page.image, 0
    if drawing["turn"] and not is_blank(image):
        image, turn, said = _upright(image, layer)
        notes += said
    own_text = layer.text if layer is not None and layer.is_complete else None
    picture = prepare(image, most)
    return ReadyPage(key, number, source, picture, own_text=own_text, turned=turn, notes=tuple(notes))


def _own_answer(
    page: DrawnPage, document: Document, number: int, drawing: Drawing
) -> tuple[str | None, list[str]]:
    """
    The page's own text where it is the answer, and what there is to say of it.

    Raises:
        DocumentError: `no_text_layer`, where no model may be asked.
    """
    layer = page.layer
    if drawing["text_layer"] == "only":
        if layer is not None and layer.flaw not in ("garbled", "large"):
            return layer.text, [LAYER_DOUBTFUL.format(why=layer.words)] if layer.words else []
        if layer is None and is_blank(page.image):
            return None, []
        why = f": it {layer.words}" if layer else ""
        raise DocumentError("no_text_layer", NO_LAYER.format(number=number, name=document.name, why=why))
    if layer is None:
        return None, []
    if drawing["own_words"] and layer.is_complete:
        if layer.is_undrawn and drawing["form"] in ("text", "markdown"):
            return layer.text, [OWN_TEXT]
        if drawing["form"] == "text" and not layer.flaw:
            return layer.text, []
    return None, [UNDRAWN] if layer.is_undrawn and layer.is_complete else []


def _upright(image: Image.Image, layer: TextLayer | None) -> tuple[Image.Image, int, list[str]]:
    """The page with its top up, by how much it was turned, and what there is to say."""
    if layer is not None and layer.is_complete:
        turn, is_sure = layer.turn, True
    else:
        from .turning import find_side  # in a child alone: the web function has no use for NumPy

        side = find_side(image)
        turn, is_sure = side.turn, side.is_sure
    if turn:
        return turned(image, turn), turn, [TURNED.format(turn=turn)]
    return image, 0, [] if is_sure else [UNSURE]


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
        message = f"{what} takes more than {limits.seconds} s to read, which is the limit."
        return DocumentError("too_slow", f"{message} Send it in parts, or a picture of it.")
    if error.reason in ("memory", "result"):
        message = f"{what} takes more than {limits.memory_mb} MiB of memory to read, which is the limit."
        return DocumentError("too_much_memory", f"{message} Send it in parts, or with fewer pixels.")
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
