"""
Reporting periods, and column headings as people write them: `FY2024`, `Q3'24`, `31.12.2024`, `2024 £m (restated)`,
`Three Months Ended June 30,` over `2024`.
"""

from __future__ import annotations

import calendar
import datetime
import json
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from .units import without_unit

CURRENT = "TTM"
YEAR, HALF, QUARTER, DAY = 12, 6, 3, 0  # months of a period; a day has none
LAST = 9999  # the year of the last twelve months, which sorts before all others
LONGEST = 100  # signs of a heading
FIRST_YEAR, LAST_YEAR = 1980, 2079
CARRIED_OVER = 10  # days of January that a year of 52 or 53 weeks may run into


@dataclass(frozen=True, order=True)
class Period:
    """
    A stretch of time that figures are of, or the day of a balance.

    Parameters:
        year: fiscal year, or the year of its last day.
        month: of the last day when the period is known by it; 12 for years and numbered periods.
        months: how long it is; 0 for a day.
        number: of a quarter or a half-year that is known by its number; 0 for others.
        day: of a balance; 0 for others.
    """

    year: int
    month: int = 12
    months: int = YEAR
    number: int = 0
    day: int = 0

    @property
    def label(self) -> str:
        """As answers name it: `FY2024`, `Q2 2024`, `H1 2024`, `9 months to Sep 2024`, `30 Jun 2024`, `TTM`."""
        if self.year == LAST:
            return CURRENT
        name = calendar.month_abbr[self.month]
        if self.months == DAY:
            return f"{self.day} {name} {self.year}"
        if self.number:
            return (
                f"{_LETTERS[self.months]}{self.number} {self.year}" if self.months != 9 else f"9M {self.year}"
            )
        return f"FY{self.year}" if self.months == YEAR else f"{self.months} months to {name} {self.year}"

    @property
    def is_annual(self) -> bool:
        return self.months == YEAR and self.year != LAST

    @property
    def is_flow(self) -> bool:
        return self.months != DAY

    def year_before(self) -> Period:
        """The same period of the previous year."""
        return replace(self, year=self.year - 1)


_LETTERS = {QUARTER: "Q", HALF: "H"}


def quarter(year: int, number: int) -> Period:
    """A quarter that is known by its number."""
    return Period(year, 3 * number, QUARTER, number)


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
    bare: bool = False  # digits alone

    @property
    def is_whole(self) -> bool:
        """Whether it names a period by itself."""
        return self.last_months or self.year is not None

    @property
    def is_empty(self) -> bool:
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
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"\b(?:ttm|ltm|(?:trailing|last) (?:twelve|12) months)\b", "last"),
        (r"\b(?P<y>(?:19|20)\d\d)[-/ ]?(?P<l>[qhts])(?P<n>[1-4])\b", "numbered"),
        (rf"\b(?P<l>[qhts])(?P<n>[1-4])[-/ ,]*(?:of )?(?:fy|cy)?[ ']*{_ANY_YEAR}(?:[/-]\d\d)?\b", "numbered"),
        (rf"\b(?P<n>[1-4])(?P<l>[qhts])[-/ ]*(?:fy|cy)?[ ']*{_ANY_YEAR}\b", "numbered"),
        (rf"\bhy[-/ ]*'?{_ANY_YEAR}\b", "half year"),
        (rf"\b(?P<c>3|6|9|12)m[-/ ]*(?:fy|cy)?[ ']*{_ANY_YEAR}\b", "months"),
        (r"\b(?P<y>(?:19|20)\d\d)[-/ ]?(?P<c>3|6|9|12)m\b", "months"),
        (rf"\b{_ORDINAL} (?P<l>quarter|quartal|trimestre|half|halbjahr|semestre)(?:[- ]year)?\b", "ordinal"),
        (r"\b(?P<l>[qhts])(?P<n>[1-4])\b", "part"),
        (r"\b(?P<c>3|6|9|12)m\b", "months"),
        (r"\bfy[- ]*'?(?P<a>(?:19|20)?\d\d)[/-](?P<b>(?:19|20)?\d\d)\b", "split"),
        (r"\b(?P<a>(?:19|20)\d\d)[/\u2013-](?P<b>(?:19|20)?\d\d)\b(?![/.-]?\d)", "split"),
        (r"\b(?:fy|cy|gj)[- ]*'?(?P<y>(?:19|20)?\d\d)[ae]?\b(?! [a-z])", "year"),
        (
            r"\b(?P<c>\d{1,2}|[a-zäöü]+(?:-[a-z]+)?)[- ]"
            r"(?P<u>months?|monate|mois|meses|weeks?|wochen|semaines|semanas)\b",
            "length",
        ),
        (r"\b(?P<l>quarter|quartal|trimestre|trimester)(?:ly)?\b", "quarter"),
        (r"\b(?:half[- ]?year(?:ly)?|half|halbjahr|semestre|interim)\b", "half"),
        (rf"\b(?P<w>{_MONTH_NAMES})\.?(?:-'?|'| '| (?=1[5-9]\b|2[0-7]\b))(?P<y>\d\d)\b(?!,)", "month year"),
        (r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?:[t ]\d\d:\d\d(?::\d\d)?)?\b", "iso"),
        (r"\b(?P<y>(?:19|20)\d\d)[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})\b", "iso"),
        (r"\b(?P<y>(?:19|20)\d\d)[-/.](?P<m>0[1-9]|1[0-2])\b(?![-/.]?\d)", "month of year"),
        (r"(?<![\d/.-])(?P<m>0?[1-9]|1[0-2])[-/.](?P<y>(?:19|20)\d\d)\b(?![-/.]?\d)", "month of year"),
        (r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>(?:19|20)?\d\d)\b", "iso"),
        (r"\b(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>(?:19|20)?\d\d)\b", "slashed"),
        (r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?!\d)", "day"),
    )
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_MONTH_LENGTH = {3: 3, 6: 6, 9: 9, 12: 12, 13: 3, 14: 3, 26: 6, 27: 6, 39: 9, 40: 9, 52: 12, 53: 12}


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
    found: dict[str, object] = {}
    for pattern, kind in _PATTERNS:
        if match := pattern.search(rest):
            facts = _facts(kind, match)
            if facts is None:
                continue
            found = {**facts, **found}
            rest = f"{rest[: match.start()]} {rest[match.end() :]}"
    return _read_words(rest, found)


