"""Whether the numbers agree with each other. What fails is withheld, because nobody knows which side is wrong."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

from .figures import Check, Notice, Statement
from .line_items import all_items
from .periods import Period
from .ratios import Ratio
from .written_numbers import ROUNDING, adds_up

__all__ = ["Check", "check_statement", "run_checks"]

IDENTITY_TOLERANCE = 1e-9
BALANCE, GROSS, TOTALS = (
    "assets = liabilities + equity",
    "gross profit = revenue - cost",
    "total assets = total liabilities and equity",
)

# A part, or several together, and the total that they cannot exceed.
_BOUNDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("cash", "short_term_investments", "receivables", "inventory"), "current_assets"),
    (("current_assets",), "total_assets"),
    (("cash",), "total_assets"),
    (("payables", "short_term_debt"), "current_liabilities"),
    (("current_liabilities",), "total_liabilities"),
    (("long_term_debt",), "total_liabilities"),
    (("cost_of_revenue", "gross_profit"), "revenue"),
)


def check_statement(statement: Statement) -> None:
    """Compares what can be compared, period by period, and withholds what a failed comparison rests on."""
    for period in statement.periods:
        _note_both_sides(statement, period)
        for check in (
            _balance(statement, period),
            _gross_profit(statement, period),
            _both_sides(statement, period),
        ):
            _note(statement, period, check)
        for parts, total in _BOUNDS:
            _note(statement, period, _bound(statement, period, parts, total))


def _note_both_sides(statement: Statement, period: Period) -> None:
    """Exports call the sum of liabilities and equity `total liabilities`: one that is all of the assets is none."""
    total, assets = (statement.value(name, period) for name in ("total_liabilities", "total_assets"))
    if not total or total != assets or statement.value("equity", period) == 0:
        return
    reason = f"{period.label}: total liabilities are as large as total assets, so they hold the equity too."
    if statement.withhold("total_liabilities", period, "failed_check", reason):
        found = statement.withheld[-1]
        sources = tuple(part.source for part in found.candidates)
        statement.notices.append(
            Notice("failed_check", reason, ("total_liabilities",), (found.period,), sources)
        )


def _note(statement: Statement, period: Period, check: Check | None) -> None:
    if check is None:
        return
    if check.ok:
        if check.name in (BALANCE, GROSS):
            statement.checks.append(check)
        return
    labels = ", ".join(all_items()[key].label.lower() for key in check.withheld)
    reason = f"{check.period}: {check.name} does not hold ({check.detail}), so these are not used: {labels}."
    for key in check.withheld:
        statement.withhold(key, period, "failed_check", reason)
    statement.checks.append(check)
    sources = tuple(
        part.source
        for one in statement.withheld
        if one.item in check.withheld and one.reason == reason
        for part in one.candidates
    )
    statement.notices.append(Notice("failed_check", reason, check.withheld, (check.period,), sources))


def _balance(statement: Statement, period: Period) -> Check | None:
    names = ("total_assets", "total_liabilities", "equity")
    assets, liabilities, equity = (statement.value(name, period) for name in names)
    if assets is None or liabilities is None or equity is None:
        return None
    between = [statement.value(name, period) for name in ("noncontrolling_interests", "temporary_equity")]
    # Interests of others may stand beside equity or within it.
    sums = [
        liabilities + equity + sum(extra)
        for count in range(3)
        for extra in itertools.combinations([one for one in between if one is not None], count)
    ]
    nearest = min(sums, key=lambda one: abs(one - assets))
    check = _compare(BALANCE, period.label, assets, nearest, names)
    both = statement.value("liabilities_and_equity", period)
    if not check.ok and both is not None and adds_up(assets, both):
        return replace(check, withheld=names[1:])  # the total stands on both sides
    return check


def _both_sides(statement: Statement, period: Period) -> Check | None:
    assets, both = statement.value("total_assets", period), statement.value("liabilities_and_equity", period)
    if assets is None or both is None:
        return None
    return _compare(TOTALS, period.label, assets, both, ("total_assets",))


def _gross_profit(statement: Statement, period: Period) -> Check | None:
    names = ("gross_profit", "revenue", "cost_of_revenue")
    profit, revenue, cost = (statement.value(name, period) for name in names)
    if profit is None or revenue is None or cost is None:
        return None
    return _compare(GROSS, period.label, profit, revenue - cost, names)


def _bound(statement: Statement, period: Period, parts: tuple[str, ...], total: str) -> Check | None:
    whole = statement.value(total, period)
    known = {name: value for name in parts if (value := statement.value(name, period)) is not None}
    if whole is None or not known or whole <= 0 or total == "revenue":
        return None
    amount = sum(known.values())
    if amount <= whole * (1 + ROUNDING):
        return None
    names = (*known, total)
    words = " + ".join(all_items()[name].label.lower() for name in known)
    name = f"{words} within {all_items()[total].label.lower()}"
    detail = f"{amount:,.0f} against {whole:,.0f}"
    return Check(name, period.label, ok=False, detail=detail, items=names, withheld=names)


def run_checks(statement: Statement, ending_ratios: list[Ratio]) -> list[Check]:
    """
    All checks, newest period first.

    Parameters:
        ending_ratios: ratios from ending balances, because only those satisfy the DuPont identity.
    """
    values = {(ratio.key, ratio.period): ratio for ratio in ending_ratios}
    checks = []
    for period in statement.periods:
        own = [check for check in statement.checks if check.period == period.label]
        dupont = _dupont(values, period.label)
        checks += [*own, *([dupont] if dupont else [])]
    return checks


def _dupont(ratios: dict[tuple[str, str], Ratio], period: str) -> Check | None:
    found = [
        ratios.get((name, period)) for name in ("net_margin", "asset_turnover", "equity_multiplier", "roe")
    ]
    margin, turnover, multiplier, roe = (ratio.value if ratio else None for ratio in found)
    if margin is None or turnover is None or multiplier is None or roe is None:
        return None
    product = margin * turnover * multiplier
    ok = math.isclose(product, roe, rel_tol=IDENTITY_TOLERANCE, abs_tol=IDENTITY_TOLERANCE)
    detail = (
        f"{margin:.2f}% x {turnover:.3f} x {multiplier:.3f} = {product:.2f}%, return on equity {roe:.2f}%"
    )
    name = "DuPont: net margin x asset turnover x equity multiplier = return on equity"
    return Check(name, period, ok, detail, items=("net_income", "revenue", "total_assets", "equity"))


def _compare(name: str, period: str, left: float, right: float, items: tuple[str, ...]) -> Check:
    ok = abs(left - right) <= ROUNDING * max(abs(left), abs(right))
    detail = f"{left:,.0f} against {right:,.0f}"
    return Check(name, period, ok, detail, items=items, withheld=() if ok else items)
