"""The table of formulas. Percentages are 100 times a quotient; days are those of a year over a turnover."""

from __future__ import annotations

from collections.abc import Callable

from .formula import Formula, Inputs, NotMeaningful, Unit
from .line_items import Sector

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
    *,
    group: str,
    top: str,
    bottom: str,
    unit: Unit = "ratio",
    averaged: bool = False,
    mixes: bool = False,
    sector: Sector = "",
) -> Formula:
    return Formula(
        key=key,
        label=label,
        group=group,
        unit=unit,
        formula=f"{top} / {bottom}",
        needs=(top, bottom),
        compute=_over(top, bottom, 100.0 if unit == "percent" else 1.0),
        averaged=averaged,
        mixes=mixes,
        positive=(bottom,),
        sector=sector,
    )


def _flow_over_average(
    key: str, label: str, *, group: str, top: str, bottom: str, unit: Unit = "ratio"
) -> Formula:
    """A flow of the period for each unit of the balance that it had in the middle."""
    return _quotient(key, label, group=group, top=top, bottom=bottom, unit=unit, averaged=True, mixes=True)


def _days(key: str, label: str, *, stock: str, flow: str) -> Formula:
    return Formula(
        key=key,
        label=label,
        group=EFFICIENCY,
        unit="days",
        formula=f"days_in_year x {stock} / {flow}",
        needs=(stock, flow),
        compute=lambda x: x["days_in_year"] * x[stock] / x[flow],
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
                key=f"{base}_growth",
                label=label,
                group=GROWTH,
                unit="percent",
                formula=f"{base} / {base} of the previous year - 1",
                needs=(base, "previous"),
                compute=_growth(base),
            ),
            base,
        )
        for base, label in GROWTH_ITEMS.items()
    ]


