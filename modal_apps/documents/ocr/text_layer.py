"""
The text that a PDF's page has of its own, and whether it is all that a reader sees there, in order.

A scanner's invisible text, letters without a meaning, text behind a picture and text that was drawn as shapes look
like a text layer too. Each is told apart by what pdfium knows of the characters, and by the drawn page.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, cast

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

Flaw = Literal[
    "",
    "order",
    "leftwards",
    "ticks",
    "marks",
    "invisible",
    "garbled",
    "hidden",
    "pictures",
    "shapes",
    "large",
]
MOST_CHARACTERS = 200_000
MOST_OBJECTS = 20_000
MOST_ANNOTATIONS = 5_000
STRANGE_SHARE = 0.01  # of characters without a meaning
INVISIBLE_SHARE = 0.02
PICTURE_SHARE = 0.05  # of the page; a logo takes less
LETTERLIKE_SEGMENTS = 8
MOST_LETTERLIKE = 30
LONGEST_SHAPE = 300  # segments; a word or a chart in one piece
TURNED_SHARE = 0.8
HYPHEN = "\ufffe"  # pdfium's sign for one at the end of a line, with the next line joined to it
CONTRAST = 40  # of 255
UNDRAWN_SHARE = 0.02  # of characters
LEFTWARDS_SHARE = 0.2
FIRST_OF_OTHERS = 0x0590  # before it are letters that pdfium has fonts of its own for
FEWEST_LETTERS = 100  # before their kinds tell something
FEWEST_VOWELS = 0.22  # of letters; shifting each by some places in the alphabet leaves fewer
VOWELS = frozenset("aeiouy\u00e6\u00f8\u0153\u0131")  # without accents
UNSEEN = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
FLAWS: dict[Flaw, str] = {
    "order": "is not in reading order",
    "leftwards": "runs from right to left, where spaces between words may be missing",
    "ticks": "does not tell which boxes are ticked",
    "marks": "is not all: there are stamps, drawings or other marks on the page",
    "invisible": "is invisible, as scanners and OCR programs write it",
    "garbled": "has characters without a meaning",
    "hidden": "has parts that cannot be seen on the page",
    "pictures": "is not all: the page has pictures, which may have text in them",
    "shapes": "is not all: the page has text or figures drawn as shapes",
    "large": "is too large to be looked at",
}


# Annotations that add nothing to what is seen, or only text.
TEXT_FIELDS = (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)
TICKS = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
PLAIN = (
    pdfium.FPDF_ANNOT_LINK,
    pdfium.FPDF_ANNOT_POPUP,
    pdfium.FPDF_ANNOT_TEXT,
    pdfium.FPDF_ANNOT_FREETEXT,
    pdfium.FPDF_ANNOT_FILEATTACHMENT,
)


@dataclass(frozen=True)
class TextLayer:
    """
    Parameters:
        text: as it stands in the file, without spaces around.
        flaw: why it is not what a reader sees; '' when it is.
        turn: by how many degrees the page has to be turned clockwise for most of its letters to stand upright.
        is_undrawn: whether letters are missing on the drawn page, because the file has not their fonts.
    """

    text: str
    flaw: Flaw = ""
    turn: int = 0
    is_undrawn: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether every word that can be seen is in it, and no other."""
        return self.flaw in ("", "order", "leftwards", "ticks")

    @property
    def words(self) -> str:
        """What is wrong with it."""
        return FLAWS.get(self.flaw, "")


def marks_on(page: pypdfium2.PdfPage) -> Flaw:
    """Whether annotations put something on a page that is no text: `ticks` in boxes, or other `marks`."""
    count = pdfium.FPDFPage_GetAnnotCount(page)
    if count > MOST_ANNOTATIONS:
        return "marks"
    found: set[Flaw] = set()
    for index in range(count):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        try:
            found.add(_mark(page, annotation))
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return "marks" if "marks" in found else "ticks" if "ticks" in found else ""


def _mark(page: pypdfium2.PdfPage, annotation: Any) -> Flaw:
    if pdfium.FPDFAnnot_GetFlags(annotation) & pdfium.FPDF_ANNOT_FLAG_HIDDEN:
        return ""
    kind = pdfium.FPDFAnnot_GetSubtype(annotation)
    if kind != pdfium.FPDF_ANNOT_WIDGET or not page.formenv:
        return "" if kind in PLAIN else "marks"
    field = pdfium.FPDFAnnot_GetFormFieldType(page.formenv, annotation)
    if field in TICKS:
        return "ticks"
    return "" if field in TEXT_FIELDS else "marks"


