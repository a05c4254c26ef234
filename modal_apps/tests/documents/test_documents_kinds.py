"""Photos of phones, and Word documents; what is none of them is named. The writers are Pillow, libheif and the zip."""

from __future__ import annotations

import struct
from typing import Any

import httpx
import pillow_heif
import pytest
from appkit.file_kinds import kind_of
from document_files import drawn, extract, packed
from ocr.documents import DocumentError, open_document
from PIL import Image
from tiny_qwen3_vl import word_image
from word_files import docx, paragraph, table, zipped

CAP = 2_097_152
pillow_heif.register_heif_opener()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


LETTER = docx(
    paragraph("Delivery note", "Heading1")
    + paragraph("Sent on 14 May &amp; received.")
    + table(("Item", "Count"), ("Sensor", "12"), ("Cable", "3"))
    + paragraph("Thank you"),
    **{"word/header1.xml": "<x/>"},
)


def heic(image: Image.Image, **options: Any) -> bytes:
    return packed(image, "HEIF", quality=90, **options)


@pytest.mark.parametrize(("form", "kind"), [("HEIF", "heic"), ("AVIF", "avif")])
def test_a_phone_s_photo_is_opened(form: str, kind: str) -> None:
    data = packed(word_image("total"), form, quality=95)
    assert kind_of(data) == kind
    page = drawn(open_document("a", data), 1, 150, CAP)
    assert (page.mode, page.size) == ("RGB", (256, 256))
    truth = word_image("total").convert("L").tobytes()
    assert sum(abs(a - b) for a, b in zip(page.convert("L").tobytes(), truth, strict=True)) < 8 * len(truth)


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_phone_held_sideways_is_undone_once(form: str, orientation: int) -> None:
    upright = Image.new("RGB", (320, 200), "white")
    upright.paste((0, 0, 0), (0, 0, 80, 40))  # the left upper corner
    turn = {
        1: None,
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(turn[orientation]) if turn[orientation] is not None else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = drawn(open_document("a", packed(stored, form, quality=95, exif=exif.tobytes())), 1, 150, CAP)
    assert page.size == upright.size
    dark = [page.convert("L").getpixel(at) for at in ((20, 20), (300, 20), (20, 180), (300, 180))]
    assert [value < 128 for value in dark if isinstance(value, int)] == [True, False, False, False]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "avif"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1miaf", "avif"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", None),
        (b"\0\0\0\x18ftypmif1\0\0\0\0miafMiHB", None),
        (b"\xff\xff\xff\xffftypmif1" + b"\0" * 5000, None),
        (b"PK\x03\x04", "zip"),
        (OLE, "ole"),
    ],
)
def test_kinds_by_their_first_bytes(data: bytes, kind: str | None) -> None:
    assert kind_of(data) == kind


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_photo_that_was_cut_off_is_refused(form: str, part: float) -> None:
    data = packed(Image.effect_noise((400, 300), 80).convert("RGB"), form, quality=90)
    with pytest.raises(DocumentError) as caught:
        drawn(open_document("a", data[: int(part * len(data))]), 1, 150, CAP)
    assert caught.value.code in ("bad_image", "unsupported_type")


def test_a_photo_that_says_it_is_huge_is_refused_by_its_header() -> None:
    data = heic(Image.new("RGB", (64, 64), "white"))
    size = data.index(b"ispe") + 8
    with pytest.raises(DocumentError) as caught:
        drawn(
            open_document("a", data[:size] + struct.pack(">II", 30_000, 30_000) + data[size + 8 :]),
            1,
            150,
            CAP,
        )
    assert caught.value.code in ("image_too_large", "bad_image")


@pytest.mark.parametrize(
    ("form", "content"),
    [
        (
            "markdown",
            "# Delivery note\n\nSent on 14 May & received.\n\n| Item | Count |\n| --- | --- |\n| Sensor | 12 |\n"
            "| Cable | 3 |\n\nThank you",
        ),
        ("text", "Delivery note\nSent on 14 May & received.\nItem\tCount\nSensor\t12\nCable\t3\nThank you"),
    ],
)
async def test_a_word_document_is_read_without_a_model(
    client: httpx.AsyncClient, form: str, content: str
) -> None:
    body = (await client.post("/extract", json=extract("a.docx", LETTER, format=form))).json()
    assert body["content"] == content
    [page] = body["pages"]
    assert (page["text_source"], page["output_tokens"], body["cost_estimate_usd"]) == ("document", 0, 0)
    assert page["warnings"] == ["Headers and footers of the document were left out."]


@pytest.mark.parametrize(
    ("data", "options", "code", "words"),
    [
        (LETTER, {"format": "json"}, "no_picture", "send it as PDF"),
        (LETTER, {"prompt": "Sum it up."}, "no_picture", "send it as PDF"),
        (OLE + "WordDocument".encode("utf-16-le"), {}, "unsupported_type", "before 2007"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), {}, "encrypted_document", "protected by a password"),
        (OLE, {}, "unsupported_type", "older Office"),
        (zipped(**{"Index/Document.iwa": "x"}), {}, "unsupported_type", "Pages"),
        (zipped(**{"xl/workbook.xml": "x"}), {}, "unsupported_type", "Excel"),
        (zipped(**{"ppt/presentation.xml": "x"}), {}, "unsupported_type", "PowerPoint"),
        (zipped(**{"content.xml": "x"}), {}, "unsupported_type", "OpenDocument"),
        (zipped(**{"a.txt": "x"}), {}, "unsupported_type", "unpack it"),
        (LETTER[:200], {}, "bad_docx", "Save it again"),
        (docx("<w:p>"), {}, "bad_docx", "Save it again"),
        (docx("").replace(b"word/document.xml", b"word/documenu.xml"), {}, "unsupported_type", "zip file"),
    ],
)
async def test_what_is_refused_says_what_it_is_and_the_next_is_read(
    client: httpx.AsyncClient, data: bytes, options: Any, code: str, words: str
) -> None:
    answer = await client.post("/extract", json=extract("a", data, **options))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert words in answer.json()["error"]["message"]
    assert (await client.post("/extract", json=extract("a", LETTER))).status_code == 200


async def test_a_document_of_word_on_the_web_is_read(client: httpx.AsyncClient) -> None:
    """It counts the main part, and says in the relations which it is."""
    data = docx(paragraph("Delivery note"), main="word/document2.xml")
    body = (await client.post("/extract", json=extract("a.docx", data))).json()
    assert body["content"] == "Delivery note"
