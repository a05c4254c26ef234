"""Banks and insurers: told by their rows, given what means something there, and no ratio of industry."""

from __future__ import annotations

import pytest
from finance.formula_table import FORMULAS, growth_formulas
from finance.grid import Grid
from finance.line_items import items, match_label, sector_table
from finance.ratios import Ratio, compute_ratios
from finance.sectors import SECTORS
from finance.statement import Statement, read_statement

BANK = [
    ["Consolidated income statement for the year ended 31 December"],
    ["£m", 2024, 2023],
    ["Net interest income", 600, 550],
    ["Net operating income", 720, 660],
    ["Operating expenses", -400, -380],
    ["Profit before tax", 300, 250],
    ["Profit for the year", 225, 190],
    ["Balance sheet at 31 December"],
    ["£m", 2024, 2023],
    ["Cash and balances at central banks", 1000, 900],
    ["Loans and advances to customers", 9000, 8500],
    ["Total assets", 12000, 11000],
    ["Customer accounts", 10000, 8800],
    ["Total liabilities", 11000, 10100],
    ["Total equity", 1000, 900],
]
INSURER = [
    ["Statements of income"],
    ["USD millions", 2024, 2023],
    ["Net premiums earned", 500, 480],
    ["Total revenues", 560, 530],
    ["Losses and loss adjustment expenses", 400, 360],
    ["Net income", 28, 20],
]
INDUSTRY = [
    ["Balance sheet"],
    ["EUR million", "31 Dec 2024", "31 Dec 2023"],
    ["Customer deposits", 30, 20],
    ["Loans and advances to customers", 10, 10],
    ["Total current assets", 300, 280],
    ["Total current liabilities", 200, 190],
]


def read(rows: list[list[object]]) -> Statement:
    return read_statement([Grid("f.xlsx", None, rows)])  # type: ignore[arg-type]


def newest(statement: Statement) -> dict[str, Ratio]:
    return {one.key: one for one in compute_ratios(statement) if one.period == "FY2024"}


def test_a_bank_has_what_means_something_there_and_nothing_else() -> None:
    statement = read(BANK)
    assert statement.sector == "bank"
    assert {key: values[0].value / 1e6 for key, values in statement.line_items.items()} == {
        **{"net_interest_income": 600, "revenue": 720, "operating_expenses": 400, "pretax_income": 300},
        **{"net_income": 225, "cash": 1000, "customer_loans": 9000, "customer_deposits": 10000},
        **{"total_assets": 12000, "total_liabilities": 11000, "equity": 1000},
    }
    given = {key: one.value for key, one in newest(statement).items() if one.value is not None}
    assert given == pytest.approx(
        {
            **{
                "cost_income": 100 * 400 / 720,
                "loans_to_deposits": 90.0,
                "roa": 100 * 225 / 12000,
                "roe": 22.5,
            },
            **{"equity_ratio": 100 / 12, "equity_multiplier": 12.0, "liabilities_to_assets": 11 / 12},
            **{"revenue_growth": 100 * (720 / 660 - 1), "net_income_growth": 100 * (225 / 190 - 1)},
        }
    )
    for key in ("current", "gross_margin", "inventory_turnover", "debt_to_equity", "free_cash_flow"):
        ratio = newest(statement)[key]
        assert (ratio.status, ratio.value) == ("not_meaningful", None), key
        assert "bank" in ratio.reason
    assert [one.code for one in statement.notices] == ["sector"]


def test_an_insurer_has_its_loss_ratio() -> None:
    statement = read(INSURER)
    assert statement.sector == "insurer"
    found = newest(statement)
    assert (found["loss_ratio"].value, found["net_margin"].value) == (80.0, 5.0)
    assert (found["asset_turnover"].status, found["gross_margin"].status) == ("not_meaningful",) * 2
    assert "cost_income" not in found


def test_a_balance_sheet_with_a_current_part_is_that_of_no_bank() -> None:
    statement = read(INDUSTRY)
    assert statement.sector == ""
    assert {"customer_deposits", "customer_loans"} & set(statement.line_items) == set()
    assert newest(statement)["current"].value == 1.5
    assert "loans_to_deposits" not in newest(statement)


def test_one_kind_of_row_makes_no_bank() -> None:
    rows = [row for row in BANK if row[0] not in ("Net interest income", "Customer accounts")]
    assert read([row for row in rows if "central" not in str(row[0])]).sector == ""


def test_half_of_the_deposits_is_not_given_as_all_of_them() -> None:
    rows = [["Interest-bearing deposits", *row[1:]] if row[0] == "Customer accounts" else row for row in BANK]
    statement = read(rows)
    assert "customer_deposits" not in statement.line_items
    assert newest(statement)["loans_to_deposits"].status == "withheld"


@pytest.mark.parametrize("sector", SECTORS)
def test_the_table_of_a_sector_names_items_and_ratios_that_there_are(sector: str) -> None:
    table = sector_table(sector)  # type: ignore[arg-type]
    keys = {formula.key for formula in FORMULAS} | {formula.key for formula, _ in growth_formulas()}
    assert set(table["meaningless"]) <= keys
    assert set(table["items"]) <= set(items())
    for key, entry in table["items"].items():
        for name in entry.get("names", []):
            match = match_label(name, sector)  # type: ignore[arg-type]
            assert match is not None, name
            assert match.key == key, name
