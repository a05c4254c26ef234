"""Lines of a page taken apart: the pieces between gaps, and columns that stand one space apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .notes import is_note_word
from .period_headings import parse_heading
from .written_numbers import parse_number

PIECE = re.compile(r"\S+(?: \S+)*")  # words with single spaces between belong together
MOST_WORDS = 60  # of a piece that is taken apart
MOST_COLUMNS = 12
NO_VALUE = ("-", "\u2013", "\u2014", "\u2212", "nil")
SIGNS = ("$", "€", "£", "¥", "₹", "US$", "HK$", "R$", "C$", "A$")


@dataclass(frozen=True)
class Piece:
    """A piece of a line, with the columns of the page in which it begins and ends."""

    text: str
    start: int
    end: int


def pieces_of(line: str) -> list[Piece]:
    """The pieces of a line that stand two or more spaces apart."""
    return [Piece(match[0], match.start(), match.end()) for match in PIECE.finditer(line)]


def is_value(text: str) -> bool:
    """Whether a piece is a number or a dash."""
    if text.endswith(","):  # of `June 30,`
        return False
    return text in NO_VALUE or any(parse_number(text, style) is not None for style in ("point", "comma"))


def split_headings(pieces: list[Piece]) -> tuple[list[Piece], bool]:
    """Headings that stand one space apart, as in `2024 2023`, one by one; and whether there were any."""
    found: list[Piece] = []
    for piece in pieces:
        found += _equal_parts(piece) or [piece]
    notes = sum(is_note_word(piece.text) for piece in found)
    return found, len(found) > len(pieces) and len(found) - notes > 1


def _equal_parts(piece: Piece) -> list[Piece]:
    """The parts of a piece that is a row of headings of the same form."""
    words = [
        Piece(match[0], piece.start + match.start(), piece.start + match.end())
        for match in re.finditer(r"\S+", piece.text)
    ]
    if len(words) > MOST_WORDS or (_is_whole(piece.text) and not is_note_word(words[0].text)):
        return []
    for count in range(min(len(words), MOST_COLUMNS), 1, -1):
        if len(words) % count:
            continue
        size = len(words) // count
        parts = [_joined(words[at : at + size]) for at in range(0, len(words), size)]
        if all(_is_whole(part.text) for part in parts):
            return parts
    if len(words) > 1 and is_note_word(words[0].text) and _is_whole(_joined(words[1:]).text):
        return [words[0], _joined(words[1:])]
    # `Notes 2024 2023`: a word before the headings.
    rest = (
        _equal_parts(_joined(words[1:]))
        if len(words) > 2 and words[0].text.isalpha() and not _says_period(words[0].text)
        else []
    )
    return [words[0], *rest] if rest else []


def _is_whole(text: str) -> bool:
    heading = parse_heading(text)
    return heading is not None and heading.is_whole


def _says_period(text: str) -> bool:
    heading = parse_heading(text)
    return heading is not None and not heading.is_empty


def _joined(words: list[Piece]) -> Piece:
    return Piece(" ".join(word.text for word in words), words[0].start, words[-1].end)


def split_numbers(pieces: list[Piece], columns: int, *, tight: bool) -> list[Piece]:
    """
    The label of a line and its numbers one by one, where some stand one space apart.

    Parameters:
        columns: how many the table has.
        tight: whether its headings stand one space apart too; then `950 870` are two numbers.
    """
    found: list[Piece] = []
    for place, piece in enumerate(pieces):
        if place and is_value(piece.text) and not (tight and _is_row_of_numbers(piece.text)):
            found.append(piece)
            continue
        label, numbers = _peeled(piece)
        if place == 0 and label is None and len(numbers) == len(pieces) == 1:
            found.append(piece)
            continue
        found += ([label] if label else []) + _grouped(numbers, columns)
    return found


def _is_row_of_numbers(text: str) -> bool:
    words = text.split()
    return len(words) > 1 and all(is_value(word) for word in words)


def _peeled(piece: Piece) -> tuple[Piece | None, list[Piece]]:
    """The words of a piece up to the numbers at its end, and these."""
    words = [
        Piece(match[0], piece.start + match.start(), piece.start + match.end())
        for match in re.finditer(r"\S+", piece.text)
    ]
    at = len(words)
    while at and (is_value(words[at - 1].text) or words[at - 1].text in SIGNS or words[at - 1].text == ")"):
        at -= 1
    label = _joined(words[:at]) if at else None
    numbers = [word for word in words[at:] if word.text not in SIGNS and word.text != ")"]
    # A year or a share of one word belongs to the label: `Due in 2026`, `Class A 5`.
    return label, numbers


def _grouped(numbers: list[Piece], columns: int) -> list[Piece]:
    """Numbers of which some are groups of thousands: `1 234 1 100` in two columns."""
    if len(numbers) <= columns:
        return numbers
    joined: list[Piece] = []
    for word in numbers:
        if (
            joined
            and re.fullmatch(r"\d{3}\)?", word.text)
            and re.fullmatch(r"\(?-?\d{1,3}(?: \d{3})*", joined[-1].text)
        ):
            joined[-1] = Piece(f"{joined[-1].text} {word.text}", joined[-1].start, word.end)
        else:
            joined.append(word)
    return joined if len(joined) in (columns, columns + 1) else numbers
