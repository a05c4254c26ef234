"""Kinds of mistakes that readers of statements make, each with variants."""

from __future__ import annotations

import pytest
from finance.grid import Cell, Grid
from finance.ratios import Ratio, compute_ratios
from finance.statement import Statement, read_statement
from finance.units import unit_of

Rows = list[list[Cell]]
INCOME: Rows = [
    ["CONSOLIDATED STATEMENTS OF OPERATIONS"],
    ["(In thousands, except per share data)"],
    [None, "Year Ended December 31,"],
    [None, 2024, 2023],
    ["Net sales", 1250400, 1180200],
    ["Cost of goods sold", -750240, -719922],
    ["Gross profit", 500160, 460278],
    ["Research and development", -2010, -1950],
    ["Operating income", 227850, 196228],
    ["Income before income taxes", 211750, 178228],
    ["Provision for income taxes", -46585, -39210],
    ["Net income", 165165, 139018],
    ["Weighted average shares outstanding", 51450, 51500],
]
BALANCE: Rows = [
    ["CONSOLIDATED BALANCE SHEETS"],
    ["(In thousands)"],
    [None, "December 31, 2024", "December 31, 2023"],
    ["Current assets:"],
    ["Cash and cash equivalents", 182000, 150000],
    ["Accounts receivable, net", 164300, 158900],
    ["Inventories", 120100, 118700],
    ["Prepaid expenses", 22000, 20000],
    ["Total current assets", 488400, 447600],
    ["Goodwill", 630000, 615000],
    ["Total assets", 1118400, 1062600],
    ["Accounts payable", 98500, 96200],
    ["Accrued expenses", 71000, 68000],
    ["Current portion of long-term debt", 25000, 25000],
    ["Total current liabilities", 194500, 189200],
    ["Long-term debt, less current portion", 275000, 300000],
    ["Deferred income taxes", 31000, 30000],
    ["Total liabilities", 500500, 519200],
    ["Total stockholders' equity", 617900, 543400],
    ["Total liabilities and stockholders' equity", 1118400, 1062600],
]
CASH_FLOW: Rows = [
    ["CONSOLIDATED STATEMENTS OF CASH FLOWS"],
    ["(In thousands)"],
    [None, 2024, 2023],
    ["Net income", 165165, 139018],
    ["Depreciation and amortization", 52000, 50500],
    ["Changes in operating assets and liabilities:"],
    ["Accounts receivable, net", -5400, -6200],
    ["Inventories", -1400, 2500],
    ["Accounts payable", 2300, 1900],
    ["Net cash provided by operating activities", 226965, 200218],
]
NOTE: Rows = [
    ["Summarized financial information of equity-method investees"],
    [None, 2024, 2023],
    ["Total assets", 777, 666],
    ["Total liabilities", 555, 444],
    ["Net income", 11, 10],
]


def of(*sheets: Rows) -> Statement:
    return read_statement([Grid("a.xlsx", f"S{at}", sheet) for at, sheet in enumerate(sheets)])


def ratio(statement: Statement, key: str, period: str = "FY2024") -> Ratio:
    return next(one for one in compute_ratios(statement) if (one.key, one.period) == (key, period))


def facts(statement: Statement) -> dict[str, list[tuple[str, float]]]:
    return {key: [(one.period, one.value) for one in found] for key, found in statement.line_items.items()}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (2, 0, 1)])
def test_changes_of_a_cash_flow_are_no_balances(order: tuple[int, ...]) -> None:
    sheets = (INCOME, BALANCE, CASH_FLOW)
    statement = of(*(sheets[at] for at in order), NOTE)
    expected = {
        **{"quick": 1.7805, "inventory_turnover": 6.2468, "dso": 47.96, "dio": 58.43, "dpo": 47.92},
        **{
            "cash_conversion_cycle": 58.47,
            "debt_to_equity": 0.48552,
            "roic": 24.15,
            "liabilities_to_assets": 0.44751,
        },
    }
    for key, value in expected.items():
        assert ratio(statement, key).value == pytest.approx(value, rel=1e-3), key
    assert facts(statement)["rnd"] == [("FY2024", 2_010_000), ("FY2023", 1_950_000)]


def test_a_flat_table_without_titles_keeps_changes_out_of_balances() -> None:
    rows = [INCOME[3], *INCOME[4:], *BALANCE[4:], *[row for row in CASH_FLOW[3:] if len(row) > 1]]
    assert facts(of(rows))["receivables"] == [("FY2024", 164300), ("FY2023", 158900)]


def test_interim_flows_are_marked_and_brought_to_a_year() -> None:
    income: Rows = [
        ["Statements of income (in millions)"],
        [None, "Three Months Ended June 30,", None, "Six Months Ended June 30,", None],
        [None, 2024, 2023, 2024, 2023],
        ["Revenue", 1050, 980, 2050, 1900],
    ]
    balance: Rows = [
        ["Balance sheets (in millions)"],
        [None, "June 30, 2024", "December 31, 2023"],
        ["Accounts receivable", 500, 480],
    ]
    statement = of(income, balance)
    quarter = ratio(statement, "dso", "3 months to Jun 2024")
    assert quarter.value == pytest.approx(365 * 500 / 4200)
    assert (quarter.annualised, quarter.inputs["revenue"]) == (4, 1050e6)
    assert "3 months" in quarter.note
    assert ratio(statement, "dso", "6 months to Jun 2024").value == pytest.approx(365 * 500 / 4100)
    assert ratio(statement, "revenue_growth", "3 months to Jun 2024").value == pytest.approx(100 * 70 / 980)
    assert all(not one.period.startswith("FY") for one in statement.line_items["revenue"])


