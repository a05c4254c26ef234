"""Turns are shared among callers, and between short and long work."""

from __future__ import annotations

import asyncio

import pytest
from appkit.bounded_turns import TooManyWait, Turns

GREEDY, OTHER = 1, 2


class Users:
    """Tasks that have a turn until they are told to end it. `order` says who got one."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.order: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, name: str, caller: int, *, is_long: bool = False) -> None:
        self._ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._use(name, caller, is_long))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def go(self, name: str) -> None:
        self._ends[name].set()
        await self.tasks[name]
        await asyncio.sleep(0)

    async def _use(self, name: str, caller: int, is_long: bool) -> None:
        async with self.turns.turn(caller, is_long=is_long):
            self.order.append(name)
            await self._ends[name].wait()


async def test_the_next_turn_is_of_the_caller_who_has_the_fewest() -> None:
    users = Users(Turns(at_once=2, most_waiting=32))
    for number in range(6):
        await users.come(f"greedy {number}", GREEDY)
    await users.come("other", OTHER)
    await users.go("greedy 0")
    assert users.order == ["greedy 0", "greedy 1", "other"]
    await users.go("greedy 1")
    await users.go("other")
    assert users.order[3:] == ["greedy 2", "greedy 3"], "and alone it has all of them"


@pytest.mark.parametrize(("at_once", "most_long"), [(1, 1), (2, 1), (3, 1), (4, 2)])
async def test_long_work_has_half_of_the_turns_and_is_not_kept_out(at_once: int, most_long: int) -> None:
    users = Users(Turns(at_once, most_waiting=32))
    for number in range(at_once):
        await users.come(f"short {number}", GREEDY)
    for number in range(3):
        await users.come(f"long {number}", GREEDY, is_long=True)
    await users.come("waits", GREEDY)
    for number in range(at_once):
        await users.go(f"short {number}")
    got = users.order[at_once:]
    assert got[:most_long] == [f"long {number}" for number in range(most_long)]
    assert ("waits" in got) is (at_once > 1)


async def test_those_who_wait_for_long_work_do_not_refuse_the_others() -> None:
    users = Users(Turns(at_once=2, most_waiting=16))
    for number in range(4):
        await users.come(f"long {number}", GREEDY, is_long=True)
    with pytest.raises(TooManyWait):
        await users.tasks["long 3"]
    await users.come("short", OTHER)
    assert users.order == ["long 0", "short"]


async def test_who_is_cancelled_while_waiting_or_just_after_leaves_nothing_behind() -> None:
    turns = Turns(at_once=1, most_waiting=32)
    users = Users(turns)
    for name in ("first", "second", "third"):
        await users.come(name, GREEDY)
    users.tasks["second"].cancel()
    await users.go("first")
    assert users.order == ["first", "third"]
    users.tasks["third"].cancel()
    await asyncio.gather(*users.tasks.values(), return_exceptions=True)
    assert not turns._waiting
    assert not turns._held.total()
