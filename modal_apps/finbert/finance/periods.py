"""Reporting periods as column headings write them: `FY2024`, `2024`, `Q3 2024`, `31 Dec 2024`, `TTM`."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

CURRENT = "TTM"
LONGEST = 100  # signs of a heading
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_YEAR = re.compile(r"(?:fy|fiscal(?: year)?|year|cy)?\s*'?((?:19|20)\d\d)(?:\s*[ae])?", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"fy\s*'?(\d\d)", re.IGNORECASE)
_QUARTER = re.compile(
    r"(?:q([1-4])\s*[-/ ]?\s*(?:fy)?\s*'?((?:19|20)\d\d)|((?:19|20)\d\d)\s*[-/ ]?\s*q([1-4]))", re.IGNORECASE
)
_DAY_FIRST = re.compile(r"(\d{1,2})\.? ([a-z]{3})[a-z]*\.?,? ((?:19|20)\d\d)", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"([a-z]{3})[a-z]*\.? (?:(\d{1,2}),? )?((?:19|20)\d\d)", re.IGNORECASE)
_ISO = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)")


@dataclass(frozen=True, order=True)
class Period:
    """A quarter, a year (quarter 5: it sorts after its quarters), or the last twelve months (year 9999)."""

    year: int
    quarter: int = 5

    @property
    def label(self) -> str:
        if self.year == 9999:
            return CURRENT
        return f"FY{self.year}" if self.quarter == 5 else f"Q{self.quarter} {self.year}"

    @property
    def is_annual(self) -> bool:
        return self.quarter == 5 and self.year != 9999


def parse_period(value: object) -> Period | None:
    """Reads one heading; None when it is none. A date stands for the year that it ends."""
    if isinstance(value, datetime.date):
        return Period(value.year)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = _one_line(value) if isinstance(value, str | int) else ""
    if re.fullmatch(r"ttm|ltm", text, re.IGNORECASE):
        return Period(9999)
    if match := _YEAR.fullmatch(text):
        return Period(int(match[1]))
    if match := _SHORT_YEAR.fullmatch(text):
        return Period(2000 + int(match[1]))
    if match := _QUARTER.fullmatch(text):
        return Period(int(match[2] or match[3]), int(match[1] or match[4]))
    date = parse_date(text)
    return Period(date.year) if date else None


def _one_line(value: str | int) -> str:
    """The text with single blanks; '' for one that is too long for a heading."""
    if isinstance(value, int):
        return str(value) if abs(value) < 10_000 else ""
    text = " ".join(value[: 4 * LONGEST].split())
    return text if len(text) <= LONGEST else ""


def parse_date(text: str) -> datetime.date | None:
    """Reads `31 Dec 2024`, `December 31, 2024`, `Dec 2024` or `2024-12-31`, also after `Year ended`."""
    text = re.sub(
        r"^(?:(?:fiscal )?(?:year|period) (?:ended|ending)|as (?:of|at))\s+", "", text, flags=re.IGNORECASE
    )
    if match := _ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        year, month, day = int(match[3]), _month(match[2]), int(match[1])
    elif match := _MONTH_FIRST.fullmatch(text):
        year, month, day = int(match[3]), _month(match[1]), int(match[2] or 1)
    else:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _month(name: str) -> int:
    """1 to 12; 0, which makes no date, for another word."""
    return MONTHS.index(name.lower()) + 1 if name.lower() in MONTHS else 0


def heading_periods(values: list[object]) -> dict[int, Period]:
    """
    The periods of a row of cells by column; empty when the row is no heading.

    Dates of several quarters of one year become quarters. A single bare year may be a number, so one alone
    counts only when it is written as a period.
    """
    found = {column: period for column, value in enumerate(values) if (period := parse_period(value))}
    years = [period for period in found.values() if period.is_annual]
    if len(set(years)) < len(years):
        found = {column: _quarter_of(values[column]) or period for column, period in found.items()}
    if len(set(found.values())) < len(found):
        return {}
    if len(found) >= 2:
        return found
    written = any(
        isinstance(values[column], str) and re.search(r"[a-z]", values[column], re.I) for column in found
    )
    others = [value for column, value in enumerate(values) if column not in found and value not in (None, "")]
    return found if written and all(isinstance(value, str) for value in others) else {}


def _quarter_of(value: object) -> Period | None:
    date = value if isinstance(value, datetime.date) else parse_date(_one_line(str(value)))
    return Period(date.year, (date.month - 1) // 3 + 1) if date else None
