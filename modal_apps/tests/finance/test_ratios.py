"""Every ratio against a value worked out by hand, and why a ratio has none."""

from __future__ import annotations

import pytest
from finance.checks import run_checks
from finance.formula_table import FORMULAS, growth_formulas
from finance.grid import Grid
from finance.line_items import items
from finance.ratios import Ratio, compute_ratios
from finance.statement import Statement, read_statement
from hypothesis import given, settings
from hypothesis import strategies as st

NOW: dict[str, float] = {
    **{"revenue": 1000, "cost_of_revenue": 600, "gross_profit": 400, "operating_income": 150},
    **{"depreciation_amortization": 50, "interest_expense": 20, "pretax_income": 130, "tax_expense": 26},
    **{"net_income": 104, "cash": 90, "short_term_investments": 30, "receivables": 100, "inventory": 120},
    **{"current_assets": 360, "total_assets": 800, "payables": 80, "current_liabilities": 180},
    **{"short_term_debt": 40, "long_term_debt": 160, "total_liabilities": 400, "equity": 400},
    **{"operating_cash_flow": 160, "capex": 64},
}
BEFORE: dict[str, float] = {
    "revenue": 800,
    "net_income": 80,
    "operating_cash_flow": 128,
    "total_assets": 700,
    "equity": 360,
}

BY_HAND: dict[str, float] = {
    "current": 360 / 180,
    "quick": (90 + 30 + 100) / 180,
    "cash_ratio": (90 + 30) / 180,
    "operating_cash_flow_ratio": 160 / 180,
    "gross_margin": 40.0,
    "operating_margin": 15.0,
    "ebitda_margin": 20.0,
    "net_margin": 10.4,
    "roa": 13.0,
    "roe": 26.0,
    "roic": 100 * 150 * 0.8 / 510,
    "debt_to_equity": 0.5,
    "liabilities_to_assets": 0.5,
    "equity_ratio": 50.0,
    "equity_multiplier": 2.0,
    "interest_coverage": 7.5,
    "net_debt_to_ebitda": 110 / 200,
    "asset_turnover": 1.25,
    "inventory_turnover": 5.0,
    "receivables_turnover": 10.0,
    "dio": 73.0,
    "dso": 36.5,
    "dpo": 365 * 80 / 600,
    "cash_conversion_cycle": 73.0 + 36.5 - 365 * 80 / 600,
    "free_cash_flow": 96.0,
    "fcf_margin": 9.6,
    "cash_conversion": 160 / 104,
    "capex_coverage": 2.5,
    "revenue_growth": 25.0,
    "net_income_growth": 30.0,
    "operating_cash_flow_growth": 25.0,
}


def statement_of(*years: dict[str, float]) -> Statement:
    """The last is the oldest; the first is 2024."""
    rows = [["", *(f"FY{2024 - index}" for index in range(len(years)))]]
    rows += [[items()[key].label, *(year.get(key) for year in years)] for key in items()]
    return read_statement([Grid("a", None, rows)])


def by_key(ratios: list[Ratio], period: str = "FY2024") -> dict[str, Ratio]:
    return {ratio.key: ratio for ratio in ratios if ratio.period == period}


def test_every_ratio_against_its_hand_value() -> None:
    found = by_key(compute_ratios(statement_of(NOW, BEFORE)))
    assert set(found) == set(BY_HAND)
    for key, value in BY_HAND.items():
        assert found[key].status == "ok", key
        assert found[key].value == pytest.approx(value, rel=1e-9), key


def test_inputs_are_the_numbers_that_were_used() -> None:
    found = by_key(compute_ratios(statement_of(NOW, BEFORE)))
    assert found["current"].inputs == {"current_assets": 360, "current_liabilities": 180}
    assert found["revenue_growth"].inputs == {"revenue": 1000, "previous": 800}


def test_average_balances() -> None:
    found = by_key(compute_ratios(statement_of(NOW, BEFORE), balance="average"))
    assert found["roe"].value == pytest.approx(100 * 104 / 380)
    assert found["asset_turnover"].value == pytest.approx(1000 / 750)
    assert found["current"].value == 2.0
    assert found["dso"].status == "missing_input"
    oldest = by_key(compute_ratios(statement_of(NOW, BEFORE), balance="average"), "FY2023")
    assert oldest["roe"].status == "missing_input"


def test_a_year_of_360_days() -> None:
    assert by_key(compute_ratios(statement_of(NOW), days_in_year=360))["dso"].value == pytest.approx(36.0)


