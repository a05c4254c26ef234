"""
Which periods the columns of all tables mean. A date may end a year, a quarter or be the day of a balance; what it is
follows from the titles, from the other columns and from the other tables.
"""

from __future__ import annotations

import calendar
import datetime
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from .date_order import Trouble, clear_dates
from .period_headings import Heading, parse_heading, period_of
from .periods import HALF, QUARTER, TRAILING_YEAR, YEAR, Period, balance_day, fiscal_year
from .tables import Table

CLOSE_DAYS = 10  # ends of years of 52 and 53 weeks lie so near to each other
LAST_EARLY_MONTH = 6  # a year that ends until June may be named after the year in which it began

_DURATION = re.compile(
    r"\b(?:\d{1,2}|three|six|nine|twelve|thirteen|fourteen|twenty-six|thirty-nine|fifty-two|fifty-three)"
    r"[- ](?:months?|weeks?)\b|\bquarters?(?:ly)? (?:periods? )?ended\b|\b(?:fiscal |financial )?years? ended\b"
    r"|\bhalf[- ]years?(?:ly)? (?:periods? )?ended\b|\bgesch[äa]ftsjahr\b|\bexercice clos\b|\bejercicio terminado\b"
    r"|\b(?:erstes|1\.) halbjahr\b|\bannual report\b|\bsix months\b",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"\b(?:ended|ending|to|as of|as at|at|zum|au|al)\s+((?:\d{1,2}\.?\s+)?[a-zäéû]{3,10}\.?(?:\s+\d{1,2})?)\b",
    re.IGNORECASE,
)
_INTERIM = re.compile(
    r"\bquarter|\binterim\b|\b(?:three|six|nine) months"
    r"|\bhalf[- ]year|\b10-q\b|\bquartal|\bzwischen|\btrimest|\bsemest",
    re.IGNORECASE,
)


@dataclass
class Timeline:
    """
    Parameters:
        flows: for each table, by number of its column, the period of flows.
        stocks: likewise of balances.
        ends: last days of periods, as far as they are known.
        troubles: columns that are left out.
        assumed: columns that could be read otherwise.
        notes: what else had to be assumed.
    """

    flows: list[dict[int, Period]] = field(default_factory=list)
    stocks: list[dict[int, Period]] = field(default_factory=list)
    ends: dict[Period, datetime.date] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    assumed: list[Trouble] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def balance_of(self, period: Period, known: Iterable[Period]) -> Period:
        """The period under which the balance at the end of a period is filed."""
        known = set(known)
        if period in known or not period.is_flow:
            return period
        if period.number and period.number * period.months == YEAR:
            return fiscal_year(period.year)
        end = self.ends.get(period)
        if end is None:
            return period
        return next((other for other in known if (day := self.ends.get(other)) and _near(day, end)), period)


def read_timeline(tables: list[Table], balances: list[bool], orders: Mapping[str, set[str]]) -> Timeline:
    """
    Reads the columns of all tables of a request together.

    Parameters:
        balances: which tables are balance sheets and hold no flows.
        orders: how each file writes dates; see `date_order.orders_by_file`.
    """
    found = Timeline()
    cleared = [clear_dates(table, orders, found) for table in tables]
    for table, headings, is_balance in zip(tables, cleared, balances, strict=True):
        found.flows.append({} if is_balance else _flow_periods(table, headings, found))
    years = {period: end for period, end in found.ends.items() if period.is_annual}
    interim = {period: end for period, end in found.ends.items() if period.is_flow and not period.is_annual}
    bare_years = {period.year for flows in found.flows for period in flows.values() if period.is_annual} - {
        period.year for period in years
    }
    dates = [_date_of(heading) for headings in cleared for heading in headings.values() if _is_day(heading)]
    judge = _Balances(years, interim, bare_years, [date for date in dates if date])
    for table, headings in zip(tables, cleared, strict=True):
        found.stocks.append(_stock_periods(table, headings, judge, found))
    if judge.shift:
        newest = max(judge.dates)
        found.notes.append(
            (
                "fiscal_year_by_date",
                f"The balance of {newest:%d %b %Y} is taken for the end of fiscal {newest.year - 1}, the newest year.",
            )
        )
    _add_calendar_ends(found)
    return found


def _flow_periods(table: Table, headings: dict[int, Heading], found: Timeline) -> dict[int, Period]:
    months = _length_in(table.titles)
    ended = _end_in(table.titles)
    open_dates = {
        place: heading for place, heading in headings.items() if heading.months is None and _date_of(heading)
    }
    step = months or _step([date for heading in open_dates.values() if (date := _date_of(heading))])
    periods: dict[int, Period] = {}
    for place, heading in headings.items():
        if heading.planned:
            message = f"{table.columns[place].text} is no result, so its column is left out."
            found.troubles.append(Trouble("columns_dropped", message, table, table.columns[place]))
            continue
        whole = heading if heading.month or not ended else replace(heading, month=ended.month, day=ended.day)
        length = heading.months or months
        if place in open_dates and length is None:
            length = step if len(open_dates) > 1 else (None if _is_interim(table) else YEAR)
            if length is None:
                continue  # a balance may still be read from it
        period = period_of(whole, months=length)
        if period is None:
            continue
        periods[place] = period
        end = _date_of(whole)
        if end and not period.is_trailing:
            found.ends.setdefault(period, end)
    return periods


