"""
Notices a model that has begun to say the same thing over and over, and leaves tables of equal rows alone.

Words that come six times in a row are a loop. Rows and cells of a table, and lines to write on, may be equal on a real
page, as many as a page has room for: only beyond that they are one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

GRAM = 12
TIMES = 6
MOST_ROWS = 150  # a letter page in 6 point type has 113 lines, a sheet on its side as many columns at most
SHORT_LINE = 40  # characters of a line that is as likely a cell or a label as a sentence
MOST_TOKENS = 3000  # of equal rows; no page of them needs more
# What ends a row, in Markdown, HTML and JSON.
_ROW_END = re.compile(r"\n|</tr>|[}\]],?")
_CELL = re.compile(r"[|\t;]|</?t[dh]|\d[\d.,]*|\[[ xX]?\]|[☐☑☒]|\":")
_LETTER = re.compile(r"[^\W\d_]")
TextOf = Callable[[Sequence[int]], str]


class RepetitionGuard:
    """
    Watches the tokens of one answer as they come.

    It sees a run of 12 tokens that comes six times at even distances with the same tokens in between, and then asks
    what the repeated text is. Rows that are merely alike do not repeat.

    Parameters:
        text_of: the text of tokens by their places in the answer; None when they have none, as in a test.
    """

    def __init__(self, text_of: TextOf | None = None) -> None:
        self.tokens: list[int] = []
        self._ends: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        self._text_of = text_of

    def add(self, token: int) -> bool:
        """Whether the answer repeats itself with this token at its end."""
        self.tokens.append(token)
        if len(self.tokens) < GRAM:
            return False
        end = len(self.tokens)
        before = self._ends[tuple(self.tokens[-GRAM:])]
        repeats = False
        for earlier in reversed(before):
            if end - earlier >= GRAM:  # overlapping ones are one longer word, such as a row of dashes
                repeats = self._is_loop(end - earlier)
                break
        before.append(end)
        return repeats

    def _is_loop(self, distance: int) -> bool:
        if not self._is_periodic(distance, TIMES):
            return False
        unit = self._text_of(range(len(self.tokens) - distance, len(self.tokens))) if self._text_of else ""
        allowed = times_on_a_page(unit)
        if allowed <= TIMES:
            return True
        return self._is_periodic(distance, min(allowed, 1 + MOST_TOKENS // distance))

    def _is_periodic(self, distance: int, times: int) -> bool:
        span = GRAM + (times - 1) * distance
        if span > len(self.tokens):
            return False
        tail = self.tokens[-span:]
        return tail[distance:] == tail[:-distance]


def times_on_a_page(unit: str) -> int:
    """
    How often a text may follow upon itself on a real page.

    Parameters:
        unit: what is repeated, beginning anywhere in it.
    """
    rows, cells = _count(_ROW_END, unit), _count(_CELL, unit)
    if not unit.strip() or not (rows or cells):
        return TIMES
    if _LETTER.search(unit) and not cells and not _is_short_lines(unit):
        return TIMES
    return max(TIMES, MOST_ROWS // (rows or cells))


def _count(pattern: re.Pattern[str], unit: str) -> int:
    """How often a pattern comes with each repetition; one may begin at its end and go on at its beginning."""
    return len(pattern.findall(unit + unit)) - len(pattern.findall(unit))


def _is_short_lines(unit: str) -> bool:
    """Whether all lines of it are short ones; the last goes on with the first when it comes again."""
    first, *more = unit.split("\n")
    if not more:
        return False
    return max(len(more.pop()) + len(first), *map(len, more), 0) <= SHORT_LINE


def repeats(tokens: list[int], text_of: TextOf | None = None) -> int | None:
    """How many tokens it takes until they repeat; None when they do not."""
    guard = RepetitionGuard(text_of)
    return next((place for place, token in enumerate(tokens, 1) if guard.add(token)), None)
