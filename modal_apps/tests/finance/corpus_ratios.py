"""
The ratios as textbooks define them, written again and apart from the app, over values that were read by hand.

A function gets amounts of one period, flows as those of a year, and gives None where the quotient would mislead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Amounts = Mapping[str, float]
DAYS = 365


def _of_positive(value: float, base: float) -> float | None:
    return value / base if base > 0 else None


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _roic(x: Amounts) -> float | None:
    capital = x["total_debt"] + x["equity"] - x["cash"]
    if x["pretax_income"] <= 0 or capital <= 0:
        return None
    return 100 * x["operating_income"] * (1 - x["tax_expense"] / x["pretax_income"]) / capital


def _cycle(x: Amounts) -> float | None:
    if x["revenue"] <= 0 or x["cost_of_revenue"] <= 0:
        return None
    held = (x["inventory"] - x["payables"]) / x["cost_of_revenue"]
    return DAYS * (held + x["receivables"] / x["revenue"])


def _quick(x: Amounts) -> float | None:
    liquid = x["cash"] + x.get("short_term_investments", 0) + x["receivables"]
    return _of_positive(liquid, x["current_liabilities"])


REFERENCE: dict[str, tuple[tuple[str, ...], Callable[[Amounts], float | None]]] = {
    "current": (
        ("current_assets", "current_liabilities"),
        lambda x: _of_positive(x["current_assets"], x["current_liabilities"]),
    ),
    "quick": (("cash", "receivables", "current_liabilities"), _quick),
    "cash_ratio": (
        ("cash", "current_liabilities"),
        lambda x: _of_positive(x["cash"] + x.get("short_term_investments", 0), x["current_liabilities"]),
    ),
    "operating_cash_flow_ratio": (
        ("operating_cash_flow", "current_liabilities"),
        lambda x: _of_positive(x["operating_cash_flow"], x["current_liabilities"]),
    ),
    "gross_margin": (
        ("gross_profit", "revenue"),
        lambda x: _percent(_of_positive(x["gross_profit"], x["revenue"])),
    ),
    "operating_margin": (
        ("operating_income", "revenue"),
        lambda x: _percent(_of_positive(x["operating_income"], x["revenue"])),
    ),
    "ebitda_margin": (("ebitda", "revenue"), lambda x: _percent(_of_positive(x["ebitda"], x["revenue"]))),
    "net_margin": (
        ("net_income", "revenue"),
        lambda x: _percent(_of_positive(x["net_income"], x["revenue"])),
    ),
    "roa": (
        ("net_income", "total_assets"),
        lambda x: _percent(_of_positive(x["net_income"], x["total_assets"])),
    ),
    "roe": (("net_income", "equity"), lambda x: _percent(_of_positive(x["net_income"], x["equity"]))),
    "roic": (("operating_income", "tax_expense", "pretax_income", "total_debt", "equity", "cash"), _roic),
    "debt_to_equity": (("total_debt", "equity"), lambda x: _of_positive(x["total_debt"], x["equity"])),
    "liabilities_to_assets": (
        ("total_liabilities", "total_assets"),
        lambda x: _of_positive(x["total_liabilities"], x["total_assets"]),
    ),
    "equity_ratio": (
        ("equity", "total_assets"),
        lambda x: _percent(_of_positive(x["equity"], x["total_assets"])),
    ),
    "cost_income": (
        ("operating_expenses", "revenue"),
        lambda x: _percent(_of_positive(x["operating_expenses"], x["revenue"])),
    ),
    "loans_to_deposits": (
        ("customer_loans", "customer_deposits"),
        lambda x: _percent(_of_positive(x["customer_loans"], x["customer_deposits"])),
    ),
    "loss_ratio": (
        ("claims", "premiums"),
        lambda x: _percent(_of_positive(x["claims"], x["premiums"])),
    ),
    "equity_multiplier": (
        ("total_assets", "equity"),
        lambda x: _of_positive(x["total_assets"], x["equity"]),
    ),
    "interest_coverage": (
        ("operating_income", "interest_expense"),
        lambda x: _of_positive(x["operating_income"], x["interest_expense"]),
    ),
    "net_debt_to_ebitda": (
        ("total_debt", "cash", "ebitda"),
        lambda x: _of_positive(x["total_debt"] - x["cash"], x["ebitda"]),
    ),
    "asset_turnover": (
        ("revenue", "total_assets"),
        lambda x: _of_positive(x["revenue"], x["total_assets"]),
    ),
    "inventory_turnover": (
        ("cost_of_revenue", "inventory"),
        lambda x: _of_positive(x["cost_of_revenue"], x["inventory"]),
    ),
    "receivables_turnover": (
        ("revenue", "receivables"),
        lambda x: _of_positive(x["revenue"], x["receivables"]),
    ),
    "dio": (
        ("inventory", "cost_of_revenue"),
        lambda x: _of_positive(DAYS * x["inventory"], x["cost_of_revenue"]),
    ),
    "dso": (("receivables", "revenue"), lambda x: _of_positive(DAYS * x["receivables"], x["revenue"])),
    "dpo": (
        ("payables", "cost_of_revenue"),
        lambda x: _of_positive(DAYS * x["payables"], x["cost_of_revenue"]),
    ),
    "cash_conversion_cycle": (
        ("inventory", "receivables", "payables", "cost_of_revenue", "revenue"),
        _cycle,
    ),
    "free_cash_flow": (("operating_cash_flow", "capex"), lambda x: x["operating_cash_flow"] - x["capex"]),
    "fcf_margin": (
        ("operating_cash_flow", "capex", "revenue"),
        lambda x: _percent(_of_positive(x["operating_cash_flow"] - x["capex"], x["revenue"])),
    ),
    "cash_conversion": (
        ("operating_cash_flow", "net_income"),
        lambda x: _of_positive(x["operating_cash_flow"], x["net_income"]),
    ),
    "capex_coverage": (
        ("operating_cash_flow", "capex"),
        lambda x: _of_positive(x["operating_cash_flow"], x["capex"]),
    ),
}
GROWTH = {f"{item}_growth": item for item in ("revenue", "net_income", "operating_cash_flow")}
# An item that follows from two others, which are as good as the line itself.
DERIVED = {
    "gross_profit": ("revenue", "cost_of_revenue", -1),
    "ebitda": ("operating_income", "depreciation_amortization", 1),
    "total_liabilities": ("total_assets", "equity", -1),
}