def _stock_periods(
    table: Table, headings: dict[int, Heading], judge: _Balances, found: Timeline
) -> dict[int, Period]:
    ended = _end_in(table.titles)
    periods = {}
    for place, heading in headings.items():
        if heading.planned:
            continue
        whole = heading if heading.month or not ended else replace(heading, month=ended.month, day=ended.day)
        date = _date_of(whole)
        if heading.last_months:
            periods[place] = TRAILING_YEAR
        elif date is None or (whole.months == YEAR and not _is_day(whole)):
            period = period_of(whole)
            if period is not None:
                periods[place] = period
        else:
            period = judge.period(
                date,
                annual=whole.months == YEAR or (heading.bare and _length_in(table.titles) in (None, YEAR)),
            )
            periods[place] = period
            found.ends.setdefault(period, date)
    return periods


class _Balances:
    """Decides whether the day of a balance ends a year."""

    def __init__(
        self,
        years: dict[Period, datetime.date],
        interim: dict[Period, datetime.date],
        bare_years: set[int],
        dates: list[datetime.date],
    ) -> None:
        self._years, self._interim, self.dates = years, interim, dates
        apart = not dates or any(not _same_day_of_year(date, dates[0]) for date in dates)
        self._all_alike = bool(dates) and not apart
        newest = max(dates, default=None)
        self.shift = bool(
            newest
            and self._all_alike
            and not years
            and bare_years
            and max(bare_years) == newest.year - 1
            and newest.month <= LAST_EARLY_MONTH
            and _carried(newest).year == newest.year
        )

    def period(self, date: datetime.date, *, annual: bool) -> Period:
        for period, end in self._years.items():
            if _near(end, date):
                return period
        day = balance_day(date.year, date.month, date.day)
        if annual:
            return fiscal_year(_carried(date).year)
        if any(_near(end, date) for end in self._interim.values()):
            return day
        if self._years:
            ends_year = any(_same_day_of_year(end, date) for end in self._years.values())
            return fiscal_year(_carried(date).year) if ends_year else day
        if self._interim or not self._all_alike:
            return day
        return fiscal_year(_carried(date).year - self.shift)


def _add_calendar_ends(found: Timeline) -> None:
    """
    The last day of quarters and half-years that are known by their number, if the newest of them ends by the calendar
    on the day of the newest balance: then the fiscal year is the calendar's.
    """
    numbered = {
        period
        for flows in found.flows
        for period in flows.values()
        if period.number and period not in found.ends
    }
    days = [end for period, end in found.ends.items() if not period.is_flow or period.is_annual]
    if not numbered or not days:
        return
    ends = {period: _last_day(period.year, period.month) for period in numbered}
    if _near(max(ends.values()), max(days)):
        found.ends |= ends


def _length_in(titles: list[str]) -> int | None:
    """The months that the titles of a table give for all of its columns; None when they name several or none."""
    for text in reversed(titles):
        lengths = {
            heading.months
            for match in _DURATION.finditer(text[:400])
            if (heading := _phrase(match[0])) and heading.months
        }
        if lengths:
            return lengths.pop() if len(lengths) == 1 else None
    return None


def _phrase(text: str) -> Heading | None:
    plain = re.sub(r"\b(quarter|year|month|week)s\b", r"\1", text.lower().replace("annual report", "year"))
    return parse_heading(re.sub(r"\b(\w+) (months?|weeks?)", r"\1 \2", plain))


def _end_in(titles: list[str]) -> Heading | None:
    """Day and month that a title such as `Year ended December 31,` gives."""
    for text in reversed(titles):
        for match in _ENDED.finditer(text[:400]):
            heading = parse_heading(match[1])
            if heading and heading.month and heading.day:
                return heading
    return None


def _is_interim(table: Table) -> bool:
    return any(_INTERIM.search(text[:400]) for text in table.titles)


def _is_day(heading: Heading) -> bool:
    return heading.year is not None and heading.month is not None


def _date_of(heading: Heading) -> datetime.date | None:
    if heading.year is None or heading.month is None:
        return None
    return datetime.date(
        heading.year, heading.month, heading.day or calendar.monthrange(heading.year, heading.month)[1]
    )


def _step(dates: list[datetime.date]) -> int | None:
    """The months between columns of dates when they stand at even distances; a year when there is one only."""
    days = sorted(set(dates))
    if len(days) < 2:
        return YEAR if days else None
    gaps = [round((later - earlier).days / 30.44) for earlier, later in itertools.pairwise(days)]
    step = min(gaps)
    if any(gap % step for gap in gaps) if step else True:
        return None
    if step % YEAR == 0:
        return YEAR
    return step if step == QUARTER or (step == HALF and len(days) > 2) else None


def _near(first: datetime.date, second: datetime.date) -> bool:
    return abs((first - second).days) <= CLOSE_DAYS


def _same_day_of_year(first: datetime.date, second: datetime.date) -> bool:
    days = abs(first.timetuple().tm_yday - second.timetuple().tm_yday)
    return min(days, 365 - days) <= CLOSE_DAYS


def _carried(date: datetime.date) -> datetime.date:
    """The first days of January belong to the year before."""
    return date - datetime.timedelta(days=CLOSE_DAYS) if date.month == 1 else date


def _last_day(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])
