"""PDF files: columns by where the words stand, and what cannot be read."""

from __future__ import annotations

import io

import pytest
from finance.files import Upload, parse_file
from finance.grid import FileError
from finance.parse_pdf import parse_pdf
from finance.statement import read_statement
from pdf_writer import write_pdf
from pypdf import PdfReader, PdfWriter

TABLE = [
    "Balance sheet, EUR in millions",
    "                                FY2024      FY2023      FY2022",
    "Revenue                          1,200       1,100           -",
    "  Net income                      (30)                     90",
    "Total assets                     5,000       4,800       4,600",
]


def test_an_empty_cell_does_not_move_the_others() -> None:
    [grid], _ = parse_pdf("a.pdf", write_pdf([TABLE]))
    statement = read_statement([grid])
    values = {
        key: {value.period: value.value for value in found} for key, found in statement.line_items.items()
    }
    million = 1_000_000
    assert values["revenue"] == {"FY2024": 1200 * million, "FY2023": 1100 * million}
    assert values["net_income"] == {"FY2024": -30 * million, "FY2022": 90 * million}
    assert statement.currency == "EUR"


def test_prose_between_tables_is_kept_apart() -> None:
    words = ["We expect a better year, because orders remain strong in", "every region and costs are lower."]
    grids, texts = parse_pdf("a.pdf", write_pdf([[*TABLE, "", *words], words]))
    assert [grid.sheet for grid in grids] == ["page 1"]
    assert texts.count(" ".join(words)) == 2


def encrypted(user_password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(write_pdf([TABLE]))))
    writer.encrypt(user_password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (encrypted("secret"), "encrypted_pdf"),
        (write_pdf([[], []]), "scanned_pdf"),
        (write_pdf([["a"]] * 301), "too_many_pages"),
        (write_pdf([TABLE])[:300], "damaged_file"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 20, "damaged_file"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, code: str) -> None:
    with pytest.raises(FileError) as caught:
        parse_file(Upload("a.pdf", data))
    assert caught.value.code == code


def test_a_pdf_that_only_forbids_changes_is_read() -> None:
    assert parse_file(Upload("a.pdf", encrypted(""))).grids
