"""
Column headings as people write them: `FY2024`, `Q3'24`, `31.12.2024`, `2024 £m (restated)`, and
`Three Months Ended June 30,` over `2024`.
"""

from __future__ import annotations

import calendar
import datetime
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypedDict

from .periods import (
    HALF,
    QUARTER,
    TRAILING_YEAR,
    YEAR,
    Period,
    balance_day,
    fiscal_year,
    months_to,
    numbered,
)
from .units import without_unit

LONGEST = 100  # characters of a heading
FIRST_YEAR, LAST_YEAR = 1980, 2079
LEAP_YEAR = 2024  # in which every day of a date without a year exists
CARRIED_OVER = 10  # days of January that a year of 52 or 53 weeks may run into


@dataclass(frozen=True)
class Heading:
    """
    What a heading tells of a period; what it leaves open is None.

    Parameters:
        months: how long; None for a bare year or date.
        number: of the quarter or half-year.
        other: month and day when they are exchanged, for `03/04/2024`, which can be read both ways.
        order: `day` or `month`, whichever stands first in a date with slashes that can be read one way only.
        first_shown: as an earlier report had it, before it was restated.
        planned: a budget or a forecast.
        entity: `group` or `company`, when columns of both stand side by side.
        bare: digits alone.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    months: int | None = None
    number: int | None = None
    other: tuple[int, int] | None = None
    order: str = ""
    last_months: bool = False
    restated: bool = False
    first_shown: bool = False
    planned: bool = False
    entity: str = ""
    bare: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it names a period by itself."""
        return self.last_months or self.year is not None

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing of a period."""
        return self == Heading()

    def completed(self, other: Heading) -> Heading:
        """This heading with what another one above it adds."""
        mine = {name: value for name, value in vars(self).items() if value not in (None, False, "")}
        return Heading(**{**vars(other), **mine, "bare": False})


@cache
def words() -> dict[str, dict[str, str]]:
    """Words of headings in several languages: for each the kind that it is of and, for numbers, its value."""
    table = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
    found = {"month": {name: number for number, names in table["months"].items() for name in names}}
    found["count"] = {name: str(number) for name, number in table["counts"].items()}
    kinds = ("fillers", "year_words", "qualifiers", "restated", "first_shown", "planned", "group", "company")
    for kind in kinds:
        found[kind] = dict.fromkeys(table[kind], kind)
    return found


_ANY_YEAR = r"(?P<y>(?:19|20)?\d\d)"
_ORDINAL = r"(?P<o>first|second|third|fourth|[1-4](?:st|nd|rd|th|er|ère|e|ème|\.))"
_MONTH_NAMES = "|".join(sorted(words()["month"], key=len, reverse=True))
_TOKEN = re.compile(r"\d{4}-\d{2}-\d{2}|\d+(?:[./-]\d+)+|[^\W\d_]+(?:-[^\W\d_]+)*|\d+|'")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
# Months of a count of months or of weeks.
_MONTHS_OF_COUNT = {3: 3, 6: 6, 9: 9, 12: 12, 13: 3, 14: 3, 26: 6, 27: 6, 39: 9, 40: 9, 52: 12, 53: 12}


class _Facts(TypedDict, total=False):
    """Fields of a `Heading` that a part of it tells."""

    year: int
    month: int
    day: int
    months: int
    number: int
    other: tuple[int, int] | None
    order: str
    last_months: bool
    restated: bool
    first_shown: bool
    planned: bool
    entity: str


# What a pattern that was found says; None when it says nothing after all.
_Reader = Callable[[re.Match[str]], _Facts | None]


def _with_year(facts: _Facts, match: re.Match[str]) -> _Facts:
    """The facts, with the year where the pattern has one."""
    if text := match.groupdict().get("y"):
        facts["year"] = _year(text)
    return facts


def _trailing_year(match: re.Match[str]) -> _Facts:
    return {"last_months": True}


def _numbered_part(match: re.Match[str]) -> _Facts | None:
    months, number = QUARTER if match["l"] in ("q", "t") else HALF, int(match["n"])
    if months * number > YEAR:
        return None
    return _with_year({"months": months, "number": number}, match)


def _ordinal_part(match: re.Match[str]) -> _Facts:
    number = _ORDINALS.get(match["o"]) or int(match["o"][0])
    return {"months": QUARTER if match["l"][0] in "qt" else HALF, "number": number}


def _counted_months(match: re.Match[str]) -> _Facts:
    months = int(match.groupdict().get("c") or HALF)
    return _with_year({"months": months, "number": 0 if months == YEAR else 1}, match)


def _month_and_short_year(match: re.Match[str]) -> _Facts:
    """`Sep 30` names the last day of its month; the number of any other is a year, as in `Sep 24`."""
    month, number = int(words()["month"][match["w"]]), int(match["y"])
    if number == calendar.monthrange(LEAP_YEAR, month)[1]:
        return {"month": month, "day": number}
    return {"month": month, "year": _year(match["y"])}


def _month_of_year(match: re.Match[str]) -> _Facts:
    return {"month": int(match["m"]), "year": _year(match["y"])}


def _split_year(match: re.Match[str]) -> _Facts | None:
    first, last = _year(match["a"]), _year(match["b"])
    return {"year": last, "months": YEAR} if last == first + 1 else None


def _year_alone(match: re.Match[str]) -> _Facts:
    return {"year": _year(match["y"]), "months": YEAR}


def _duration(match: re.Match[str]) -> _Facts | None:
    count = match["c"]
    number = int(count) if count.isdecimal() else int(words()["count"].get(count, "0"))
    months = _MONTHS_OF_COUNT.get(number)
    return {"months": months} if months else None


def _a_quarter(match: re.Match[str]) -> _Facts:
    return {"months": QUARTER}


def _a_half(match: re.Match[str]) -> _Facts:
    return {"months": HALF}


def _date_in_order(match: re.Match[str]) -> _Facts | None:
    month, day = int(match["m"]), int(match["d"])
    facts = _with_year({"month": month, "day": day}, match)
    return facts if _is_date(facts.get("year", LEAP_YEAR), month, day) else None


def _slashed_date(match: re.Match[str]) -> _Facts | None:
    year, first, second = _year(match["y"]), int(match["a"]), int(match["b"])
    day_first, month_first = _is_date(year, second, first), _is_date(year, first, second)
    if not (day_first or month_first):
        return None
    month, day = (first, second) if month_first else (second, first)
    other = (day, month) if day_first and month_first and first != second else None
    order = "" if other or first == second else "month" if month_first else "day"
    return {"year": year, "month": month, "day": day, "other": other, "order": order}


_PATTERNS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"\b(?:ttm|ltm|(?:trailing|last) (?:twelve|12) months)\b", _trailing_year),
        (r"\b(?P<y>(?:19|20)\d\d)[-/ ]?(?P<l>[qhts])(?P<n>[1-4])\b", _numbered_part),
        (
            rf"\b(?P<l>[qhts])(?P<n>[1-4])[-/ ,]*(?:of )?(?:fy|cy)?[ ']*{_ANY_YEAR}(?:[/-]\d\d)?\b",
            _numbered_part,
        ),
        (rf"\b(?P<n>[1-4])(?P<l>[qhts])[-/ ]*(?:fy|cy)?[ ']*{_ANY_YEAR}\b", _numbered_part),
        (rf"\bhy[-/ ]*'?{_ANY_YEAR}\b", _counted_months),
        (rf"\b(?P<c>3|6|9|12)m[-/ ]*(?:fy|cy)?[ ']*{_ANY_YEAR}\b", _counted_months),
        (r"\b(?P<y>(?:19|20)\d\d)[-/ ]?(?P<c>3|6|9|12)m\b", _counted_months),
        (
            rf"\b{_ORDINAL} (?P<l>quarter|quartal|trimestre|half|halbjahr|semestre)(?:[- ]year)?\b",
            _ordinal_part,
        ),
        (r"\b(?P<l>[qhts])(?P<n>[1-4])\b", _numbered_part),
        (r"\b(?P<c>3|6|9|12)m\b", _counted_months),
        (r"\bfy[- ]*'?(?P<a>(?:19|20)?\d\d)[/-](?P<b>(?:19|20)?\d\d)\b", _split_year),
        (r"\b(?P<a>(?:19|20)\d\d)[/\u2013-](?P<b>(?:19|20)?\d\d)\b(?![/.-]?\d)", _split_year),
        (r"\b(?:fy|cy|gj)[- ]*'?(?P<y>(?:19|20)?\d\d)[ae]?\b(?! [a-z])", _year_alone),
        (
            r"\b(?P<c>\d{1,2}|[a-zäöü]+(?:-[a-z]+)?)[- ]"
            r"(?P<u>months?|monate|mois|meses|weeks?|wochen|semaines|semanas)\b",
            _duration,
        ),
        (r"\b(?P<l>quarter|quartal|trimestre|trimester)(?:ly)?\b", _a_quarter),
        (r"\b(?:half[- ]?year(?:ly)?|half|halbjahr|semestre|interim)\b", _a_half),
        (
            rf"\b(?P<w>{_MONTH_NAMES})\.?(?:-'?|'| '| (?=1[5-9]\b|2[0-7]\b))(?P<y>\d\d)\b(?!,)",
            _month_and_short_year,
        ),
        (r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?:[t ]\d\d:\d\d(?::\d\d)?)?\b", _date_in_order),
        (r"\b(?P<y>(?:19|20)\d\d)[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})\b", _date_in_order),
        (r"\b(?P<y>(?:19|20)\d\d)[-/.](?P<m>0[1-9]|1[0-2])\b(?![-/.]?\d)", _month_of_year),
        (r"(?<![\d/.-])(?P<m>0?[1-9]|1[0-2])[-/.](?P<y>(?:19|20)\d\d)\b(?![-/.]?\d)", _month_of_year),
        (r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>(?:19|20)?\d\d)\b", _date_in_order),
        (r"\b(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>(?:19|20)?\d\d)\b", _slashed_date),
        (r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?!\d)", _date_in_order),
    )
)


def parse_heading(value: object) -> Heading | None:
    """Reads one heading; None when something in it is no part of a period, `Heading()` when it says nothing."""
    if isinstance(value, datetime.datetime | datetime.date):
        return Heading(value.year, value.month, value.day)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    if isinstance(value, int):
        return Heading(value, bare=True) if FIRST_YEAR <= value <= LAST_YEAR else None
    text = " ".join(value[: 4 * LONGEST].split())
    return _parse_text(text) if len(text) <= LONGEST else None


@cache
def _parse_text(text: str) -> Heading | None:
    return _parse_span(text) or _parse_one(text)


_SPAN = re.compile(
    r"\s+(?:to|through|until|bis(?: zum)?|au|al|hasta(?: el)?|a|[-\u2013\u2014])\s+"
    r"|(?<=\d{4})\s+(?=\d{1,2}[-./]\d)|(?<=\.)\s?[-\u2013]\s?(?=\d)"
)
_SPAN_STARTS = re.compile(
    r"^\W*(?:for the |the )?(?:period|zeitraum|p[ée]riode|per[ií]odo|vom|from|du|del|desde(?: el)?)\b\W*",
    re.IGNORECASE,
)
LONGEST_SPAN = 18  # months of a financial year, however it was changed


def _parse_span(text: str) -> Heading | None:
    """A period with its first and last day, as `1. Juli 2024 bis 30. Juni 2025`; None for any other text."""
    for match in _SPAN.finditer(text):
        last = _parse_one(text[match.end() :])
        if last is None or not (last.year and last.month) or last.other:
            continue
        first = _parse_one(_SPAN_STARTS.sub("", text[: match.start()]))
        if first is None or not first.month or first.other:
            continue
        months = 12 * (last.year - (first.year or last.year)) + last.month - first.month
        months += (first.day or 1) <= 15
        if 1 <= months <= LONGEST_SPAN:
            return replace(last, months=months)
    return None


def _parse_one(text: str) -> Heading | None:
    if re.fullmatch(r"(?:19|20)\d\d", text):
        year = int(text)
        return Heading(year, bare=True) if FIRST_YEAR <= year <= LAST_YEAR else None
    if re.search(r"%|\d,\d{3}", text):
        return None
    rest = without_unit(text).lower().replace("\u2019", "'").replace("\u2013", "-")
    found: _Facts = {}
    for pattern, read in _PATTERNS:
        if (match := pattern.search(rest)) and (facts := read(match)) is not None:
            found = {**facts, **found}
            rest = f"{rest[: match.start()]} {rest[match.end() :]}"
    return _read_words(rest, found)


# Left of `1st`, `2e`, `FY24A` and the like.
_ENDINGS = ("a", "e", "st", "nd", "rd", "th", "er", "re", "o")


def _read_words(rest: str, found: _Facts) -> Heading | None:
    """The words that no pattern took: months, years, and those that mean nothing here. None for any other."""
    table = words()
    numbers: list[int] = []
    if re.sub(r"[\s.,:;()\[\]'*/|-]", "", _TOKEN.sub("", rest)):
        return None
    for token in _TOKEN.findall(rest):
        word = token.rstrip(".")
        if word == "'":
            continue
        if word.isdecimal():
            numbers.append(int(word))
        elif word in table["month"]:
            if found.get("month"):
                return None
            found["month"] = int(table["month"][word])
        elif word in table["year_words"]:
            found.setdefault("months", YEAR)
        elif word in table["restated"]:
            found["restated"] = True
        elif word in table["first_shown"]:
            found["first_shown"] = True
        elif word in table["planned"]:
            found["planned"] = True
        elif word in table["group"] or word in table["company"]:
            found["entity"] = "group" if word in table["group"] else "company"
        elif (match := re.fullmatch(r"((?:19|20)\d\d)[ae]?", word)) or word in table["fillers"]:
            numbers += [int(match[1])] if match else []
        elif word not in table["qualifiers"] and word not in _ENDINGS:
            return None
    return _with_numbers(numbers, found)


def _with_numbers(numbers: list[int], found: _Facts) -> Heading | None:
    """Puts the figures that are left to day and year."""
    for number in numbers:
        if FIRST_YEAR <= number <= LAST_YEAR and "year" not in found:
            found["year"] = number
        elif 1 <= number <= 31 and found.get("month") and "day" not in found:
            found["day"] = number
        elif found.get("month") and number <= 99 and "year" not in found:
            found["year"] = 2000 + number
        else:
            return None
    if found.get("month") and "year" not in found and found.get("day", 0) > 31:
        return None
    heading = Heading(**found)
    if heading.month and heading.day and not _is_date(heading.year or LEAP_YEAR, heading.month, heading.day):
        return None
    return heading


def _is_date(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _year(text: str | None) -> int:
    number = int(text or 0)
    return number if number >= 100 else 2000 + number


def period_of(heading: Heading, *, months: int | None = None, is_balance: bool = False) -> Period | None:
    """
    The period of a heading that is whole.

    Parameters:
        months: how long, where the heading leaves that open; None leaves it a year.
        is_balance: a date is a day then, unless it ends a year.
    """
    if heading.last_months:
        return TRAILING_YEAR
    if heading.year is None:
        return None
    length = heading.months or months or YEAR
    year, month = _carried(heading)
    if length == YEAR:
        return fiscal_year(year)
    if is_balance and heading.month:
        return balance_day(year, month, heading.day or calendar.monthrange(year, month)[1])
    if heading.number:
        return numbered(heading.year, length, heading.number)
    return months_to(year, month, length) if heading.month else None


def _carried(heading: Heading) -> tuple[int, int]:
    """Year and month of the last day; that of a year of 52 or 53 weeks may fall into the first days of January."""
    year, month = heading.year or 0, heading.month or 12
    if month == 1 and heading.day and heading.day <= CARRIED_OVER:
        return year - 1, 12
    return year, month


def parse_period(value: object) -> Period | None:
    """The period of a heading that stands alone; a bare date stands for the year that it ends."""
    heading = parse_heading(value)
    return period_of(heading) if heading and heading.is_whole and not heading.planned else None
