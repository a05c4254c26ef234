"""The table of formulas. Percentages are 100 times a quotient; days are those of a year over a turnover."""

from __future__ import annotations

from collections.abc import Callable

from .catalogue import Sector
from .formula import Formula, Inputs, NotMeaningful, Unit

LIQUIDITY, PROFITABILITY, LEVERAGE = "liquidity", "profitability", "leverage"
EFFICIENCY, CASH, GROWTH = "efficiency", "cash", "growth"
GROWTH_ITEMS = {
    "revenue": "Revenue growth",
    "net_income": "Net income growth",
    "operating_cash_flow": "Operating cash flow growth",
}


def _over(top: str, bottom: str, scale: float = 1.0) -> Callable[[Inputs], float]:
    return lambda x: scale * x[top] / x[bottom]


def _quotient(
    key: str,
    label: str,
    group: str,
    top: str,
    bottom: str,
    unit: Unit = "ratio",
    *,
    averaged: bool = False,
    mixes: bool = False,
    positive: tuple[str, ...] = (),
    sector: Sector = "",
) -> Formula:
    return Formula(
        *(key, label, group, unit, f"{top} / {bottom}", (top, bottom)),
        _over(top, bottom, 100.0 if unit == "percent" else 1.0),
        averaged=averaged,
        mixes=mixes,
        positive=positive or (bottom,),
        sector=sector,
    )


def _flow_over_average(
    key: str, label: str, group: str, top: str, bottom: str, unit: Unit = "ratio"
) -> Formula:
    """A flow of the period for each unit of the balance that it had in the middle."""
    return _quotient(key, label, group, top, bottom, unit, averaged=True, mixes=True)


def _days(key: str, label: str, stock: str, flow: str) -> Formula:
    words = f"days_in_year x {stock} / {flow}"
    return Formula(
        *(key, label, EFFICIENCY, "days", words, (stock, flow)),
        lambda x: x["days_in_year"] * x[stock] / x[flow],
        averaged=True,
        mixes=True,
        positive=(stock, flow),
    )


def _roic(x: Inputs) -> float:
    if x["pretax_income"] <= 0:
        raise NotMeaningful("No tax rate follows from a loss.")
    capital = x["total_debt"] + x["equity"] - x["cash"]
    if capital < 0:
        raise NotMeaningful("The invested capital is negative.")
    rate = x["tax_expense"] / x["pretax_income"]
    return 100 * x["operating_income"] * (1 - rate) / capital


def _cash_cycle(x: Inputs) -> float:
    days = x["days_in_year"]
    outstanding = x["inventory"] / x["cost_of_revenue"] - x["payables"] / x["cost_of_revenue"]
    return days * (outstanding + x["receivables"] / x["revenue"])


def _growth(base: str) -> Callable[[Inputs], float]:
    def compute(x: Inputs) -> float:
        if x["previous"] <= 0:
            raise NotMeaningful("Growth from zero or a loss says nothing.")
        return 100 * (x[base] / x["previous"] - 1)

    return compute


def growth_formulas() -> list[tuple[Formula, str]]:
    """Growth against the same period of the year before, with the item that grows."""
    return [
        (
            Formula(
                *(f"{base}_growth", label, GROWTH, "percent", f"{base} / {base} of the previous year - 1"),
                *((base, "previous"), _growth(base)),
            ),
            base,
        )
        for base, label in GROWTH_ITEMS.items()
    ]