FORMULAS: tuple[Formula, ...] = (
    _quotient(
        "current", "Current ratio", group=LIQUIDITY, top="current_assets", bottom="current_liabilities"
    ),
    Formula(
        key="quick",
        label="Quick ratio",
        group=LIQUIDITY,
        unit="ratio",
        formula="(cash + short_term_investments + receivables) / current_liabilities",
        needs=("cash", "receivables", "current_liabilities"),
        compute=lambda x: (
            (x["cash"] + x["short_term_investments"] + x["receivables"]) / x["current_liabilities"]
        ),
        optional=("short_term_investments",),
        positive=("current_liabilities",),
    ),
    Formula(
        key="cash_ratio",
        label="Cash ratio",
        group=LIQUIDITY,
        unit="ratio",
        formula="(cash + short_term_investments) / current_liabilities",
        needs=("cash", "current_liabilities"),
        compute=lambda x: (x["cash"] + x["short_term_investments"]) / x["current_liabilities"],
        optional=("short_term_investments",),
        positive=("current_liabilities",),
    ),
    _quotient(
        "operating_cash_flow_ratio",
        "Operating cash flow ratio",
        group=LIQUIDITY,
        top="operating_cash_flow",
        bottom="current_liabilities",
        mixes=True,
    ),
    _quotient(
        "gross_margin",
        "Gross margin",
        group=PROFITABILITY,
        top="gross_profit",
        bottom="revenue",
        unit="percent",
    ),
    _quotient(
        "operating_margin",
        "Operating margin",
        group=PROFITABILITY,
        top="operating_income",
        bottom="revenue",
        unit="percent",
    ),
    _quotient(
        "ebitda_margin", "EBITDA margin", group=PROFITABILITY, top="ebitda", bottom="revenue", unit="percent"
    ),
    _quotient(
        "net_margin", "Net margin", group=PROFITABILITY, top="net_income", bottom="revenue", unit="percent"
    ),
    _flow_over_average(
        "roa",
        "Return on assets",
        group=PROFITABILITY,
        top="net_income",
        bottom="total_assets",
        unit="percent",
    ),
    _flow_over_average(
        "roe", "Return on equity", group=PROFITABILITY, top="net_income", bottom="equity", unit="percent"
    ),
    Formula(
        key="roic",
        label="Return on invested capital",
        group=PROFITABILITY,
        unit="percent",
        formula="operating_income x (1 - tax_expense / pretax_income) / (total_debt + equity - cash)",
        needs=("operating_income", "tax_expense", "pretax_income", "total_debt", "equity", "cash"),
        compute=_roic,
        averaged=True,
        mixes=True,
    ),
    _quotient("debt_to_equity", "Debt to equity", group=LEVERAGE, top="total_debt", bottom="equity"),
    _quotient(
        "liabilities_to_assets",
        "Liabilities to assets",
        group=LEVERAGE,
        top="total_liabilities",
        bottom="total_assets",
    ),
    _quotient(
        "equity_ratio", "Equity ratio", group=LEVERAGE, top="equity", bottom="total_assets", unit="percent"
    ),
    _quotient(
        "equity_multiplier",
        "Equity multiplier",
        group=LEVERAGE,
        top="total_assets",
        bottom="equity",
        averaged=True,
    ),
    _quotient(
        "interest_coverage",
        "Interest coverage",
        group=LEVERAGE,
        top="operating_income",
        bottom="interest_expense",
    ),
    Formula(
        key="net_debt_to_ebitda",
        label="Net debt to EBITDA",
        group=LEVERAGE,
        unit="ratio",
        formula="(total_debt - cash) / ebitda",
        needs=("total_debt", "cash", "ebitda"),
        compute=lambda x: (x["total_debt"] - x["cash"]) / x["ebitda"],
        mixes=True,
        positive=("ebitda",),
    ),
    _flow_over_average(
        "asset_turnover", "Asset turnover", group=EFFICIENCY, top="revenue", bottom="total_assets"
    ),
    _flow_over_average(
        "inventory_turnover",
        "Inventory turnover",
        group=EFFICIENCY,
        top="cost_of_revenue",
        bottom="inventory",
    ),
    _flow_over_average(
        "receivables_turnover", "Receivables turnover", group=EFFICIENCY, top="revenue", bottom="receivables"
    ),
    _days("dio", "Days of inventory", stock="inventory", flow="cost_of_revenue"),
    _days("dso", "Days of sales outstanding", stock="receivables", flow="revenue"),
    _days("dpo", "Days of payables", stock="payables", flow="cost_of_revenue"),
    Formula(
        key="cash_conversion_cycle",
        label="Cash conversion cycle",
        group=EFFICIENCY,
        unit="days",
        formula="dio + dso - dpo",
        needs=("inventory", "receivables", "payables", "cost_of_revenue", "revenue"),
        compute=_cash_cycle,
        averaged=True,
        mixes=True,
        positive=("cost_of_revenue", "revenue"),
    ),
    Formula(
        key="free_cash_flow",
        label="Free cash flow",
        group=CASH,
        unit="currency",
        formula="operating_cash_flow - capex",
        needs=("operating_cash_flow", "capex"),
        compute=lambda x: x["operating_cash_flow"] - x["capex"],
    ),
    Formula(
        key="fcf_margin",
        label="Free cash flow margin",
        group=CASH,
        unit="percent",
        formula="(operating_cash_flow - capex) / revenue",
        needs=("operating_cash_flow", "capex", "revenue"),
        compute=lambda x: 100 * (x["operating_cash_flow"] - x["capex"]) / x["revenue"],
        positive=("revenue",),
    ),
    _quotient(
        "cash_conversion", "Cash conversion", group=CASH, top="operating_cash_flow", bottom="net_income"
    ),
    _quotient("capex_coverage", "Capex coverage", group=CASH, top="operating_cash_flow", bottom="capex"),
    _quotient(
        "cost_income",
        "Cost to income",
        group=PROFITABILITY,
        top="operating_expenses",
        bottom="revenue",
        unit="percent",
        sector="bank",
    ),
    _quotient(
        "loans_to_deposits",
        "Loans to deposits",
        group=LIQUIDITY,
        top="customer_loans",
        bottom="customer_deposits",
        unit="percent",
        sector="bank",
    ),
    _quotient(
        "loss_ratio",
        "Loss ratio",
        group=PROFITABILITY,
        top="claims",
        bottom="premiums",
        unit="percent",
        sector="insurer",
    ),
)
"""Those of one period; `growth_formulas` compares two."""
