"""Workbooks that mislead: what is read of them is right, and what is not read is said, with the reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from finance.files import Upload, parse_file
from finance.grid import FileError
from finance.statement import Statement, read_statement
from openpyxl.chart import BarChart, Reference

Fill = Callable[[Any], None]
INCOME: list[list[Any]] = [
    ["(in thousands)", 2024, 2023],
    ["Revenue", 1000, 900],
    ["Cost of sales", 600, 550],
    ["Gross profit", 400, 350],
    ["Net income", 100, 90],
]
BALANCE: list[list[Any]] = [
    ["Balance sheet (in thousands)", "Dec 31, 2024", "Dec 31, 2023"],
    ["Cash", 50, 40],
    ["Total assets", 800, 760],
    ["Total liabilities", 400, 380],
    ["Total equity", 400, 380],
]


def add(sheet: Any, rows: list[list[Any]]) -> None:
    for row in rows:
        sheet.append(row)


def read(fill: Fill) -> tuple[Statement, list[str]]:
    """The statement of a workbook with one empty sheet, as `fill` fills it, and all warnings."""
    book = openpyxl.Workbook()
    fill(book)
    data = io.BytesIO()
    book.save(data)
    parsed = parse_file(Upload("f.xlsx", data.getvalue()))
    statement = read_statement(parsed.grids)
    return statement, [*parsed.warnings, *(notice.message for notice in statement.notices)]


def values(statement: Statement, period: str = "FY2024") -> dict[str, float]:
    return {
        key: one.value / 1000
        for key, found in statement.line_items.items()
        for one in found
        if one.period == period
    }


ALL = {"revenue": 1000, "cost_of_revenue": 600, "gross_profit": 400, "net_income": 100}


def fifty_sheets(book: Any) -> None:
    add(book.active, INCOME)
    for number in range(49):
        note = [["Note on something", "2024", "2023"], ["Revenue of segment", number * 10 + 1, 5]]
        add(book.create_sheet(f"Note {number}"), [*note, ["Inventories", number + 3, 4]])


def merged_headings(book: Any) -> None:
    sheet = book.active
    add(sheet, [["Income statement"], ["(in thousands)", "Year ended December 31"], [None, 2024, None, 2023]])
    add(sheet, [[label, None, new, None, old] for label, new, old in INCOME[1:]])
    for cells in ("A1:E1", "B2:E2", "B3:C3", "D3:E3"):
        sheet.merge_cells(cells)


def locked_sheet(book: Any) -> None:
    add(book.active, INCOME)
    book.active.protection.sheet = True
    book.security.lockStructure = True


def with_a_chart(book: Any) -> None:
    add(book.active, INCOME)
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=2, min_row=1, max_row=5))
    book.create_chartsheet("Chart").add_chart(chart)


@pytest.mark.parametrize("fill", [fifty_sheets, merged_headings, locked_sheet, with_a_chart])
def test_all_is_read_and_nothing_else(fill: Fill) -> None:
    statement, warnings = read(fill)
    assert values(statement) == ALL
    assert warnings == []


def test_merged_periods_hold_for_the_columns_below() -> None:
    def fill(book: Any) -> None:
        add(book.active, [["Income statement (in thousands)"], [None, "Three months ended June 30,", None]])
        book.active["D2"] = "Six months ended June 30,"
        add(book.active, [[None, 2024, 2023, 2024, 2023], ["Revenue", 500, 450, 1000, 900]])
        book.active.merge_cells("B2:C2")
        book.active.merge_cells("D2:E2")

    statement, _ = read(fill)
    assert values(statement, "3 months to Jun 2024") == {"revenue": 500}
    assert values(statement, "6 months to Jun 2024") == {"revenue": 1000}


def test_hidden_parts_are_named() -> None:
    def fill(book: Any) -> None:
        add(book.active, INCOME)
        book.active.row_dimensions[4].hidden = True
        book.active.column_dimensions["C"].hidden = True
        old = book.create_sheet("Old")
        old.sheet_state = "hidden"

    statement, warnings = read(fill)
    assert values(statement) == ALL
    assert len(warnings) == 1
    assert "1 hidden row and 1 hidden column and the hidden sheet “Old” were read" in warnings[0]


def test_formulas_without_a_saved_value_are_no_numbers() -> None:
    def fill(book: Any) -> None:
        add(book.active, INCOME)
        book.active["B4"] = "=B2-B3"

    statement, warnings = read(fill)
    assert values(statement) == {key: value for key, value in ALL.items() if key != "gross_profit"}
    assert warnings == ["f.xlsx: 1 formulas have no saved value. Open the file in Excel and save it."]


def test_units_of_one_sheet_may_differ() -> None:
    def fill(book: Any) -> None:
        add(book.active, [["Income statement (in millions)", 2024, 2023], ["Revenue", 2, 1], [], *BALANCE])

    statement, _ = read(fill)
    assert values(statement) == {
        **{"revenue": 2000, "cash": 50},
        **{"total_assets": 800, "total_liabilities": 400, "equity": 400},
    }


def test_a_table_without_a_unit_beside_one_in_millions_is_left_out() -> None:
    def fill(book: Any) -> None:
        add(book.active, [["Income statement (in millions)", 2024, 2023], *INCOME[1:]])
        rows = [[label, new * 1_000_000, old * 1_000_000] for label, new, old in BALANCE[1:]]
        add(book.create_sheet("Balance sheet"), [["Balance sheet", "Dec 31, 2024", "Dec 31, 2023"], *rows])

    statement, warnings = read(fill)
    assert values(statement) == {key: value * 1000 for key, value in ALL.items()}
    assert any("Balance sheet names no unit" in warning for warning in warnings)


def test_currencies_are_never_mixed() -> None:
    def fill(book: Any) -> None:
        add(book.active, [["Income statement (USD thousand)", 2024, 2023], *INCOME[1:], []])
        add(book.active, [["Balance sheet (EUR thousand)", *BALANCE[0][1:]], *BALANCE[1:]])

    statement, warnings = read(fill)
    assert {found[0].unit for found in statement.line_items.values()} == {statement.currency}
    assert "Several currencies were found: EUR, USD. Nothing is converted." in warnings


OTHER = [INCOME[0], *([label, new * 5, old * 4] for label, new, old in INCOME[1:])]


def companies_in_titles(book: Any) -> None:
    add(book.active, [["Alpha Inc."], *INCOME])
    add(book.create_sheet("Other"), [["Beta GmbH"], *OTHER])


def companies_by_sheet(book: Any) -> None:
    add(book.active, INCOME)
    add(book.create_sheet("BETA"), OTHER)


def companies_above_columns(book: Any) -> None:
    add(book.active, [[None, "Alpha plc", None, "Beta plc"], ["(in thousands)", 2024, 2023, 2024, 2023]])
    add(book.active, [[*one, *other[1:]] for one, other in zip(INCOME[1:], OTHER[1:], strict=True)])


@pytest.mark.parametrize("fill", [companies_in_titles, companies_by_sheet, companies_above_columns])
def test_nothing_is_given_of_two_companies(fill: Fill) -> None:
    statement, warnings = read(fill)
    assert values(statement) == {}
    assert warnings
    assert all("was taken" not in warning for warning in warnings)


def test_an_empty_workbook_is_said_to_be_empty() -> None:
    statement, warnings = read(lambda book: None)
    assert statement.line_items == {}
    assert warnings == ["The files are empty: no cell has a value."]


def test_a_password_is_named() -> None:
    ole = (
        bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)
    )
    with pytest.raises(FileError) as refused:
        parse_file(Upload("f.xlsx", ole))
    assert refused.value.code == "encrypted_xlsx"
