"""Sandboxes of both kinds, as the official Python SDK and the real ``modal`` command see them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from clients import run_python
from google.protobuf.timestamp_pb2 import Timestamp
from modal_proto import api_pb2
from modal_proto.api_grpc import ModalClientStub
from modal_simulator.server import Simulator

pytestmark = pytest.mark.asyncio

BEGIN = """
import datetime, json, time, modal
app = modal.App.lookup("boxes", create_if_missing=True)
told = {}
def box(*command, **more):
    return modal.Sandbox.create(*command, app=app, **more)
"""
END = "\nprint(json.dumps(told))"

STREAMS = """
cat = box("cat")
cat.stdin.write("typed\\n"); cat.stdin.drain(); cat.stdin.write_eof(); cat.stdin.drain()
cat.wait()
told["cat"] = [cat.returncode, cat.stdout.read()]
sh = box("sh", "-c", "echo out; echo err >&2; exit 3")
sh.wait(raise_on_termination=False)
told["sh"] = [sh.returncode, sh.stdout.read(), sh.stderr.read()]
late = box("sleep", "60", timeout=1)
try:
    late.wait()
except modal.exception.SandboxTimeoutError:
    told["late"] = late.returncode
held = box(name="held", env={"GIVEN": "a"}, secrets=[modal.Secret.from_dict({"HIDDEN": "b"})], tags={"team": "x"})
told["running"] = held.poll()
def run(*command, **more):
    process = held.exec(*command, **more)
    return [process.stdout.read(), process.stderr.read(), process.wait()]
script = "echo $GIVEN $HIDDEN $MORE ${MODAL_SERVER_URL:-none}; echo e >&2; exit 4"
told["exec"] = run("sh", "-c", script, env={"MORE": "c"})
told["large"] = len(run("sh", "-c", "head -c 1000000 /dev/zero | tr '\\\\0' x")[0])
told["workdir"] = run("pwd", workdir="/")[0]
typed = held.exec("wc", "-c")
typed.stdin.write(b"x" * 300000); typed.stdin.write_eof(); typed.stdin.drain()
told["typed"] = typed.stdout.read().strip()
told["killed"] = run("sh", "-c", "kill -9 $$")[2]
told["timed out"] = run("sleep", "60", timeout=1)[2]
told["named"] = modal.Sandbox.from_name("boxes", "held").object_id == held.object_id
try:
    box(name="held")
except modal.exception.AlreadyExistsError:
    told["twice"] = "AlreadyExistsError"
held.set_tags({"team": "y", "run": "1"})
told["tags"] = held.get_tags()
listed = lambda **more: [each.object_id for each in modal.Sandbox.list(app_id=app.app_id, **more)]
only = [held.object_id]
told["list"] = [listed() == only, listed(tags={"team": "y"}) == only, listed(tags={"team": "x"})]
held.terminate()
held.wait(raise_on_termination=False)
told["ended"] = [held.returncode, listed()]
told["from id"] = modal.Sandbox.from_id(held.object_id).poll()
"""

STREAMS_TOLD: dict[str, Any] = {
    "cat": [0, "typed\n"],
    "sh": [3, "out\n", "err\n"],
    "late": 124,
    "running": None,
    "exec": ["a b c none\n", "e\n", 4],
    "large": 1_000_000,
    "workdir": "/\n",
    "typed": "300000",
    "killed": 137,
    "timed out": -1,
    "named": True,
    "twice": "AlreadyExistsError",
    "tags": {"team": "y", "run": "1"},
    "list": [True, True, []],
    "ended": [137, []],
    "from id": 137,
}


@pytest.mark.parametrize("kind", ["0", "1"], ids=["first kind", "second kind"])
async def test_a_sandbox_does_for_the_python_sdk_what_modal_documents(
    simulator: Simulator, kind: str
) -> None:
    told = json.loads(await run_python(simulator, BEGIN + STREAMS + END, {"MODAL_SANDBOX_V2": kind}))
    assert told == STREAMS_TOLD
    second = [each.second_kind for each in simulator.world.sandboxes.values()]
    assert second == [kind == "1"] * 4
    assert not simulator.world.active_tasks()


PORTS = """
import urllib.request
free = __import__("socket").create_server(("127.0.0.1", 0)); port = free.getsockname()[1]; free.close()
web = box("python3", "-m", "http.server", str(port), "--bind", "127.0.0.1", unencrypted_ports=[port],
    readiness_probe=modal.Probe.with_tcp(port), gpu="T4", idle_timeout=3600)
web.wait_until_ready(timeout=30)
host, reached = web.tunnels()[port].tcp_socket
told["tunnel"] = "Directory listing" in urllib.request.urlopen(f"http://{host}:{reached}/").read().decode()
idle = box("sleep", "60", idle_timeout=1)
idle.wait(raise_on_termination=False)
told["idle"] = idle.poll() is not None
try:
    box("true", outbound_cidr_allowlist=["no address"])
