"""The log store: order, resumes, filters, ranges, counts."""

from __future__ import annotations

import asyncio
import random
import time

import pytest
from modal_proto import api_pb2
from modal_simulator import log_pages
from modal_simulator.faults import Faults
from modal_simulator.log_emitter import Emission, emit_lines
from modal_simulator.log_store import LogStore, PlaceUnknown, StreamCut

pytestmark = pytest.mark.asyncio
APP = "ap-1"


async def read(store: LogStore, last: str = "", seconds: float = 0) -> list[api_pb2.TaskLogsBatch]:
    return [batch async for batch in store.follow(APP, last, seconds)]


def texts(batches: list[api_pb2.TaskLogsBatch]) -> list[str]:
    return [item.data for batch in batches for item in batch.items]


async def test_text_comes_back_as_it_was_appended() -> None:
    store = LogStore()
    chunks = ["half a li", "ne\nand another\n", "\r50%\r100%\n", "ünï\n"]
    for chunk in chunks:
        store.append(APP, task_id="ta-1", data=chunk)
    assert texts(await read(store)) == chunks


async def test_neighbours_of_one_container_share_a_batch_with_the_last_entry_id() -> None:
    store = LogStore()
    store.append(APP, task_id="ta-1", fd=1, data="a")
    second = store.append(APP, task_id="ta-1", fd=2, data="b")
    third = store.append(APP, task_id="ta-2", data="c")
    batches = await read(store)
    assert [(batch.task_id, len(batch.items), batch.entry_id) for batch in batches] == [
        ("ta-1", 2, second),
        ("ta-2", 1, third),
    ]
    assert [item.file_descriptor for item in batches[0].items] == [1, 2]


async def test_random_resumes_lose_nothing_and_repeat_nothing() -> None:
    store = LogStore()
    chance = random.Random(7)
    for number in range(5000):
        store.append(
            APP, task_id=f"ta-{chance.randrange(3)}", input_id=f"in-{number // 40}", data=str(number)
        )
    seen: list[str] = []
    last = ""
    while len(seen) < 5000:
        left = chance.randrange(1, 30)
        async for batch in store.follow(APP, last, 0):
            seen += [item.data for item in batch.items]
            last = batch.entry_id
            left -= 1
            if not left:
                break
    assert seen == [str(number) for number in range(5000)]


async def test_an_open_stream_gets_what_is_appended_later_and_ends_with_app_done() -> None:
    store = LogStore()
    reader = asyncio.create_task(read(store, seconds=30))
    await asyncio.sleep(0.05)
    store.append(APP, data="late")
    await asyncio.sleep(0.05)
    store.close(APP)
    batches = await asyncio.wait_for(reader, 5)
    assert texts(batches) == ["late"]
    assert batches[-1].app_done
    assert not batches[-1].entry_id


async def test_a_stream_of_a_log_without_end_stops_after_its_timeout() -> None:
    store = LogStore()
    store.append(APP, data="one")
    batches = await asyncio.wait_for(read(store, seconds=0.1), 5)
    assert texts(batches) == ["one"]
    assert not any(batch.app_done for batch in batches)


async def test_cut_streams_fail_and_can_be_resumed() -> None:
    store = LogStore()
    first = store.append(APP, data="one")
    reader = asyncio.create_task(read(store, last=first, seconds=30))
    await asyncio.sleep(0.05)
    store.cut_streams()
    with pytest.raises(StreamCut):
        await asyncio.wait_for(reader, 5)
    store.append(APP, data="two")
    assert texts(await read(store, last=first)) == ["two"]


async def test_a_range_gives_the_newest_lines_oldest_first() -> None:
    store = LogStore()
    for number in range(10):
        store.append(APP, task_id=f"ta-{number % 2}", data=f"line {number}")
    now = time.time()
    newest = store.range(APP, now - 60, now + 1, 3)
    assert texts(newest) == ["line 7", "line 8", "line 9"]
    even = store.range(APP, now - 60, now + 1, 100, lambda source: source.task_id == "ta-0", "line")
    assert texts(even) == [f"line {number}" for number in (0, 2, 4, 6, 8)]
    assert store.range(APP, now + 1, now + 60, 100) == []


