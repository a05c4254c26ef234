"""Joins the items of many requests into few calls of a model, one call at a time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Generic, TypeVar

from .errors import unavailable

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class BatchCounters:
    """Since the start: calls of the model, items in them, items that failed or were given up."""

    calls: int = 0
    items: int = 0
    failed: int = 0
    abandoned: int = 0


@dataclass(eq=False)
class _Waiting(Generic[Item, Result]):
    item: Item
    size: int
    result: asyncio.Future[Result]


@dataclass
class MicroBatcher(Generic[Item, Result]):
    """
    Parameters:
        run: computes a batch; runs in a thread, never twice at once. Results are in the order of the items.
        size_of: length of an item in tokens. A batch takes `max_tokens` with its items padded to the longest.
        max_wait_s: how long an idle model waits for company after the first item.
        enough_items: so many are worth a call at once.
        max_queue: waiting items above which more are refused.
    """

    run: Callable[[list[Item]], Sequence[Result]]
    size_of: Callable[[Item], int]
    max_items: int = 256
    max_tokens: int = 16_384
    max_wait_s: float = 0.004
    enough_items: int = 8
    max_queue: int = 4096
    counters: BatchCounters = field(default_factory=BatchCounters)
    _queue: deque[_Waiting[Item, Result]] = field(default_factory=deque)
    _worker: asyncio.Task[None] | None = None
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    # Always the same thread: torch keeps a pool of helpers for each that it runs in.
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "batch"))

    async def submit(self, items: Sequence[Item]) -> list[Result]:
        """
        Waits for the results of these items. When the caller is cancelled, items not yet computed never are.

        Raises:
            ApiError: 503 `overloaded`, when too many items wait.
            Exception: whatever `run` raises for one of these items alone.
        """
        if len(self._queue) + len(items) > self.max_queue:
            raise unavailable("overloaded", f"{len(self._queue)} inputs are waiting already.", 2)
        loop = asyncio.get_running_loop()
        waiting = [_Waiting[Item, Result](item, self.size_of(item), loop.create_future()) for item in items]
        self._queue.extend(waiting)
        self._arrived.set()
        if self._worker is None or self._worker.done():
            self._worker = loop.create_task(self._work())
        try:
            return await asyncio.gather(*(one.result for one in waiting))
        finally:
            for one in waiting:
                one.result.cancel()

    def status(self) -> dict[str, int]:
        """Counters and the length of the queue, for `/status`."""
        return {**asdict(self.counters), "queued": len(self._queue)}

    async def _work(self) -> None:
        while self._queue:
            await self._wait_for_company()
            batch = self._take()
            if batch:
                await self._compute(batch)

    async def _wait_for_company(self) -> None:
        deadline = time.monotonic() + self.max_wait_s
        while not self._is_worth_a_call() and (left := deadline - time.monotonic()) > 0:
            self._arrived.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), left)

    def _is_worth_a_call(self) -> bool:
        return (
            len(self._queue) >= min(self.enough_items, self.max_items)
            or sum(one.size for one in self._queue) >= self.max_tokens
        )

    def _take(self) -> list[_Waiting[Item, Result]]:
        """The longest run of waiting items, oldest first, that fits into one call."""
        batch: list[_Waiting[Item, Result]] = []
        longest = 0
        while self._queue and len(batch) < self.max_items:
            one = self._queue[0]
            if one.result.done():
                self._queue.popleft()
                self.counters.abandoned += 1
                continue
            if batch and (len(batch) + 1) * max(longest, one.size) > self.max_tokens:
                break
            longest = max(longest, one.size)
            batch.append(self._queue.popleft())
        return batch

    async def _compute(self, batch: list[_Waiting[Item, Result]]) -> None:
        """Runs a batch, like lengths side by side; one that fails is halved until the bad item is alone."""
        batch.sort(key=lambda one: one.size)
        self.counters.calls += 1
        try:
            loop = asyncio.get_running_loop()
            results = await loop.run_in_executor(self._thread, self.run, [one.item for one in batch])
        except Exception as error:
            await self._halve(batch, error)
            return
        self.counters.items += len(batch)
        for one, result in zip(batch, results, strict=True):
            if not one.result.done():
                one.result.set_result(result)

    async def _halve(self, batch: list[_Waiting[Item, Result]], error: Exception) -> None:
        if len(batch) == 1:
            self.counters.failed += 1
            if not batch[0].result.done():
                batch[0].result.set_exception(error)
            return
        middle = len(batch) // 2
        await self._compute(batch[:middle])
        await self._compute(batch[middle:])