FORMULAS: tuple[Formula, ...] = (
    _quotient("current", "Current ratio", LIQUIDITY, "current_assets", "current_liabilities"),
    Formula(
        *("quick", "Quick ratio", LIQUIDITY, "ratio"),
        "(cash + short_term_investments + receivables) / current_liabilities",
        ("cash", "receivables", "current_liabilities"),
        lambda x: (x["cash"] + x["short_term_investments"] + x["receivables"]) / x["current_liabilities"],
        optional=("short_term_investments",),
        positive=("current_liabilities",),
    ),
    Formula(
        *("cash_ratio", "Cash ratio", LIQUIDITY, "ratio"),
        "(cash + short_term_investments) / current_liabilities",
        ("cash", "current_liabilities"),
        lambda x: (x["cash"] + x["short_term_investments"]) / x["current_liabilities"],
        optional=("short_term_investments",),
        positive=("current_liabilities",),
    ),
    _quotient(
        *("operating_cash_flow_ratio", "Operating cash flow ratio", LIQUIDITY),
        *("operating_cash_flow", "current_liabilities"),
        mixes=True,
    ),
    _quotient("gross_margin", "Gross margin", PROFITABILITY, "gross_profit", "revenue", "percent"),
    _quotient(
        "operating_margin", "Operating margin", PROFITABILITY, "operating_income", "revenue", "percent"
    ),
    _quotient("ebitda_margin", "EBITDA margin", PROFITABILITY, "ebitda", "revenue", "percent"),
    _quotient("net_margin", "Net margin", PROFITABILITY, "net_income", "revenue", "percent"),
    _flow_over_average("roa", "Return on assets", PROFITABILITY, "net_income", "total_assets", "percent"),
    _flow_over_average("roe", "Return on equity", PROFITABILITY, "net_income", "equity", "percent"),
    Formula(
        *("roic", "Return on invested capital", PROFITABILITY, "percent"),
        "operating_income x (1 - tax_expense / pretax_income) / (total_debt + equity - cash)",
        ("operating_income", "tax_expense", "pretax_income", "total_debt", "equity", "cash"),
        *(_roic, (), True, True),
    ),
    _quotient("debt_to_equity", "Debt to equity", LEVERAGE, "total_debt", "equity"),
    _quotient(
        "liabilities_to_assets", "Liabilities to assets", LEVERAGE, "total_liabilities", "total_assets"
    ),
    _quotient("equity_ratio", "Equity ratio", LEVERAGE, "equity", "total_assets", "percent"),
    _quotient("equity_multiplier", "Equity multiplier", LEVERAGE, "total_assets", "equity", averaged=True),
    _quotient("interest_coverage", "Interest coverage", LEVERAGE, "operating_income", "interest_expense"),
    Formula(
        *("net_debt_to_ebitda", "Net debt to EBITDA", LEVERAGE, "ratio"),
        "(total_debt - cash) / ebitda",
        ("total_debt", "cash", "ebitda"),
        lambda x: (x["total_debt"] - x["cash"]) / x["ebitda"],
        mixes=True,
        positive=("ebitda",),
    ),
    _flow_over_average("asset_turnover", "Asset turnover", EFFICIENCY, "revenue", "total_assets"),
    _flow_over_average(
        "inventory_turnover", "Inventory turnover", EFFICIENCY, "cost_of_revenue", "inventory"
    ),
    _flow_over_average("receivables_turnover", "Receivables turnover", EFFICIENCY, "revenue", "receivables"),
    _days("dio", "Days of inventory", "inventory", "cost_of_revenue"),
    _days("dso", "Days of sales outstanding", "receivables", "revenue"),
    _days("dpo", "Days of payables", "payables", "cost_of_revenue"),
    Formula(
        *("cash_conversion_cycle", "Cash conversion cycle", EFFICIENCY, "days", "dio + dso - dpo"),
        ("inventory", "receivables", "payables", "cost_of_revenue", "revenue"),
        *(_cash_cycle, (), True, True, ("cost_of_revenue", "revenue")),
    ),
    Formula(
        *("free_cash_flow", "Free cash flow", CASH, "currency", "operating_cash_flow - capex"),
        ("operating_cash_flow", "capex"),
        lambda x: x["operating_cash_flow"] - x["capex"],
    ),
    Formula(
        *("fcf_margin", "Free cash flow margin", CASH, "percent", "(operating_cash_flow - capex) / revenue"),
        ("operating_cash_flow", "capex", "revenue"),
        lambda x: 100 * (x["operating_cash_flow"] - x["capex"]) / x["revenue"],
        positive=("revenue",),
    ),
    _quotient("cash_conversion", "Cash conversion", CASH, "operating_cash_flow", "net_income"),
    _quotient("capex_coverage", "Capex coverage", CASH, "operating_cash_flow", "capex"),
    _quotient(
        *("cost_income", "Cost to income", PROFITABILITY, "operating_expenses", "revenue", "percent"),
        sector="bank",
    ),
    _quotient(
        *(
            "loans_to_deposits",
            "Loans to deposits",
            LIQUIDITY,
            "customer_loans",
            "customer_deposits",
            "percent",
        ),
        sector="bank",
    ),
    _quotient(
        *("loss_ratio", "Loss ratio", PROFITABILITY, "claims", "premiums", "percent"), sector="insurer"
    ),
)
"""Those of one period; `growth_formulas` compares two."""
