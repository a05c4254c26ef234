"""The ratios, each with its formula, the numbers that went into it, and why it may have no value."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from .figures import Source, Statement
from .formula import Formula, NotMeaningful, Unit
from .formula_table import FORMULAS, growth_formulas
from .line_items import DEBTS, Sector
from .lookup import DERIVED, Operand, is_stock, lookup
from .periods import DAY, YEAR, Period
from .sectors import meaningless_reason

Status = Literal["ok", "missing_input", "division_by_zero", "not_meaningful", "incomplete", "withheld"]
Balance = Literal["average", "ending"]
# What is told first when several inputs have no value.
_GRAVEST: tuple[Status, ...] = ("withheld", "missing_input", "incomplete")


@dataclass(frozen=True)
class Ratio:
    """
    One ratio in one period.

    Parameters:
        value: 42.0 for 42 percent; currency in whole units; None unless the status is ok.
        inputs: the numbers used, by line item, as they are in the files.
        reason: why there is no value, in words; '' when there is one.
        note: what has to be known of the value, in words; '' when there is nothing.
        annualised: what flows of a part of a year were multiplied by; None when they were not.
        sources: the cells that each input comes from.
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
    reason: str = ""
    note: str = ""
    annualised: float | None = None
    sources: dict[str, list[Source]] = field(default_factory=dict)


def compute_ratios(
    statement: Statement, *, balance: Balance = "ending", days_in_year: int = 365
) -> list[Ratio]:
    """
    Computes every ratio of every period, newest first, then the growth against the year before.

    Parameters:
        balance: `average` takes the mean of this and the balance a year ago where a flow is divided by a stock.
        days_in_year: 360 or 365, for the ratios in days.
    """
    constants = {"days_in_year": float(days_in_year)}
    ratios = []
    for formula in (one for one in FORMULAS if one.sector in ("", statement.sector)):
        for period in statement.periods:
            operands = read_operands(statement, formula, period, balance)
            ratios.append(_evaluate(formula, period, operands, constants, statement.sector))
    for formula, base in growth_formulas():
        for period, previous in _years(statement.periods):
            operands = {base: lookup(statement, base, period), "previous": lookup(statement, base, previous)}
            ratios.append(_evaluate(formula, period, operands, {}, statement.sector))
    return ratios


def read_operands(
    statement: Statement, formula: Formula, period: Period, balance: Balance
) -> dict[str, Operand]:
    """The numbers of a formula, derived ones such as `total_debt` included, or why they are not there."""
    operands = {}
    previous = dict(_years(statement.periods)).get(period)
    for name in (*formula.needs, *formula.optional):
        operand = lookup(statement, name, period)
        if balance == "average" and formula.averaged and is_stock(name):
            before = lookup(statement, name, previous) if previous else _NO_YEAR_BEFORE
            operand = _mean(operand, before)
        operands[name] = operand
    return operands


_NO_YEAR_BEFORE = Operand(
    None,
    "missing_input",
    "An average balance needs the balance a year before, which the files do not have.",
)


def _mean(now: Operand, before: Operand) -> Operand:
    """The mean of two balances; the one that has no value where one has none."""
    if now.value is None:
        return now
    if before.value is None:
        return before
    return Operand((now.value + before.value) / 2, sources=(*now.sources, *before.sources))


@cache
def needs_of(key: str) -> tuple[str, ...]:
    """The line items that a ratio rests on, those of derived numbers included."""
    formulas = [*FORMULAS, *(formula for formula, _ in growth_formulas())]
    found = [
        name for formula in formulas if formula.key == key for name in (*formula.needs, *formula.optional)
    ]
    derived = [
        part for name in found for part in (DEBTS if name == "total_debt" else DERIVED.get(name, ())[:2])
    ]
    return tuple(str(name) for name in (*found, *derived))


def _years(periods: list[Period]) -> list[tuple[Period, Period]]:
    """Pairs of a period and the same one of the year before, newest first."""
    known = set(periods)
    pairs = (
        (period, period.year_before()) for period in periods if period.is_flow and not period.is_trailing
    )
    return [(period, previous) for period, previous in pairs if previous in known]


def _evaluate(
    formula: Formula,
    period: Period,
    operands: dict[str, Operand],
    constants: dict[str, float],
    sector: Sector,
) -> Ratio:
    inputs = {name: operand.value for name, operand in operands.items() if operand.value is not None}
    if "short_term_investments" in inputs and not operands["short_term_investments"].sources:
        del inputs["short_term_investments"]  # no line, and nothing missing
    factor = _factor(formula, period)
    value: float | None
    status: Status
    if why := meaningless_reason(sector, formula.key):
        value, status, reason = None, "not_meaningful", why
    else:
        value, status, reason = _value(formula, operands, constants, factor)
    note = (
        f"Flows of {period.months} months are multiplied by {factor:g}."
        if factor and value is not None
        else ""
    )
    return Ratio(
        key=formula.key,
        label=formula.label,
        group=formula.group,
        period=period.label,
        value=value,
        unit=formula.unit,
        formula=formula.formula,
        inputs=inputs,
        status=status,
        reason=reason,
        note=note,
        annualised=factor if value is not None else None,
        sources={name: list(operand.sources) for name, operand in operands.items() if operand.sources},
    )


def _factor(formula: Formula, period: Period) -> float | None:
    """What flows of a part of a year are multiplied by where they meet balances; None for whole years."""
    if not formula.mixes or period.months in (DAY, YEAR):
        return None
    return YEAR / period.months


def _value(
    formula: Formula, operands: dict[str, Operand], constants: dict[str, float], factor: float | None
) -> tuple[float | None, Status, str]:
    absent = [operand for operand in operands.values() if operand.value is None]
    for standing in _GRAVEST:
        if found := next((operand for operand in absent if operand.standing == standing), None):
            return None, standing, found.reason
    numbers = {
        name: operand.value * (factor if factor and not is_stock(name) else 1)
        for name, operand in operands.items()
        if operand.value is not None
    }
    below = next((name for name in formula.positive if numbers[name] < 0), None)
    if below:
        words = below.replace("_", " ").capitalize()
        return None, "not_meaningful", f"{words} is negative, so the quotient would mislead."
    try:
        value = formula.compute({**numbers, **constants})
    except ZeroDivisionError:
        return None, "division_by_zero", "The number to divide by is zero."
    except NotMeaningful as error:
        return None, "not_meaningful", str(error)
    if not math.isfinite(value):
        return None, "not_meaningful", "The quotient is too large to be a number."
    return value, "ok", ""
