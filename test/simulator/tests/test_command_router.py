"""Shells in running containers, opened by the real ``modal shell``."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import sys
from pathlib import Path

import pytest
import pytest_asyncio
from clients import command_environment, connect
from conftest import RunModal
from grpclib import GRPCError, Status
from modal.sandbox._task_command_router_client import _is_v2_task_id
from modal_proto import api_pb2
from modal_proto import task_command_router_pb2 as router_pb2
from modal_proto.api_grpc import ModalClientStub
from modal_proto.task_command_router_grpc import TaskCommandRouterStub
from modal_simulator.server import Simulator
from modal_simulator.world import new_id

APP = Path(__file__).parent / "apps" / "kept.py"
LIMIT_SECONDS = 60

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def container(simulator: Simulator, run_modal: RunModal) -> str:
    """The id of a container that is ready."""
    deployed = await run_modal("deploy", str(APP))
    assert deployed.code == 0, deployed.stderr
    async with asyncio.timeout(LIMIT_SECONDS):
        while True:
            for task in simulator.world.active_tasks():
                if task.started_at:
                    return task.task_id
            await asyncio.sleep(0.05)


async def test_no_container_has_the_id_of_a_newer_sandbox() -> None:
    assert not any(_is_v2_task_id(new_id("ta")) for _ in range(2000))


async def test_a_command_runs_in_the_container(container: str, run_modal: RunModal) -> None:
    # Without a terminal the CLI drops what it has not printed yet when the command ends; this one ends late.
    script = "sh -c 'echo $MODAL_TASK_ID $FROM_IMAGE; sleep 2'"
    shell = await run_modal("shell", container, "--no-pty", "-c", script)
    assert (shell.code, shell.stdout.strip()) == (0, f"{container} yes"), shell.stderr


async def test_an_interactive_shell_answers_what_is_typed(simulator: Simulator, container: str) -> None:
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "modal", "shell", container),
        env=command_environment(simulator) | {"TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        await read_until(ours, rb"[#$] $")
        os.write(ours, b"echo $((40 + 2)) $TERM; tty\n")
        await read_until(ours, rb"42 xterm\r\n/dev/pts/")
        os.write(ours, b"exit\n")
        assert await asyncio.wait_for(process.wait(), LIMIT_SECONDS) == 0
    finally:
        os.close(ours)
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_shell_ends_with_its_container(simulator: Simulator, container: str) -> None:
    router = simulator.servicer.router
    channel = connect(simulator, {"authorization": f"Bearer {router.admit(container)}"})
    stub = TaskCommandRouterStub(channel)
    try:
        names = {"task_id": container, "exec_id": "one"}
        await stub.TaskExecStart(router_pb2.TaskExecStartRequest(**names, command_args=["sleep", "600"]))
        simulator.scheduler.kill_container(container)
        ended = await stub.TaskExecWait(router_pb2.TaskExecWaitRequest(**names), timeout=LIMIT_SECONDS)
        assert ended.signal == 9
    finally:
        channel.close()


async def test_a_token_opens_its_own_container_only(
    simulator: Simulator, stub: ModalClientStub, container: str
) -> None:
    access = await stub.TaskGetCommandRouterAccess(
        api_pb2.TaskGetCommandRouterAccessRequest(task_id=container)
    )
    assert access.url == simulator.server_url
    channel = connect(simulator, {"authorization": f"Bearer {access.jwt}"})
    try:
        with pytest.raises(GRPCError) as caught:
            await TaskCommandRouterStub(channel).TaskExecStart(
                router_pb2.TaskExecStartRequest(task_id="ta-other", exec_id="one", command_args=["true"])
            )
        assert caught.value.status is Status.UNAUTHENTICATED
    finally:
        channel.close()
    with pytest.raises(GRPCError) as caught:
        await stub.TaskGetCommandRouterAccess(api_pb2.TaskGetCommandRouterAccessRequest(task_id="ta-gone"))
    assert caught.value.status is Status.NOT_FOUND


async def read_until(descriptor: int, wanted: bytes) -> bytes:
    """Returns what a terminal shows up to what the pattern matches."""
    seen = b""
    async with asyncio.timeout(LIMIT_SECONDS):
        while not re.search(wanted, seen):
            try:
                seen += await asyncio.to_thread(os.read, descriptor, 1 << 16)
            except OSError:
                raise AssertionError(f"ended before {wanted!r}: {seen!r}") from None
    return seen