def test_what_follows_from_other_items() -> None:
    given = {
        key: value
        for key, value in NOW.items()
        if key not in ("gross_profit", "total_liabilities", "short_term_debt")
    }
    found = by_key(compute_ratios(statement_of(given)))
    assert found["gross_margin"].value == pytest.approx(40.0)
    assert found["liabilities_to_assets"].value == pytest.approx(0.5)
    assert (found["debt_to_equity"].value, found["debt_to_equity"].status) == (None, "incomplete")


def test_each_missing_input_is_named_by_its_absence() -> None:
    derived = {"gross_profit", "ebitda", "total_liabilities", "total_debt"}
    for formula in (one for one in FORMULAS if not one.sector):
        for name in set(formula.needs) - derived:
            rest = {key: value for key, value in NOW.items() if key != name}
            ratio = by_key(compute_ratios(statement_of(rest)))[formula.key]
            assert (ratio.status, ratio.value) == ("missing_input", None), (formula.key, name)
            assert name not in ratio.inputs


def test_no_division_by_zero_and_no_growth_from_a_loss() -> None:
    found = by_key(
        compute_ratios(
            statement_of({**NOW, "current_liabilities": 0, "pretax_income": -5}, {**BEFORE, "net_income": -1})
        )
    )
    assert found["current"].status == "division_by_zero"
    assert found["roic"].status == "not_meaningful"
    assert found["net_income_growth"].status == "not_meaningful"


def test_growth_is_between_consecutive_years_only() -> None:
    rows = [["", "FY2024", "FY2022"], ["Revenue", 5, 4]]
    ratios = compute_ratios(read_statement([Grid("a", None, rows)]))
    assert not [ratio for ratio in ratios if ratio.group == "growth"]


def test_dupont_identity_and_balance_checks() -> None:
    statement = statement_of(NOW)
    ratios = compute_ratios(statement)
    found = by_key(ratios)
    product = (
        (found["net_margin"].value or 0)
        * (found["asset_turnover"].value or 0)
        * (found["equity_multiplier"].value or 0)
    )
    assert product == pytest.approx(found["roe"].value, abs=1e-9)
    assert [check.ok for check in run_checks(statement, ratios)] == [True, True, True]


def test_checks_fail_when_the_numbers_disagree() -> None:
    statement = statement_of({**NOW, "total_assets": 805, "gross_profit": 380})
    checks = {check.name: check for check in run_checks(statement, compute_ratios(statement))}
    assert not checks["assets = liabilities + equity"].ok
    assert checks["assets = liabilities + equity"].detail == "805 against 800"
    assert not checks["gross profit = revenue - cost"].ok
    nearly = statement_of({**NOW, "total_assets": 803})
    assert run_checks(nearly, compute_ratios(nearly))[0].ok


amounts = st.floats(1, 1e12)
years = st.fixed_dictionaries({key: amounts for key in NOW})


@settings(deadline=None)  # a loaded machine is no fault
@given(years, st.sampled_from([1e-3, 1e3, 1e6]))
def test_scaling_a_statement_changes_no_ratio(year: dict[str, float], factor: float) -> None:
    plain = by_key(compute_ratios(statement_of(year)))
    scaled = by_key(compute_ratios(statement_of({key: value * factor for key, value in year.items()})))
    for key, ratio in plain.items():
        expected = ratio.value
        if expected is not None and ratio.unit == "currency":
            expected *= factor
        if expected is None:
            assert scaled[key].value is None
            continue
        # Differences such as revenue - cost lose digits; compare against the size of what went in.
        size = max(map(abs, scaled[key].inputs.values())) / min(map(abs, scaled[key].inputs.values()))
        assert scaled[key].value == pytest.approx(expected, rel=1e-6, abs=1e-9 * size * 100)


cells = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.datetimes(),
    st.sampled_from(["FY2024", "2023", "Revenue", "Total assets", "(5)", "Net income"]),
)


@settings(deadline=None)
@given(st.lists(st.lists(cells, max_size=5), max_size=8))
def test_no_grid_breaks_the_analysis(rows: list[list[object]]) -> None:
    statement = read_statement([Grid("a", None, rows)])
    ratios = compute_ratios(statement, balance="average")
    run_checks(statement, ratios)
    made = [one for one in FORMULAS if one.sector in ("", statement.sector)]
    assert len(ratios) >= len(made) * len(statement.periods)


def test_every_formula_has_a_key_of_its_own() -> None:
    keys = [formula.key for formula in FORMULAS] + [formula.key for formula, _ in growth_formulas()]
    assert len(keys) == len(set(keys))
