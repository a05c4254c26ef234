"""Servers, and what the real ``modal`` command and the official SDK say of them, of metrics and of costs."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from pathlib import Path

import aiohttp
import pytest
from clients import run_python
from conftest import RunModal
from modal_proto import api_pb2
from modal_proto.api_grpc import ModalClientStub
from modal_simulator.generate import generate_apps
from modal_simulator.server import Simulator
from modal_simulator.world import App, CallRecord, Task

APPS = Path(__file__).parent / "apps"
LIMIT_SECONDS = 30


INFO = {
    "name": "chat",
    "model_name": "Qwen/Qwen3-4B",
    "repo_id": "Qwen/Qwen3-4B",
    "revision": "abc",
    "volume_id": None,
    "model_path": None,
    "service_url": "https://example.invalid",
    "requires_proxy_auth": True,
    "serving_mode": "shared",
    "status": "live",
    "app_id": None,
    "server_id": None,
    "environment_name": "main",
}


STATS = """
import json, modal
modal.Function.from_name("served", "add").remote(1, 2)
stats = modal.Server.from_name("served", "Files").stats()
app = modal.App.lookup("served").stats()
of = lambda group, key, *names: {
    name: [getattr(getattr(each.counts, key), field) for field in names] for name, each in group.items()
}
print(json.dumps({
    "requests": stats.request_count,
    "by status": stats.request_count_by_status_code,
    "percentiles": list(stats.request_percentile_stats),
    "containers": [stats.container_total_count, stats.container_started_count],
    "functions": of(app.functions, "calls", "total", "succeeded", "failed"),
    "servers": of(app.servers, "requests", "total", "ok", "failed"),
}))
"""


async def first_not(status: int, http: aiohttp.ClientSession) -> int:
    """Asks until the server answers with another status, and returns it."""
    async with asyncio.timeout(LIMIT_SECONDS):
        while True:
            async with http.get("/") as response:
                await response.read()
                if response.status != status:
                    return response.status
            await asyncio.sleep(0.2)


pytestmark = pytest.mark.asyncio


async def test_requests_of_a_server_are_counted_as_they_were_answered(
    simulator: Simulator, run_modal: RunModal
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    deployed = await run_modal("deploy", str(APPS / "served.py"), env={"SERVED_PORT": port})
    assert deployed.code == 0, deployed.stderr
    [server] = [
        each for each in simulator.world.functions.values() if each.definition and each.definition.is_server
    ]
    url = server.web_urls[""]
    async with aiohttp.ClientSession(url) as http:
        async with http.get("/") as response:
            assert response.status == 503
        assert await first_not(503, http) == 200
        async with http.get("/no/such/file?a=b") as response:
            assert (response.status, "Error code: 404" in await response.text()) == (404, True)
        async with http.post("/", data=b"x" * (1 << 20)) as response:
            assert response.status == 501
        [container] = simulator.scheduler.containers.values()
    told = json.loads(await run_python(simulator, STATS))
    noted = list(simulator.world.requests)
    refused = sum(each.status == 503 for each in noted)
    assert told == {
        "requests": len(noted),
        "by status": {"200": 1, "400": 1, "500": refused + 1},
        "percentiles": ["request_latency"],
        "containers": [1, 1],
        "functions": {"add": [1, 1, 0]},
        "servers": {"Files": [len(noted), 1, len(noted) - 1]},
    }
    listed = json.loads((await run_modal("server", "requests", "served/Files", "-n", "2", "--json")).stdout)
    assert [(row["route"], row["status"], row["container_id"]) for row in listed] == [
        ("/", 501, container.task_id),
        ("/no/such/file", 404, container.task_id),
    ]
    await asyncio.wait_for(container.ended.wait(), LIMIT_SECONDS)
    app = simulator.world.deployed_app("served", "main")
    assert app is not None
    batches = simulator.logs.range(app.app_id, 0, 1e11, 1000)
    assert "left" in "".join(item.data for batch in batches for item in batch.items)


async def test_a_managed_endpoint_is_listed_described_and_stopped(
    stub: ModalClientStub, admin: aiohttp.ClientSession, run_modal: RunModal
) -> None:
    for body in ({"name": "a"}, {"name": "a", "model": "m", "status": "odd"}, {"name": 1, "model": "m"}):
        async with admin.post("/endpoints", json=body) as response:
            assert response.status == 400, body
    loaded = {
        "name": "chat",
        "model": "Qwen/Qwen3-4B",
        "revision": "abc",
        "url": "https://example.invalid",
        "shared": True,
    }
    async with admin.post("/endpoints", json=loaded) as response:
        endpoint_id = (await response.json())["endpointId"]
    listed = json.loads((await run_modal("endpoint", "list", "--json")).stdout)
    assert [(row["name"], row["endpoint_id"], row["status"]) for row in listed] == [
        ("chat", endpoint_id, "Live")
    ]
    info = json.loads((await run_modal("endpoint", "info", "chat", "--json")).stdout)
    assert info == INFO | {"endpoint_id": endpoint_id, "lifecycle": info["lifecycle"]}
    await stub.EndpointStop(api_pb2.EndpointStopRequest(endpoint_id=endpoint_id))
    got = await stub.EndpointGetInfo(api_pb2.EndpointGetInfoRequest(endpoint_id=endpoint_id))
    assert got.info.status == api_pb2.EndpointGetInfoResponse.ENDPOINT_STATUS_STOPPED
    assert got.info.lifecycle.stopped_at > 0


def add_task(simulator: Simulator, started: float, ended: float) -> None:
    """Notes an app with a container that lived then."""
    app = App("ap-1", "main", "old", api_pb2.APP_STATE_DEPLOYED, name="old")
    task = Task("ta-1", app.app_id, "", enqueued_at=started, started_at=started, finished_at=ended)
    simulator.world.apps[app.app_id], simulator.world.tasks[task.task_id] = app, task


async def test_a_report_begins_with_the_interval_in_which_its_start_lies(simulator: Simulator) -> None:
    hour = int(time.time()) // 3600 * 3600
    add_task(simulator, hour - 2 * 3600, hour - 3600)
    code = f"""
