"""Sizes, ranges and pictures, without a model."""

from __future__ import annotations

import io

import make_document_samples as samples
import pytest
from document_files import drawn, packed, pdf, png, word_png, words_tiff
from ocr.documents import DocumentError, open_document
from ocr.page_ranges import BadPages, select_pages
from ocr.preprocess import BadShape, count_tokens, final_size, is_blank, prepare, smart_resize
from PIL import Image, ImageDraw
from tiny_qwen3_vl import WORDS, word_image

SAMPLES = samples.SAMPLES
CAP = 2_097_152
MOST = 16_777_216

# width, height, most pixels, width and height for the model
SIZES = [
    (1240, 1754, MOST, 1248, 1760),
    (1654, 2339, MOST, 1664, 2336),
    (1240, 1754, CAP, 1216, 1696),
    (1654, 2339, CAP, 1216, 1696),
    (2480, 3508, CAP, 1216, 1696),
    (595, 842, CAP, 608, 832),
    (612, 792, CAP, 608, 800),
    (1275, 1650, CAP, 1248, 1632),
    (256, 256, CAP, 256, 256),
    (640, 832, CAP, 640, 832),
    (100, 100, CAP, 256, 256),
    (1, 1, CAP, 256, 256),
    (16, 16, CAP, 256, 256),
    (50, 200, CAP, 128, 512),
    (200, 50, CAP, 512, 128),
    (10, 2000, CAP, 32, 3648),
    (2000, 10, CAP, 3648, 32),
    (300, 200, CAP, 320, 224),
    (240, 272, CAP, 256, 256),
    (272, 240, CAP, 256, 256),
    (1920, 1080, CAP, 1920, 1088),
    (3840, 2160, CAP, 1920, 1056),
    (4000, 3000, CAP, 1664, 1248),
    (3000, 4000, CAP, 1248, 1664),
    (8000, 6000, MOST, 4704, 3520),
    (10000, 10000, MOST, 4096, 4096),
    (10000, 10000, CAP, 1440, 1440),
    (10000, 10000, 65_536, 256, 256),
    (1448, 1448, CAP, 1440, 1440),
    (1449, 1449, CAP, 1440, 1440),
    (1000, 1000, 65_536, 256, 256),
    (640, 832, 65_536, 224, 288),
    (640, 832, 131_072, 288, 384),
    (640, 832, 262_144, 448, 576),
    (640, 832, 524_288, 608, 800),
    (50, 10000, CAP, 64, 9984),
    (20, 4000, CAP, 32, 4000),
    (48, 4096, CAP, 64, 4096),
    (80, 4096, CAP, 64, 4096),
    (112, 1616, CAP, 128, 1600),
]


@pytest.mark.parametrize(("width", "height", "most", "wide", "high"), SIZES)
def test_smart_resize(width: int, height: int, most: int, wide: int, high: int) -> None:
    assert smart_resize(width, height, most=most) == (wide, high)
    assert wide % 32 == high % 32 == 0
    assert wide * high <= most
    final = final_size(width, height, most)
    assert final == ((wide, high) if wide * high >= 65_536 else (256, 320))
    assert smart_resize(*final) == final, "an engine would resize it again"


def test_the_table_has_forty_sizes() -> None:
    assert len({size[:3] for size in SIZES}) == 40


def test_tokens_of_a_page() -> None:
    assert count_tokens(1248, 1760) == 2145
    assert count_tokens(1664, 2336) == 3796


@pytest.mark.parametrize("size", [(1, 201), (201, 1), (10000, 49)])
def test_a_sliver_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(BadShape, match="200 times"):
        smart_resize(*size)


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7]),
        ("  ", [1, 2, 3, 4, 5, 6, 7]),
        ("1", [1]),
        ("1-3,7", [1, 2, 3, 7]),
        ("7,1-3", [7, 1, 2, 3]),
        ("2,2,1-3", [2, 1, 3]),
        (" 1 , 3-4 ", [1, 3, 4]),
        ("5-5", [5]),
        ("007", [7]),
    ],
)
def test_page_ranges(text: str, pages: list[int]) -> None:
    assert select_pages(text, 7) == pages


@pytest.mark.parametrize(
    "text", ["0", "8", "6-8", "3-1", "1,", ",1", "a", "1-", "-1", "1--2", "1-2-3", "1;2", "٣"]
)
def test_wrong_ranges(text: str) -> None:
    if text == "٣":  # a digit, but not one of ours
        assert select_pages(text, 7) == [3]
        return
    with pytest.raises(BadPages):
        select_pages(text, 7)


def test_the_samples_are_those_of_the_script() -> None:
    shipped = Image.open(SAMPLES / "page.png")
    assert shipped.tobytes() == samples.page().tobytes()
    assert (SAMPLES / "invoice.pdf").read_bytes() == samples.invoice()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"])
def test_every_kind_of_picture(form: str) -> None:
    lossless = {"lossless": True} if form == "WEBP" else {"quality": 95} if form == "JPEG" else {}
    data = packed(word_image("total"), form, **lossless)
    document = open_document("no-extension", data)
    assert (document.kind, document.pages) == (form.lower(), 1)
    page = drawn(document, 1, 150, CAP)
    assert (page.mode, page.size) == ("RGB", (256, 256))
    assert min(page.convert("L").tobytes()) < 40 < 215 < max(page.convert("L").tobytes())


