"""Whether the numbers agree with each other: balance sheet, gross profit and the DuPont identity."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .periods import Period
from .ratios import Ratio
from .statement import Statement

TOLERANCE = 0.005
IDENTITY_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Check:
    """
    Parameters:
        detail: the two sides that were compared.
    """

    name: str
    period: str
    ok: bool
    detail: str


def run_checks(statement: Statement, ending_ratios: list[Ratio]) -> list[Check]:
    """
    Compares what can be compared, period by period.

    Parameters:
        ending_ratios: ratios from ending balances, because only those satisfy the DuPont identity.
    """
    values = {(ratio.key, ratio.period): ratio.value for ratio in ending_ratios}
    checks = []
    for period in statement.periods:
        checks += [
            _balance(statement, period),
            _gross_profit(statement, period),
            _dupont(values, period.label),
        ]
    return [check for check in checks if check]


def _balance(statement: Statement, period: Period) -> Check | None:
    names = ("total_assets", "total_liabilities", "equity")
    assets, liabilities, equity = (statement.value(name, period) for name in names)
    if assets is None or liabilities is None or equity is None:
        return None
    return _compare("assets = liabilities + equity", period.label, assets, liabilities + equity)


def _gross_profit(statement: Statement, period: Period) -> Check | None:
    profit, revenue, cost = (
        statement.value(name, period) for name in ("gross_profit", "revenue", "cost_of_revenue")
    )
    if profit is None or revenue is None or cost is None:
        return None
    return _compare("gross profit = revenue - cost", period.label, profit, revenue - cost)


def _dupont(values: dict[tuple[str, str], float | None], period: str) -> Check | None:
    names = ("net_margin", "asset_turnover", "equity_multiplier", "roe")
    margin, turnover, multiplier, roe = (values.get((name, period)) for name in names)
    if margin is None or turnover is None or multiplier is None or roe is None:
        return None
    product = margin * turnover * multiplier
    ok = math.isclose(product, roe, rel_tol=IDENTITY_TOLERANCE, abs_tol=IDENTITY_TOLERANCE)
    detail = (
        f"{margin:.2f}% x {turnover:.3f} x {multiplier:.3f} = {product:.2f}%, return on equity {roe:.2f}%"
    )
    return Check(
        "DuPont: net margin x asset turnover x equity multiplier = return on equity", period, ok, detail
    )


def _compare(name: str, period: str, left: float, right: float) -> Check:
    ok = abs(left - right) <= TOLERANCE * max(abs(left), abs(right))
    return Check(name, period, ok, f"{left:,.0f} against {right:,.0f}")
