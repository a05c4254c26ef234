"""Small files that would take all memory or all time of their reader: what makes each, and how it is answered."""

from __future__ import annotations

import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True)
class Bomb:
    """`codes` are those that the answer may have; '' where the file is read, within its limits."""

    name: str
    make: Callable[[], bytes]
    codes: str


def sheet(rows: str, before: str = "", doctype: str = "") -> str:
    return f'{doctype}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'


def cell(reference: str, value: str = "7") -> str:
    return f'<c r="{reference}"><v>{value}</v></c>'


def row(number: object, cells: str | None = None) -> str:
    return f'<row r="{number}">{cell(f"A{number}") if cells is None else cells}</row>'


TABLE = row(1, cell("B1", "2024") + cell("C1", "2023")) + row(2, cell("B2") + cell("C2"))


def book(
    *sheets: str, more: dict[str, str] | None = None, names: str = "", padding: int = 0, shown: int = 0
) -> bytes:
    """
    A workbook by hand.

    Parameters:
        more: other parts, by name.
        padding: bytes that do not shrink, so that the archive's ratio is an honest one.
        shown: how many sheets are the first part; 0 for each its own.
    """
    count = shown or len(sheets)
    listed = "".join(f'<sheet name="S{n}" sheetId="{n + 1}" r:id="r{n}"/>' for n in range(count))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets>{listed}</sheets>{names}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{RELS}/worksheet" Target="sheet{0 if shown else n}.xml"/>'
            for n in range(count)
        )
        + f'<Relationship Id="s" Type="{RELS}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="t" Type="{RELS}/styles" Target="styles.xml"/></Relationships>',
        **{f"xl/sheet{n}.xml": text for n, text in enumerate(sheets)},
        **(more or {}),
    }
    if more and "xl/sharedStrings.xml" in more:
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
            "</Types>",
            '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        archive.writestr("padding.bin", random.Random(1).randbytes(padding))
    return out.getvalue()


def styles(count: int) -> str:
    return f'<styleSheet xmlns="{MAIN}"><cellXfs count="{count}">{"<xf/>" * count}</cellXfs></styleSheet>'


def strings(count: int) -> str:
    return f'<sst xmlns="{MAIN}">{"<si><t>a</t></si>" * count}</sst>'


def names(count: int) -> str:
    each = "".join(f'<definedName name="n{n}">S0!$A$1</definedName>' for n in range(count))
    return f"<definedNames>{each}</definedNames>"


def merged(count: int) -> str:
    return "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * count + "</mergeCells></worksheet>"


