"""From the rows of tables to candidates: which row may be which item, in which period, in which unit."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from statistics import median

from .figures import Source
from .grid import Cell, is_sentence
from .labels import is_change, unit_in
from .line_items import DEBTS, WEAK, Match, Sector, all_items, match_any
from .periods import Period
from .sections import (
    LIKE_INVESTMENTS,
    Section,
    in_section,
    is_like_debt,
    is_wider_than_debt,
    sections_of,
    unlabelled_totals,
)
from .sides import Side, on_side, sides_of
from .statement_kinds import RowKind, StatementKind
from .tables import Row, Table
from .units import Unit, currencies_in, unit_of
from .written_numbers import Style, read_number

DIGITS = 13  # of an amount; the rest is noise of binary fractions
SAME_SIZE = 200  # how far the sizes of tables of one unit lie apart at most
_LOSS_ONLY = re.compile(
    r"\W*(?:total |net |operating )*(?:net )?"
    r"(?:loss(?:es)?|deficit|(?:share|stock)holders['\u2019]? deficit|jahresfehlbetrag)\b"
)
_PART_OF_ROW_ABOVE = re.compile(
    r"\W*(?:thereof|of which|including|davon|darunter|dont|de los cuales|de las cuales)\b", re.IGNORECASE
)
# A sentence that says of a whole table in which unit it is, such as `Financials in millions USD. Year to October.`
_DECLARES_UNIT = re.compile(
    r"\b(?:amounts?|figures?|financials|values|numbers|data|dollars|euros?|pounds|rupees|expressed|stated|presented"
    r"|reported|[A-Z]{3})\b[^.]{0,40}?\bin (?:thousands|millions|billions|crores?|lakhs?)\b",
    re.IGNORECASE,
)
# A cell that names its scale itself, as `1.2m`.
_OWN_SCALE = re.compile(r"\d\s*(?:k|mm|mn|m|million|bn|billion|b)\b", re.IGNORECASE)
SHARES = "shares_outstanding"
_GAIN = re.compile(r"income|profit|earnings|equity|surplus|berschuss", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """
    A number that may be that of an item.

    Parameters:
        value: in units of the currency, with the sign that the table's presentation gives it.
        rank, part: as in `Match`.
        kind, sureness: as in `RowKind`.
        table: number of its table.
        named: whether the table is an export whose rows are fields by name.
        entity: `group` or `company` when its column says so.
        unit: currency, or `shares`.
        trouble: why it cannot be used; '' when it can.
    """

    key: str
    period: Period
    value: float
    rank: int
    part: str
    kind: StatementKind
    sureness: int
    table: int
    named: bool
    row: int
    entity: str
    restated: bool
    first_shown: bool
    source: Source
    label: str
    heading: str
    written: str
    scale: int
    unit: str | None
    trouble: str = ""


@dataclass
class Reading:
    """
    A table with what was made of it.

    Parameters:
        index: number of the table in the request.
        kinds, sections, sides: of each row.
        unit: of the whole table.
        flows, stocks: the period of each column, by its number, for items of either kind.
        style: how its file writes numbers.
        unread: rows that may be debt or investments and are no item that we know, by item.
        nil: periods in which an item has a dash.
        keys: the item of each row that has one, by its place.
    """

    table: Table
    index: int
    kinds: list[RowKind]
    sections: list[Section]
    sides: list[Side]
    unit: Unit
    flows: dict[int, Period]
    stocks: dict[int, Period]
    style: Style
    candidates: list[Candidate] = field(default_factory=list)
    unread: dict[str, list[str]] = field(default_factory=dict)
    nil: set[tuple[str, Period]] = field(default_factory=set)
    keys: dict[int, str] = field(default_factory=dict)

    @property
    def main_kind(self) -> StatementKind:
        """The kind of most of its rows."""
        return Counter(kind.kind for kind in self.kinds).most_common(1)[0][0] if self.kinds else "unknown"


def start_reading(
    table: Table,
    *,
    index: int,
    kinds: list[RowKind],
    flows: dict[int, Period],
    stocks: dict[int, Period],
    style: Style,
) -> Reading:
    """Prepares a table; its numbers are read when the units of all are known. The parameters are those of `Reading`."""
    return Reading(
        table=table,
        index=index,
        kinds=kinds,
        sections=[""] * len(table.rows) if table.named else sections_of(table.rows),
        sides=[""] * len(table.rows) if table.named else sides_of(table.rows),
        unit=_unit_above(table),
        flows=flows,
        stocks=stocks,
        style=style,
    )


# In Latin America `M$` are thousands of pesos, `MM$` millions; elsewhere `M$` are millions of dollars.
_THOUSANDS_OF_PESOS = re.compile(r"(?<![A-Za-z])M\$")
_SPANISH = re.compile(
    r"\b(?:activos?|pasivos?|patrimonio|ganancia|ingresos|resultado|efectivo)\b", re.IGNORECASE
)


def _unit_above(table: Table) -> Unit:
    """The unit that the titles name, the nearest first."""
    found = Unit()
    for text in reversed([*([table.grid.sheet] if table.grid.sheet else []), *table.titles]):
        if is_sentence(text) and not _DECLARES_UNIT.search(text):
            continue
        found = found.completed(_unit_of(text, table))
    return found


def _unit_of(text: str, table: Table) -> Unit:
    if _THOUSANDS_OF_PESOS.search(text) and any(_SPANISH.search(row.label) for row in table.rows):
        return Unit(1_000)
    return unit_of(text)


def share_units(readings: list[Reading]) -> list[tuple[Reading, str]]:
    """
    Gives tables without a unit that of the other tables of their file. Returns those that cannot have it, with the
    reason: their numbers are of quite another size.
    """
    apart = []
    for reading in readings:
        if reading.unit.scale is not None or _has_units_inside(reading):
            continue
        others = [
            other
            for other in readings
            if other is not reading
            and other.table.grid.file == reading.table.grid.file
            and other.unit.scale is not None
        ]
        same_grid = [
            other
            for other in others
            if other.table.grid is reading.table.grid and other.index < reading.index
        ]
        others = same_grid[-1:] or [
            other for other in others if other.main_kind in ("balance", "income", "cash_flow")
        ]
        scales = {other.unit.scale for other in others}
        if len(scales) != 1:
            continue
        scale = scales.pop()
        if scale == 1:
            continue
        sizes = [_size(other) for other in others]
        size = _size(reading)
        near = (
            not size or not any(sizes) or any(one and 1 / SAME_SIZE < size / one < SAME_SIZE for one in sizes)
        )
        if near:
            reading.unit = reading.unit.completed(others[0].unit)
        elif reading.main_kind in ("balance", "income", "cash_flow"):
            apart.append(
                (reading, f"names no unit, while other tables of the file are in units of {scale:,}")
            )
    return apart


def _has_units_inside(reading: Reading) -> bool:
    return any(column.unit.scale is not None for column in reading.table.columns) or any(
        row.is_head and unit_of(row.label).scale is not None for row in reading.table.rows
    )


def _size(reading: Reading) -> float:
    """The middle of the absolute numbers of a table as written."""
    numbers = [
        abs(number)
        for row in reading.table.rows
        for value, _ in row.cells.values()
        if (number := read_number(value, reading.style)[0])
    ]
    return median(numbers) if numbers else 0.0


def read_candidates(reading: Reading, scale: int | None) -> None:
    """
    Fills `reading.candidates`.

    Parameters:
        scale: that the caller gave for all tables; None for the tables' own.
    """
    running = Unit()
    table = reading.table
    totals = unlabelled_totals(table.rows, reading.style, table.titles)
    for at, row in enumerate(table.rows):
        if row.is_head:
            named = Unit() if is_sentence(row.label) else _unit_of(row.label, table)
            running = named.completed(running)
            continue
        kind = reading.kinds[at]
        is_balance = kind.kind in ("balance", "unknown")
        section = reading.sections[at] if is_balance else ""
        side = reading.sides[at] if is_balance else ""
        match = totals.get(at) or _match(row, kind, section, side, table.sector)
        if match is not None and match.key in DEBTS and is_wider_than_debt(row.label):
            # Derivatives and deferred payments stand there too: what of it is debt, no row says.
            reading.unread.setdefault(match.key, []).append(row.label)
            continue
        if match is not None:
            reading.keys[at] = match.key
        if match is None or not _belongs(match, kind, row):
            if match is None and is_balance:
                _note_unread(reading, row, at)
            continue
        _read_row(reading, _ItemRow(row, kind, match, running), scale)
    _set_signs(reading)


def _match(row: Row, kind: RowKind, section: Section, side: Side, sector: Sector) -> Match | None:
    if _PART_OF_ROW_ABOVE.match(row.label):
        return None
    if is_change(row.label) and kind.kind != "cash_flow":
        found = match_any(row.label, sector)
        return found if found and all_items()[found.key].home == "cash_flow" else None
    match = match_any(row.label, sector)
    if kind.kind not in ("balance", "unknown"):
        return match
    return on_side(in_section(match, row.label, section), side)


def _belongs(match: Match, kind: RowKind, row: Row) -> bool:
    """Whether an item can stand in a statement: balances in none of flows, and nothing in notes."""
    item = all_items()[match.key]
    if kind.kind == "note":
        return False
    if kind.kind == "unknown":
        return not (item.kind == "stock" and is_change(row.label))
    if item.home == "any":
        return kind.kind != "balance" or item.kind == "stock"
    if match.key == "ebitda":
        return kind.kind == "income"
    return item.home == kind.kind


def _note_unread(reading: Reading, row: Row, at: int) -> None:
    """Remembers rows that may be a part of a sum."""
    section, side = reading.sections[at], reading.sides[at]
    below_assets = side == "liability" or any(
        (match := match_any(above.label))
        and match.key in ("total_assets", "current_assets")
        and not above.is_head
        for above in reading.table.rows[:at]
    )
    if _PART_OF_ROW_ABOVE.match(row.label):
        return
    if side != "asset" and is_like_debt(row.label) and (below_assets or section):
        key = {"current": "short_term_debt", "noncurrent": "long_term_debt"}.get(section, "long_term_debt")
        reading.unread.setdefault(key, []).append(row.label)
    elif LIKE_INVESTMENTS.search(row.label.lower()) and section != "noncurrent" and not below_assets:
        reading.unread.setdefault("short_term_investments", []).append(row.label)


@dataclass(frozen=True)
class _ItemRow:
    """
    A row whose item is known.

    Parameters:
        unit: that the heads of the rows above name.
    """

    row: Row
    kind: RowKind
    match: Match
    unit: Unit


def _read_row(reading: Reading, item_row: _ItemRow, scale: int | None) -> None:
    """Adds the candidates of a row, and the periods in which it has a dash."""
    row, key = item_row.row, item_row.match.key
    periods = reading.stocks if all_items()[key].kind == "stock" else reading.flows
    for place in range(len(reading.table.columns)):
        period = periods.get(place)
        if period is None:
            continue
        if place in row.nil:
            reading.nil.add((key, period))
        if place in row.cells and (found := _candidate(reading, item_row, place, period, scale)):
            reading.candidates.append(found)


def _candidate(
    reading: Reading, item_row: _ItemRow, place: int, period: Period, scale: int | None
) -> Candidate | None:
    row, match, column = item_row.row, item_row.match, reading.table.columns[place]
    cell, reference = row.cells[place]
    value, currency = read_number(cell, reading.style)
    if value is None:
        return None
    above = column.unit.completed(item_row.unit).completed(reading.unit)
    unit = unit_of(unit_in(row.label)).completed(above)
    factor = _factor(item_row, cell, unit, scale)
    return Candidate(
        key=match.key,
        period=period,
        value=float(f"{value * factor:.{DIGITS}g}"),
        rank=match.rank,
        part=match.part,
        kind=item_row.kind.kind,
        sureness=item_row.kind.sureness,
        table=reading.index,
        named=reading.table.named,
        row=row.number,
        entity=column.heading.entity,
        restated=column.heading.restated,
        first_shown=column.heading.first_shown,
        source=Source(reading.table.grid.file, reading.table.grid.sheet, reference),
        label=row.label,
        heading=column.text,
        written=(cell if isinstance(cell, str) else _plain(cell)).strip(),
        scale=factor,
        unit="shares" if match.key == SHARES else currency or unit.currency,
    )


def _factor(item_row: _ItemRow, cell: Cell, unit: Unit, scale: int | None) -> int:
    """What the number of a cell is multiplied by."""
    if isinstance(cell, str) and _OWN_SCALE.search(cell):
        return 1
    if item_row.match.key != SHARES or unit.share_scale is None:
        return scale or unit.scale or 1
    if unit.share_scale == 1 and (own := unit_of(unit_in(item_row.row.label)).scale):
        return own
    return unit.share_scale


def _plain(cell: Cell) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _set_signs(reading: Reading) -> None:
    """
    Gives each number the sign that it has for us, by how the table presents them: expenses and liabilities may stand in
    brackets, a loss may stand without. The sign of a tax is left to the profit before and after it.
    """
    liabilities = [found for found in reading.candidates if all_items()[found.key].side == "liability"]
    negative = sum(found.value < 0 for found in liabilities)
    flip = negative * 2 > len(liabilities)
    rows: dict[int, list[Candidate]] = {}
    for found in reading.candidates:
        rows.setdefault(found.row, []).append(found)
    losses = {
        row
        for row, group in rows.items()
        if _LOSS_ONLY.match(group[0].label.lower())
        and not _GAIN.search(group[0].label)
        and all(found.value > 0 for found in group)
    }
    reading.candidates = [_signed(found, flip, found.row in losses) for found in reading.candidates]


def _signed(found: Candidate, flip: bool, is_loss: bool) -> Candidate:
    item = all_items()[found.key]
    if item.side == "liability":
        value = -found.value if flip else found.value
        trouble = "" if value >= 0 else "is negative, which no debt to others is"
        return replace(found, value=value, trouble=trouble)
    if item.side == "asset" and found.value < 0:
        return replace(found, trouble="is negative, which an asset cannot be")
    if (
        found.key == "interest_expense"
        and found.value < 0
        and re.search(r"\(.{0,12}income", found.label.lower())
    ):
        return replace(found, trouble="is an income in this period")
    if is_loss and found.key in ("net_income", "operating_income", "pretax_income", "equity"):
        return replace(found, value=-found.value)
    return replace(found, value=abs(found.value)) if item.positive else found


def currencies_of(readings: list[Reading]) -> Counter[str]:
    """How many candidates are in each currency, and which the titles name."""
    found: Counter[str] = Counter()
    for reading in readings:
        for candidate in reading.candidates:
            if candidate.unit not in (None, "shares"):
                found[str(candidate.unit)] += 1
        if reading.candidates:
            for text in reading.table.titles:
                if not is_sentence(text):
                    found.update(dict.fromkeys(currencies_in(text), 0))
    return found


def is_weak(found: Candidate) -> bool:
    """Whether its label is only better than none."""
    return found.rank == WEAK
