"""What a ratio is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from .line_items import Sector

Unit = Literal["ratio", "percent", "days", "currency"]
Inputs = Mapping[str, float]


class NotMeaningful(ValueError):
    """The numbers are there, but the quotient would mislead, as growth from a loss does. The text says why."""


@dataclass(frozen=True, kw_only=True)
class Formula:
    """
    Parameters:
        needs: items without which there is no value.
        optional: items that count as 0 when the statement has no such line and adds up without it.
        averaged: whether stocks are averaged over two periods when the caller asks for average balances.
        mixes: whether flows meet stocks, so that flows of a part of a year are brought to a year.
        positive: items that must not be negative for the quotient to mean anything.
        sector: the only one of whose companies it is made; '' for one of all.
    """

    key: str
    label: str
    group: str
    unit: Unit
    formula: str
    needs: tuple[str, ...]
    compute: Callable[[Inputs], float]
    optional: tuple[str, ...] = ()
    averaged: bool = False
    mixes: bool = False
    positive: tuple[str, ...] = ()
    sector: Sector = ""
