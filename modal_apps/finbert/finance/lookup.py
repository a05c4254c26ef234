"""The number that a formula asks for: a line item, what follows from others, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .figures import Source, Statement
from .line_items import DEBTS, all_items, items
from .periods import Period

Standing = Literal["ok", "missing_input", "incomplete", "withheld"]
# Name: first item plus or minus the second.
DERIVED = {
    "gross_profit": ("revenue", "cost_of_revenue", -1),
    "ebitda": ("operating_income", "depreciation_amortization", 1),
    "total_liabilities": ("total_assets", "equity", -1),
}


@dataclass(frozen=True)
class Operand:
    """
    Parameters:
        value: None unless the standing is `ok`.
        reason: why there is no value, in words.
    """

    value: float | None
    standing: Standing = "ok"
    reason: str = ""
    sources: tuple[Source, ...] = ()


def lookup(statement: Statement, name: str, period: Period) -> Operand:
    """A line item, or what follows from other items when the statement does not name it."""
    if name == "total_debt":
        return _total_debt(statement, period)
    found = _item(statement, name, period)
    if found.standing != "missing_input":
        return found
    if name == "short_term_investments":
        return _absent_part(statement, name, period)
    if name not in DERIVED:
        return found
    first, second, sign = DERIVED[name]
    one, two = lookup(statement, first, period), lookup(statement, second, period)
    for operand in (one, two):
        if operand.value is None:
            return operand if operand.standing != "missing_input" else _missing(name)
    assert one.value is not None
    assert two.value is not None
    value = one.value + sign * two.value
    if name == "total_liabilities":
        value -= statement.value("temporary_equity", period) or 0.0
    return Operand(value, sources=(*one.sources, *two.sources))


def is_stock(name: str) -> bool:
    """Whether a number is of a day."""
    return name == "total_debt" or (name in items() and items()[name].kind == "stock")


def balance_label(statement: Statement, period: Period) -> str:
    """The label under which balances at the end of a period are filed."""
    return statement.balances.get(period, period).label


def _item(statement: Statement, name: str, period: Period) -> Operand:
    if withheld := statement.reason_for(name, period):
        return Operand(None, "withheld", withheld.reason)
    entry = statement.entry(name, period)
    if entry is None:
        return _missing(name)
    labels = (entry.period, period.label)
    why = next(
        (statement.incomplete[name, label] for label in labels if (name, label) in statement.incomplete), ""
    )
    if why:
        return Operand(None, "incomplete", f"{_label(name)} may lack a part: {why}.")
    sources = tuple(part.source for part in entry.parts) or (entry.source,)
    return Operand(entry.value, sources=sources)


def _missing(name: str) -> Operand:
    return Operand(None, "missing_input", f"The files have no {_label(name).lower()} for the period.")


def _label(name: str) -> str:
    return all_items()[name].label if name in all_items() else name.replace("_", " ").capitalize()


def _absent_part(statement: Statement, name: str, period: Period) -> Operand:
    """A part that no row names: nothing where the rows add up without it."""
    why = statement.incomplete.get((name, balance_label(statement, period)), "")
    return Operand(None, "incomplete", f"{_label(name)}: {why}.") if why else Operand(0.0)


def _total_debt(statement: Statement, period: Period) -> Operand:
    """Both kinds of debt together; a kind without a line counts as nothing only where the liabilities add up."""
    found = [_item(statement, name, period) for name in DEBTS]
    withheld = next((one for one in found if one.standing == "withheld"), None)
    if withheld:
        return withheld
    total = statement.entry("total_debt_line", period)
    label = balance_label(statement, period)
    whys = [statement.incomplete.get((name, label), "") for name in DEBTS]
    if total is not None and (any(whys) or all(one.value is None for one in found)):
        return Operand(total.value, sources=(total.source,))
    if all(one.standing == "missing_input" for one in found) and any(whys):
        return Operand(None, "missing_input", "The files have no debt for the period.")
    if any(whys):
        return Operand(
            None, "incomplete", f"Total debt may lack a part: {'; '.join(why for why in whys if why)}."
        )
    known = [one.value for one in found if one.value is not None]
    if not known:
        return Operand(None, "missing_input", "The files have no debt for the period.")
    return Operand(sum(known), sources=tuple(source for one in found for source in one.sources))