def _facts(kind: str, match: re.Match[str]) -> dict[str, object] | None:
    """What a pattern that was found says; None when it says nothing after all."""
    part = match.groupdict()
    year = _year(part["y"]) if part.get("y") else None
    if kind == "last":
        return {"last_months": True}
    if kind in ("numbered", "part"):
        length = QUARTER if part["l"] in ("q", "t") else HALF
        if length == HALF and int(part["n"]) > 2:
            return None
        return {"months": length, "number": int(part["n"])} | ({"year": year} if year else {})
    if kind == "ordinal":
        number = _ORDINALS.get(part["o"]) or int(part["o"][0])
        return {"months": QUARTER if part["l"][0] in "qt" else HALF, "number": number}
    if kind in ("months", "half year"):
        length = int(part.get("c") or HALF)
        return {"months": length, "number": 0 if length == YEAR else 1} | ({"year": year} if year else {})
    if kind == "month year":
        month = int(words()["month"][part["w"]])
        day = int(part["y"])
        last = day == calendar.monthrange(2024, month)[1]
        return {"month": month, "day": day} if last else {"month": month, "year": year}
    if kind == "month of year":
        return {"month": int(part["m"] or 0), "year": year}
    if kind == "split":
        first, last = _year(part["a"]), _year(part["b"])
        return {"year": last, "months": YEAR} if last == first + 1 else None
    if kind == "year":
        return {"year": year, "months": YEAR}
    if kind == "length":
        return _length(part["c"])
    if kind in ("quarter", "half"):
        return {"months": QUARTER if kind == "quarter" else HALF}
    return _date_facts(kind, part, year)


def _date_facts(kind: str, part: dict[str, str | None], year: int | None) -> dict[str, object] | None:
    if kind == "slashed":
        first, second = int(part["a"] or 0), int(part["b"] or 0)
        assert year is not None
        day_first, month_first = _is_date(year, second, first), _is_date(year, first, second)
        if not (day_first or month_first):
            return None
        month, day = (first, second) if month_first else (second, first)
        other = (day, month) if day_first and month_first and first != second else None
        order = "" if other or first == second else "month" if month_first else "day"
        return {"year": year, "month": month, "day": day, "other": other, "order": order}
    month, day = int(part["m"] or 0), int(part["d"] or 0)
    if not _is_date(year or 2024, month, day):
        return None
    return {"month": month, "day": day} | ({"year": year} if year else {})


def _length(count: str) -> dict[str, object] | None:
    number = int(count) if count.isdecimal() else int(words()["count"].get(count, "0"))
    months = _MONTH_LENGTH.get(number)
    return {"months": months} if months else None


def _read_words(rest: str, found: dict[str, object]) -> Heading | None:
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
        elif word not in table["qualifiers"] and word not in (
            "a",
            "e",
            "st",
            "nd",
            "rd",
            "th",
            "er",
            "re",
            "o",
        ):
            return None
    return _with_numbers(numbers, found)


def _with_numbers(numbers: list[int], found: dict[str, object]) -> Heading | None:
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
    if found.get("month") and "day" in found and "year" not in found and found["day"] > 31:  # type: ignore[operator]
        return None
    heading = Heading(**found)  # type: ignore[arg-type]
    if heading.month and heading.day and not _is_date(heading.year or 2024, heading.month, heading.day):
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
        return Period(LAST)
    if heading.year is None:
        return None
    length = heading.months or months or YEAR
    year, month = _carried(heading)
    if length == YEAR:
        return Period(year)
    if is_balance and heading.month:
        return Period(year, month, DAY, 0, heading.day or calendar.monthrange(year, month)[1])
    if heading.number:
        month = 9 if length == 9 else heading.number * length
        return Period(heading.year, month, length, heading.number)
    return Period(year, month, length) if heading.month else None


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
