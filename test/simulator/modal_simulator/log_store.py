"""Log entries of all apps, kept in memory in pages and served as Modal's ``TaskLogsBatch`` messages.

An entry id is ``<ms>-<n>`` where n counts the app's entries from 1, so a resume is an index, not a search.
The store is used from one asyncio loop only.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from typing import NamedTuple

from modal_proto import api_pb2

from .faults import Faults
from .log_pages import Log

BATCH_SIZE = 1024  # a part of a page, so that most reads touch one page
# A stream that has just sent something waits this long, so that a burst of single lines shares batches.
COALESCE_SECONDS = 0.01


class Source(NamedTuple):
    """What one entry shares with its neighbours; everything but time and text."""

    task_id: str
    function_id: str
    root_function_id: str
    function_call_id: str
    input_id: str
    image_id: str
    fd: int  # api_pb2.FileDescriptor
    task_state: int  # api_pb2.TaskState; 0 for text
    sandbox_id: str


Accept = Callable[[Source], bool]


class PlaceUnknown(Exception):
    """Raised out of ``LogStore.follow`` by a store that was told to refuse a place to resume at."""


class StreamCut(Exception):
    """Raised out of ``LogStore.follow`` when all open streams are cut on purpose."""


def _entry_id(nanoseconds: int, number: int) -> str:
    return f"{nanoseconds // 1_000_000}-{number + 1}"


class LogStore:
    """Log entries by app id.

    Parameters:
        max_entries: entries held over all apps; above it the oldest page of the longest log is dropped.
        faults: how entries are stamped and streams resumed, when not as they should be.
    """

    def __init__(self, max_entries: int = 2_000_000, faults: Faults | None = None) -> None:
        self._faults = faults or Faults()
        self._logs: dict[str, Log] = {}
        self._sources: list[Source] = []
        self._source_index: dict[Source, int] = {}
        self._max_entries = max_entries
        self._held = 0
        self._cut = 0

    def append(
        self,
        app_id: str,
        *,
        task_id: str = "",
        function_id: str = "",
        function_call_id: str = "",
        input_id: str = "",
        image_id: str = "",
        fd: int = 1,
        data: str = "",
        task_state: int = 0,
        root_function_id: str = "",
        sandbox_id: str = "",
    ) -> str:
        """Stores one chunk of text (as it came, lines or not) or one task state; returns its entry id."""
        source = Source(
            task_id,
            function_id,
            root_function_id,
            function_call_id,
            input_id,
            image_id,
            fd,
            task_state,
            sandbox_id,
        )
        index = self._source_index.get(source)
        if index is None:
            index = self._source_index[source] = len(self._sources)
            self._sources.append(source)
        log = self._log(app_id)
        nanoseconds = log.append(index, data, self._faults.log_clock_seconds)
        self._held += 1
        if self._held > self._max_entries:
            self._drop_page()
        return _entry_id(nanoseconds, log.end - 1)

    def close(self, app_id: str) -> None:
        """Ends the app's log: streams send what is left, then ``app_done``."""
        log = self._log(app_id)
        log.done = True
        log.wake()

    def cut_streams(self) -> None:
        """Makes every open ``follow`` raise ``StreamCut``."""
        self._cut += 1
        for log in self._logs.values():
            log.wake()

    async def follow(
        self,
        app_id: str,
        last_entry_id: str,
        timeout: float,  # noqa: ASYNC109 - the length of a poll, not a cancellation
        accept: Accept | None = None,
        ended: Callable[[], bool] | None = None,
    ) -> AsyncIterator[api_pb2.TaskLogsBatch]:
        """Yields the entries after ``last_entry_id`` ('' = all held), then new ones as they come.

        Ends after ``timeout`` seconds (0: with what is there now), or with a batch that says ``app_done``
        once the log is closed or ``ended`` (asked at least every second) says that no more will come.

        Raises:
            StreamCut: ``cut_streams`` was called.
            PlaceUnknown: the fault ``log_resume`` is "refuse".
        """
        log = self._log(app_id)
        cut = self._cut
        position = self._resume_position(log, last_entry_id)
        deadline = time.monotonic() + timeout
        while True:
            done = log.done or (ended is not None and ended())
            end = log.end
            while position < end:
                upto = min(end, max(position, log.first) + BATCH_SIZE)
                for batch in self._faulty_ids(self._batches(log, position, upto, accept)):
                    yield batch
                    if cut != self._cut:
                        raise StreamCut
                position = upto
            if done and position >= log.end:
                yield api_pb2.TaskLogsBatch(app_done=True)
                return
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return
            if position >= log.end:
                await _wait(log, min(remaining, 1.0) if ended else remaining)
            if cut != self._cut:
                raise StreamCut
            await asyncio.sleep(min(COALESCE_SECONDS, remaining))

    def range(
        self,
        app_id: str,
        since: float,
        until: float,
        limit: int,
        accept: Accept | None = None,
        search_text: str = "",
    ) -> list[api_pb2.TaskLogsBatch]:
        """Returns the newest ``limit`` text entries of [since, until) (unix seconds), oldest first."""
        log = self._log(app_id)
        start, stop = _positions(log, since, until)
        first, last = _nanoseconds(since), _nanoseconds(until)
        chosen: list[tuple[int, int, Source, str]] = []
        wanted = self._wanted(accept)
        for page, low, high, number in reversed(list(log.slices(start, stop))):
            data = page.data()
            for i in range(high - 1, low - 1, -1):
                source = page.sources[i]
                if wanted(source) and search_text in data[i] and first <= page.times[i] < last:
                    chosen.append((number + i - low, page.times[i], self._sources[source], data[i]))
                    if len(chosen) >= limit:
                        return _batched(reversed(chosen))
        return _batched(reversed(chosen))

    def count(
        self,
        app_id: str,
        since: float,
        until: float,
        bucket_seconds: int,
        accept: Accept | None = None,
        search_text: str = "",
    ) -> dict[int, list[int]]:
        """Returns [stdout, stderr, system] counts by bucket start; buckets are aligned to their width.

        Every bucket of [since, until) is present, also empty ones.
        """
        width = max(1, bucket_seconds)
        buckets = {
            start: [0, 0, 0] for start in range(int(since) // width * width, int(-(-until // 1)), width)
        }
        log = self._log(app_id)
        wanted = self._wanted(accept)
        for page, low, high, _ in log.slices(*_positions(log, since, until)):
            start = page.times[low] // 1_000_000_000 // width * width
            if not search_text and page.times[high - 1] // 1_000_000_000 < start + width:
                for source, number in Counter(page.sources[low:high]).items():
                    if wanted(source):
                        buckets.setdefault(start, [0, 0, 0])[self._sources[source].fd - 1] += number
                continue
            data = page.data() if search_text else []
            for i in range(low, high):
                source = page.sources[i]
                if wanted(source) and (not search_text or search_text in data[i]):
                    start = page.times[i] // 1_000_000_000 // width * width
                    buckets.setdefault(start, [0, 0, 0])[self._sources[source].fd - 1] += 1
        return buckets

    def _log(self, app_id: str) -> Log:
        log = self._logs.get(app_id)
        if log is None:
            log = self._logs[app_id] = Log()
        return log

    def _resume_position(self, log: Log, last_entry_id: str) -> int:
        fault = self._faults.log_resume
        if last_entry_id and fault == "refuse":
            raise PlaceUnknown
        if fault == "now" and (last_entry_id or log.followed):
            return log.end
        if fault == "live" and not last_entry_id:
            return log.end
        log.followed = True
        return log.first if fault == "repeat" else _resume_position(log, last_entry_id)

    def _faulty_ids(self, batches: Iterator[api_pb2.TaskLogsBatch]) -> Iterator[api_pb2.TaskLogsBatch]:
        fault, before = self._faults.log_entry_ids, ""
        for count, batch in enumerate(batches):
            sent = batch.entry_id
            if fault == "missing" or (fault == "some" and count % 2):
                batch.entry_id = ""
            elif fault == "stale":
                batch.entry_id = before
            before = sent
            yield batch

    def _drop_page(self) -> None:
        log = max(self._logs.values(), key=lambda each: each.end - each.first)
        dropped = len(log.pages.popleft())
        log.first += dropped
        self._held -= dropped

    def _wanted(self, accept: Accept | None) -> Callable[[int], bool]:
        """Returns a filter over source numbers that keeps text entries only and asks ``accept`` once each."""
        known: dict[int, bool] = {}

        def wanted(index: int) -> bool:
            answer = known.get(index)
            if answer is None:
                source = self._sources[index]
                answer = known[index] = not source.task_state and (accept is None or accept(source))
            return answer

        return wanted

    def _batches(
        self, log: Log, start: int, stop: int, accept: Accept | None
    ) -> Iterator[api_pb2.TaskLogsBatch]:
        entries = (
            (number + i, page.times[low + i], self._sources[page.sources[low + i]], text)
            for page, low, high, number in log.slices(start, stop)
            for i, text in enumerate(page.data()[low:high])
        )
        return iter(_batched(e for e in entries if accept is None or accept(e[2])))


def _batched(entries: Iterator[tuple[int, int, Source, str]]) -> list[api_pb2.TaskLogsBatch]:
    """Groups neighbours that differ only in text, stream or state; a batch carries its last entry's id."""
    batches: list[api_pb2.TaskLogsBatch] = []
    previous: Source | None = None
    batch = api_pb2.TaskLogsBatch()
    nanoseconds = number = 0
    for entry_number, entry_time, source, data in entries:
        if source is not previous and (previous is None or source[:6] != previous[:6]):
            if previous is not None:
                batch.entry_id = _entry_id(nanoseconds, number)
            batch = _empty_batch(source)
            batches.append(batch)
        previous, number, nanoseconds = source, entry_number, entry_time
        batch.items.add(
            data=data,
            file_descriptor=source.fd,
            timestamp=nanoseconds / 1e9,
            timestamp_ns=nanoseconds,
            task_state=source.task_state,
            function_call_id=source.function_call_id,
            input_id=source.input_id,
            container_id=source.task_id,
        )
    if previous is not None:
        batch.entry_id = _entry_id(nanoseconds, number)
    return batches


def _empty_batch(source: Source) -> api_pb2.TaskLogsBatch:
    return api_pb2.TaskLogsBatch(
        task_id=source.task_id,
        function_id=source.function_id,
        root_function_id=source.root_function_id,
        input_id=source.input_id,
        image_id=source.image_id,
        sandbox_id=source.sandbox_id,
    )


def _positions(log: Log, since: float, until: float) -> tuple[int, int]:
    """Returns where to look for entries of [since, until); all of them when the clock has jumped."""
    if log.clock_jumped:
        return log.first, log.end
    return log.position_at(_nanoseconds(since)), log.position_at(_nanoseconds(until))


def _nanoseconds(seconds: float) -> int:
    """Returns unix seconds, which a float holds to the microsecond, without the noise below: ranges must meet."""
    return round(seconds * 1e6) * 1000


def _resume_position(log: Log, last_entry_id: str) -> int:
    number = last_entry_id.rpartition("-")[2]
    if not number.isdigit():
        return log.first
    return min(max(int(number), log.first), log.end)


async def _wait(log: Log, seconds: float) -> None:
    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    log.waiters.add(waiter)
    try:
        await asyncio.wait([waiter], timeout=seconds)
    finally:
        log.waiters.discard(waiter)
