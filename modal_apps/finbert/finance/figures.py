"""All line items of a request: what was read, from where, and what was left out and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .line_items import Sector
from .periods import Period
from .timeline import Timeline


@dataclass(frozen=True)
class Source:
    """
    Where a number stands.

    Parameters:
        ref: a cell such as `B7`, or `line 7` of a page.
    """

    file: str
    sheet: str | None
    ref: str


@dataclass(frozen=True)
class Part:
    """A component of a sum."""

    label: str
    value: float
    source: Source


@dataclass(frozen=True)
class Value:
    """
    One number of a line item.

    Parameters:
        value: in units of the currency, after the scale of its table; shares are counted one by one.
        label: of the row, as written.
        heading: of the column, as written.
        written: the cell as written.
        scale: that the written number was multiplied by.
        unit: ISO code of the currency, or `shares`; None when the file names none.
        statement: balance, income, cash_flow or unknown.
        parts: what a sum was made of; empty for a number that stands in the file.
    """

    period: str
    value: float
    source: Source
    label: str = ""
    heading: str = ""
    written: str = ""
    scale: int = 1
    unit: str | None = None
    statement: str = "unknown"
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Withheld:
    """A number that stands in the files and is not used."""

    item: str
    period: str
    code: str
    reason: str
    candidates: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Notice:
    """
    A warning, with the figures that it is about.

    Parameters:
        code: in snake case, such as `several_values`.
        ratios: keys of the ratios that have no value because of it.
    """

    code: str
    message: str
    items: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    ratios: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """
    Parameters:
        detail: the two sides that were compared.
        items: that took part.
        withheld: items that are not used because the check failed.
    """

    name: str
    period: str
    ok: bool
    detail: str
    items: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


@dataclass
class Statement:
    """
    Parameters:
        line_items: values by item, newest period first.
        periods: newest first.
        unit_scale: the factor that most values were multiplied by.
        incomplete: why a sum may lack a part, by item and period.
        hidden: items that only checks use.
        checks: whether the numbers agree with each other; what rests on a failed one is withheld.
        nil: items that have a dash, by item and period.
        sector: of the company, as far as its rows tell it.
    """

    line_items: dict[str, list[Value]] = field(default_factory=dict)
    periods: list[Period] = field(default_factory=list)
    currency: str | None = None
    unit_scale: int = 1
    tables_by_file: Counter[str] = field(default_factory=Counter)
    values_by_file: Counter[str] = field(default_factory=Counter)
    notices: list[Notice] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    incomplete: dict[tuple[str, str], str] = field(default_factory=dict)
    hidden: dict[str, list[Value]] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    nil: set[tuple[str, str]] = field(default_factory=set)
    balances: dict[Period, Period] = field(default_factory=dict)
    timeline: Timeline = field(default_factory=Timeline)
    sector: Sector = ""

    @property
    def period_ends(self) -> dict[str, str]:
        """The last day of each period, by its label; '' where it is not known."""
        ends = ((period.label, self.timeline.ends.get(period)) for period in self.periods)
        return {label: end.isoformat() if end else "" for label, end in ends}

    @property
    def warnings(self) -> list[str]:
        """The notices in words."""
        return [notice.message for notice in self.notices]

    def value(self, key: str, period: Period) -> float | None:
        """The number of an item in a period or at its end; None when the statement has none."""
        found = self.entry(key, period)
        return found.value if found else None

    def entry(self, key: str, period: Period) -> Value | None:
        """As `value`, with its source."""
        labels = (period.label, self.balances.get(period, period).label)
        values = self.line_items.get(key) or self.hidden.get(key, [])
        return next((item for label in labels for item in values if item.period == label), None)

    def reason_for(self, key: str, period: Period) -> Withheld | None:
        """Why the number of an item is withheld; None when it is not."""
        labels = (period.label, self.balances.get(period, period).label)
        return next((item for item in self.withheld if item.item == key and item.period in labels), None)

    def withhold(self, key: str, period: Period, code: str, reason: str) -> bool:
        """Takes a value out; returns whether there was one."""
        found = self.entry(key, period)
        if found is None:
            return False
        for values in (self.line_items, self.hidden):
            if found in values.get(key, []):
                values[key].remove(found)
                if not values[key]:
                    del values[key]
        part = Part(found.label, found.value, found.source)
        self.withheld.append(Withheld(key, found.period, code, reason, (part,)))
        return True