async def test_states_are_streamed_but_not_counted_as_lines() -> None:
    store = LogStore()
    store.append(APP, task_id="ta-1", task_state=api_pb2.TASK_STATE_QUEUED, fd=0)
    store.append(APP, task_id="ta-1", data="out")
    store.append(APP, task_id="ta-1", fd=2, data="err")
    streamed = await read(store)
    assert [item.task_state for batch in streamed for item in batch.items] == [1, 0, 0]
    now = time.time()
    counts = store.count(APP, now - 60, now + 1, 60)
    assert [sum(column) for column in zip(*counts.values(), strict=True)] == [1, 1, 0]
    assert texts(store.range(APP, now - 60, now + 1, 10)) == ["out", "err"]


async def test_packed_pages_give_the_same_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_pages, "PAGE_SIZE", 7)
    store = LogStore()
    lines = [f"ünï {number} \r" * (number % 5) for number in range(200)]
    for line in lines:
        store.append(APP, data=line)
    assert texts(await read(store)) == lines
    now = time.time()
    assert texts(store.range(APP, now - 60, now + 1, 1000)) == lines
    found = store.count(APP, now - 60, now + 1, 60, search_text="ï 12 ")
    assert sum(map(sum, found.values())) == sum("ï 12 " in line for line in lines)


async def test_the_oldest_page_goes_when_there_are_too_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_pages, "PAGE_SIZE", 10)
    store = LogStore(max_entries=25)
    ids = [store.append(APP, data=str(number)) for number in range(30)]
    kept = texts(await read(store))
    assert kept == [str(number) for number in range(10, 30)]
    assert texts(await read(store, last=ids[3])) == kept
    assert texts(await read(store, last=ids[27])) == ["28", "29"]


async def test_a_store_resumes_badly_when_told_to() -> None:
    faults = Faults()
    store = LogStore(faults=faults)
    ids = [store.append(APP, task_id="ta-1", input_id=str(number), data=str(number)) for number in range(4)]
    assert texts(await read(store, ids[1])) == ["2", "3"]
    faults.log_resume = "repeat"
    assert texts(await read(store, ids[1])) == ["0", "1", "2", "3"]
    faults.log_resume = "now"
    assert texts(await read(store, ids[1])) == []
    faults.log_resume = "live"
    assert texts(await read(store)) == []
    assert texts(await read(store, ids[1])) == ["2", "3"]
    faults.log_resume = "refuse"
    with pytest.raises(PlaceUnknown):
        await read(store, ids[1])
    assert texts(await read(store)) == ["0", "1", "2", "3"]


async def test_entry_ids_are_missing_or_stale_when_told_so() -> None:
    faults = Faults()
    store = LogStore(faults=faults)
    ids = [store.append(APP, task_id="ta-1", input_id=str(number), data="x") for number in range(4)]

    async def sent(fault: str) -> list[str]:
        faults.log_entry_ids = fault
        return [batch.entry_id for batch in await read(store)]

    assert await sent("") == ids
    assert await sent("missing") == ["", "", "", ""]
    assert await sent("some") == [ids[0], "", ids[2], ""]
    assert await sent("stale") == ["", *ids[:3]]


async def test_ranges_are_right_after_the_clock_has_jumped() -> None:
    faults = Faults()
    store = LogStore(faults=faults)
    now = time.time()
    for ahead in (0, 3600, -3600, 0):
        faults.log_clock_seconds = ahead
        store.append(APP, task_id="ta-1", data=str(ahead))
    assert texts(store.range(APP, now - 60, now + 60, 10)) == ["0", "0"]
    assert texts(store.range(APP, now + 3000, now + 4000, 10)) == ["3600"]
    assert texts(await read(store)) == ["0", "3600", "-3600", "0"]


async def test_emitted_text_is_cut_into_chunks_of_each_container() -> None:
    store = LogStore()
    await emit_lines(store, Emission(APP, 40, 1_000_000, "äö", containers=3, chunk_characters=5))
    written: dict[str, str] = {}
    for batch in await read(store):
        for item in batch.items:
            assert len(item.data) <= 5
            written[batch.task_id] = written.get(batch.task_id, "") + item.data
    lines = sorted(line for text in written.values() for line in text.splitlines())
    assert lines == [f"{number:08d} äö" for number in range(40)]
    assert len(written) == 3
