"""From grids to line items: which row is which item, in which period, in which unit, from which cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from .catalogue import Match, items, match_label
from .grid import Cell, Grid, reference
from .numbers import Style, detect_style, parse_number
from .periods import Period, heading_periods
from .units import currencies_in, scale_of, shares_are_exempt

HEADING_ROWS = 12
SAME_VALUE = 1e-9


@dataclass(frozen=True)
class Source:
    """Where a number stands."""

    file: str
    sheet: str | None
    ref: str


@dataclass(frozen=True)
class Value:
    """
    One number of a line item.

    Parameters:
        value: in units of the currency, after the scale of its table; shares are counted one by one.
    """

    period: str
    value: float
    source: Source


@dataclass(frozen=True)
class _Candidate:
    key: str
    period: Period
    value: float
    rank: int
    size: int
    source: Source


@dataclass
class Statement:
    """
    All line items of a request.

    Parameters:
        periods: newest first.
        unit_scale: the factor that most values were multiplied by.
    """

    line_items: dict[str, list[Value]] = field(default_factory=dict)
    periods: list[Period] = field(default_factory=list)
    currency: str | None = None
    unit_scale: int = 1
    tables_by_file: Counter[str] = field(default_factory=Counter)
    values_by_file: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def value(self, key: str, period: Period) -> float | None:
        """The number of an item in a period; None when the statement has none."""
        found = (item.value for item in self.line_items.get(key, []) if item.period == period.label)
        return next(found, None)


def read_statement(
    grids: list[Grid], *, unit_scale: int | None = None, currency: str | None = None
) -> Statement:
    """
    Parameters:
        unit_scale: factor for all tables; None reads it from headings such as "in thousands".
        currency: ISO code; None reads it from headings and cells.
    """
    statement = Statement()
    candidates: list[_Candidate] = []
    scales: Counter[int] = Counter()
    currencies: Counter[str] = Counter()
    for grid in grids:
        found = list(_read_grid(grid, unit_scale, currencies, statement))
        candidates += found
        scales[unit_scale or scale_of(_heading_text(grid))] += len(found)
    _choose(candidates, statement)
    statement.periods = sorted({candidate.period for candidate in candidates}, reverse=True)
    statement.unit_scale = scales.most_common(1)[0][0] if candidates else unit_scale or 1
    statement.currency = currency or (currencies.most_common(1)[0][0] if currencies else None)
    if len(currencies) > 1 and not currency:
        statement.warnings.append(
            f"Several currencies were found: {', '.join(sorted(currencies))}. Nothing is converted."
        )
    return statement


def _read_grid(
    grid: Grid, unit_scale: int | None, currencies: Counter[str], statement: Statement
) -> Iterator[_Candidate]:
    heading = _heading_text(grid)
    currencies.update(set(currencies_in(heading)))
    scale = unit_scale or scale_of(heading)
    exempt = shares_are_exempt(heading)
    periods: dict[int, Period] = {}
    styles: dict[int, Style] = {}
    rows = _table_rows(grid)
    for row, cells in enumerate(grid.rows):
        if found := heading_periods(cells):
            periods = found
            styles = {column: detect_style(_texts(grid, row + 1, column)) for column in periods}
            statement.tables_by_file[grid.file] += 1
            continue
        match = _row_match(cells, periods)
        if match is None:
            continue
        factor = 1 if match.key == "shares_outstanding" and exempt else scale
        for column, period in periods.items():
            value = _cell_value(cells, column, styles[column], currencies)
            if value is None:
                continue
            if items()[match.key].positive:
                value = abs(value)
            source = Source(grid.file, grid.sheet, reference(row, column))
            yield _Candidate(match.key, period, value * factor, match.rank, rows, source)


def _row_match(cells: list[Cell], periods: dict[int, Period]) -> Match | None:
    """The item of a row: its label is the first text left of the numbers."""
    if not periods:
        return None
    labels = (cell for cell in cells[: min(periods)] if isinstance(cell, str) and cell.strip())
    return match_label(next(labels, ""))


def _cell_value(cells: list[Cell], column: int, style: Style, currencies: Counter[str]) -> float | None:
    cell = cells[column] if column < len(cells) else None
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) if abs(cell) < float("inf") else None
    number = parse_number(cell, style) if isinstance(cell, str) else None
    if number is None or number.percent:
        return None
    if number.currency:
        currencies[number.currency] += 1
    return number.value


def _choose(candidates: list[_Candidate], statement: Statement) -> None:
    """Keeps one value for each item and period: a total before a part, then the larger table."""
    groups: dict[tuple[str, Period], list[_Candidate]] = {}
    for candidate in candidates:
        groups.setdefault((candidate.key, candidate.period), []).append(candidate)
    for key in items():
        values = []
        for period in sorted({period for name, period in groups if name == key}, reverse=True):
            group = groups[key, period]
            best = max(group, key=lambda candidate: (candidate.rank, candidate.size))
            rivals = [
                candidate for candidate in group if candidate.rank == best.rank and _differ(candidate, best)
            ]
            if rivals:
                statement.warnings.append(
                    f"{items()[key].label} {period.label} has several values; "
                    f"the one in {_place(best.source)} was taken, not {_place(rivals[0].source)}."
                )
            statement.values_by_file[best.source.file] += 1
            values.append(Value(period.label, best.value, best.source))
        if values:
            statement.line_items[key] = values


def _differ(first: _Candidate, second: _Candidate) -> bool:
    return abs(first.value - second.value) > SAME_VALUE * max(abs(first.value), abs(second.value))


def _place(source: Source) -> str:
    return f"{source.file} {source.sheet}!{source.ref}" if source.sheet else f"{source.file} {source.ref}"


def _table_rows(grid: Grid) -> int:
    return sum(any(isinstance(cell, str) for cell in row) for row in grid.rows)


def _texts(grid: Grid, first_row: int, column: int) -> Iterator[str]:
    for row in grid.rows[first_row:]:
        if column < len(row) and isinstance(row[column], str):
            yield str(row[column])


def _heading_text(grid: Grid) -> str:
    """The texts down to the first row of periods, where units are named. Sentences may name others."""
    texts: list[str] = []
    for cells in grid.rows[:HEADING_ROWS]:
        texts += [cell for cell in cells if isinstance(cell, str) and not cell.rstrip().endswith(".")]
        if heading_periods(cells):
            return "\n".join(texts)
    return ""
