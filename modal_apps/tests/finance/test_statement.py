"""From grids to line items."""

from __future__ import annotations

import pytest
from finance.grid import Cell, Grid
from finance.line_items import items, match_label
from finance.statement import Source, Statement, read_statement


def read(*rows: list[Cell], **options: object) -> Statement:
    return read_statement([Grid("a.csv", None, list(rows))], **options)  # type: ignore[arg-type]


def values(statement: Statement, key: str) -> list[float]:
    return [item.value for item in statement.line_items.get(key, [])]


def test_every_item_is_found_by_each_of_its_names() -> None:
    assert len(items()) == 35
    for item in items().values():
        for name in (item.label, item.key, *item.names):
            match = match_label(name, item.sector)
            assert match is not None, name
            assert match.key == item.key, name


def test_no_name_belongs_to_two_items() -> None:
    names = [name for item in items().values() for name in set(item.names)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Accounts receivable, net", "receivables"),
        ("Total shareholders' equity", "equity"),
        ("Total Stockholders\u2019 Equity", "equity"),
        ("Cash & cash equivalents (note 3)", "cash"),
        ("SG&A", "sga"),
        ("R&D", "rnd"),
        ("NET SALES", "revenue"),
        ("Equivalents, cash and cash", "cash"),
        ("Purchases of property, plant and equipment", "capex"),
        ("Net cash provided by continuing operating activities", "operating_cash_flow"),
    ],
)
def test_labels_as_statements_write_them(label: str, key: str) -> None:
    match = match_label(label)
    assert match is not None
    assert match.key == key


@pytest.mark.parametrize(
    "label",
    [
        "Other current assets",
        "Total liabilities and shareholders' equity",
        "Total non-current assets",
        "Goodwill",
        "Net cash used in investing activities",
        "Deferred revenue",
        "Common stock",
        "Retained earnings",
        "",
        "—",
        "Gross margin %",
        "Basic earnings per share",
        "Restricted cash",
        "Cost of revenue ratio",
    ],
)
def test_labels_that_mean_something_else(label: str) -> None:
    assert match_label(label) is None


def test_sources_point_to_the_cell() -> None:
    grid = Grid("b.xlsx", "IS", [["Acme"], ["", "", "FY2024", "FY2023"], ["", "Revenue", 12, 11]])
    found = read_statement([grid]).line_items["revenue"]
    assert [item.source for item in found] == [Source("b.xlsx", "IS", "C3"), Source("b.xlsx", "IS", "D3")]
    assert [item.period for item in found] == ["FY2024", "FY2023"]


@pytest.mark.parametrize(
    ("heading", "scale"),
    [
        ("(in thousands)", 1000),
        ("USD in thousands", 1000),
        ("$000s", 1000),
        ("EUR 000's", 1000),
        ("$ millions", 1_000_000),
        ("In millions of euros", 1_000_000),
        ("USD m", 1_000_000),
        ("in billions", 1_000_000_000),
        ("Amounts in full", 1),
        ("A company with millions", 1),
    ],
)
def test_scale_from_headings(heading: str, scale: int) -> None:
    statement = read([heading], ["", "FY2024", "FY2023"], ["Revenue", 12, 11])
    assert values(statement, "revenue") == [12.0 * scale, 11.0 * scale]
    assert statement.unit_scale == scale


def test_the_caller_can_give_scale_and_currency() -> None:
    statement = read(
        ["In millions of euros"], ["", "FY2024"], ["Revenue", 12], unit_scale=1000, currency="CHF"
    )
    assert (values(statement, "revenue"), statement.currency) == ([12000.0], "CHF")


def test_shares_are_not_scaled_when_the_heading_says_so() -> None:
    heading = "in thousands, except share data"
    statement = read([heading], ["", "FY2024"], ["Total assets", 5], ["Shares outstanding", 700])
    assert (values(statement, "total_assets"), values(statement, "shares_outstanding")) == ([5000.0], [700.0])


def test_currency_is_read_from_heading_or_cells_but_not_from_sentences() -> None:
    assert read(["EUR in thousands"], ["", "FY2024"], ["Revenue", 5]).currency == "EUR"
    assert read(["", "FY2024"], ["Revenue", "£5"]).currency == "GBP"
    assert (
        read(["We also sell in euros."], ["In US dollars"], ["", "FY2024"], ["Revenue", 5]).currency == "USD"
    )
    both = read(["USD"], ["", "FY2024"], ["Revenue", "€5"])
    assert both.warnings == ["Several currencies were found: EUR, USD. Nothing is converted."]


def test_decimal_comma_is_decided_by_the_whole_file() -> None:
    statement = read(["", "FY2024", "FY2023"], ["Revenue", "1.234,5", "1.100"], ["Net income", "950", "870"])
    assert values(statement, "revenue") == [1234.5, 1100.0]
    grouped = Grid(
        "a.csv",
        None,
        [["", "2024", "2023"], ["Revenue", "85.240", "80.100"], ["Net income", "950", "870"]],
        ";",
    )
    assert values(read_statement([grouped]), "revenue") == [85240.0, 80100.0]
    both = read(["", "FY2024", "FY2023"], ["Revenue", "1.234,5", "1,234.5"], ["Net income", "1.234", "1.234"])
    assert values(both, "revenue") == [1234.5, 1234.5]
    assert "net_income" not in both.line_items
    assert [notice.code for notice in both.notices] == ["mixed_numbers", "unit_not_named"]


def test_outflows_are_stored_positive_and_losses_negative() -> None:
    statement = read(
        ["", "FY2024"], ["Capital expenditures", "(5)"], ["Net loss", "(7)"], ["Dividends paid", -2]
    )
    assert [values(statement, key) for key in ("capex", "net_income", "dividends")] == [[5.0], [-7.0], [2.0]]


def test_blank_dash_and_percent_are_no_values() -> None:
    statement = read(
        ["", "FY2024", "FY2023", "FY2022"], ["Inventory", "\u2013", None, "5%"], ["Revenue", 1, 2, 3]
    )
    assert "inventory" not in statement.line_items


def test_a_total_beats_a_part_and_tables_that_disagree_are_withheld() -> None:
    statement = read(["", "FY2024"], ["Sales", 5], ["Total revenue", 9])
    assert values(statement, "revenue") == [9.0]
    assert [notice.code for notice in statement.notices] == ["unit_not_named"]
    summary = Grid("s.csv", None, [["", "FY2024"], ["Revenue", 8]])
    full = Grid("f.csv", None, [["", "FY2024"], ["Revenue", 9], ["Net income", 1]])
    merged = read_statement([summary, full])
    assert "revenue" not in merged.line_items
    assert [(one.item, one.code) for one in merged.withheld] == [("revenue", "several_values")]
    assert {part.source.file for part in merged.withheld[0].candidates} == {"s.csv", "f.csv"}


def test_periods_of_several_tables_come_together_newest_first() -> None:
    one = Grid("a.csv", None, [["", "FY2023", "FY2022"], ["Revenue", 2, 1]])
    two = Grid("b.csv", None, [["", "FY2024", "FY2023"], ["Total assets", 4, 3]])
    assert [period.label for period in read_statement([one, two]).periods] == ["FY2024", "FY2023", "FY2022"]
