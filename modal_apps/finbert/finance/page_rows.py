"""Lines of a page as rows: each number goes to the heading that it stands under, by where both end."""

from __future__ import annotations

from dataclasses import dataclass, field

from .grid import Cell, is_prose
from .notes import is_note_number, is_note_word
from .period_headings import parse_heading
from .statement_kinds import title_kind
from .tables import heading_cells, is_remark
from .words_in_lines import Piece, is_value, pieces_of, split_headings, split_numbers

TAIL_WORDS = 4  # of a line such as a page number, which ends no table
MOST_TITLES = 6


@dataclass(frozen=True)
class Headings:
    """
    The headings of a table that the next page may go on with; none when it ended.

    Parameters:
        notes: the word above the numbers of notes, if there is one.
        tight: whether headings stand one space apart.
    """

    pieces: tuple[Piece, ...] = ()
    notes: Piece | None = None
    tight: bool = False
    titles: tuple[str, ...] = ()


@dataclass
class PageRows:
    """
    Parameters:
        goes_on: whether the first rows belong to the table of the page before.
        open: the headings of the table that the last line belongs to.
    """

    rows: list[list[Cell]] = field(default_factory=list)
    has_data: bool = False
    goes_on: bool = False
    open: Headings = field(default_factory=Headings)


def rows_of(lines: list[str], carried: Headings) -> PageRows:
    """
    Parameters:
        carried: the headings of the page before, for rows that come before any heading of this page.
    """
    page = PageRows()
    now = carried
    titles: list[str] = []
    own = False
    for line in lines:
        pieces = pieces_of(line)
        heads, tight = split_headings(pieces)
        if columns := _columns(heads):
            first = heads[0].text if heads[0] not in columns else ""
            page.rows.append([first, *(piece.text for piece in columns)])
            now = (
                Headings(tuple(columns), _notes(heads), tight, tuple(titles[-MOST_TITLES:]))
                if _names_years(heads, columns)
                else now
            )
            own = True
            continue
        if not own and title_kind(" ".join(line.split())):
            now = Headings()  # another statement
        split = split_numbers(pieces, len(now.pieces), tight=now.tight) if now.pieces else pieces
        if now.pieces and _fits(split, now):
            page.goes_on = page.goes_on or not own
            page.has_data = True
            page.rows.append(_placed(split, now))
            page.open = now
        elif now.pieces and _is_under(pieces, now):
            page.rows.append(["", *_under(pieces, now)])
        else:
            page.rows.append([piece.text for piece in pieces])
            page.has_data = page.has_data or any(is_value(piece.text) for piece in pieces[1:])
            text = " ".join(line.split())
            titles += [text] if text else []
            if is_prose(text):
                page.open = Headings()
                now = now if own else Headings()
    return page


def _columns(pieces: list[Piece]) -> list[Piece]:
    """The headings of a line, else nothing."""
    cells: dict[int, Cell] = {place + 1: piece.text for place, piece in enumerate(pieces)}
    found = heading_cells(cells)
    if len(found) < 2 and not (found and len(pieces) <= 2 and _is_written(list(found.values()))):
        return []
    return [pieces[place - 1] for place in found]


def _is_written(cells: list[Cell]) -> bool:
    """Whether a lone heading is a period by itself; a year alone may be a page's number."""
    heading = parse_heading(cells[0])
    return heading is not None and heading.is_whole and not heading.bare


def _names_years(pieces: list[Piece], columns: list[Piece]) -> bool:
    """Whether a line names the columns, and not spans of them such as `Three months ended`."""
    others = [piece for piece in pieces if piece not in columns]
    return len(columns) > 1 or all(is_note_word(piece.text) for piece in others)


def _notes(pieces: list[Piece]) -> Piece | None:
    return next((piece for piece in pieces if is_note_word(piece.text)), None)


def _fits(pieces: list[Piece], headings: Headings) -> bool:
    values = [piece for piece in pieces if is_value(piece.text)]
    if not pieces or is_value(pieces[0].text):
        return len(values) == len(pieces) == len(headings.pieces)
    return bool(values)


def _placed(pieces: list[Piece], headings: Headings) -> list[Cell]:
    """The label and, under each heading, the number that ends nearest to it; a number of a note has no heading."""
    # A total may stand without a label.
    label, values = (None, pieces) if is_value(pieces[0].text) else (pieces[0].text, pieces[1:])
    values = [piece for piece in values if is_value(piece.text) and not _is_note(piece, headings)]
    row: list[Cell] = [label, *([None] * len(headings.pieces))]
    if headings.tight or len(values) == len(headings.pieces):
        last = values[-len(headings.pieces) :]
        for place, piece in enumerate(last, len(headings.pieces) - len(last) + 1):
            row[place] = piece.text
        return row
    pairs = sorted(
        (abs(heading.end - piece.end), place, at)
        for place, heading in enumerate(headings.pieces)
        for at, piece in enumerate(values)
    )
    taken: set[int] = set()
    for _, place, at in pairs:
        if row[place + 1] is None and at not in taken and _nearest(values[at], headings) == place:
            row[place + 1] = values[at].text
            taken.add(at)
    return row


def _is_note(piece: Piece, headings: Headings) -> bool:
    """
    Whether a small number stands before all headings, or nearer to the word for notes than to any of them. Where
    headings stand one space apart, places say nothing.
    """
    if headings.tight or not is_note_number(piece.text):
        return False
    before = all(piece.end < heading.start for heading in headings.pieces)
    if headings.notes is None:
        return before
    nearest = min(abs(heading.end - piece.end) for heading in headings.pieces)
    return before or abs(headings.notes.end - piece.end) < nearest


def _nearest(piece: Piece, headings: Headings) -> int:
    ends = [abs(heading.end - piece.end) for heading in headings.pieces]
    return ends.index(min(ends))


def _is_under(pieces: list[Piece], headings: Headings) -> bool:
    """Whether a line says something of the columns: their units, or that they are restated."""
    words = " ".join(piece.text for piece in pieces).split()
    return bool(words) and len(words) <= 2 * len(headings.pieces) and all(is_remark(word) for word in words)


def _under(pieces: list[Piece], headings: Headings) -> list[Cell]:
    words = [word for piece in pieces for word in piece.text.split()]
    if len(words) >= len(headings.pieces):
        return list(words[-len(headings.pieces) :])
    row: list[Cell] = [None] * len(headings.pieces)
    for piece in pieces:
        row[_nearest(piece, headings)] = piece.text
    return row
