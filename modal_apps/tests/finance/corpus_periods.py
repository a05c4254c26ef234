"""Which days a period of an answer stands for, to hold it against the periods of the corpus."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NEAR_DAYS = 8  # a year of 52 weeks ends some days beside the month


@dataclass(frozen=True)
class Span:
    """`months` is 0 for a day alone; `end` is None where only the year is known."""

    months: int
    year: int
    end: datetime.date | None

    def is_at(self, end: str) -> bool:
        """Whether it ends at that day, or in that year when the day is unknown."""
        day = datetime.date.fromisoformat(end)
        if self.end is None:
            return self.year == day.year
        return abs((self.end - day).days) <= NEAR_DAYS


def span_of(label: str, ends: Mapping[str, str], aliases: Mapping[str, list[object]]) -> Span:
    """
    Parameters:
        ends: the last day of periods as the answer gives it; '' where it knows none.
        aliases: what a label of this statement also stands for: last day and months.

    Raises:
        ValueError: no period is written like this.
    """
    if label in aliases and not ends.get(label):
        end, months = aliases[label]
        day = datetime.date.fromisoformat(str(end))
        return Span(int(str(months)), day.year, day)
    known = ends.get(label)
    day = datetime.date.fromisoformat(known) if known else None
    if match := re.fullmatch(r"FY(\d{4})", label):
        return Span(12, int(match[1]), day)
    if match := re.fullmatch(r"([QH])([1-4]) (\d{4})", label):
        months = 3 if match[1] == "Q" else 6
        return Span(months, int(match[3]), day or _last_day(int(match[3]), int(match[2]) * months))
    if match := re.fullmatch(r"(\d{1,2}) months to ([A-Z][a-z]{2}) (\d{4})", label):
        month = MONTHS.index(match[2].lower()) + 1
        return Span(int(match[1]), int(match[3]), day or _last_day(int(match[3]), month))
    if match := re.fullmatch(r"(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})", label):
        month = MONTHS.index(match[2].lower()) + 1
        return Span(0, int(match[3]), day or datetime.date(int(match[3]), month, int(match[1])))
    if label == "TTM":
        return Span(12, day.year if day else 9999, day)
    raise ValueError(f"{label} is no period that the corpus knows")


def _last_day(year: int, month: int) -> datetime.date:
    return datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(days=1)