import datetime, json, modal
at = lambda seconds: datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
report = modal.Workspace.from_context().billing.report(
    start=at({hour - 2 * 3600 + 1800}), end=at({hour + 1}), resolution="h")
print(json.dumps([[row.interval_start.timestamp(), float(row.cost), sorted(row.cost_by_resource)] for row in report]))
"""
    [[start, cost, resources]] = json.loads(await run_python(simulator, code))
    assert (start, resources) == (hour - 2 * 3600, ["CPU", "Memory"])
    assert cost == pytest.approx(0.125 * 0.0473 + 0.125 * 0.008, rel=1e-3)


async def test_metric_series_are_those_that_are_listed_with_gaps_where_nothing_was(
    simulator: Simulator, run_modal: RunModal, stub: ModalClientStub
) -> None:
    [app_id] = generate_apps(simulator.world, "main", 1, 1)
    [function_id] = simulator.world.apps[app_id].function_ids.values()
    ended = time.time() - 120
    call = CallRecord("fc-1", function_id, app_id, started_at=ended, finished_at=ended)
    call.status = api_pb2.FUNCTION_CALL_INPUT_STATUS_SUCCESS
    simulator.world.calls["in-1"] = call
    target = "generated-0000/function_0"
    exported = await run_modal("function", "metrics", target, "--since", "10m", "--json")
    assert exported.code == 0, exported.stderr
    [calls] = json.loads(exported.stdout)["series"]
    listed = await stub.MetricsGetInfo(api_pb2.MetricsGetInfoRequest())
    assert [metric.name for group in listed.groups for metric in group.metrics] == [calls["name"]]
    assert calls["name"] == "successful_calls_count"  # the one that Modal's documentation names
    values = [point["value"] for point in calls["points"]]
    assert (len(values), values.count(None), values.count(1)) == (10, 9, 1)
