"""Notices a model that has begun to say the same thing over and over."""

from __future__ import annotations

from collections import defaultdict

GRAM = 12
TIMES = 6


class RepetitionGuard:
    """
    Watches the tokens of one answer as they come.

    It sees a run of 12 tokens that comes six times at even distances with the same tokens in between. Rows of a
    table that are merely alike do not do that.
    """

    def __init__(self) -> None:
        self.tokens: list[int] = []
        self._ends: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)

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
                repeats = self._is_periodic(end - earlier)
                break
        before.append(end)
        return repeats

    def _is_periodic(self, distance: int) -> bool:
        span = GRAM + (TIMES - 1) * distance
        if span > len(self.tokens):
            return False
        tail = self.tokens[-span:]
        return tail[distance:] == tail[:-distance]


def repeats(tokens: list[int]) -> int | None:
    """How many tokens it takes until they repeat; None when they do not."""
    guard = RepetitionGuard()
    return next((place for place, token in enumerate(tokens, 1) if guard.add(token)), None)
