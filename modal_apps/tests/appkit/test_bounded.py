"""Children end at their limits, take nothing along, and leave nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import bounded_work as work
import psutil
import pytest
from appkit import bounded
from appkit.bounded import Budget, Children, Ended, Limits
from appkit.bounded_turns import Turns
from appkit.errors import ApiError
from bombing import OfChildren, running
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


@LINUX
async def test_memory_is_had_up_to_the_limit_and_no_more() -> None:
    own = children()
    assert await own.run(work.take, 80) == await own.run(work.share, 80) == 80
    with pytest.raises(Ended) as caught:
        await own.run(work.take, 101)
    assert caught.value.reason == "memory"
    with pytest.raises(Ended):
        await own.run(work.share, 101)


@LINUX
async def test_the_system_has_each_limit_of_a_child() -> None:
    own = children(limits={"memory_mb": 300})
    bounds = await own.run(work.bounds)
    taken = psutil.Process(own.server()._process.pid).memory_info()
    for name, before in (("AS", taken.vms), ("DATA", taken.data)):
        soft, hard = bounds.pop(name)
        assert soft == hard
        assert 290 <= (soft - before) >> 20 <= 310, name
    assert bounds == {"FSIZE": (0, 0), "CORE": (0, 0), "NOFILE": (64, 64)}


async def test_a_result_is_had_up_to_the_limit_and_no_more() -> None:
    assert len(await CHILDREN.run(work.many, (1 << 20) - 100)) == (1 << 20) - 100
    with pytest.raises(Ended) as caught:
        await CHILDREN.run(work.many, 1 << 20)
    assert caught.value.reason == "result"


async def test_a_child_that_says_more_than_it_may_is_not_listened_to() -> None:
    with pytest.raises(Ended):
        await CHILDREN.run(work.say_more, 2 << 20)


def taken_over() -> bool:
    """Whether a result ran a program; only this once, or all later runs would say so too."""
    found = Path("taken-over").exists()
    Path("taken-over").unlink(missing_ok=True)
    return found


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


def test_a_budget_counts_all_that_is_spent_and_so_does_the_one_that_it_is_within() -> None:
    batch = Budget(5)
    first, second = Budget(3, batch), Budget(3, batch)
    seen = []
    for budget in (first, first, first, second, second):
        budget.spend(1)
        seen.append((budget.is_spent, batch.is_spent))
    assert seen == [(False, False), (False, False), (True, False), (False, False), (False, True)]


async def test_what_a_child_takes_is_counted_whatever_becomes_of_it() -> None:
    own, budget = children(), OfChildren(3)
    await own.run(work.add, 1, 2, budget=budget)
    with pytest.raises(Ended):
        await own.run(work.die, signal.SIGSEGV, budget=budget)
    assert not budget.is_spent
    await own.run(work.add, 1, 2, budget=budget)
    assert budget.is_spent


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


@asynccontextmanager
async def soon_over(own: Children) -> AsyncIterator[int]:
    """Fails where something would wait for ever, and lets go of what waits. Gives the id of the server's process."""
    assert await own.run(work.add, 1, 1) == 2
    server = own.server()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded, "GRACE_S", 0.5)
        patch.setattr(bounded, "WALL_FACTOR", 0)
        try:
            async with asyncio.timeout(10):
                yield server._process.pid
        except TimeoutError:
            pytest.fail("nothing ended it")
        finally:
            server._process.kill()  # and with it the child, for which a thread may wait


async def test_a_child_that_hears_no_signal_is_ended_alone() -> None:
    own = children()
    async with soon_over(own) as server:
        with pytest.raises(Ended):
            await own.run(work.hear_nothing)
        assert await own.run(work.add, 1, 2) == 3
        assert own.server()._process.pid == server


@pytest.mark.parametrize("does", [work.stop_server, work.stop_server_and_end])
async def test_a_child_that_stops_its_server_is_ended_all_the_same(does: Callable[..., Any]) -> None:
    own = children()
    async with soon_over(own) as server:
        with pytest.raises(Ended):
            await own.run(does)
        await asyncio.to_thread(until, lambda: not psutil.pid_exists(server), 5)
    assert await own.run(work.add, 1, 2) == 3
    assert own.server()._process.pid != server


async def test_no_alarm_is_left_of_a_child_that_has_ended() -> None:
    await CHILDREN.run(work.add, 1, 2)
    until(lambda: not any(isinstance(one, threading.Timer) for one in threading.enumerate()), 3)


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
