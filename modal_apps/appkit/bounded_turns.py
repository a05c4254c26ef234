"""
Whose turn it is to have a child. Nobody knows ahead which work is long, so all work begins with a short try.

Work that does not fit into it is ended, and starts again as long work with the whole limit. Long work has at most half
of the turns, so short work waits for the short tries of others and never for long work. The next turn of its kind
goes to the caller who has the fewest, then to who came first. No turn is kept free for a caller who may come: the
next one that ends, after a short try at most, is theirs.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

LONG_SHARE = 8  # one in so many of those who may wait may wait for long work


class TooManyWait(Exception):
    """
    Parameters:
        count: of those who wait already.
    """

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} wait already")
        self.count = count


@dataclass(eq=False)
class _Waiter:
    caller: int
    is_long: bool
    given: asyncio.Future[None]


@dataclass
class Turns:
    """
    Of one event loop.

    Parameters:
        at_once: turns at a time.
        most_waiting: more of those who wait are refused. Of long work an eighth of them: it waits so long that it would
            take all places of the app.
    """

    at_once: int
    most_waiting: int
    _waiting: list[_Waiter] = field(default_factory=list)
    _held: Counter[int] = field(default_factory=Counter)  # turns by caller
    _long: int = 0  # turns of long work

    @asynccontextmanager
    async def turn(self, caller: int, *, is_long: bool) -> AsyncIterator[None]:
        """
        Waits for a turn and has it inside.

        Raises:
            TooManyWait: see there.
        """
        waiter = _Waiter(caller, is_long, asyncio.get_running_loop().create_future())
        count = sum(one.is_long == is_long for one in self._waiting)
        self._waiting.append(waiter)
        self._give()
        if not waiter.given.done() and count >= self._most(is_long):
            self._waiting.remove(waiter)
            raise TooManyWait(count)
        try:
            await waiter.given
            yield
        finally:
            self._end(waiter)

    def _most(self, is_long: bool) -> int:
        return max(1, self.most_waiting // LONG_SHARE) if is_long else self.most_waiting

    def _end(self, waiter: _Waiter) -> None:
        if waiter in self._waiting:  # it was cancelled before it had one
            self._waiting.remove(waiter)
            return
        self._held[waiter.caller] -= 1
        self._held += Counter()  # forgets those without one
        self._long -= waiter.is_long
        self._give()

    def _give(self) -> None:
        while self._held.total() < self.at_once and (waiter := self._next()):
            self._waiting.remove(waiter)
            self._held[waiter.caller] += 1
            self._long += waiter.is_long
            waiter.given.set_result(None)

    def _next(self) -> _Waiter | None:
        """Long work first, as long as it has less than its part: else short work that never ends would keep it out."""
        may_be_long = self._long < max(1, self.at_once // 2)
        for is_long in (True, False) if may_be_long else (False,):
            ready = [one for one in self._waiting if one.is_long == is_long and not one.given.cancelled()]
            if ready:
                return min(ready, key=lambda one: self._held[one.caller])
        return None
