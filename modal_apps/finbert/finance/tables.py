"""
From grids to tables: which rows are headings, which columns they name, and which rows are data below them.

A heading is told from data by its place: a row with a label in front that is no word of a period is data, whatever
its numbers look like.
"""

from __future__ import annotations

import datetime
import itertools
import re
from dataclasses import dataclass, field, replace

from .column_headings import net_column, with_years
from .grid import Cell, Grid
from .line_items import Sector, match_label
from .notes import is_note_word, note_columns
from .period_headings import Heading, parse_heading
from .units import Unit, unit_of, without_unit
from .written_numbers import parse_number

MOST_TITLES = 12
MOST_STEP = 5  # years between two columns of bare years
LEAST_KEYS = 3
LONGEST_LABEL = 300
LONGEST_REMARK = 24  # below a heading, such as the same year in other letters
DASHES = ("-", "\u2013", "\u2014", "\u2212", "--", "\u2012", "nil")

_HEADING_WORDS = re.compile(
    r"items?|line items?|descriptions?|particulars|accounts?|metrics?|breakdown|categor(?:y|ies)|caption|label|concept"
    r"|figures?|financials?|period|year|years|fiscal year|date|notes?|key figures|position(?:en)?|posten|bezeichnung"
    r"|konto|libell[ée]s?|postes?|rubriques?|concepto|partidas?|cuentas?|unit|units|currency|name|statement|amounts?"
    r"|rubros?|intitul[ée]s?|d[ée]signation|anmerkung|erl[äa]uterung|ref|codes?|schedule"
    r"|restated|unaudited|audited|ended|as of|for the|"
)
# Heads of one side of a balance sheet, which stand in front of the years.
_SIDE = re.compile(
    r"assets|liabilities|(?:liabilities|passif|pasivo|passiva) (?:and|&|et|y|und) .{1,60}|equity and liabilities"
    r"|capital and liabilities|aktiva|aktiven|passiva|passiven|actif|passif|activo|pasivo"
    r"|(?:patrimonio|capitaux) .{1,60}"
)
_STATEMENT_WORDS = re.compile(
    r"\b(?:statements?|balance sheets?|financial position|profit (?:and|or|&) loss|p&l|income|operations|cash flows?"
    r"|earnings|bilanz|gewinn|kapitalfluss|kapitalflussrechnung|cashflow|bilan|compte de résultat|flux de trésorerie"
    r"|balance|cuentas? de|estados? de|assets|aktiva|actif|activo|summary|highlights|overview|results|selected"
    r"|liabilities|passiva|passif|pasivo|patrimonio|capitaux propres|eigenkapital|tableau)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Column:
    """
    A column of figures.

    Parameters:
        index: of the column whose heading it is.
        end: first column that is not its own; between the two stand currency signs and the like.
        text: the heading as written.
        unit: what its heading says of its unit.
        notes: of the columns that its heading spans those with the numbers of notes.
    """

    index: int
    end: int
    text: str
    heading: Heading
    unit: Unit = field(default_factory=Unit)
    notes: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Row:
    """
    A row below a heading; without cells it is a title or the head of a section.

    Parameters:
        cells: by number of the column in `Table.columns`: the value and where it stands.
        nil: columns in which a dash says that there is nothing.
    """

    number: int
    label: str
    cells: dict[int, tuple[Cell, str]]
    nil: frozenset[int] = frozenset()

    @property
    def is_head(self) -> bool:
        """Whether it is a title or the head of a section."""
        return not self.cells and not self.nil


@dataclass
class Table:
    """
    Parameters:
        titles: the texts above it, the nearest last.
        first: whether no table stands above it in its grid.
        named: whether each row was written as `item: value`, without the order of a statement.
        sector: of the company, known when all tables are.
    """

    grid: Grid
    columns: list[Column]
    titles: list[str]
    rows: list[Row] = field(default_factory=list)
    first: bool = False
    named: bool = False
    sector: Sector = ""


def tables_of(grid: Grid) -> list[Table]:
    """All tables of a grid whose columns are periods."""
    reader = _Reader(grid)
    for number, cells in enumerate(with_years(grid.rows)):
        reader.take(number, cells)
    for table in reader.tables:
        table.named = table.named or _has_keys(table.rows)
    return reader.tables


def _has_keys(rows: list[Row]) -> bool:
    """Whether labels are keys such as `TotalRevenue`, which come in no order of a statement."""
    labels = [row.label for row in rows if row.cells]
    keys = [label for label in labels if re.fullmatch(r"[A-Za-z]+(?:_[A-Za-z]+)*", label)]
    joined = [label for label in keys if re.search(r"[a-z][A-Z]|_", label)]
    return len(labels) >= LEAST_KEYS and len(keys) * 5 >= len(labels) * 4 and len(joined) * 2 >= len(labels)


class _Reader:
    """Goes through a grid from top to bottom."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        carried = {column: cell for column, cell in enumerate(grid.carried) if column and not _is_blank(cell)}
        self._heads: list[dict[int, Cell]] = [carried] if carried else []
        self._titles: list[str] = list(grid.carried_titles)
        self.tables: list[Table] = []

    def take(self, number: int, cells: list[Cell]) -> None:
        filled = {column: cell for column, cell in enumerate(cells) if not _is_blank(cell)}
        if not filled:
            return
        table = self.tables[-1] if self.tables else None
        if heads := heading_cells(filled, has_table=table is not None and bool(table.rows)):
            labels = (str(cell) for column, cell in filled.items() if column < min(heads))
            self._titles += [
                label
                for label in labels
                if not _HEADING_WORDS.fullmatch(label.strip(" :.").lower()) and not is_note_word(label)
            ]
            self._heads.append(heads)
            return
        if self._heads and (under := _under_headings(filled, self._heads)):
            self._heads.append(under)
            return
        if self._heads:
            self._open_table(number)
            table = self.tables[-1] if self.tables else None
        texts = [cell for cell in filled.values() if isinstance(cell, str)]
        if len(texts) == len(filled) and not any(_is_value(cell) or _is_dash(cell) for cell in texts[1:]):
            self._take_text(number, filled, table)
        elif table is not None:
            row = read_row(self._grid, number, filled, table.columns)
            if self._grid.lines and row.cells:
                row = _with_wrapped_label(table.rows, row)
            if row.label or not row.is_head:
                table.rows.append(row)
            if row.cells:
                self._titles = []

    def _take_text(self, number: int, filled: dict[int, Cell], table: Table | None) -> None:
        text = " ".join(str(cell) for cell in filled.values())[: 2 * LONGEST_LABEL]
        self._titles = [*self._titles, text][-MOST_TITLES:]
        if table is not None:
            table.rows.append(Row(number, text[:LONGEST_LABEL], {}))

    def _open_table(self, first: int) -> None:
        columns = join_headings(self._heads, in_order=self._grid.lines)
        if not self._grid.lines:
            columns = [
                _with_notes(self._grid, first, _with_net(self._grid, first, column)) for column in columns
            ]
        self._heads = []
        if columns:
            self.tables.append(
                Table(
                    self._grid,
                    columns,
                    self._titles[-MOST_TITLES:],
                    first=not self.tables,
                    named=self._grid.named,
                )
            )
            self._titles = []


def _with_net(grid: Grid, first: int, column: Column) -> Column:
    return replace(column, index=net_column(grid, first, column.index, column.end))


def _with_notes(grid: Grid, first: int, column: Column) -> Column:
    return replace(column, notes=note_columns(grid.rows, first, column.index, column.end))


def _with_wrapped_label(rows: list[Row], row: Row) -> Row:
    """Puts the first line of a label, which stands above its numbers, before the second; takes it out of the rows."""
    above = rows[-1] if rows else None
    goes_on = row.label[:1].islower() or row.label[:1] in "$(" or _is_open(above.label if above else "")
    if above is None or not above.is_head or above.number != row.number - 1 or not goes_on or not row.label:
        return row
    rows.pop()
    return replace(row, label=f"{above.label} {row.label}"[:LONGEST_LABEL])


def _is_open(label: str) -> bool:
    """Whether a line breaks off in the middle of a label."""
    return (
        label.rstrip().endswith((",", " of", " and", " for", " the", " to", " in", "$", "("))
        or " net of allowance" in label
    )


def read_row(grid: Grid, number: int, filled: dict[int, Cell], columns: list[Column]) -> Row:
    """A row of data: its label and, for each column, the figure that stands in it."""
    texts = [
        cell
        for column, cell in filled.items()
        if column < columns[0].index and isinstance(cell, str) and parse_number(cell) is None
    ]
    # `(a)` or `IV.` in a column of its own only numbers the rows.
    label = next((text for text in texts if sum(map(str.isalpha, text)) > 2), texts[0] if texts else "")
    cells = {}
    nil = set()
    for place, column in enumerate(columns):
        inside = [at for at in range(column.index, column.end) if at not in column.notes]
        found = next((at for at in inside if at in filled and _is_value(filled[at])), None)
        if found is not None:
            cells[place] = (filled[found], grid.reference(number, found))
        elif any(_is_dash(filled.get(at)) for at in inside):
            nil.add(place)
    return Row(number, label[:LONGEST_LABEL].strip(), cells, frozenset(nil))


def heading_cells(filled: dict[int, Cell], *, has_table: bool = False) -> dict[int, Cell]:
    """
    The cells of a row that are headings of columns; empty when the row is no heading.

    Parameters:
        filled: the cells that are not blank, by column.
        has_table: whether rows of data came before, below another heading.
    """
    read = {column: parse_heading(cell) for column, cell in filled.items()}
    found = {column: heading for column, heading in read.items() if heading and not heading.is_empty}
    found.pop(0, None)  # the first column is that of labels
    if not found:
        return {}
    first = min(found)
    others = {column: cell for column, cell in filled.items() if column > first and column not in found}
    if any(_is_figure(cell) for cell in others.values()):
        return {}
    labels = [cell for column, cell in filled.items() if column < first]
    if any(not isinstance(label, str) and not _is_date(label) for label in labels):
        return {}
    label = " ".join(str(cell) for cell in labels)
    whole = [heading for heading in found.values() if heading.is_whole]
    if not whole:
        return _inside(filled, first) if _is_heading_word(label) or _STATEMENT_WORDS.search(label) else {}
    if all(heading.bare for heading in found.values()) and not _are_years(whole, label, has_table):
        return {}
    return _inside(filled, first)


def _inside(filled: dict[int, Cell], first: int) -> dict[int, Cell]:
    return {column: cell for column, cell in filled.items() if column >= first}


def _are_years(headings: list[Heading], label: str, has_table: bool) -> bool:
    """Whether bare numbers between 1980 and 2079 are years, by what stands in front of them and by their order."""
    years = [heading.year or 0 for heading in headings]
    in_steps = all(
        later == years[0] or abs(later - earlier) <= MOST_STEP for earlier, later in itertools.pairwise(years)
    )
    in_a_row = all(abs(later - earlier) == 1 for earlier, later in itertools.pairwise(years))
    if len(years) > 1 and in_a_row and is_side_head(label):
        return True
    if _is_heading_word(label):
        return in_steps and (len(years) > 1 or bool(label) or not has_table)
    if not in_steps or len(years) < 2 or match_label(label):
        return False
    return not has_table and in_a_row


_NO_NAME = (
    "in",
    "all",
    "figures",
    "amounts",
    "values",
    "angaben",
    "en",
    "the",
    # of a column that counts the rows
    "s",
    "sr",
    "sl",
    "si",
    "no",
    "nr",
    "nos",
)


def is_side_head(text: str) -> bool:
    """Whether a text is the head of one side of a balance sheet."""
    return bool(_SIDE.fullmatch(text.strip(" :").lower()))


def _is_heading_word(label: str) -> bool:
    """Whether a label in front of headings says nothing of a figure: a unit, a word for rows, or a period."""
    if not label.strip():
        return True
    heading = parse_heading(label)
    if heading is not None:
        return True
    plain = re.sub(r"[^\w& ]", " ", without_unit(label)).strip().lower()
    kept = [word for word in plain.split() if word not in _NO_NAME and not is_note_word(word)]
    if _HEADING_WORDS.fullmatch(" ".join(kept)):
        return True
    return unit_of(label).scale is not None and match_label(label) is None


def _under_headings(filled: dict[int, Cell], heads: list[dict[int, Cell]]) -> dict[int, Cell]:
    """The cells of a row of units or remarks right below headings: `£m`, `(restated)`, `Note`."""
    columns = {column for head in heads for column in head}
    first = min(columns)
    if any(not isinstance(cell, str) for cell in filled.values()):
        return {}
    texts = {column: str(cell) for column, cell in filled.items() if column >= first}
    labels = [str(cell) for column, cell in filled.items() if column < first]
    short = (
        not labels and set(texts) <= columns and all(len(text) <= LONGEST_REMARK for text in texts.values())
    )
    if not texts or not (short or all(is_remark(text) for text in texts.values())):
        return {}
    return dict(texts) if all(_is_heading_word(label) for label in labels) else {}


def is_remark(text: str) -> bool:
    """Whether a text says something of a column: its unit, or a part of its period."""
    heading = parse_heading(text)
    unit = unit_of(text)
    return heading is not None or unit.scale is not None


def join_headings(heads: list[dict[int, Cell]], *, in_order: bool = False) -> list[Column]:
    """
    Puts rows of headings together: the finest of them names the columns, the others span several of these.

    Parameters:
        in_order: whether cells stand in the order of a line, and not in columns.
    """
    finest = max(
        heads, key=lambda head: (sum(_is_period(cell) for cell in head.values()), -heads.index(head))
    )
    indexes = [column for column, cell in finest.items() if _is_period(cell)]
    bounds = sorted({*finest, *(column for head in heads for column in head)})
    columns = []
    for place, index in enumerate(indexes):
        own = parse_heading(finest[index]) or Heading()
        texts = []
        unit = Unit()
        for head in heads:
            cell = _spanning(head, index, indexes, place, in_order) if head is not finest else finest[index]
            if cell is None:
                continue
            text = heading_text(cell)
            texts.append(text)
            unit = unit.completed(unit_of(text))
            if head is not finest:
                own = own.completed(parse_heading(cell) or Heading())
        following = [
            bound for bound in bounds if bound > index and (bound in finest or place + 1 == len(indexes))
        ]
        end = min(following, default=index + 4)
        if own.is_whole:
            columns.append(Column(index, end, " ".join(texts), own, unit))
    return columns


def _spanning(head: dict[int, Cell], index: int, indexes: list[int], place: int, in_order: bool) -> Cell:
    """The cell of a coarser row of headings that stands above a column."""
    spans = sorted(head)
    if in_order and len(spans) < len(indexes) and len(indexes) % len(spans) == 0:
        return head[spans[place * len(spans) // len(indexes)]]
    if index in head:
        return head[index]
    before = [column for column in spans if column <= index]
    if spans[0] > indexes[0] and len(indexes) % len(spans) == 0:  # centred over their columns
        return head[spans[place * len(spans) // len(indexes)]]
    return head[before[-1]] if before else None


def heading_text(cell: Cell) -> str:
    """A heading as a response shows it."""
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else " ".join(str(cell).split())


def _is_period(cell: Cell) -> bool:
    heading = parse_heading(cell)
    return (
        heading is not None
        and not heading.is_empty
        and (heading.is_whole or heading.number is not None or heading.months is not None)
    )


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_dash(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.strip().strip("$€£ ") in DASHES


def _is_date(cell: Cell) -> bool:
    return isinstance(cell, datetime.date)


def _is_figure(cell: Cell) -> bool:
    """A number that is no heading."""
    if isinstance(cell, bool):
        return True
    return isinstance(cell, int | float) or (isinstance(cell, str) and parse_number(cell) is not None)


def _is_value(cell: Cell) -> bool:
    if isinstance(cell, bool) or _is_date(cell):
        return False
    if isinstance(cell, int | float):
        return True
    return isinstance(cell, str) and any(
        parse_number(cell, style) is not None for style in ("point", "comma")
    )
