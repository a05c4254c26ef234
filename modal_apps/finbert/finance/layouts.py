"""
Tables in other shapes: periods in rows, as `Year | Revenue | Net income`, and one figure in each row, as
`period, item, value`. They become tables whose columns are periods.
"""

from __future__ import annotations

import re

from .figures import Notice
from .grid import Cell, Grid
from .line_items import match_any
from .period_headings import Heading, parse_heading
from .tables import Column, Row, Table, heading_text
from .units import unit_of
from .written_numbers import parse_number

LEAST_ITEMS = 1
HEADING_ROWS = 30  # in which the names of columns are looked for

_PERIOD = re.compile(
    r"(?:(?:fiscal|reporting|report|financial|calendar) ?)?(?:periods?|years?|dates?|quarters?"
    r"|fy|ends?|end date|period end(?:ing)?|as ?of ?date|fiscal ?date ?ending|fiscal ?period|jahr"
    r"|periode|stichtag|datum|ann[ée]e|p[ée]riode|exercice|a[ñn]o|per[ií]odo|ejercicio|fecha)",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"(?:line ?)?items?|accounts?|metrics?|concepts?|tags?|labels?|names?"
    r"|description|caption|elements?|position|posten|konto|poste|libell[ée]"
    r"|concepto|cuenta|partida|variable|measure|indicator|field|breakdown",
    re.IGNORECASE,
)
_VALUE = re.compile(r"values?|amounts?|figures?|wert|betrag|valeur|montant|valor|importe|val", re.IGNORECASE)
_COMPANY = re.compile(
    r"company|ticker|symbol|entity|issuer|firm|cik|company ?name|entity ?name|unternehmen|soci[ée]t[ée]|empresa",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"units?|(?:reported )?currency|uom|w[äa]hrung|einheit|devise|unit[ée]|moneda|unidad|scale", re.IGNORECASE
)


def extra_tables(grid: Grid, notices: list[Notice]) -> list[Table]:
    """The tables of a grid that has none with periods in columns; what speaks against one is noted."""
    for at, cells in enumerate(grid.rows[:HEADING_ROWS]):
        names = [_text(cell) for cell in cells]
        if sum(bool(name) for name in names) < 2:
            continue
        titles = [" ".join(_text(cell) for cell in row if _text(cell)) for row in grid.rows[:at]]
        if table := _long_form(grid, at, names, titles, notices):
            return [table]
        if table := _years_in_rows(grid, at, names, titles, notices):
            return [table]
    return []


def _text(cell: Cell) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else ""


def _plain(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").strip()


def _find(names: list[str], pattern: re.Pattern[str]) -> int | None:
    return next((at for at, name in enumerate(names) if pattern.fullmatch(_plain(name))), None)


def _years_in_rows(
    grid: Grid, at: int, names: list[str], titles: list[str], notices: list[Notice]
) -> Table | None:
    """A heading of items above rows that begin with periods."""
    items = [column for column, name in enumerate(names) if name and match_any(_plain(name))]
    if len(items) < LEAST_ITEMS:
        return None
    period_at = _period_column(grid, at, names, items)
    if period_at is None:
        return None
    below = [(number, grid.rows[number]) for number in range(at + 1, len(grid.rows))]
    company = _find(names, _COMPANY)
    if company is not None and _several(below, company, notices, grid):
        return None
    columns: list[Column] = []
    places: list[tuple[int, list[Cell]]] = []
    for number, cells in below:
        heading = parse_heading(cells[period_at]) if period_at < len(cells) else None
        if heading is not None and heading.is_whole:
            columns.append(
                Column(len(columns) + 1, len(columns) + 2, heading_text(cells[period_at]), heading)
            )
            places.append((number, cells))
    if not columns:
        return None
    sheet = [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", grid.sheet)] if grid.sheet else []
    table = Table(grid, columns, [*sheet, *titles, *_units_of(names, places)], first=True, named=True)
    for column, name in enumerate(names):
        if column in (period_at, company) or not name:
            continue
        cells_of = {
            place: (cells[column], grid.reference(number, column))
            for place, (number, cells) in enumerate(places)
            if column < len(cells) and _is_number(cells[column])
        }
        table.rows.append(Row(column, name, cells_of))
    return table


def _units_of(names: list[str], places: list[tuple[int, list[Cell]]]) -> list[str]:
    """The unit or currency that a column gives for all rows."""
    column = _find(names, _UNIT)
    found = {_text(cells[column]) for _, cells in places if column is not None and column < len(cells)}
    return list(found) if len(found) == 1 else []


def _period_column(grid: Grid, at: int, names: list[str], items: list[int]) -> int | None:
    """The column whose cells are periods; one that is named so, or the first."""
    named = _find(names, _PERIOD)
    for column in [named] if named is not None else range(min(items)):
        below = [row[column] for row in grid.rows[at + 1 :] if column is not None and column < len(row)]
        headings = [parse_heading(cell) for cell in below if cell not in (None, "")]
        if headings and sum(bool(one and one.is_whole) for one in headings) * 2 > len(headings):
            return column
    return None


def _long_form(
    grid: Grid, at: int, names: list[str], titles: list[str], notices: list[Notice]
) -> Table | None:
    """A row for each figure: its period, its item and its value."""
    period, item, value = _find(names, _PERIOD), _find(names, _ITEM), _find(names, _VALUE)
    if period is None or item is None or value is None:
        return None
    below = [(number, grid.rows[number]) for number in range(at + 1, len(grid.rows))]
    company, unit = _find(names, _COMPANY), _find(names, _UNIT)
    if company is not None and _several(below, company, notices, grid):
        return None
    columns: dict[str, Column] = {}
    rows: dict[str, Row] = {}
    for number, cells in below:
        if max(period, item, value) >= len(cells) or not _is_number(cells[value]):
            continue
        heading = parse_heading(cells[period])
        label = _text(cells[item])
        if heading is None or not heading.is_whole or not label:
            continue
        name = heading_text(cells[period])
        column = columns.setdefault(name, _column(len(columns), name, heading))
        if unit is not None and unit < len(cells):
            label = f"{label} ({_text(cells[unit])})"
        row = rows.setdefault(label, Row(number, label, {}))
        place = column.index - 1
        if place in row.cells:
            row = rows.setdefault(f"{label} ", Row(number, label, {}))
        row.cells[place] = (cells[value], grid.reference(number, value))
    if not columns or not rows:
        return None
    return Table(grid, list(columns.values()), titles, list(rows.values()), first=True, named=True)


def _column(count: int, name: str, heading: Heading) -> Column:
    return Column(count + 1, count + 2, name, heading, unit_of(name))


def _several(below: list[tuple[int, list[Cell]]], column: int, notices: list[Notice], grid: Grid) -> bool:
    """Whether the rows are of several companies, which no ratio may mix."""
    found = list(
        dict.fromkeys(
            str(cells[column]).strip() for _, cells in below if column < len(cells) and cells[column]
        )
    )
    if len(found) < 2:
        return False
    message = f"{grid.file} has rows of several companies ({', '.join(found[:4])}). Send one at a time."
    if all(notice.message != message for notice in notices):
        notices.append(Notice("several_companies", message))
    return True


def _is_number(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return False
    if isinstance(cell, str):
        return parse_number(cell, "point") is not None or parse_number(cell, "comma") is not None
    return isinstance(cell, int | float)
