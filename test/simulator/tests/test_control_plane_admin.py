"""The admin API: faults, cuts, generated load, and who may call it."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest
from grpclib import GRPCError, Status
from modal_proto import api_pb2
from modal_proto.api_grpc import ModalClientStub

pytestmark = pytest.mark.asyncio


async def generate(admin: aiohttp.ClientSession, count: int) -> list[str]:
    async with admin.post("/apps/generate", json={"count": count, "functionsPerApp": 2}) as response:
        return (await response.json())["appIds"]


async def test_an_rpc_fails_as_often_as_told(admin: aiohttp.ClientSession, stub: ModalClientStub) -> None:
    fault = {"code": 14, "message": "gone", "remaining": 2}
    async with admin.post("/faults", json={"rpc": {"AppList": fault}}) as response:
        assert response.status == 200
    for _ in range(2):
        with pytest.raises(GRPCError) as caught:
            await stub.AppList(api_pb2.AppListRequest())
        assert (caught.value.status, caught.value.message) == (Status.UNAVAILABLE, "gone")
    await stub.AppList(api_pb2.AppListRequest())
    async with admin.get("/rpc-log") as response:
        calls = (await response.json())["calls"]
    assert [(each["name"], each["status"]) for each in calls] == [
        ("AppList", "UNAVAILABLE"),
        ("AppList", "UNAVAILABLE"),
        ("AppList", "OK"),
    ]


async def test_faults_are_cleared_in_place(admin: aiohttp.ClientSession, stub: ModalClientStub) -> None:
    await admin.post("/faults", json={"budgetExhausted": True})
    with pytest.raises(GRPCError) as caught:
        await stub.AppCreate(api_pb2.AppCreateRequest(description="a"))
    assert caught.value.status is Status.RESOURCE_EXHAUSTED
    await admin.delete("/faults")
    assert (await stub.AppCreate(api_pb2.AppCreateRequest(description="a"))).app_id


async def test_unknown_faults_are_refused(admin: aiohttp.ClientSession) -> None:
    for body in ({"typo": 1}, {"buildSeconds": "x"}, {"rpc": {"AppList": 3}}):
        async with admin.post("/faults", json=body) as response:
            assert response.status == 400


async def test_emitted_lines_survive_cut_streams(admin: aiohttp.ClientSession, stub: ModalClientStub) -> None:
    [app_id] = await generate(admin, 1)
    await admin.post(
        "/logs/emit", json={"appId": app_id, "linesPerSecond": 20_000, "seconds": 1, "text": "x"}
    )
    lines: list[str] = []
    endings: list[Status] = []
    last = ""

    async def read() -> None:
        nonlocal last
        async with stub.AppGetLogs.open() as stream:
            request = api_pb2.AppGetLogsRequest(app_id=app_id, timeout=55, last_entry_id=last)
            await stream.send_message(request, end=True)
            async for batch in stream:
                lines.extend(item.data for item in batch.items)
                last = batch.entry_id or last
                if len(lines) >= 20_000:
                    return

    async def cut() -> None:
        while True:
            await asyncio.sleep(0.1)
            await admin.post("/streams/cut")

    cutter = asyncio.create_task(cut())
    until = time.monotonic() + 30
    while len(lines) < 20_000 and time.monotonic() < until:
        try:
            await read()
        except GRPCError as error:
            endings.append(error.status)
    cutter.cancel()
    assert lines == [f"{number:08d} x\n" for number in range(20_000)]
    assert set(endings) == {Status.UNAVAILABLE}


async def test_generated_apps_are_listed_with_their_functions(
    admin: aiohttp.ClientSession, stub: ModalClientStub
) -> None:
    app_ids = await generate(admin, 5) + await generate(admin, 5)
    listed = (await stub.AppList(api_pb2.AppListRequest())).apps
    assert {each.app_id for each in listed} == set(app_ids)
    assert len({each.name for each in listed}) == 10
    assert all(len(each.metadata.functions) == 2 for each in listed)
