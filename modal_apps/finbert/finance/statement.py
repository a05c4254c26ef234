"""From grids to line items: tables, statements, periods, units, candidates, and of these one value or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from .before_depreciation import settle_operating_income
from .checks import check_statement
from .choice import Choice, as_value, choose, withhold_all
from .companies import several_companies
from .completeness import note_incomplete
from .date_order import orders_by_file
from .figures import Notice, Source, Statement, Value
from .grid import Grid
from .layouts import extra_tables
from .line_items import all_items
from .periods import Period
from .reading import Reading, currencies_of, read_candidates, share_units, start_reading
from .sectors import sector_of, sector_words
from .signs import settle_taxes
from .statement_kinds import RowKind, row_kinds
from .tables import Table, tables_of
from .timeline import Timeline, read_timeline
from .written_numbers import Style, detect_style

LEAST_IN_UNITS = 10_000_000  # what a company that reports in units has as its largest amount, more or less

__all__ = ["Source", "Statement", "Value", "read_statement"]


def read_statement(
    grids: list[Grid],
    *,
    unit_scale: int | None = None,
    currency: str | None = None,
    texts: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Statement:
    """
    Parameters:
        texts: by file, what it says beside its tables; how dates are written there counts too.
        unit_scale: factor for all tables; None reads it from headings such as "in thousands".
        currency: ISO code; None reads it from headings and cells.
    """
    statement = Statement()
    tables = [table for grid in grids for table in (tables_of(grid) or extra_tables(grid, statement.notices))]
    statement.sector = sector_of(tables)
    for table in tables:
        table.sector = statement.sector
    kinds = [row_kinds(table) for table in tables]
    timeline = read_timeline(
        tables,
        [_is_balance(table, one) for table, one in zip(tables, kinds, strict=True)],
        orders_by_file(grids, texts, tables),
    )
    styles = _styles(grids, statement)
    readings = [
        start_reading(
            table,
            index=index,
            kinds=kinds[index],
            flows=timeline.flows[index],
            stocks=timeline.stocks[index],
            style=styles[table.grid.file],
        )
        for index, table in enumerate(tables)
    ]
    _read_units(readings, unit_scale, statement)
    for reading in readings:
        read_candidates(reading, unit_scale)
        settle_taxes(reading)
        settle_operating_income(reading)
        statement.tables_by_file[reading.table.grid.file] += 1
    statement.currency = currency or _main_currency(readings, statement)
    choice = choose(readings, None if currency else statement.currency)
    _fill(statement, choice, timeline, readings)
    statement.unit_scale = unit_scale or _main_scale(choice)
    note_incomplete(statement, readings, choice)
    check_statement(statement)
    _tell_troubles(statement, timeline, grids, tables)
    if unit_scale is None and currency is None:
        _tell_unit(statement, choice)
    _tell_sector(statement)
    if reason := several_companies(readings):
        _withhold_companies(statement, choice, reason)
    return statement


def _tell_sector(statement: Statement) -> None:
    if not statement.sector:
        return
    message = (
        f"These are statements of {sector_words(statement.sector)}. Ratios of liquidity, margins, turnover and "
        "free cash flow say nothing of it and have no value."
    )
    statement.notices.append(Notice("sector", message))


def _withhold_companies(statement: Statement, choice: Choice, reason: str) -> None:
    """Takes out the figures of several companies, and what was said of the choice among them."""
    withhold_all(statement, "several_companies", reason)
    statement.periods = []
    chosen = [id(notice) for notice in choice.notices]
    others = [notice for notice in statement.notices if id(notice) not in chosen]
    withheld = tuple(dict.fromkeys(one.item for one in statement.withheld))
    statement.notices = [Notice("several_companies", reason, withheld), *others]


def _is_balance(table: Table, kinds: list[RowKind]) -> bool:
    """Whether all rows that belong to a statement belong to the balance sheet."""
    with_numbers = {one.kind for row, one in zip(table.rows, kinds, strict=True) if not row.is_head}
    return with_numbers - {"note"} == {"balance"}


def _styles(grids: list[Grid], statement: Statement) -> dict[str, Style]:
    """How each file writes numbers, by all of its cells."""
    found: dict[str, Style] = {}
    for file in dict.fromkeys(grid.file for grid in grids):
        own = [grid for grid in grids if grid.file == file]
        found[file] = detect_style(_number_texts(own), own[0].delimiter)
        if found[file] == "own":
            message = (
                f"{file} writes numbers with decimal commas and with decimal points. Only those are read that can be "
                "read one way."
            )
            statement.notices.append(Notice("mixed_numbers", message))
    return found


def _number_texts(grids: list[Grid]) -> Iterator[str]:
    for grid in grids:
        for row in grid.rows:
            for cell in row[1:]:
                if isinstance(cell, str) and len(cell) < 40 and cell[-1:].strip("%") and not _has_words(cell):
                    yield cell


def _has_words(cell: str) -> bool:
    return sum(sign.isalpha() for sign in cell) > 3 or (
        cell.count(".") == 2 and len(cell.strip()) in (8, 10) and cell.strip()[-3:].isdecimal()
    )


def _read_units(readings: list[Reading], unit_scale: int | None, statement: Statement) -> None:
    if unit_scale is not None:
        return
    for reading, why in share_units(readings):
        grid = reading.table.grid
        name = f"{grid.file} {grid.sheet}" if grid.sheet else grid.file
        message = f"A table in {name} {why}, and its numbers are of another size. It is left out."
        statement.notices.append(Notice("mixed_units", message))
        reading.flows, reading.stocks = {}, {}


def _main_currency(readings: list[Reading], statement: Statement) -> str | None:
    found = currencies_of(readings)
    if len(found) > 1:
        names = ", ".join(sorted(found))
        statement.notices.append(
            Notice("mixed_currencies", f"Several currencies were found: {names}. Nothing is converted.")
        )
    return max(found, key=lambda code: found[code]) if found else None


def _tell_unit(statement: Statement, choice: Choice) -> None:
    """Says that no unit is named where the amounts are so small that they may be in thousands or millions."""
    found = [one for one in choice.picked.values() if one.unit != "shares"]
    if not found or any(one.unit or one.scale != 1 for one in found):
        return
    if max(abs(one.value) for one in found) < LEAST_IN_UNITS:
        message = "The files name no currency and no unit, such as thousands. Amounts are given as written."
        statement.notices.append(Notice("unit_not_named", message))


def _main_scale(choice: Choice) -> int:
    scales = Counter(found.scale for found in choice.picked.values() if found.unit != "shares")
    return scales.most_common(1)[0][0] if scales else 1


def _fill(statement: Statement, choice: Choice, timeline: Timeline, readings: list[Reading]) -> None:
    """Puts what was picked into the statement, newest first, and finds the periods that there are."""
    keys = sorted(choice.picked, key=lambda key: key[1], reverse=True)
    for name, item in all_items().items():
        target = statement.hidden if item.internal else statement.line_items
        values = []
        for key in keys:
            if key[0] == name:
                values.append(as_value(choice.picked[key], choice.parts.get(key, [])))
                if not item.internal:
                    statement.values_by_file[choice.picked[key].source.file] += 1
        if values:
            target[name] = values
    statement.withheld += [one for one in choice.withheld if not all_items()[one.item].internal]
    statement.notices += choice.notices
    statement.timeline = timeline
    statement.periods = _periods(choice, timeline, statement)


def _periods(choice: Choice, timeline: Timeline, statement: Statement) -> list[Period]:
    """Those of flows, and the days of balances."""
    named = {
        (name, period) for name, period in (*choice.picked, *choice.rivals) if not all_items()[name].internal
    }
    flows = {period for name, period in named if all_items()[name].kind == "flow"}
    stocks = {period for name, period in named if all_items()[name].kind == "stock"}
    for period in flows:
        statement.balances[period] = timeline.balance_of(period, stocks)
    return sorted(flows | stocks, reverse=True)


def _tell_troubles(statement: Statement, timeline: Timeline, grids: list[Grid], tables: list[Table]) -> None:
    for code, message in timeline.notes:
        statement.notices.append(Notice(code, message))
    for trouble in timeline.troubles:
        source = Source(trouble.table.grid.file, trouble.table.grid.sheet, "")
        statement.notices.append(Notice(trouble.code, trouble.message, sources=(source,)))
    _tell_assumed(statement, timeline, tables)
    for one in statement.withheld:
        if one.code in ("negative_balance", "mixed_currencies"):
            sources = tuple(part.source for part in one.candidates)
            statement.notices.append(Notice(one.code, one.reason, (one.item,), (one.period,), sources))
    for place, table in enumerate(tables):
        _tell_lost_columns(statement, timeline, place, table)
    if not statement.line_items and not statement.withheld and grids:
        has_rows = any(grid.rows for grid in grids)
        why = _why_nothing(tables) if has_rows else "The files are empty: no cell has a value."
        statement.notices.append(Notice("no_statement_found", why))


def _tell_assumed(statement: Statement, timeline: Timeline, tables: list[Table]) -> None:
    """How dates were read that can be read two ways, beside the periods that were made of them; once for a file."""
    numbers = {id(table): number for number, table in enumerate(tables)}
    told: dict[tuple[str, str, str], dict[str, None]] = {}
    for one in timeline.assumed:
        at, place = numbers[id(one.table)], one.table.columns.index(one.column)
        periods = (timeline.flows[at].get(place), timeline.stocks[at].get(place))
        labels = told.setdefault((one.code, one.message, one.table.grid.file), {})
        labels.update({period.label: None for period in periods if period})
    for (code, message, file), labels in told.items():
        statement.notices.append(Notice(code, message, (), tuple(labels), (Source(file, None, ""),)))


def _tell_lost_columns(statement: Statement, timeline: Timeline, place: int, table: Table) -> None:
    """Columns of a statement whose period is not clear are named, never dropped in silence."""
    told = {trouble.column.index for trouble in timeline.troubles if trouble.table is table}
    lost = [
        column.text
        for number, column in enumerate(table.columns)
        if number not in timeline.flows[place]
        and number not in timeline.stocks[place]
        and column.index not in told
    ]
    if lost:
        names = ", ".join(lost[:6])
        message = f"The periods of these columns are not clear, so they are left out: {names}."
        source = Source(table.grid.file, table.grid.sheet, "")
        statement.notices.append(Notice("unknown_period", message, sources=(source,)))


def _why_nothing(tables: list[Table]) -> str:
    if not tables:
        return (
            "No table with periods was found: columns headed by years, quarters or dates, "
            "rows that begin with them, or columns for period, item and value."
        )
    labels = list(
        dict.fromkeys(row.label for table in tables for row in table.rows if row.cells and row.label)
    )
    named = ", ".join(f"“{label[:40]}”" for label in labels[:3])
    return (
        f"Tables with periods were found, but no line item that is known; the rows begin with {named}."
        if named
        else ("Tables with periods were found, but no numbers in them.")
    )
