"""The text that PDFs have of their own: when it is the answer, when it checks one, and when it is not believed."""

from __future__ import annotations

import io
from typing import Any

import make_document_samples as samples
import pytest
from document_files import LocalBackend, extract, word_png
from fixed_engine import Fixed
from ocr.api import create_app
from ocr.documents import open_document, render
from ocr.misread_numbers import unknown_numbers, warning_of
from ocr.settings import DocumentsSettings
from ocr.text_layer import is_garbled
from pdf_pages import lines, page_of, picture_of, scan_of
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader
from support import client_for

CAP = 2_097_152
PROSE = tuple(f"Line {row} of a letter from 12 May 2026, number {1000 + 37 * row}." for row in range(20))
# Each letter as another one, as fonts without a table of meanings give it: "Total" becomes "Wrwdo".
PLAIN = (
    "The shipment was sent to the address that had been given",
    "and it came on time, in the best state",
) * 4
CAESAR = tuple("".join(chr(ord(sign) - 29) if sign.isalpha() else sign for sign in line) for line in PLAIN)


def flaw(data: bytes) -> str | None:
    """What is wrong with the text of a page; '' for nothing, None where there is no text."""
    layer = render(open_document("a.pdf", data), 1, 150, CAP, with_text=True).layer
    return layer.flaw if layer else None


def printed(*texts: str) -> Image.Image:
    page = Image.new("RGB", (1240, 1754), "white")
    for row, text in enumerate(texts):
        ImageDraw.Draw(page).text((150, 150 + 50 * row), text, "black", ImageFont.load_default(28))
    return page


def outlined(count: int) -> bytes:
    """Shapes with curves, as text is that was made to paths."""
    shape = "10 {y} m 12 {y} 14 {z} 16 {z} c 18 {z} 20 {y} 22 {y} c 24 {y} 26 {z} 28 {z} c 20 {z} l f"
    one = shape.replace(" 20 {z} l", " 30 {z} 32 {y} 34 {y} c 30 {y} l 20 {y} l")
    return "\n".join(
        one.replace("{y}", str(50 + 20 * row)).replace("{z}", str(60 + 20 * row)) for row in range(count)
    ).encode()


WHITE = b"1 g " + lines("Hidden words in white", "and more of them", x=300, top=300)
FRAME = b"0.5 w 70 60 450 740 re S " + b" ".join(b"70 %d m 520 %d l S" % (y, y) for y in range(80, 800, 20))
CASES = [
    ("", page_of(lines(*PROSE)), "a letter"),
    ("", samples.invoice(), "the sample"),
    ("", page_of(lines(*PROSE) + b"\n" + FRAME), "rules of a table are no text"),
    (
        "",
        page_of(
            lines(*PROSE) + b"\nq 60 0 0 20 400 800 cm /I1 Do Q",
            extra=(picture_of(printed()),),
            resources="/XObject << /I1 6 0 R >>",
        ),
        "a logo",
    ),
    (
        "",
        page_of(b"q 0 1 -1 0 595 0 cm " + lines(*PROSE, top=560) + b" Q", more="/Rotate 90"),
        "a page that says itself how it is turned",
    ),
    (
        "",
        page_of(b"1 g " + b"0 0 1 rg 60 360 500 450 re f 1 1 1 rg " + lines(*PROSE)),
        "white on blue can be seen",
    ),
    ("invisible", scan_of(printed(*PROSE), lines(*PROSE, mode=3)), "a scan with the text of an OCR program"),
    ("pictures", scan_of(printed(*PROSE), lines("Page 1")), "a scan with a line of text"),
    (
        "garbled",
        page_of(lines(*(line.replace("(", "").replace(")", "").replace("\\", "") for line in CAESAR))),
        "letters that mean others",
    ),
    ("hidden", page_of(lines(*PROSE) + b"\n" + WHITE), "white on white"),
    ("hidden", page_of(lines(*PROSE) + b"\n1 1 1 rg 60 500 500 300 re f"), "text under a white box"),
    ("shapes", page_of(lines("Total") + b"\n" + outlined(35)), "text as paths"),
    (
        "order",
        page_of(
            b"\n".join(lines(line, top=770 - 20 * row) for row, line in reversed(list(enumerate(PROSE))))
        ),
        "from the end to the beginning",
    ),
    (
        "",
        page_of(
            lines(*(line[:20] for line in PROSE), x=60) + b"\n" + lines(*(line[:20] for line in PROSE), x=320)
        ),
        "two columns",
    ),
    ("", page_of(lines("These words are of an adip-", "iscing elit, and well-", "known to all")), "hyphens"),
    (None, page_of(b""), "nothing"),
    (None, scan_of(printed(*PROSE)), "a scan without text"),
]


