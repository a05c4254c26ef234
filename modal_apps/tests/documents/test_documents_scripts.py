"""Scripts of Asia: scans on their side, the text of PDFs, numbers, and fonts that are only named in a file."""

from __future__ import annotations

import pytest
from ocr.documents import open_document, render
from ocr.misread_numbers import unknown_numbers
from ocr.pdfs import DrawnPage
from ocr.preprocess import is_blank
from ocr.rendering import OWN_TEXT, UNDRAWN, ReadyPage, draw_page
from ocr.requests import Opts
from ocr.text_layer import is_garbled
from ocr.turning import find_side
from pdf_pages import page_of
from PIL import Image, ImageDraw, ImageFont
from test_documents_turning import CLOCKWISE, FONTS

CAP = 2_097_152
EASTERN = "\u0664\u0660\u0667\u066b\u0665\u0660"  # 407.50
ARABIC = "أرسلت شركة الأجهزة {n} جهاز استشعار وكابلات وقد تم استلامها في شهر مايو بالكامل شكرا"
# Fonts that a PDF may name without having them: name, encoding, order of the characters, text.
NAMED = {
    "Chinese": ("STSong-Light", "UniGB-UCS2-H", "GB1", "北风仪器公司于五月发送了传感器和电缆"),
    "of Taiwan": ("MSung-Light", "UniCNS-UCS2-H", "CNS1", "北風儀器公司於五月發送了感測器"),
    "Japanese": ("HeiseiMin-W3", "UniJIS-UCS2-H", "Japan1", "ノースウィンド計器株式会社は五月に"),
    "Korean": ("HYSMyeongJo-Medium", "UniKS-UCS2-H", "Korea1", "노스윈드계기회사는오월에"),
}
TEXTS = {what: text for what, (*_, text) in NAMED.items()} | {
    "Arabic": ARABIC,
    "Hebrew": "חברת המכשירים שלחה",
}


def lines_of(what: str) -> list[str]:
    """Lines that are not alike: of two that are, one on the other, pdfium leaves one out."""
    text = NAMED[what][-1]
    return [text[row:] + text[:row] for row in range(len(text))]


def named_font(what: str, more: str = "") -> bytes:
    """A page whose font is not in the file."""
    base, encoding, order, _ = NAMED[what]
    shown = [(line + more).encode("utf-16-be").hex() for line in lines_of(what)]
    written = "\n".join(
        f"BT /F2 16 Tf 72 {760 - 30 * row} Td <{line}> Tj ET" for row, line in enumerate(shown)
    )
    system = f"/CIDSystemInfo << /Registry (Adobe) /Ordering ({order}) /Supplement 4 >>"
    metrics = "/Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93"
    objects = (
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{base} /Encoding /{encoding} /DescendantFonts [7 0 R] >>",
        f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /{base} {system} /DW 1000 /FontDescriptor 8 0 R >>",
        f"<< /Type /FontDescriptor /FontName /{base} {metrics} >>",
    )
    extra = tuple(each.encode() for each in objects)
    data = page_of(written.encode(), extra=extra, resources="")
    return data.replace(b"/Font << /F1 5 0 R >>", b"/Font << /F2 6 0 R >>")


def drawn_page(data: bytes) -> DrawnPage:
    return render(open_document("a.pdf", data), 1, 150, CAP, with_text=True)


def asked(data: bytes, form: str) -> ReadyPage:
    return draw_page(open_document("a.pdf", data), 1, Opts.model_validate({"format": form}).drawing())


@pytest.mark.parametrize("what", NAMED)
def test_a_page_whose_letters_cannot_be_drawn_is_answered_by_its_own_text(what: str) -> None:
    """Where the machine has such a font, as the app's image has, the letters are there, and a model reads them."""
    data = named_font(what)
    page = drawn_page(data)
    assert page.layer is not None
    are_missing = is_blank(page.image)  # there is nothing else on the page
    assert (page.layer.flaw, page.layer.is_undrawn) == ("", are_missing)
    plain, marked, tree = (asked(data, form) for form in ("text", "markdown", "html"))
    assert (plain.text or "").splitlines() == lines_of(what)
    assert marked.text == (plain.text if are_missing else None)
    assert marked.notes == ((OWN_TEXT,) if are_missing else ())
    assert (tree.text, tree.notes) == (None, (UNDRAWN,) if are_missing else ())


def test_letters_are_missed_beside_digits_that_are_drawn() -> None:
    alone, beside = drawn_page(named_font("Chinese")), drawn_page(named_font("Chinese", " 12345"))
    assert alone.layer is not None
    assert beside.layer is not None
    assert not is_blank(beside.image)
    assert beside.layer.is_undrawn == alone.layer.is_undrawn


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_other_scripts_are_not_garbled(text: str) -> None:
    assert not is_garbled(text * 20)


@pytest.mark.parametrize(
    ("own", "answer"),
    [
        (f"السعر {EASTERN} دولار", "The price is 407.50"),
        ("数量１２３４件", "1234"),
        ("कुल १२,३४५", "12,345"),
        ("Total 12345", "المجموع ١٢٣٤٥"),
    ],
)
def test_digits_of_another_script_are_the_same_number(own: str, answer: str) -> None:
    assert unknown_numbers(answer, own, "text") == []


def test_a_wrong_number_in_another_script_is_named_as_it_is_written() -> None:
    assert unknown_numbers("١٢٣٤٦", "Total 12345", "text") == ["١٢٣٤٦"]


@pytest.mark.parametrize("lies", [0, 90, 180, 270])
def test_an_arabic_scan_on_any_side_is_found(lies: int) -> None:
    page = Image.new("RGB", (1240, 1754), "white")
    font = ImageFont.truetype(next(FONTS.glob("**/DejaVuSans.ttf")), 26)
    for row in range(38):
        line = ARABIC.format(n=row + 11)
        ImageDraw.Draw(page).text((1150, 90 + row * 41), line, "black", font, anchor="ra")
    side = find_side(page.transpose(CLOCKWISE[lies]) if lies else page)
    assert (side.turn, side.is_sure) == (-lies % 360, True)