def read_layer(page: pypdfium2.PdfPage, image: Image.Image, marks: Flaw = "") -> TextLayer | None:
    """
    The text of a page; None when it has none.

    Parameters:
        image: the drawn page, which says what of the text can be seen.
        marks: as `marks_on` says of the page before its annotations became a part of it.
    """
    textpage = page.get_textpage()
    count = textpage.count_chars()
    if count <= 0:
        return None
    if count > MOST_CHARACTERS:
        return TextLayer("", "large")
    letters = _Letters(textpage, count, page.get_rotation())
    # The first has all line breaks, the second also characters beyond the first plane.
    found = textpage.get_text_bounded() if letters.wide else textpage.get_text_range()
    found = found.replace(HYPHEN, "-\n")
    text = "\n".join(line.rstrip() for line in found.splitlines()).strip()
    if not text:
        return None
    undrawn = _is_undrawn(page, textpage, image, letters)
    flaw = _flaw_of_text(text, letters) or _beside_text(page)
    if not flaw:
        lines = _lines(page, textpage, image.size)
        flaw = _flaw_of_lines(lines, image, letters, undrawn=undrawn)
    flaw = flaw if flaw not in ("", "order", "leftwards") else marks or flaw
    return TextLayer(text, flaw, letters.turn, undrawn)


class _Letters:
    """What pdfium knows of the characters: how many are unseen or without a meaning, and how they stand."""

    def __init__(self, textpage: pypdfium2.PdfTextPage, count: int, rotation: int) -> None:
        self.count = self.unseen = self.unmapped = self.wide = self.leftwards = 0
        self.foreign: list[int] = []  # of fonts that are not in the file, and not known to pdfium either
        turns = {0: 0, 90: 0, 180: 0, 270: 0}
        for index in range(count):
            if pdfium.FPDFText_IsGenerated(textpage, index) == 1:
                continue
            sign = pdfium.FPDFText_GetUnicode(textpage, index)
            if chr(sign).isspace():
                continue
            self.count += 1
            self.wide += sign > 0xFFFF or 0xD800 <= sign < 0xE000
            self.unmapped += pdfium.FPDFText_HasUnicodeMapError(textpage, index) == 1
            owner = pdfium.FPDFText_GetTextObject(textpage, index)
            self.leftwards += unicodedata.bidirectional(chr(sign)) in ("R", "AL")
            unseen = bool(owner) and pdfium.FPDFTextObj_GetTextRenderMode(owner) in UNSEEN
            self.unseen += unseen
            if owner and not unseen and sign >= FIRST_OF_OTHERS and _is_elsewhere(owner):
                self.foreign.append(index)
            # Clockwise from the page's own axes; the page is shown turned by `rotation` more.
            angle = math.degrees(pdfium.FPDFText_GetCharAngle(textpage, index))
            turns[-round((angle + rotation) / 90) * 90 % 360] += 1
        most = max(turns, key=lambda turn: turns[turn])
        self.aslant = self.count - turns[most]
        self.turn = most if turns[most] >= TURNED_SHARE * self.count else 0


def _is_elsewhere(owner: Any) -> bool:
    """Whether a text's font is only named in the file, as many of Chinese, Japanese and Korean are."""
    font = pdfium.FPDFTextObj_GetFont(owner)
    return bool(font) and pdfium.FPDFFont_GetIsEmbedded(font) == 0


def _is_undrawn(
    page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, image: Image.Image, letters: _Letters
) -> bool:
    """Whether the machine that draws has no fonts either for those that are not in the file."""
    grey, missing = image.convert("L"), 0
    for index in letters.foreign:
        left, bottom, right, top = textpage.get_charbox(index)
        across, down = zip(
            _on_drawn(page, image.size, left, top), _on_drawn(page, image.size, right, bottom), strict=True
        )
        missing += _is_empty(grey, (min(across), min(down), max(across) + 1, max(down) + 1))
    return missing > UNDRAWN_SHARE * letters.count


