"""From bytes to grids and texts, and the files that are refused."""

from __future__ import annotations

import base64
import io
import zipfile

import openpyxl
import pytest
from appkit.errors import ApiError
from defusedxml import DefusedXmlException
from finance import parse_xlsx
from finance.files import MOST_FILE_BYTES, Upload, decode_uploads, parse_file
from finance.grid import FileError, reference


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("row", "column", "name"), [(0, 0, "A1"), (6, 1, "B7"), (0, 25, "Z1"), (0, 26, "AA1"), (9, 701, "ZZ10")]
)
def test_cell_names(row: int, column: int, name: str) -> None:
    assert reference(row, column) == name


def test_workbook() -> None:
    parsed = parse_file(Upload("a.xlsx", workbook([["", "FY2024"], ["Revenue", 12]])))
    assert parsed.kind == "xlsx"
    assert parsed.grids[0].sheet == "Sheet"
    assert parsed.grids[0].rows == [[None, "FY2024"], ["Revenue", 12]]


def test_formulas_without_a_saved_value_are_reported() -> None:
    parsed = parse_file(Upload("a.xlsx", workbook([["x", 1], ["y", "=B1*2"], ["z", "=B1*3"]])))
    assert parsed.warnings == ["a.xlsx: 2 formulas have no saved value. Open the file in Excel and save it."]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (["Item", "FY2024", "FY2023"], ["Revenue", "12", "11"]))
    parsed = parse_file(Upload("a.csv", text.encode()))
    assert parsed.kind == "csv"
    assert parsed.grids[0].rows == [["Item", "FY2024", "FY2023"], ["Revenue", "12", "11"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    parsed = parse_file(Upload("a.csv", "Umsätze;FY2024\nRevenue;€12\n".encode(encoding)))
    assert parsed.grids[0].rows == [["Umsätze", "FY2024"], ["Revenue", "€12"]]


def test_prose_is_text_although_it_has_commas() -> None:
    text = "Sales rose, as planned, in every region.\n\n- Costs fell, too, which nobody had expected.\n"
    parsed = parse_file(Upload("notes.md", text.encode()))
    assert (parsed.kind, parsed.grids) == ("text", [])
    assert parsed.texts == [
        "Sales rose, as planned, in every region.",
        "Costs fell, too, which nobody had expected.",
    ]


def test_json() -> None:
    parsed = parse_file(
        Upload("a.json", b'{"FY2024": {"revenue": 12}, "FY2023": {"revenue": 11, "net_income": 1}}')
    )
    assert parsed.grids[0].rows == [["", "FY2024", "FY2023"], ["revenue", 12, 11], ["net income", None, 1]]


def test_a_sheet_with_too_many_cells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_xlsx, "MOST_CELLS", 5)
    assert parse_file(Upload("a.xlsx", workbook([[1, 2, 3]]))).kind == "xlsx"
    with pytest.raises(FileError) as caught:
        parse_file(Upload("a.xlsx", workbook([[1, 2, 3], [4, 5, 6]])))
    assert caught.value.code == "too_many_cells"


def zip_of(size: int, entries: int = 1) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(entries):
            archive.writestr(f"xl/{number}", b"0" * size)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.csv", b"  \n", "empty_file"),
        ("a.pdf", b"%PDF-1.7 ...", "damaged_file"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old_xls"),
        ("bomb.xlsx", zip_of(50 * 2**20), "zip_bomb"),
        ("many.xlsx", zip_of(1, 2001), "zip_bomb"),
        ("other.zip", zip_of(10), "damaged_file"),
        ("cut.xlsx", workbook([["a"]])[:500], "damaged_file"),
        ("image.png", b"\x89PNG\r\n\x1a\n\x00\x00", "unknown_encoding"),
        ("bad.json", b'{"FY2024": ', "unexpected_json"),
        ("flat.json", b'{"FY2024": 5}', "unexpected_json"),
        ("words.json", b'{"FY2024": {"revenue": "much"}}', "unexpected_json"),
        ("deep.json", b'{"a":' * 100_000, "unexpected_json"),
    ],
)
def test_refused_files(name: str, data: bytes, code: str) -> None:
    with pytest.raises(FileError) as caught:
        parse_file(Upload(name, data))
    assert caught.value.code == code


def test_an_entity_bomb_is_refused() -> None:
    source = zipfile.ZipFile(io.BytesIO(workbook([["a"]])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
            archive.writestr(name, data)
    with pytest.raises(FileError) as caught:
        parse_file(Upload("bomb.xlsx", out.getvalue()))
    assert caught.value.code == "damaged_file"
    assert isinstance(caught.value.__cause__, DefusedXmlException)


def test_base64_is_strict_but_a_data_url_is_accepted() -> None:
    assert decode_uploads([("a", "data:text/csv;charset=utf-8;base64,aGk=")]) == [Upload("a", b"hi")]
    for wrong in ("aGk", "aG k=", "*", "data:text/csv,hi"):
        with pytest.raises(ApiError) as caught:
            decode_uploads([("a", "aGk="), ("b", wrong)])
        assert (caught.value.status_code, caught.value.code) == (400, "invalid_base64")
        assert caught.value.param == "files[1].content_b64"


def test_sizes() -> None:
    too_large = base64.b64encode(bytes(MOST_FILE_BYTES + 1)).decode()
    with pytest.raises(ApiError) as caught:
        decode_uploads([("a", too_large)])
    assert (caught.value.status_code, caught.value.code) == (413, "file_too_large")
    nine_mib = base64.b64encode(bytes(9 * 2**20)).decode()
    with pytest.raises(ApiError) as caught:
        decode_uploads([(str(number), nine_mib) for number in range(4)])
    assert caught.value.param == "files"
