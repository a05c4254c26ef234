"""Small files and schemas that would take all memory or all time of their reader, and how each is answered."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from make_document_samples import pdf_of
from PIL import Image

MEGA = 1_000_000


@dataclass(frozen=True)
class Bomb:
    """`codes` are those that the answer may have; '' where the page is read, within its limits."""

    name: str
    make: Callable[[], bytes]
    codes: str
    options: dict[str, Any] = field(default_factory=dict)


def packed(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *before: bytes, colours: int = 6, lines: bytes | None = None) -> bytes:
    """A PNG by hand, all of one shade. `colours` 6 is RGBA, 2 RGB, 0 grey."""
    header = struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0)
    if lines is None:
        lines = repeated(b"\0" + b"\x80" * (width * {6: 4, 2: 3, 0: 1}[colours]), height)
    parts = [chunk(b"IHDR", header), *before, chunk(b"IDAT", lines), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def repeated(part: bytes, times: int) -> bytes:
    """A part so many times, packed; only once, because that of a gigabyte takes seconds."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    piece = packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(times):
        check = zlib.adler32(part, check)
    return b"x\xda" + piece * times + packer.flush() + struct.pack(">I", check)


def patched(data: bytes, place: int, form: str, *values: int) -> bytes:
    """The file with other values at a place, for a header that lies."""
    out = bytearray(data)
    struct.pack_into(form, out, place, *values)
    return bytes(out)


SMALL = Image.effect_noise((64, 64), 90).convert("RGB")


def jpeg_of_scans(scans: int) -> bytes:
    """A JPEG whose last scan comes many times again."""
    data = packed(Image.new("RGB", (6000, 6000), "gray"), "JPEG", progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * scans + b"\xff\xd9"


def tiff(count: int, circle: bool = False) -> bytes:
    """A TIFF of directories alone, each naming the next; the last names none, or the first."""
    out = bytearray(b"II*\0\x08\0\0\0")
    entries = ((256, 4, 8), (257, 4, 8), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (279, 4, 64))
    for number in range(count):
        after = len(out) + 2 + 12 * len(entries) + 4
        out += struct.pack("<H", len(entries))
        for tag, kind, value in entries:
            out += struct.pack("<HHII", tag, kind, 1, value)
        out += struct.pack("<I", after if number < count - 1 else 8 if circle else 0)
    return bytes(out + bytes(64))


def gif(count: int) -> bytes:
    frames = [SMALL.convert("P").rotate(n) for n in range(2)]
    data = packed(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0)
    start = data.index(b"\x21\xf9", 13)
    return data[:start] + data[start:-1] * count + b";"


def huge_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "x" * 60_000
    return packed(SMALL, "JPEG", exif=exif)


def pdf(
    contents: bytes, box: bytes = b"0 0 300 300", resources: bytes = b"", more: tuple[bytes, ...] = ()
) -> bytes:
    """One page; its content is object 4, more come from 5 on."""
    return pdf_of_stream(stream(contents), box, resources, more)


def pdf_of_stream(
    contents: bytes, box: bytes = b"0 0 300 300", resources: bytes = b"", more: tuple[bytes, ...] = ()
) -> bytes:
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << %s >> /UserUnit 1000 >>"
    )
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page % (box, resources),
            contents,
            *more,
        ]
    )


def stream(data: bytes, fields: bytes = b"") -> bytes:
    return packed_stream(zlib.compress(data, 9), fields)


def packed_stream(data: bytes, fields: bytes = b"") -> bytes:
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(data), fields, data)


def doubled_forms(levels: int) -> bytes:
    forms = []
    for n in range(levels):
        inner = b"/Resources << /XObject << /X %d 0 R >> >>" % (n + 6) if n < levels - 1 else b""
        fields = b"/Type /XObject /Subtype /Form /BBox [0 0 300 300] " + inner
        forms.append(stream(b"/X Do /X Do" if inner else b"0 0 9 9 re f", fields))
    return pdf(b"/X Do", resources=b"/XObject << /X 5 0 R >>", more=tuple(forms))


