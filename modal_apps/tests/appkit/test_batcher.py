"""Batches: order, limits, one bad item, callers that go away, a full queue."""

from __future__ import annotations

import asyncio
import random
import threading
import time

import pytest
from appkit.batcher import MicroBatcher
from appkit.errors import ApiError


class Doubler:
    """Doubles numbers; fails on 13; remembers each batch and whether two ever ran at once."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.batches: list[list[int]] = []
        self.overlapped = False
        self._lock = threading.Lock()

    def __call__(self, items: list[int]) -> list[int]:
        self.overlapped |= not self._lock.acquire(blocking=False)
        try:
            self.batches.append(items)
            time.sleep(self.seconds)
            if 13 in items:
                raise ValueError("13")
            return [item * 2 for item in items]
        finally:
            self._lock.release()


def batcher(run: Doubler, **limits: float) -> MicroBatcher[int, int]:
    return MicroBatcher(run, lambda item: max(1, item), **limits)  # type: ignore[arg-type]


async def test_results_are_in_the_order_of_the_items() -> None:
    run = Doubler()
    assert await batcher(run).submit([5, 1, 3]) == [10, 2, 6]
    assert run.batches == [[1, 3, 5]]  # like lengths side by side


async def test_callers_share_a_batch() -> None:
    run = Doubler()
    shared = batcher(run, max_wait_s=0.05)
    assert await asyncio.gather(*(shared.submit([number]) for number in range(12))) == [
        [n * 2] for n in range(12)
    ]
    assert len(run.batches) == 1


async def test_a_batch_is_bounded_by_items_and_by_padded_tokens() -> None:
    run = Doubler()
    await batcher(run, max_items=4, max_tokens=1000).submit([1] * 10)
    assert [len(batch) for batch in run.batches] == [4, 4, 2]
    run = Doubler()
    await batcher(run, max_tokens=20).submit([5, 5, 5, 5, 10, 10, 30])
    assert all(len(batch) * max(batch) <= 20 or len(batch) == 1 for batch in run.batches)


async def test_one_bad_item_fails_alone() -> None:
    run = Doubler()
    shared = batcher(run, max_wait_s=0.05)
    results = await asyncio.gather(*(shared.submit([n]) for n in (1, 13, 2, 3)), return_exceptions=True)
    assert [results[0], results[2], results[3]] == [[2], [4], [6]]
    assert isinstance(results[1], ValueError)
    assert shared.counters.failed == 1


async def test_an_abandoned_item_is_never_computed() -> None:
    run = Doubler(0.05)
    shared = batcher(run, max_items=1, max_wait_s=0)
    first = asyncio.create_task(shared.submit([1]))
    await asyncio.sleep(0.01)
    second, third = asyncio.create_task(shared.submit([2])), asyncio.create_task(shared.submit([3]))
    await asyncio.sleep(0.01)
    second.cancel()
    assert (await first, await third) == ([2], [6])
    assert run.batches == [[1], [3]]
    assert shared.counters.abandoned == 1


async def test_a_full_queue_says_so() -> None:
    shared = batcher(Doubler(0.05), max_queue=3)
    task = asyncio.create_task(shared.submit([1, 2, 3]))
    await asyncio.sleep(0)
    with pytest.raises(ApiError) as caught:
        await shared.submit([4])
    assert (caught.value.status_code, caught.value.code) == (503, "overloaded")
    assert "Retry-After" in (caught.value.headers or {})
    assert await task == [2, 4, 6]


async def test_a_thousand_random_schedules() -> None:
    chance = random.Random(5)
    for _ in range(1000):
        run = Doubler()
        limits = {"max_items": chance.randint(1, 8), "max_tokens": chance.randint(1, 60), "max_wait_s": 0}
        shared = batcher(run, **limits)
        requests = [
            [chance.choice([1, 2, 7, 13, 40]) for _ in range(chance.randint(1, 6))]
            for _ in range(chance.randint(1, 6))
        ]
        tasks = [asyncio.create_task(shared.submit(items)) for items in requests]
        for task in tasks:
            if chance.random() < 0.2:
                task.cancel()
            if chance.random() < 0.3:
                await asyncio.sleep(0)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for items, result in zip(requests, results, strict=True):
            if isinstance(result, asyncio.CancelledError):
                continue
            if 13 in items:
                assert isinstance(result, ValueError)
            else:
                assert result == [item * 2 for item in items]
        assert not run.overlapped
