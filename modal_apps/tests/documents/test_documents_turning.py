"""Scans that lie on their side. The truth is how the test turned the page; EXIF is as Pillow writes it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from document_files import drawn, packed
from ocr.documents import open_document
from ocr.preprocess import turned
from ocr.rendering import TURNED, UNSURE, draw_page
from ocr.requests import Opts
from ocr.turning import find_side
from pdf_pages import scan_of
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from tiny_qwen3_vl import WORDS, word_image

CAP = 2_097_152
FONTS = Path("/usr/share/fonts/truetype")
LINE = "Northwind Instruments sent {row} sensors and {row} cables, which were received in May."
CYRILLIC = "Общество поставило {row} датчиков и {row} кабелей, которые были получены."
GREEK = "\u0397 εταιρεία έστειλε {row} αισθητήρες και {row} καλώδια τον Μάιο."
CLOCKWISE = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def font(size: int, name: str = "") -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font of the machine where it has one, and the one in Pillow."""
    found = sorted(FONTS.glob(f"**/{name}.ttf")) if name else []
    return ImageFont.truetype(found[0], size) if found else ImageFont.load_default(size)


def prose(line: str = LINE, size: int = 26, name: str = "", rows: int = 40) -> Image.Image:
    page = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(page)
    for row in range(rows):
        draw.text((90, 90 + row * size * 1.5), line.format(row=row + 11), "black", font(size, name))
    return page


def table() -> Image.Image:
    page = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(page)
    for row in range(41):
        draw.line((80, 100 + 38 * row, 1160, 100 + 38 * row), "black", 2)
        for column in range(8 if row < 40 else 0):
            value = f"{(row * 37 + column * 911) % 9999 / 100:.2f}" if column else f"Item {row}"
            draw.text((90 + 135 * column, 106 + 38 * row), value, "black", font(22))
    for column in range(9):
        draw.line((80 + 135 * column, 100, 80 + 135 * column, 1620), "black", 2)
    return page


def photo() -> Image.Image:
    """A page on a desk, in bad light, a little askew."""
    page = prose().rotate(2, fillcolor="white", resample=Image.Resampling.BICUBIC).resize((930, 1315))
    desk = Image.new("RGB", (1200, 1600), (110, 84, 60))
    desk.paste(page, (140, 140))
    shade = Image.linear_gradient("L").resize(desk.size).point(lambda value: 90 + value // 2)
    lit = Image.composite(desk, Image.new("RGB", desk.size, (30, 30, 40)), shade)
    return lit.filter(ImageFilter.GaussianBlur(0.8))


PAGES = {
    "prose": prose(),
    "a letter of few lines": prose(rows=6),
    "small type": prose(size=17),
    "serifs": prose(name="DejaVuSerif"),
    "typewriter": prose(name="DejaVuSansMono", size=20),
    "bold": prose(name="DejaVuSans-Bold", size=22),
    "Cyrillic": prose(CYRILLIC, name="DejaVuSans", size=22),
    "Greek": prose(GREEK, name="DejaVuSans", size=24),
    "a table of numbers": table(),
    "a photo": photo(),
}


@pytest.mark.parametrize("lies", [0, 90, 180, 270])
@pytest.mark.parametrize("what", PAGES)
def test_a_page_on_any_side_is_found(what: str, lies: int) -> None:
    page = PAGES[what].transpose(CLOCKWISE[lies]) if lies else PAGES[what]
    side = find_side(page)
    assert (side.turn, side.is_sure) == (-lies % 360, True)
    assert turned(page, side.turn).tobytes() == PAGES[what].tobytes()


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("lies", [0, 90, 180, 270])
def test_a_single_word_is_too_little_to_turn_a_page_by(word: str, lies: int) -> None:
    page = word_image(word)
    assert find_side(page.transpose(CLOCKWISE[lies]) if lies else page).turn == 0


@pytest.mark.parametrize(
    "page", [Image.new("RGB", (500, 700), "white"), Image.effect_noise((600, 800), 90).convert("RGB")]
)
def test_what_has_no_writing_is_not_turned(page: Image.Image) -> None:
    assert find_side(page).turn == 0


def test_a_scan_in_a_pdf_is_turned_and_that_is_said() -> None:
    scan = open_document("a.pdf", scan_of(prose().rotate(180)))
    page = draw_page(scan, 1, Opts().drawing())
    assert (page.turned, page.notes) == (180, (TURNED.format(turn=180),))
    kept = draw_page(scan, 1, Opts(turn=False).drawing())
    assert (kept.turned, kept.notes) == (0, ())


def test_a_side_that_is_not_sure_is_said() -> None:
    sideways = open_document("a.png", packed(word_image("1234567").rotate(90, expand=True), "PNG"))
    page = draw_page(sideways, 1, Opts().drawing())
    assert (page.turned, page.notes) == (0, (UNSURE,))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_s_word_comes_first(orientation: int) -> None:
    """A photo that its EXIF turns upright is not turned again."""
    upright = prose()
    stored = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = packed(stored, "JPEG", exif=exif, quality=90)
    document = open_document("a.jpg", data)
    assert drawn(document, 1, 150, 4 * CAP).size == upright.size
    page = draw_page(document, 1, Opts().drawing())
    assert (page.turned, page.notes) == (0, ())
    assert page.picture is not None
    seen = Image.open(io.BytesIO(page.picture.png)).convert("L")
    wanted = upright.convert("L").resize(seen.size)
    assert (
        sum(
            abs(a - b)
            for a, b in zip(seen.resize((60, 80)).tobytes(), wanted.resize((60, 80)).tobytes(), strict=True)
        )
        < 60 * 80 * 4
    )