@pytest.mark.parametrize(
    "missing", ["Long-term debt, less current portion", "Current portion of long-term debt"]
)
def test_half_of_a_debt_is_no_debt(missing: str) -> None:
    found = ratio(of(INCOME, [row for row in BALANCE if row[0] != missing], CASH_FLOW), "debt_to_equity")
    assert (found.value, found.status) == (None, "incomplete")
    assert found.reason


def test_negative_equity_gives_no_return() -> None:
    statement = of(
        [
            ["", "FY2024"],
            ["Net loss", -50],
            ["Total assets", 100],
            ["Total liabilities", 120],
            ["Total equity", -20],
        ]
    )
    for key in ("roe", "equity_multiplier"):
        assert (ratio(statement, key).value, ratio(statement, key).status) == (None, "not_meaningful")


def test_what_a_failed_check_rests_on_is_withheld() -> None:
    statement = of(
        [
            ["", "FY2024"],
            ["Total assets", 100],
            ["Total liabilities", 90],
            ["Total equity", 30],
            ["Net income", 5],
        ]
    )
    assert [one.item for one in statement.withheld] == ["total_assets", "total_liabilities", "equity"]
    assert ratio(statement, "roe").status == "withheld"
    assert "does not hold" in ratio(statement, "roe").reason
    assert [notice.code for notice in statement.notices] == ["failed_check", "unit_not_named"]


def test_liabilities_in_brackets_are_positive() -> None:
    balance: Rows = [
        ["Consolidated balance sheet"],
        ["", "2024", "2023"],
        ["", "£m", "£m"],
        ["Total assets", "985.5", "939.6"],
        ["Current liabilities"],
        ["Trade and other payables", "(140.2)", "(131.0)"],
        ["Borrowings", "(30.0)", "(30.0)"],
        ["", "(170.2)", "(161.0)"],
        ["Non-current liabilities"],
        ["Borrowings", "(200.0)", "(230.0)"],
        ["Total liabilities", "(370.2)", "(391.0)"],
        ["Net assets", "615.3", "548.6"],
    ]
    statement = of(balance)
    assert facts(statement)["payables"][0] == ("FY2024", 140_200_000)
    assert facts(statement)["current_liabilities"][0] == ("FY2024", 170_200_000)
    assert facts(statement)["short_term_debt"][0] == ("FY2024", 30_000_000)
    assert facts(statement)["long_term_debt"][0] == ("FY2024", 200_000_000)
    assert ratio(statement, "liabilities_to_assets").value == pytest.approx(370.2 / 985.5)
    assert statement.currency == "GBP"


@pytest.mark.parametrize(
    ("heading", "scale", "currency"),
    [
        ("\u00a3'000", 1e3, "GBP"),
        ("$'000", 1e3, "USD"),
        ("RMB'000", 1e3, "CNY"),
        ("in TEUR", 1e3, "EUR"),
        ("T\u20ac", 1e3, "EUR"),
        ("\u20ack", 1e3, "EUR"),
        ("CHF million", 1e6, "CHF"),
        ("SEK m", 1e6, "SEK"),
        ("\u20b9 crore", 1e7, "INR"),
        ("Rs. in lakhs", 1e5, "INR"),
        ("HK$ million", 1e6, "HKD"),
        ("Mio. EUR", 1e6, "EUR"),
        ("en milliers d'euros", 1e3, "EUR"),
        ("Miles de euros", 1e3, "EUR"),
        ("$ in Millions", 1e6, "USD"),
    ],
)
def test_units(heading: str, scale: float, currency: str) -> None:
    assert (unit_of(heading).scale, unit_of(heading).currency) == (scale, currency)


@pytest.mark.parametrize(
    ("heading", "shares"),
    [
        ("In thousands, except per share data", None),
        ("In thousands, except share and per share data", 1),
        (
            "In millions, except number of shares, which are reflected in thousands, and per-share amounts",
            1000,
        ),
    ],
)
def test_shares_have_their_own_scale_only_where_it_says_so(heading: str, shares: int | None) -> None:
    assert unit_of(heading).share_scale == shares


@pytest.mark.parametrize(
    "rows",
    [
        [["Year", "Revenue", "Net income"], [2024, 100, 10], [2023, 90, 9]],
        [
            ["period", "item", "value"],
            *(
                [f"FY{y}", i, v]
                for y, i, v in (
                    (2024, "Revenue", 100),
                    (2023, "Revenue", 90),
                    (2024, "Net income", 10),
                    (2023, "Net income", 9),
                )
            ),
        ],
        [["name", "12/31/2024", "12/31/2023"], ["TotalRevenue", 100, 90], ["NetIncome", 10, 9]],
        [["", "2024", "2023"], ["Umsatzerl\u00f6se", 100, 90], ["Jahres\u00fcberschuss", 10, 9]],
    ],
)
def test_other_layouts_and_languages(rows: Rows) -> None:
    assert facts(of(rows)) == {
        "revenue": [("FY2024", 100), ("FY2023", 90)],
        "net_income": [("FY2024", 10), ("FY2023", 9)],
    }


def test_nothing_found_is_said() -> None:
    assert [notice.code for notice in of([["a", "b"], [1, 2]]).notices] == ["no_statement_found"]
    assert [notice.code for notice in of([["", 2024, 2023], ["Apples", 1, 2]]).notices] == [
        "no_statement_found"
    ]


def test_two_companies_are_not_mixed() -> None:
    other = [["Beta Corp."], *BALANCE]
    statement = of([["Alpha Inc."], *INCOME], other)
    assert statement.line_items == {}
    assert statement.notices[0].code == "several_companies"