@pytest.mark.parametrize(("expected", "data", "what"), CASES, ids=[case[2] for case in CASES])
def test_what_is_wrong_with_a_text(expected: str | None, data: bytes, what: str) -> None:
    assert flaw(data) == expected


@pytest.mark.parametrize("data", [case[1] for case in CASES if case[0] in ("", "order")])
def test_words_are_those_that_pypdf_finds(data: bytes) -> None:
    layer = render(open_document("a.pdf", data), 1, 150, CAP, with_text=True).layer
    assert layer is not None
    assert sorted(layer.text.split()) == sorted(PdfReader(io.BytesIO(data)).pages[0].extract_text().split())


@pytest.mark.parametrize(
    ("turn", "matrix"),
    [(0, "1 0 0 1 0 0"), (90, "0 1 -1 0 595 0"), (180, "-1 0 0 -1 595 842"), (270, "0 -1 1 0 0 842")],
)
def test_a_page_whose_letters_lie_is_turned_by_what_they_say(turn: int, matrix: str) -> None:
    data = page_of(f"q {matrix} cm ".encode() + lines(*PROSE, top=560) + b" Q")
    layer = render(open_document("a.pdf", data), 1, 150, CAP, with_text=True).layer
    assert layer is not None
    assert layer.turn == turn


@pytest.mark.parametrize(
    ("text", "is_none"),
    [
        ("Rechnung über 12 Stück für Herrn Müller, Straße 4, zahlbar sofort ohne Abzug " * 3, False),
        ("Wydatki związane z przemieszczeniem się i źdźbłem trawy w chrząszczu " * 3, False),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy na Strč prst skrz krk " * 3, False),
        ("Mae hen wlad fy nhadau yn annwyl i mi, gwlad beirdd a chantorion " * 3, False),
        ("Счёт за поставку двенадцати датчиков и трёх кабелей " * 3, False),
        ("請求書番号、合計金額は五百円です。" * 5, False),
        ("فاتورة رقم ١٢٣٤ بتاريخ ١٢ مايو ٢٠٢٦" * 5, False),
        ("7KLV LV D WHVW RI WKH WH[W OD\\HU ZLWKRXW D PHDQLQJ " * 4, True),
        ("\ue001\ue002\ue003 \ue004\ue005" * 20, True),
        ("words with \ufffd\ufffd\ufffd in them", True),
        ("SKU X7-44 QTY 12", False),
    ],
)
def test_languages_are_none_that_has_no_meaning(text: str, is_none: bool) -> None:
    assert is_garbled(text) is is_none


