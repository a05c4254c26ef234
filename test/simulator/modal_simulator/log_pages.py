"""The entries of one log, in pages that are compressed once they are old."""

from __future__ import annotations

import asyncio
import time
import zlib
from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

PAGE_SIZE = 4096
OPEN_PAGES = 4  # the newest pages of a log, which live streams read, stay uncompressed


@dataclass
class Page:
    times: array[int] = field(default_factory=lambda: array("Q"))  # unix nanoseconds
    sources: array[int] = field(default_factory=lambda: array("I"))
    _data: list[str] = field(default_factory=list)
    _packed: bytes = b""
    _lengths: array[int] = field(default_factory=lambda: array("I"))

    def __len__(self) -> int:
        return len(self.times)

    def append(self, nanoseconds: int, source: int, data: str) -> None:
        self.times.append(nanoseconds)
        self.sources.append(source)
        self._data.append(data)

    def pack(self) -> None:
        """Compresses the text of a page that is full and seldom read from now on."""
        self._lengths.extend(map(len, self._data))
        self._packed = zlib.compress("".join(self._data).encode(errors="surrogatepass"), 1)
        self._data = []

    def data(self) -> list[str]:
        """Returns the text of all entries."""
        if not self._packed:
            return self._data
        text = zlib.decompress(self._packed).decode(errors="surrogatepass")
        ends = list(accumulate(self._lengths))
        return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


class Log:
    """The entries of one app, numbered from 0 without gaps; old pages may have been dropped."""

    def __init__(self) -> None:
        self.pages: deque[Page] = deque()
        self.first = 0  # number of the oldest entry still held
        self.end = 0  # number after the newest entry
        self.last_time = 0
        self.clock_jumped = False  # then entries are not in the order of time
        self.done = False
        self.followed = False
        self.waiters: set[asyncio.Future[None]] = set()

    def append(self, source: int, data: str, ahead_seconds: float = 0.0) -> int:
        now = time.time_ns()
        if ahead_seconds or self.clock_jumped:
            self.clock_jumped = True
            now += int(ahead_seconds * 1e9)
        else:
            now = max(now, self.last_time)  # readers search by time, so it must not step back unnoticed
        self.last_time = now
        if not self.pages or len(self.pages[-1]) == PAGE_SIZE:
            self.pages.append(Page())
            if len(self.pages) > OPEN_PAGES:
                self.pages[-1 - OPEN_PAGES].pack()
        self.pages[-1].append(now, source, data)
        self.end += 1
        if self.waiters:
            self.wake()
        return now

    def wake(self) -> None:
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(None)
        self.waiters.clear()

    def slices(self, start: int, stop: int) -> Iterator[tuple[Page, int, int, int]]:
        """Yields (page, from, to, number of the entry at from) covering the entries [start, stop)."""
        position = max(start, self.first)
        stop = min(stop, self.end)
        while position < stop:
            index, offset = divmod(position - self.first, PAGE_SIZE)
            page = self.pages[index]
            upto = min(len(page), offset + stop - position)
            yield page, offset, upto, position
            position += upto - offset

    def position_at(self, nanoseconds: int) -> int:
        """Returns the number of the first entry at or after that time, where entries are in its order."""
        for index, page in enumerate(self.pages):
            if page.times[-1] >= nanoseconds:
                return self.first + index * PAGE_SIZE + bisect_left(page.times, nanoseconds)
        return self.end
