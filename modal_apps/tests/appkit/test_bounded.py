"""Children end at their limits, take nothing along, and leave nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bounded_work as work
import psutil
import pytest
from appkit import bounded
from appkit.bounded import Budget, Children, Ended, Limits
from appkit.bounded_turns import Turns
from appkit.errors import ApiError
from bombing import running
from loopback import until

PRELOAD = ("bounded_work",)


def children(**more: Any) -> Children:
    limits = {"seconds": 1, "memory_mb": 100, "result_mb": 1, **more.pop("limits", {})}
    return Children(PRELOAD, PRELOAD, Limits(**limits), **more)


CHILDREN = children()
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not enforce it")


@pytest.mark.parametrize(
    ("does", "args", "reason"),
    [
        (work.spin, (), "time"),
        (work.recurse, (), "bug"),
        (work.many, (2 << 20,), "result"),
        (work.die, (signal.SIGSEGV,), "crash"),
        (work.die, (signal.SIGABRT,), "memory"),
        (work.hostile, ("system",), "bug"),
        (work.hostile, ("function",), "bug"),
        (work.hostile, ("socket",), "bug"),
        pytest.param(work.take_memory, (), "memory", marks=LINUX),
        pytest.param(work.ignore_signals, (), "memory", marks=LINUX),
    ],
)
async def test_what_a_child_does_wrong_ends_it_alone(
    does: Callable[..., Any], args: tuple[Any, ...], reason: str
) -> None:
    with pytest.raises(Ended) as caught:
        await CHILDREN.run(does, *args)
    assert caught.value.reason == reason
    assert await CHILDREN.run(work.add, 2, 3) == 5
    assert not taken_over()


def taken_over() -> bool:
    return Path("taken-over").exists()


async def test_a_child_that_is_ended_has_said_what_it_did() -> None:
    with pytest.raises(Ended) as caught:
        await CHILDREN.run(work.spin, "page 7")
    assert caught.value.note == "page 7"


async def test_a_child_has_no_secrets_and_none_of_our_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APP_API_KEY", "secret-of-the-app")
    with (tmp_path / "private").open("wb"):
        own = children()
        assert "secret-of-the-app" not in str(await own.run(work.environment))
        if sys.platform == "linux":
            assert not [name for name in await own.run(work.open_files) if "private" in name]
    with pytest.raises(Ended):
        await own.run(work.write_file, str(tmp_path / "new"))
    assert not (tmp_path / "new").exists() or not (tmp_path / "new").stat().st_size


async def test_no_more_at_once_than_wanted_and_a_queue_with_an_end() -> None:
    own = children(at_once=2, most_waiting=1)
    jobs = [asyncio.create_task(own.run(work.sleep, 0.5)) for _ in range(5)]
    done = await asyncio.gather(*jobs, return_exceptions=True)
    refused = [one for one in done if isinstance(one, ApiError)]
    assert done.count(0.5) == 3
    assert {(one.status_code, one.code) for one in refused} == {(503, "overloaded")}


async def test_short_work_is_done_while_long_work_has_all_that_it_may_have() -> None:
    own = children(at_once=2, limits={"seconds": 600})
    spinning = [asyncio.create_task(own.run(work.spin)) for _ in range(5)]
    turns = own._turns[asyncio.get_running_loop()] = Turns(own.at_once, own.most_waiting)
    await asyncio.to_thread(until, lambda: turns._long == 1, 60)
    async with asyncio.timeout(60):
        for number in range(5):
            assert await own.run(work.add, number, 1) == number + 1
    assert turns._long == 1
    assert not any(one.done() for one in spinning)
    for one in spinning:
        one.cancel()
    await asyncio.gather(*spinning, return_exceptions=True)


async def test_work_that_is_longer_than_the_first_try_has_its_result_and_counts_with_both() -> None:
    # The first try takes a second, or less where it has to share the processor; the second one takes two.
    own, all_of_it, larger = children(limits={"seconds": 20}), Budget(2.1), Budget(4)
    assert await own.run(work.burn, 2, budget=Budget(100, all_of_it)) == "burnt"
    assert all_of_it.is_spent, "by what is within it, both times"
    assert await own.run(work.burn, 2, budget=larger) == "burnt"
    assert not larger.is_spent


async def test_a_child_has_a_limit_of_processor_time_and_one_of_the_clock() -> None:
    """Either ends most work alone; work in many threads spends the first one sooner, and work that waits the other."""
    processor, clock = await children(limits={"seconds": 20}).run(work.limits)
    assert processor == (1, 2), "of the first try"
    assert 1 <= clock <= 3


async def test_a_cancelled_caller_ends_the_child_and_gives_its_turn_back() -> None:
    own = children(at_once=1, limits={"seconds": 60})
    assert await own.run(work.add, 1, 1) == 2
    job = asyncio.create_task(own.run(work.spin))
    await asyncio.to_thread(until, lambda: bool(running(own)))
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert await own.run(work.add, 1, 1) == 2
    until(lambda: not running(own))


async def test_a_server_that_dies_is_started_again() -> None:
    own = children()
    await own.run(work.process_id)
    first = own.server()._process.pid
    job = asyncio.create_task(own.run(work.sleep, 30))
    await asyncio.to_thread(until, lambda: bool(running(own)))
    os.kill(first, signal.SIGKILL)
    with pytest.raises(Ended):
        await job
    assert await own.run(work.add, 1, 2) == 3
    assert own.server()._process.pid != first


async def test_a_child_that_stops_its_server_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "GRACE_S", 1)
    own = children()
    with pytest.raises(Ended):
        await asyncio.wait_for(own.run(work.stop_server), 60)
    assert await own.run(work.add, 1, 2) == 3


PROGRAM = """
import asyncio, os, psutil, bounded_work as work
from appkit import bounded
from appkit.bounded import Children, Limits
async def main():
    own = Children(("bounded_work",), (), Limits(60, 100))
    print(await own.run(work.process_id), own.server()._process.pid, flush=True)
    asyncio.create_task(own.run(work.spin))
    while not psutil.Process(own.server()._process.pid).children():
        await asyncio.sleep(0.02)
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""


def test_no_child_outlives_the_program() -> None:
    paths = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE
    )
    server = int(done.stdout.split()[1])
    session = [one for one in psutil.process_iter() if is_of(one.pid, server)]
    until(lambda: not any(one.is_running() and one.status() != "zombie" for one in session))


def is_of(pid: int, session: int) -> bool:
    try:
        return os.getsid(pid) == session
    except OSError:
        return False
