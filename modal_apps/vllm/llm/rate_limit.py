"""How often one caller may do something: a sliding window, in bounded memory."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_CALLERS = 1024


class RateLimit:
    """
    Parameters:
        most: calls of one caller within the window.
        window_s: seconds.
    """

    def __init__(self, most: int, window_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._window_s = window_s
        self._clock = clock
        self._calls: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, caller: str) -> float:
        """Counts a call and returns 0; or counts nothing and returns the seconds until the next is allowed."""
        now = self._clock()
        calls = self._calls.setdefault(caller, deque())
        self._calls.move_to_end(caller)
        if len(self._calls) > MOST_CALLERS:
            self._calls.popitem(last=False)
        while calls and calls[0] <= now - self._window_s:
            calls.popleft()
        if len(calls) >= self._most:
            return calls[0] + self._window_s - now
        calls.append(now)
        return 0.0