def _flaw_of_text(text: str, letters: _Letters) -> Flaw:
    if letters.unseen > INVISIBLE_SHARE * letters.count:
        return "invisible"
    if letters.unmapped > STRANGE_SHARE * letters.count or is_garbled(text):
        return "garbled"
    return ""


def _flaw_of_lines(lines: list[_Line], image: Image.Image, letters: _Letters, *, undrawn: bool) -> Flaw:
    drawn = [line for line in lines if not undrawn or max(line.text) < chr(FIRST_OF_OTHERS)]
    if _hidden(drawn, image) > INVISIBLE_SHARE * len(lines):
        return "hidden"
    if letters.leftwards > LEFTWARDS_SHARE * letters.count:
        return "leftwards"
    if letters.turn or letters.aslant > STRANGE_SHARE * letters.count or _out_of_order(lines):
        return "order"
    return ""


def is_garbled(text: str) -> bool:
    """
    Whether a text is no language: private or unknown characters, or, of Latin letters, hardly a vowel among them, as
    when each letter stands for another.
    """
    seen = [sign for sign in text if not sign.isspace()]
    strange = sum(unicodedata.category(sign) in ("Co", "Cn", "Cc", "Cs") or sign == "\ufffd" for sign in seen)
    if strange > STRANGE_SHARE * len(seen):
        return True
    latin = [sign for sign in text.casefold() if sign.isalpha() and sign < "ɐ"]
    vowels = sum(unicodedata.normalize("NFD", sign)[0] in VOWELS for sign in latin)
    return len(latin) >= FEWEST_LETTERS and vowels < FEWEST_VOWELS * len(latin)


def _beside_text(page: pypdfium2.PdfPage) -> Flaw:
    """Whether there is something on the page that can hold text and is none."""
    width, height = page.get_size()
    pictures = letterlike = 0.0
    kinds = [pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING]
    for place, part in enumerate(page.get_objects(kinds)):
        if place >= MOST_OBJECTS:
            return "shapes"
        if part.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = part.get_bounds()
            pictures += max(0.0, right - left) * max(0.0, top - bottom)
        elif part.type == pdfium.FPDF_PAGEOBJ_PATH:
            segments = pdfium.FPDFPath_CountSegments(part)
            letterlike += segments >= LETTERLIKE_SEGMENTS
            if segments >= LONGEST_SHAPE:
                return "shapes"
    if pictures > PICTURE_SHARE * width * height:
        return "pictures"
    return "shapes" if letterlike >= MOST_LETTERLIKE else ""


@dataclass(frozen=True)
class _Line:
    """A run of text and its place on the drawn page, in pixels from its left upper corner."""

    text: str
    left: int
    top: int
    right: int
    bottom: int


def _lines(page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, size: tuple[int, int]) -> list[_Line]:
    lines = []
    for index in range(textpage.count_rects()):
        left, bottom, right, top = textpage.get_rect(index)
        text = textpage.get_text_bounded(left, bottom, right, top)
        if not text.strip():
            continue
        corners = [_on_drawn(page, size, x, y) for x, y in ((left, top), (right, bottom))]
        across, down = zip(*corners, strict=True)
        lines.append(_Line(text, min(across), min(down), max(across) + 1, max(down) + 1))
    return lines


def _on_drawn(page: pypdfium2.PdfPage, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value


def _hidden(lines: list[_Line], image: Image.Image) -> int:
    """How many lines leave no mark on the drawn page."""
    grey = image.convert("L")
    return sum(_is_empty(grey, (line.left, line.top, line.right, line.bottom)) for line in lines)


def _is_empty(grey: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether a part of a page is of one shade, or beside the page."""
    left, top = max(0, box[0]), max(0, box[1])
    right, bottom = min(grey.width, box[2]), min(grey.height, box[3])
    if left >= right or top >= bottom:
        return True
    darkest, lightest = cast(tuple[int, int], grey.crop((left, top, right, bottom)).getextrema())
    return lightest - darkest < CONTRAST


def _out_of_order(lines: list[_Line]) -> bool:
    """Whether the text jumps up to a place above what came before it, other than to the next column."""
    jumps = 0
    for before, line in pairwise(lines):
        beside = line.left >= before.right or line.right <= before.left
        above = line.bottom <= before.top + (before.bottom - before.top) // 4
        backwards = line.right <= before.left and line.top < before.bottom and before.top < line.bottom
        jumps += (above and not beside) or backwards
    return jumps > len(lines) // 20