def pattern_of_itself() -> bytes:
    """A page filled with tiny tiles, each of which is filled with them."""
    fields = (
        b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 2 2] /XStep 0.01 /YStep 0.01 "
    )
    again = b"/Resources << /Pattern << /P 5 0 R >> >>"
    tile = stream(b"/Pattern cs /P scn 0 0 9 9 re f", fields + again)
    return pdf(b"/Pattern cs /P scn 0 0 300 300 re f", resources=b"/Pattern << /P 5 0 R >>", more=(tile,))


def shaded_by_a_program() -> bytes:
    """A page whose every pixel is the result of a program of 40,000 steps."""
    steps = b"{ " + b"dup mul " * 20_000 + b"pop 0 0 0 }"
    shading = b"/S << /ShadingType 1 /ColorSpace /DeviceRGB /Function 5 0 R >>"
    program = stream(steps, b"/FunctionType 4 /Domain [0 1 0 1] /Range [0 1 0 1 0 1]")
    return pdf(b"300 0 0 300 0 0 cm /S sh", resources=b"/Shading << %s >>" % shading, more=(program,))


def pdf_image(side: int) -> bytes:
    fields = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8"
    return pdf(
        b"300 0 0 300 0 0 cm /I Do",
        resources=b"/XObject << /I 5 0 R >>",
        more=(packed_stream(repeated(bytes(side * 3), side), fields % (side, side)),),
    )


def many_pages(count: int) -> bytes:
    kids = b"4 0 R " * count
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
            b"<< >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>",
        ]
    )


BMP = packed(Image.new("1", (1, 1)), "BMP")
WEBP = packed(SMALL, "WEBP", lossless=True)
SLOW = "too_slow|too_much_memory|"

FILES = [
    Bomb("png of 99.8 Mpx with alpha", lambda: png(9990, 9990), ""),
    Bomb("png of 99 Mpx, RGB", lambda: png(9950, 9950, colours=2), ""),
    Bomb("png header of 60,000 x 60,000", lambda: png(60_000, 60_000, lines=b""), "image_too_large"),
    Bomb("png of 50,000 x 50,000", lambda: png(50_000, 50_000, colours=0), "image_too_large"),
    Bomb("png 100,000 x 999", lambda: png(99_999, 999, colours=0), "|bad_shape"),
    Bomb("png 1,000,000 x 1", lambda: png(MEGA, 1), "bad_shape"),
    Bomb(
        "png with a profile of 60 MB",
        lambda: png(64, 64, chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(60 * MEGA), 9))),
        "|bad_image",
    ),
    Bomb(
        "png with 200 texts of 1 MB",
        lambda: png(64, 64, *[chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(MEGA), 9))] * 200),
        "|bad_image",
    ),
    Bomb(
        "jpeg header of 65,500 x 65,500",
        lambda: patched((data := packed(SMALL, "JPEG")), data.index(b"\xff\xc0") + 5, ">HH", 65_500, 65_500),
        "image_too_large",
    ),
    Bomb("jpeg of 400 scans", lambda: jpeg_of_scans(400), SLOW + "|bad_image"),
    Bomb("jpeg with long EXIF", huge_exif, ""),
    Bomb("bmp of 40,000 x 40,000", lambda: patched(BMP, 18, "<ii", 40_000, 40_000), "image_too_large"),
    Bomb(
        "webp with sizes that lie", lambda: patched(WEBP, 21, "<I", 0x0FFFFFFF), "image_too_large|bad_image"
    ),
    Bomb(
        "gif of 65,535 x 65,535",
        lambda: patched(packed(SMALL, "GIF"), 6, "<HH", 65_535, 65_535),
        "image_too_large",
    ),
    Bomb("gif of 4,000 frames", lambda: gif(2000), ""),
    Bomb("tiff of 30,000 pages", lambda: tiff(30_000), "too_many_pages"),
    Bomb("tiff in a circle", lambda: tiff(3, circle=True), "|bad_image"),
    Bomb("pdf of 14,400 points", lambda: pdf(b"0 0 9 9 re f", b"0 0 14400 14400"), ""),
    Bomb("pdf of 1e30 points", lambda: pdf(b"", b"0 0 1e30 1e30"), "|bad_pdf|bad_shape"),
    Bomb("pdf of 1e9 x 1 points", lambda: pdf(b"", b"0 0 1000000000 1"), "bad_shape|bad_pdf"),
    Bomb("pdf of 50,000 pages", lambda: many_pages(50_000), "too_many_pages"),
    Bomb("pdf of 6,000,000 operators", lambda: pdf(b"0 0 300 300 re f " * 3 * MEGA), SLOW),
    Bomb("pdf of curves", lambda: pdf(b"0 0 m " + b"0 0 300 0 0 300 c " * 2 * MEGA + b"S"), SLOW),
    Bomb(
        "pdf with a stream of 900 MB", lambda: pdf_of_stream(packed_stream(repeated(bytes(MEGA), 900))), SLOW
    ),
    Bomb("pdf forms doubled 28 times", lambda: doubled_forms(28), SLOW),
    Bomb("pdf pattern of itself", pattern_of_itself, SLOW),
    Bomb("pdf shaded by a program", shaded_by_a_program, SLOW),
    Bomb("pdf picture of 20,000 x 20,000", lambda: pdf_image(20_000), SLOW),
]


