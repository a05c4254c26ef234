"""What was filled into PDFs is drawn and read. The witness for what a form holds is pypdf."""

from __future__ import annotations

import io

import pytest
from document_files import extract
from make_document_samples import pdf_of
from ocr.documents import Document, open_document, render
from ocr.pdfs import XFA_NOTE
from ocr.rendering import draw_page
from ocr.requests import Opts
from pdf_pages import form_of, lines, page_of, stamped
from PIL import Image
from pypdf import PdfReader, PdfWriter

CAP = 2_097_152
FIVE_HUNDRED = {f"field{place}": f"V{place}x{place * 7919 % 10007}" for place in range(500)}


def opened(data: bytes) -> Document:
    return open_document("form.pdf", data)


def ink(image: Image.Image, box: tuple[float, float, float, float] | None = None) -> int:
    """Dark pixels, in a box of points from the lower left corner."""
    if box:
        scale = image.height / 842
        left, bottom, right, top = (round(side * scale) for side in box)
        image = image.crop((left, image.height - top, right, image.height - bottom))
    return image.convert("L").point(lambda value: 255 * (value < 128)).histogram()[255]


def own_text(data: bytes) -> str:
    layer = render(opened(data), 1, 150, CAP, with_text=True).layer
    return layer.text if layer else ""


def test_five_hundred_fields_are_drawn_and_read_as_pypdf_reads_them() -> None:
    data = form_of(FIVE_HUNDRED)
    fields = PdfReader(io.BytesIO(data)).get_fields() or {}
    assert {name: field.value for name, field in fields.items()} == FIVE_HUNDRED
    assert sorted(own_text(data).split()) == sorted(FIVE_HUNDRED.values())
    page = render(opened(data), 1, 150, CAP).image
    empty = render(opened(form_of(dict.fromkeys(FIVE_HUNDRED, ""))), 1, 150, CAP).image
    for annotation in PdfReader(io.BytesIO(data)).pages[0]["/Annots"]:
        rectangle = annotation.get_object()["/Rect"]
        box = (float(rectangle[0]), float(rectangle[1]), float(rectangle[2]), float(rectangle[3]))
        assert ink(page, box) > ink(empty, box), annotation


def test_a_form_that_pypdf_filled_is_drawn() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(form_of({"name": ""}, content=lines("Name"))))
    writer.update_page_form_field_values(writer.pages[0], {"name": "Ada Example 4711"})
    out = io.BytesIO()
    writer.write(out)
    assert "Ada Example 4711" in own_text(out.getvalue())


def test_a_page_of_filled_fields_alone_is_not_blank() -> None:
    form = {"format": "text", "text_layer": "off"}
    filled = draw_page(opened(form_of({"a": "SECRET VALUE 12"})), 1, Opts.model_validate(form).drawing())
    empty = draw_page(opened(form_of({"a": ""})), 1, Opts.model_validate(form).drawing())
    assert (filled.is_blank, empty.is_blank) == (False, True)


def test_ticks_are_drawn_and_a_text_without_them_is_not_the_answer() -> None:
    pages = {
        is_on: form_of({"a": "12 Main Street"}, ticks={"yes": is_on}, content=lines("Applicant"))
        for is_on in (True, False)
    }
    drawn = {is_on: render(opened(data), 1, 150, CAP).image for is_on, data in pages.items()}
    box = (40, 60, 52, 72)
    assert ink(drawn[True], box) > 20 > ink(drawn[False], box)
    page = draw_page(opened(pages[True]), 1, Opts(format="text").drawing())
    assert page.text is None
    assert page.own_text is not None
    assert set(page.own_text.splitlines()) == {"12 Main Street", "Applicant"}


def test_a_stamp_is_drawn_and_only_a_model_reads_its_page() -> None:
    data = stamped("PAID 12 MAY")
    assert ink(render(opened(data), 1, 150, CAP).image, (100, 400, 300, 450)) > 300
    page = draw_page(opened(data), 1, Opts(format="text").drawing())
    assert (page.text, page.own_text, page.is_blank) == (None, None, False)
    assert any("stamps" in note for note in page.notes)


def test_what_is_hidden_in_a_form_is_not_read() -> None:
    data = form_of({"a": "HIDDEN 99"}, content=lines("Seen 11")).replace(b"/F 4", b"/F 2")
    assert own_text(data) == "Seen 11"


def test_an_xfa_form_says_what_may_be_missing() -> None:
    please_wait = page_of(
        lines("Please wait..."),
        extra=(b"<< /Length 7 >>\nstream\n<xdp/>\n\nendstream",),
        form="/Fields [] /XFA 6 0 R",
    )
    page = draw_page(opened(please_wait), 1, Opts().drawing())
    assert XFA_NOTE in page.notes
    assert not draw_page(opened(form_of({"a": "b"})), 1, Opts().drawing()).notes


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda data: data[: len(data) // 3], "bad_pdf"),
        (lambda data: b"%PDF-1.7\n" + b"\0" * 2000, "bad_pdf"),
        (
            lambda _: pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]),
            "bad_pdf",
        ),
    ],
)
async def test_a_broken_form_is_refused_and_the_next_one_read(client, damage, code: str) -> None:  # noqa: ANN001
    good = form_of({"a": "12 Main Street"})
    answer = await client.post("/extract", json=extract("a.pdf", damage(good), format="text"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    answer = await client.post("/extract", json=extract("a.pdf", good, format="text"))
    assert answer.json()["content"] == "12 Main Street"


async def test_a_broken_table_of_places_is_mended_as_viewers_mend_it(client) -> None:  # noqa: ANN001
    data = form_of({"a": "12 Main Street"})
    start = data.index(b"startxref")
    broken = data[: start + 10] + b"999999" + data[start + 16 :]
    answer = await client.post("/extract", json=extract("a.pdf", broken, format="text"))
    assert answer.json()["content"] == "12 Main Street"


async def test_a_password_is_named_and_the_way_out() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(form_of({"a": "x"})))
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(ValueError, match="without one and send it again") as caught:
        open_document("a.pdf", out.getvalue())
    assert caught.value.code == "encrypted_pdf"  # type: ignore[attr-defined]