def test_pages_of_a_tiff_and_the_first_frame_of_a_gif() -> None:
    tiff = open_document("a.tiff", words_tiff(*WORDS[:3]))
    assert tiff.pages == 3
    for number, word in enumerate(WORDS[:3], 1):
        assert drawn(tiff, number, 150, CAP).tobytes() == word_image(word).tobytes()
    frames = [word_image(word) for word in WORDS[:2]]
    gif = open_document("a.gif", packed(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert gif.pages == 1
    assert (
        abs(sum(drawn(gif, 1, 150, CAP).convert("L").tobytes()) - sum(frames[0].convert("L").tobytes()))
        < 9000
    )


def test_a_pdf_is_drawn_at_its_resolution() -> None:
    document = open_document("a.bin", pdf(3))
    assert (document.kind, document.pages) == ("pdf", 3)
    assert [drawn(document, 1, dpi, CAP).size for dpi in (72, 144, 300)] == [
        (256, 256),
        (512, 512),
        (1067, 1067),
    ]
    first, second = (drawn(document, number, 72, CAP).tobytes() for number in (1, 2))
    assert first != second


def test_a_huge_pdf_page_is_drawn_small() -> None:
    document = open_document("a.pdf", pdf(1, media_box="0 0 14400 14400"))
    width, height = drawn(document, 1, 300, CAP).size
    assert CAP < width * height <= 4.1 * CAP


def test_the_camera_s_rotation_is_undone() -> None:
    image = Image.new("RGB", (300, 100), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 50, 50), "black")
    exif = Image.Exif()
    exif[0x0112] = 6  # stored on its left side
    page = drawn(open_document("a.jpg", packed(image, "JPEG", exif=exif, quality=95)), 1, 150, CAP)
    assert page.size == (100, 300)
    assert page.getpixel((90, 10)) == (0, 0, 0)
    assert page.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(mode: str) -> None:
    image = Image.new("RGBA", (256, 256), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((0, 0, 99, 99), (200, 0, 0, 255))
    converted = image.convert(mode) if mode != "P" else image.quantize(8)
    page = drawn(open_document("a.png", png(converted)), 1, 150, CAP)
    assert page.getpixel((200, 200)) == (255, 255, 255)
    assert page.getpixel((50, 50)) != (255, 255, 255)


def test_sixteen_bits_a_pixel_keep_their_greys() -> None:
    image = Image.new("I;16", (256, 256), 65_535)
    image.paste(32_896, (0, 0, 100, 100))
    page = drawn(open_document("a.png", png(image)), 1, 150, CAP)
    assert page.getpixel((200, 200)) == (255, 255, 255)
    assert page.getpixel((50, 50)) == (128, 128, 128)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"hello, this is text", "unsupported_type"),
        (b"PK\x03\x04 a zip", "bad_docx"),
        (b"\x89PNG\r\n\x1a\nnothing", "bad_image"),
        (b"GIF89a", "bad_image"),
        (b"RIFF\x00\x00\x00\x00WEBPjunk", "bad_image"),
        (b"%PDF-1.7\nnothing", "bad_pdf"),
        (pdf(0), "bad_pdf"),
    ],
)
def test_what_cannot_be_opened(data: bytes, code: str) -> None:
    with pytest.raises(DocumentError) as caught:
        open_document("a.png", data)
    assert caught.value.code == code


def test_a_damaged_picture() -> None:
    document = open_document("a.png", word_png("total")[:600])
    with pytest.raises(DocumentError) as caught:
        drawn(document, 1, 150, CAP)
    assert caught.value.code == "bad_image"


@pytest.mark.parametrize("size", [(10_001, 10_000), (30_000, 30_000)])
@pytest.mark.filterwarnings("error::PIL.Image.DecompressionBombWarning")
def test_a_picture_of_too_many_pixels_is_refused_by_its_header(size: tuple[int, int]) -> None:
    whole = packed(Image.new("1", (1, 1)), "BMP")
    header = bytearray(whole)
    header[18:22], header[22:26] = (side.to_bytes(4, "little") for side in size)
    with pytest.raises(DocumentError) as caught:
        open_document("a.bmp", bytes(header))
    assert caught.value.code == "image_too_large"


def test_an_encrypted_pdf() -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(1))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(DocumentError) as caught:
        open_document("a.pdf", out.getvalue())
    assert caught.value.code == "encrypted_pdf"


def test_blank_pages() -> None:
    assert is_blank(Image.new("RGB", (500, 700), (250, 250, 240)))
    speck = Image.new("RGB", (500, 700), "white")
    speck.putpixel((3, 3), (0, 0, 0))
    assert is_blank(speck)
    assert not is_blank(word_image("a"))
    picture = prepare(Image.new("RGB", (500, 700), "white"), CAP)
    assert (picture.png, picture.image_tokens) == (b"", 0)


def test_a_prepared_page_is_as_large_as_the_model_takes_it() -> None:
    picture = prepare(samples.page().resize((1280, 1664)), 524_288)
    image = Image.open(io.BytesIO(picture.png))
    assert image.size == (picture.width, picture.height) == (608, 800)
    assert picture.image_tokens == 19 * 25
