"""Rows that look like an item and are none: loans that were lent, averages, totals beside parts, numbers of notes."""

from __future__ import annotations

import io

import openpyxl
import pytest
from finance.files import Upload, parse_file
from finance.grid import FileError, Grid
from finance.statement import Statement, read_statement
from pdf_writer import write_pdf

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(text: str) -> Statement:
    return read_statement(parse_file(Upload("a.csv", text.encode())).grids)


def newest(statement: Statement) -> dict[str, float]:
    return {key: found[0].value for key, found in statement.line_items.items()}


SHEET = """Balance sheet,,
,2024,2023
Non-current assets,,
Loans,70,60
Current assets,,
Loans,5,4
Cash and cash equivalents,20,10
Total assets,95,74
Non-current liabilities,,
Borrowings,30,25
Current liabilities,,
Borrowings,9,8
"""


def test_loans_among_the_assets_are_no_debt() -> None:
    found = newest(read(SHEET))
    assert (found["long_term_debt"], found["short_term_debt"]) == (30, 9)


def test_financial_liabilities_beside_borrowings_are_not_added_and_leave_the_debt_open() -> None:
    statement = read(SHEET.replace("Borrowings,9,8", "Borrowings,9,8\nFinancial liabilities,6,5"))
    assert newest(statement)["short_term_debt"] == 9
    assert "Financial liabilities" in statement.incomplete["short_term_debt", "FY2024"]


def test_a_total_of_debt_and_its_parts_are_withheld_and_not_added() -> None:
    text = SHEET.replace("Borrowings,30,25", "Senior notes,20,15\nTerm loan,10,10\nBonds,30,25")
    statement = read(text)
    assert "long_term_debt" not in statement.line_items
    assert {one.code for one in statement.withheld if one.item == "long_term_debt"} == {"overlapping_parts"}


@pytest.mark.parametrize(
    "label",
    [
        "Weighted average number of shares",
        "Shares outstanding (basic)",
        "BasicAverageShares",
        "Diluted shares",
    ],
)
def test_an_average_is_no_number_of_shares_of_a_day(label: str) -> None:
    assert "shares_outstanding" not in read(f"Item,2024,2023\nRevenue,9,8\n{label},5,4\n").line_items


def test_notes_beside_one_column_of_a_pdf_are_no_values() -> None:
    lines = [
        "Income statement",
        "For the year ended 31 December 2024",
        "                              Note   Year to 31 December 2024",
        "Revenue                          3                      1,500",
        "Finance costs                    4                       (12)",
        "Tax                              5                       (40)",
        "Net income                       6                           ",
    ]
    statement = read_statement(parse_file(Upload("a.pdf", write_pdf([lines]))).grids)
    found = newest(statement)
    assert (found["revenue"], abs(found["tax_expense"])) == (1500, 40)
    assert "net_income" not in found


def test_notes_below_the_heading_of_the_only_column_are_no_values() -> None:
    rows = [
        ["Income statement"],
        ["", "2024", ""],
        ["Revenue", 3, 900],
        ["Tax expense", 4, 50],
        ["Net income", 7, 200],
    ]
    found = newest(read_statement([Grid("a.xlsx", "S", rows)]))
    assert (found["revenue"], found["tax_expense"], found["net_income"]) == (900, 50, 200)


def test_one_table_of_income_and_balance_rows_is_read() -> None:
    found = newest(
        read("Item,2024,2023\nRevenue,100,90\nNet income,10,9\nTotal assets,300,280\nEquity,120,110\n")
    )
    assert (found["revenue"], found["net_income"], found["equity"]) == (100, 10, 120)


@pytest.mark.parametrize(
    "text",
    [
        "Compte de résultat;;\n;2024;2023\nChiffre d'affaires;1 000,5;900,5\nRésultat net;100,5;90,5\n",
        "Cuenta de resultados;;\n;2024;2023\nImporte neto de la cifra de negocios;1.000,5;900,5\n"
        "Resultado del ejercicio;100,5;90,5\n",
    ],
    ids=["French", "Spanish"],
)
def test_statements_in_other_languages(text: str) -> None:
    found = newest(read(text))
    assert (found["revenue"], found["net_income"]) == (1000.5, 100.5)


def test_hidden_rows_columns_and_sheets_are_named() -> None:
    book = openpyxl.Workbook()
    for row in (["", "FY2024", "FY2023"], ["Revenue", 12, 10], ["Net income", 3, 2]):
        book.active.append(row)
    book.active.row_dimensions[2].hidden = True
    book.active.column_dimensions["C"].hidden = True
    book.create_sheet("Old plan").append(["x", 1])
    book["Old plan"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    [warning] = parse_file(Upload("a.xlsx", out.getvalue())).warnings
    assert "1 hidden row and 1 hidden column and the hidden sheet “Old plan”" in warning


def test_a_workbook_with_a_password_says_so() -> None:
    data = OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(100)
    with pytest.raises(FileError, match="password") as caught:
        parse_file(Upload("a.xlsx", data))
    assert caught.value.code == "encrypted_xlsx"
