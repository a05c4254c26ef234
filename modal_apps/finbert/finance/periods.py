"""Reporting periods: years, quarters and other stretches of time that figures are of, and the days of balances."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from enum import Enum

YEAR, HALF, QUARTER, DAY = 12, 6, 3, 0  # months of a period; a day has none
NINE_MONTHS = 9


class PeriodKind(Enum):
    """What a period is known by, with an example of its label."""

    YEAR = "FY2024"
    NUMBERED = "Q2 2024"
    MONTHS = "9 months to Sep 2024"
    DAY = "30 Jun 2024"
    TRAILING = "TTM"


@dataclass(frozen=True, order=True, kw_only=True)
class Period:
    """
    A stretch of time that figures are of, or the day of a balance. They are ordered by their end; the last twelve
    months, whose end no heading tells, come after all others.

    Parameters:
        is_trailing: the last twelve months; the other fields say nothing then.
        year: fiscal year, or the year of the last day.
        month: of the last day when the period is known by it; 12 for years and numbered periods.
        months: how long it is; 0 for a day.
        number: of a quarter or a half-year that is known by its number, 1 for the first nine months; 0 for others.
        day: of a balance; 0 for others.
    """

    is_trailing: bool = False
    year: int = 0
    month: int = 12
    months: int = YEAR
    number: int = 0
    day: int = 0

    @property
    def kind(self) -> PeriodKind:
        """What it is known by."""
        if self.is_trailing:
            return PeriodKind.TRAILING
        if self.months == DAY:
            return PeriodKind.DAY
        if self.number:
            return PeriodKind.NUMBERED
        return PeriodKind.YEAR if self.months == YEAR else PeriodKind.MONTHS

    @property
    def label(self) -> str:
        """As responses name it; `PeriodKind` has an example of each."""
        month = calendar.month_abbr[self.month]
        match self.kind:
            case PeriodKind.TRAILING:
                return "TTM"
            case PeriodKind.DAY:
                return f"{self.day} {month} {self.year}"
            case PeriodKind.NUMBERED:
                part = "9M" if self.months == NINE_MONTHS else f"{_LETTERS[self.months]}{self.number}"
                return f"{part} {self.year}"
            case PeriodKind.YEAR:
                return f"FY{self.year}"
            case PeriodKind.MONTHS:
                return f"{self.months} months to {month} {self.year}"

    @property
    def is_annual(self) -> bool:
        """Whether it is a fiscal year."""
        return self.kind is PeriodKind.YEAR

    @property
    def is_flow(self) -> bool:
        """Whether it has a length: income and cash flows have one, balances are of a day."""
        return self.kind is not PeriodKind.DAY

    def year_before(self) -> Period:
        """The same period of the previous year."""
        return replace(self, year=self.year - 1)


_LETTERS = {QUARTER: "Q", HALF: "H"}
TRAILING_YEAR = Period(is_trailing=True)


def fiscal_year(year: int) -> Period:
    """A year by its number."""
    return Period(year=year)


def numbered(year: int, months: int, number: int) -> Period:
    """A quarter, a half-year or the first nine months, by its number in the year."""
    month = NINE_MONTHS if months == NINE_MONTHS else number * months
    return Period(year=year, month=month, months=months, number=number)


def months_to(year: int, month: int, months: int) -> Period:
    """A stretch of months by the month that it ends in."""
    return Period(year=year, month=month, months=months)


def balance_day(year: int, month: int, day: int) -> Period:
    """The day of a balance."""
    return Period(year=year, month=month, months=DAY, day=day)