except modal.exception.InvalidError as error:
    told["cidr"] = str(error)
lost = box("no-such-command-here")
lost.wait(raise_on_termination=False)
told["lost"] = lost.returncode
start = datetime.datetime.now() - datetime.timedelta(minutes=5)
told["log"] = "GET / HTTP" in "".join(entry.message for entry in web.logs.fetch(since=start))
told["stats"] = vars(app.stats().sandboxes)
"""


async def test_ports_probes_idle_ends_and_wrong_values_of_sandboxes(
    simulator: Simulator, stub: ModalClientStub
) -> None:
    told = json.loads(await run_python(simulator, BEGIN + PORTS + END))
    assert told == {
        "tunnel": True,
        "idle": True,
        "cidr": "Invalid CIDR: no address",
        "lost": 127,
        "log": True,
        "stats": {"total": 3, "finished": 2, "live": 1},
    }
    [process] = [each for each in simulator.scheduler.sandboxes.processes.values() if not each.ended.is_set()]
    assert (process.task.gpu_type, process.record.second_kind) == ("T4", False)
    app_id = process.task.app_id
    listed = await stub.TaskList(api_pb2.TaskListRequest())
    assert [each.task_id for each in listed.tasks] == [process.task.task_id]
    await stub.AppStop(api_pb2.AppStopRequest(app_id=app_id))
    assert process.ended.is_set()
    ended = await stub.SandboxWait(api_pb2.SandboxWaitRequest(sandbox_id=process.record.sandbox_id))
    assert ended.result.status == api_pb2.GenericResult.GENERIC_STATUS_TERMINATED


async def test_logs_of_one_sandbox_are_its_own_and_end_with_it(
    simulator: Simulator, stub: ModalClientStub
) -> None:
    app = await stub.AppCreate(api_pb2.AppCreateRequest(description="boxes"))

    async def create(text: str) -> str:
        script = f"echo {text}; sleep 0.3; echo error >&2"
        definition = api_pb2.Sandbox(entrypoint_args=["sh", "-c", script])
        created = await stub.SandboxCreate(
            api_pb2.SandboxCreateRequest(app_id=app.app_id, definition=definition)
        )
        return created.sandbox_id

    first, _ = await create("one"), await create("two")
    texts: dict[int, str] = {}
    for fd in (api_pb2.FILE_DESCRIPTOR_STDOUT, api_pb2.FILE_DESCRIPTOR_STDERR):
        async with stub.SandboxGetLogs.open() as stream:
            request = api_pb2.SandboxGetLogsRequest(
                sandbox_id=first, file_descriptor=fd, timeout=30, last_entry_id="0-0"
            )
            await stream.send_message(request, end=True)
            batches = [batch async for batch in stream]
        assert [each.eof for each in batches] == [False] * (len(batches) - 1) + [True]
        texts[fd] = "".join(item.data for batch in batches for item in batch.items)
    assert list(texts.values()) == ["one\n", "error\n"]
    fetched = await stub.AppFetchLogs(
        api_pb2.AppFetchLogsRequest(
            app_id=app.app_id, sandbox_id=first, since=Timestamp(seconds=0), until=Timestamp(seconds=1 << 21)
        )
    )
    assert fetched.batches == []
    async with stub.AppGetLogs.open() as stream:
        await stream.send_message(api_pb2.AppGetLogsRequest(sandbox_id=first, timeout=30), end=True)
        batches = [batch async for batch in stream]
    assert "".join(item.data for batch in batches for item in batch.items) == "one\nerror\n"
    assert {batch.sandbox_id for batch in batches if batch.items} == {first}
    assert batches[-1].app_done


async def test_many_sandboxes_are_listed_newest_first_page_by_page(
    simulator: Simulator, stub: ModalClientStub
) -> None:
    app = await stub.AppCreate(api_pb2.AppCreateRequest(description="boxes"))
    simulator.faults.cold_start_seconds = 60  # none of them gets as far as a process
    created = []
    for number in range(120):
        definition = api_pb2.Sandbox(name=f"box-{number}")
        request = api_pb2.SandboxCreateV2Request(app_id=app.app_id, definition=definition)
        created.append((await stub.SandboxCreateV2(request)).sandbox_id)
    found: list[str] = []
    before = 0.0
    while page := await stub.SandboxListV2(
        api_pb2.SandboxListRequest(app_id=app.app_id, before_timestamp=before)
    ):
        if not page.sandboxes:
            break
        found += [each.id for each in page.sandboxes]
        before = page.sandboxes[-1].created_at
    assert found == created[::-1]
    first_kind = await stub.SandboxList(api_pb2.SandboxListRequest(app_id=app.app_id))
    assert not first_kind.sandboxes
    await asyncio.gather(
        *(stub.SandboxTerminateV2(api_pb2.SandboxTerminateRequest(sandbox_id=each)) for each in created)
    )