def doubled(levels: int) -> dict[str, Any]:
    """A schema whose parts each refer twice to the next."""
    parts = {f"l{n}": {"anyOf": [{"$ref": f"#/$defs/l{n + 1}"}] * 2} for n in range(levels)}
    return {"$ref": "#/$defs/l0", "$defs": {**parts, f"l{levels}": {"type": "string"}}}


def deep(levels: int) -> Any:
    schema: Any = {"type": "string"}
    for _ in range(levels):
        schema = {"not": schema}
    return schema


def listed(count: int) -> str:
    return json.dumps([{"n": number} for number in range(count)])


# Name, schema, and the code of the refusal.
SCHEMAS: list[tuple[str, Any, str]] = [
    ("schema (a+)+", {"type": "string", "pattern": "^(a+)+$"}, "bad_schema"),
    ("schema names (x*)*", {"patternProperties": {"^(x*)*$": {}}}, "bad_schema"),
    ("schema doubled 18 times", doubled(18), "bad_schema"),
    ("schema doubled 300 times", doubled(300), "bad_schema"),
    ("schema nested 400 deep", deep(400), "malformed_json"),
    (
        "schema in a circle",
        {"$ref": "#/$defs/a", "$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}},
        "bad_schema",
    ),
    ("schema of 40,000 values", {"enum": list(range(40_000))}, "bad_schema"),
    ("schema with a long pattern", {"pattern": "a?" * 300 + "a" * 300}, "bad_schema"),
    ("schema with an open bracket", {"pattern": "("}, "bad_schema"),
    ("schema elsewhere", {"$ref": "http://192.0.2.1/s.json"}, "bad_schema"),
]


def tiled_pdf(pages: int) -> bytes:
    """Pages that are small in the file and filled with a hundred million tiles each."""
    kids = b" ".join(b"%d 0 R" % (5 + number) for number in range(pages))
    fill = b"/Pattern cs /P scn 0 0 5000 5000 re f " * 50
    tile = b"0 0 1 1 re f"
    kind = (
        b"/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.01 /YStep 0.01 /Resources << >>"
    )
    resources = b"<< /Pattern << /P 4 0 R >> >>"
    box = b"/MediaBox [0 0 5000 5000]"
    page = b"<< /Type /Page /Parent 2 0 R %s /Contents 3 0 R /Resources %s >>" % (box, resources)
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(fill), fill),
            b"<< /Type /Pattern %s /Length %d >>\nstream\n%s\nendstream" % (kind, len(tile), tile),
            *[page] * pages,
        ]
    )