def archive_of(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def lying_sizes() -> bytes:
    """An archive whose directory says that a part of 40 MB has 100 bytes."""
    data = bytearray(archive_of(("xl/workbook.xml", b"<a>" + bytes(40_000_000))))
    place = data.index(b"PK\x01\x02")
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def full(rows: int, columns: int) -> str:
    letters = [f"{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(columns)]
    return "".join(row(n, "".join(cell(f"{name}{n}") for name in letters)) for n in range(1, rows + 1))


# What a slow machine says of them depends on which limit comes first.
HEAVY = "too_slow|too_much_memory|"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">'
MEGA = 1_000_000

XLSX = [
    Bomb("xlsx row 20,000,000", lambda: book(sheet(row(20 * MEGA))), "too_many_rows"),
    Bomb("xlsx row 2,000,000,000", lambda: book(sheet(row(2000 * MEGA))), "too_many_rows"),
    Bomb("xlsx row 1e300", lambda: book(sheet(row("1e300", cell("A9")))), "too_many_rows"),
    Bomb("xlsx row of 5,000 digits", lambda: book(sheet(row("9" * 5000, cell("A9")))), "too_many_rows"),
    Bomb("xlsx 50 sheets of row 1,000,000", lambda: book(*[sheet(row(MEGA))] * 50), "too_many_rows"),
    Bomb("xlsx empty row 2,000,000,000", lambda: book(sheet(TABLE + row(2000 * MEGA, ""))), ""),
    Bomb("xlsx negative row", lambda: book(sheet(row(-5))), "damaged_file"),
    Bomb(
        "xlsx XFD1 in each row",
        lambda: book(sheet("".join(row(n, cell(f"XFD{n}")) for n in range(1, 20_001))), padding=10_000),
        "too_many_columns",
    ),
    Bomb(
        "xlsx ALL1 in each row",
        lambda: book(sheet("".join(row(n, cell(f"ALL{n}")) for n in range(1, 20_001))), padding=10_000),
        "too_many_cells",
    ),
    Bomb("xlsx column ZZZZZZ", lambda: book(sheet(row(1, cell("ZZZZZZ1")))), "too_many_columns"),
    Bomb(
        "xlsx a row of one cell 700,000 times",
        lambda: book(sheet(row(1, cell("A1") * 700_000)), padding=300_000),
        "too_many_columns",
    ),
    Bomb("xlsx dimension that lies", lambda: book(sheet(TABLE, '<dimension ref="A1:XFD1048576"/>')), ""),
    Bomb("xlsx 500 sheets", lambda: book(*[sheet(TABLE)] * 500), "too_many_sheets"),
    Bomb("xlsx 100 sheets of one part", lambda: book(sheet(full(400, 600)), shown=100), "damaged_file"),
    Bomb(
        "xlsx 400,000 styles",
        lambda: book(sheet(TABLE), more={"xl/styles.xml": styles(400_000)}, padding=100_000),
        "too_complex",
    ),
    Bomb(
        "xlsx 1,600,000 texts",
        lambda: book(sheet(TABLE), more={"xl/sharedStrings.xml": strings(1_600_000)}, padding=400_000),
        "too_complex|too_slow",
    ),
    Bomb("xlsx 300,000 names", lambda: book(sheet(TABLE), names=names(300_000)), "too_complex"),
    Bomb(
        "xlsx 400,000 merged ranges",
        lambda: book(sheet(TABLE).replace("</worksheet>", merged(400_000)), padding=300_000),
        HEAVY,
    ),
    Bomb(
        "xlsx nested 200,000 deep",
        lambda: book(sheet("<a>" * 200_000 + "</a>" * 200_000), padding=20_000),
        "too_complex",
    ),
    Bomb("xlsx entities", lambda: book(sheet(row(1, cell("A1", "&b;")), doctype=ENTITIES)), "damaged_file"),
    Bomb("xlsx outside DTD", lambda: book(sheet(TABLE, doctype=OUTSIDE)), "damaged_file"),
    Bomb("xlsx number of 5,000 digits", lambda: book(sheet(row(1, cell("A1", "9" * 5000)))), "damaged_file"),
    Bomb("zip of 90 MB of zeros", lambda: archive_of(("xl/a.xml", bytes(90 * MEGA))), "zip_bomb"),
    Bomb("zip of 2,001 entries", lambda: archive_of(*[(f"xl/{n}", b"0") for n in range(2001)]), "zip_bomb"),
    Bomb("zip with sizes that lie", lying_sizes, "damaged_file"),
]


def csv_of(rows: int, columns: int, text: str = "1") -> bytes:
    return (("a," + ",".join([text] * (columns - 1)) + "\n") * rows).encode()


HEADING = b"x," + b",".join(b"FY%d" % year for year in range(1950, 2050)) + b"\n"

TEXTS = [
    Bomb("csv of 30,000 rows", lambda: csv_of(30_000, 3), "too_many_rows"),
    Bomb("csv of 2,000 columns", lambda: csv_of(4, 2000), "too_many_columns"),
    Bomb("csv of 500,000 cells", lambda: csv_of(1000, 500), "too_many_cells"),
    Bomb("csv with an open quote", lambda: csv_of(9, 3) + b'a,"' + b"1,2\n" * 200_000, "damaged_file"),
    Bomb("csv of headings", lambda: HEADING * 3900, "too_slow"),
    Bomb("csv cells of blanks", lambda: HEADING + (b"revenue,1" + b" " * 20_000 + b"x\n") * 100, ""),
    Bomb("csv labels of brackets", lambda: HEADING + (b"(" * 30_000 + b",1\n") * 100, ""),
    Bomb("text of stops", lambda: b"One two three four five six." + b"." * 400_000 + b"x", ""),
    Bomb("text of abbreviations", lambda: b"e.g. A " * 100_000, ""),
    Bomb("text with NUL", lambda: b"a\0" * 1000, "unknown_encoding"),
    Bomb("json nested 100,000 deep", lambda: b'{"a":' * 100_000, "unexpected_json"),
    Bomb("json number of 5,000 digits", lambda: b'{"FY2024":{"a":' + b"9" * 5000 + b"}}", "unexpected_json"),
    Bomb(
        "json of 700 by 700",
        lambda: json.dumps({f"p{n}": {f"i{m}-{n}": 1 for m in range(2)} for n in range(700)}).encode(),
        "too_many_cells",
    ),
]


def pdf_of(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, of which the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )
    return bytes(out)


def stream(data: bytes, fields: bytes = b"", times: int = 1) -> bytes:
    """A stream, packed so many times."""
    for _ in range(times):
        data = zlib.compress(data, 9)
    filters = b" ".join([b"/FlateDecode"] * times)
    return b"<< /Length %d /Filter [%s] %s >>\nstream\n%s\nendstream" % (len(data), filters, fields, data)


CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding %s>>"
LINES = (
    b"BT /F1 8 Tf " + b"".join(b"1 0 0 1 40 %d Tm (word %d) Tj " % (700 - n, n) for n in range(5)) + b"ET "
)


def pages(count: int, contents: bytes, *others: bytes, resources: bytes = b"", font: bytes = b"") -> bytes:
    """
    Pages that share one content, which is object 4; the font is 3, others come from 5 on.

    Parameters:
        contents: a stream object.
    """
    first = 5 + len(others)
    kids = b" ".join(b"%d 0 R" % (first + n) for n in range(count))
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 3 0 R >> %s >> >>" % resources
    )
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)
    return pdf_of([CATALOGUE, tree, FONT % font, contents, *others, *[page] * count])


