"""The ratios, each with its formula, the numbers that went into it, and why it may have no value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from .catalogue import items
from .formula import Formula, Inputs, NotMeaningful, Unit
from .formulas import FORMULAS, growth_formulas
from .periods import Period
from .statement import Statement

Status = Literal["ok", "missing_input", "division_by_zero", "not_meaningful"]
Balance = Literal["average", "ending"]


@dataclass(frozen=True)
class Ratio:
    """
    One ratio in one period.

    Parameters:
        value: 42.0 for 42 percent; currency in whole units; None unless the status is ok.
        inputs: the numbers used, by line item.
    """

    key: str
    label: str
    group: str
    period: str
    value: float | None
    unit: Unit
    formula: str
    inputs: dict[str, float]
    status: Status


def compute_ratios(
    statement: Statement, *, balance: Balance = "ending", days_in_year: int = 365
) -> list[Ratio]:
    """
    Computes every ratio of every period, newest first, then the growth between consecutive years.

    Parameters:
        balance: `average` takes the mean of this and the previous balance where a flow is divided by a stock.
        days_in_year: 360 or 365, for the ratios in days.
    """
    ratios = []
    for formula in FORMULAS:
        for period in statement.periods:
            inputs = read_inputs(statement, formula, period, balance)
            ratios.append(_evaluate(formula, period, inputs, {"days_in_year": float(days_in_year)}))
    for formula, base in growth_formulas():
        for period, previous in _years(statement.periods):
            now, before = statement.value(base, period), statement.value(base, previous)
            inputs = {name: value for name, value in ((base, now), ("previous", before)) if value is not None}
            ratios.append(_evaluate(formula, period, inputs, {}))
    return ratios


def read_inputs(statement: Statement, formula: Formula, period: Period, balance: Balance) -> dict[str, float]:
    """The numbers of a formula that the statement has, derived ones such as `total_debt` included."""
    inputs = {}
    previous = dict(_years(statement.periods)).get(period)
    for name in (*formula.needs, *formula.optional):
        value = lookup(statement, name, period)
        if value is not None and balance == "average" and formula.averaged and _is_stock(name):
            before = lookup(statement, name, previous) if previous else None
            value = None if before is None else (value + before) / 2
        if value is not None:
            inputs[name] = value
    return inputs


def lookup(statement: Statement, name: str, period: Period) -> float | None:
    """A line item, or what follows from other items when the statement does not name it."""
    value = statement.value(name, period)
    if value is not None:
        return value
    if name == "total_debt":
        # A statement without a line for one kind of debt has none of it.
        debts = [statement.value(kind, period) for kind in ("long_term_debt", "short_term_debt")]
        known = [debt for debt in debts if debt is not None]
        return sum(known) if known else None
    if name not in DERIVED:
        return None
    first, second, sign = DERIVED[name]
    one, two = statement.value(first, period), statement.value(second, period)
    return None if one is None or two is None else one + sign * two


# Name: first item plus or minus the second.
DERIVED = {
    "gross_profit": ("revenue", "cost_of_revenue", -1),
    "ebitda": ("operating_income", "depreciation_amortization", 1),
    "total_liabilities": ("total_assets", "equity", -1),
}


def _is_stock(name: str) -> bool:
    return name == "total_debt" or (name in items() and items()[name].kind == "stock")


def _years(periods: list[Period]) -> list[tuple[Period, Period]]:
    """Pairs of a year and the one before it, newest first."""
    known = set(periods)
    pairs = ((period, Period(period.year - 1)) for period in periods if period.is_annual)
    return [(period, previous) for period, previous in pairs if previous in known]


def _evaluate(formula: Formula, period: Period, inputs: dict[str, float], constants: Inputs) -> Ratio:
    value: float | None = None
    status: Status = "ok"
    if any(name not in inputs for name in formula.needs):
        status = "missing_input"
    else:
        try:
            value = formula.compute({**dict.fromkeys(formula.optional, 0.0), **inputs, **constants})
        except ZeroDivisionError:
            status = "division_by_zero"
        except NotMeaningful:
            status = "not_meaningful"
    if value is not None and not math.isfinite(value):
        value, status = None, "not_meaningful"
    return Ratio(
        *(formula.key, formula.label, formula.group, period.label, value),
        *(formula.unit, formula.formula, inputs, status),
    )