@pytest.mark.parametrize(
    ("answer", "own", "form", "unknown"),
    [
        ("Total 542.00", "Total 542.00", "text", []),
        ("Total 524.00 of 480.00", "Total 542.00 480.00", "text", ["524.00"]),
        ("| 1,234.50 |", "1.234,5", "markdown", []),
        ("1 234 567", "1234567", "text", ["234", "567"]),
        ("1234567", "1 234 567", "text", []),
        ("IBAN DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "text", []),
        ('{"total": 542.0}', "542.00", "json", []),
        ('<td colspan="12">480</td>', "480", "html", []),
        ("1. First\n2. Second 17", "First Second", "markdown", ["17"]),
        ("12 12 12", "", "text", ["12"]),
        ("\uff11\uff12\uff13", "123", "text", []),
        ("", "12", "text", []),
    ],
)
def test_numbers_that_the_page_has_not(answer: str, own: str, form: Any, unknown: list[str]) -> None:
    assert unknown_numbers(answer, own, form) == unknown


def test_many_numbers_are_named_in_part() -> None:
    assert "and 8 more" in warning_of([str(number) for number in range(100, 120)])


async def asked(
    text: str, data: bytes, name: str = "a.pdf", settings: Any = None, **options: Any
) -> tuple[Any, int]:
    """An answer of the app in front of a model that says one text, and how often that was asked."""
    engine = Fixed(text)
    backend = LocalBackend(engine)  # type: ignore[arg-type]
    app = create_app(settings or DocumentsSettings(engine="transformers", auth="none"), backend, None, None)  # type: ignore[arg-type]
    async with client_for(app) as client:
        answer = await client.post("/extract", json=extract(name, data, **options))
    return answer, engine.asked


async def test_a_good_text_is_the_answer_and_no_gpu_is_started() -> None:
    answer, times = await asked("never", page_of(lines(*PROSE)), format="text")
    body = answer.json()
    assert (times, body["content"], body["cost_estimate_usd"]) == (0, "\n".join(PROSE), 0)
    assert (body["pages"][0]["text_source"], body["pages"][0]["image_tokens"]) == ("text_layer", 0)


@pytest.mark.parametrize("form", ["markdown", "html"])
async def test_a_model_s_numbers_are_compared_with_the_page(form: str) -> None:
    answer, times = await asked("Total 542.00, paid 9,911", samples.invoice(), format=form)
    [page] = answer.json()["pages"]
    assert (times, page["text_source"]) == (1, "model_checked")
    assert page["warnings"] == ["Not in the PDF's own text: 9,911. Compare these numbers with the page."]


async def test_a_model_s_numbers_that_are_right_are_no_warning() -> None:
    answer, _ = await asked("Total 542.00", samples.invoice())
    assert answer.json()["pages"][0]["warnings"] == []


async def test_a_scanner_s_text_is_neither_taken_nor_compared_with_and_said() -> None:
    scan = scan_of(printed(*PROSE), lines(*(line.replace("1", "7") for line in PROSE), mode=3))
    answer, times = await asked("Number 1037", scan, format="text")
    [page] = answer.json()["pages"]
    assert (times, page["content"], page["text_source"]) == (1, "Number 1037", "model")
    assert ["invisible" in warning for warning in page["warnings"]] == [True]


async def test_off_looks_at_no_text() -> None:
    answer, times = await asked("Total 99", samples.invoice(), format="text", text_layer="off")
    [page] = answer.json()["pages"]
    assert (times, page["text_source"], page["warnings"]) == (1, "model", [])


async def test_only_asks_no_model_and_says_what_may_be_wrong() -> None:
    scan = scan_of(printed(*PROSE), lines(*PROSE, mode=3))
    answer, times = await asked("never", scan, text_layer="only")
    [page] = answer.json()["pages"]
    assert (times, page["content"], page["text_source"]) == (0, "\n".join(PROSE), "text_layer")
    assert "invisible" in page["warnings"][0]


@pytest.mark.parametrize(
    ("name", "data", "options", "code"),
    [
        ("a.pdf", scan_of(printed(*PROSE)), {}, "no_text_layer"),
        ("a.png", word_png("total"), {}, "no_text_layer"),
        ("a.pdf", samples.invoice(), {"format": "json"}, "only_own_text"),
        ("a.pdf", samples.invoice(), {"prompt": "Sum it up."}, "only_own_text"),
    ],
)
async def test_only_refuses_what_has_no_text(name: str, data: bytes, options: Any, code: str) -> None:
    answer, times = await asked("never", data, name, text_layer="only", **options)
    assert (answer.status_code, answer.json()["error"]["code"], times) == (422, code, 0)


async def test_the_setting_is_what_a_request_leaves_out() -> None:
    settings = DocumentsSettings(engine="transformers", auth="none", text_layer="off")
    _, times = await asked("a", samples.invoice(), settings=settings, format="text")
    assert times == 1
    _, times = await asked("a", samples.invoice(), settings=settings, format="text", text_layer="auto")
    assert times == 0