def tree_of(*nodes: bytes) -> bytes:
    return pdf_of([CATALOGUE, *nodes])


def doubled_tree(levels: int) -> bytes:
    nodes = [b"<< /Type /Pages /Count 2 /Kids [%d 0 R %d 0 R] >>" % (n + 3, n + 3) for n in range(levels)]
    return tree_of(*nodes, b"<< /Type /Page /MediaBox [0 0 9 9] >>")


def doubled_forms(levels: int) -> bytes:
    """A form that draws another twice, and so on."""
    forms = []
    for n in range(levels):
        inner = b"/Resources << /XObject << /X %d 0 R >> >>" % (n + 6) if n < levels - 1 else b""
        forms.append(stream(b"/X Do /X Do" if inner else LINES, b"/Type /XObject /Subtype /Form " + inner))
    return pages(1, stream(LINES + b"/X Do"), *forms, resources=b"/XObject << /X 5 0 R >>")


CMAP = (
    b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange "
    + b"100 beginbfrange "
    + b"<0000> <FFFF> <0000> " * 100
    + b"endbfrange endcmap"
)
MANY = b"1 0 0 1 40 %d Tm (w) Tj "

PDFS = [
    Bomb("pdf 10 pages of one stream of 2 MB", lambda: pages(10, stream(LINES * 13_000)), "too_complex"),
    Bomb("pdf 300 pages of 5,000 operators", lambda: pages(300, stream(LINES * 420)), "too_complex"),
    Bomb("pdf one stream of 100 MB", lambda: pages(1, stream(bytes(100 * MEGA))), "damaged_file"),
    Bomb("pdf stream packed twice", lambda: pages(1, stream(bytes(90 * MEGA), times=2)), "damaged_file"),
    Bomb("pdf 301 pages", lambda: pages(301, stream(LINES)), "too_many_pages"),
    Bomb(
        "pdf tree in a circle",
        lambda: tree_of(b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"),
        "damaged_file",
    ),
    Bomb("pdf tree doubled 40 times", lambda: doubled_tree(40), "too_many_pages"),
    Bomb(
        "pdf Count that lies",
        lambda: tree_of(b"<< /Type /Pages /Count 2000000000 /Kids [] >>"),
        "scanned_pdf",
    ),
    Bomb(
        "pdf arrays nested 100,000 deep",
        lambda: tree_of(b"<< /Kids " + b"[" * 100_000 + b"]" * 100_000 + b">>"),
        "damaged_file",
    ),
    Bomb("pdf xref in a circle", lambda: pages(1, stream(LINES)).replace(b"/Root", b"/Prev 9 /Root"), ""),
    Bomb("pdf forms doubled 24 times", lambda: doubled_forms(24), ""),
    Bomb(
        "pdf form that draws itself",
        lambda: pages(
            1,
            stream(LINES + b"/X Do"),
            stream(b"/X Do", b"/Subtype /Form /Resources << /XObject << /X 5 0 R >> >>"),
            resources=b"/XObject << /X 5 0 R >>",
        ),
        "",
    ),
    Bomb(
        "pdf huge character map",
        lambda: pages(1, stream(LINES), stream(CMAP), font=b"/ToUnicode 5 0 R "),
        "",
    ),
    Bomb(
        "pdf word 1e9 points to the right",
        lambda: pages(1, stream(LINES[:-3] + b"1 0 0 1 1000000000 600 Tm (b) Tj ET")),
        "",
    ),
    Bomb(
        "pdf lines 1e9 points apart",
        lambda: pages(1, stream(LINES[:-3] + b"1 0 0 1 40 -1000000000 Tm (b) Tj ET")),
        "",
    ),
    Bomb("pdf page of 1,000,000 states", lambda: pages(1, stream(LINES + b"q Q " * MEGA)), HEAVY),
    Bomb("pdf 2,000,000 open states", lambda: pages(1, stream(LINES + b"q " * 2 * MEGA)), HEAVY),
]

BOMBS = [*XLSX, *TEXTS, *PDFS]
