"""Containers end when their window is over, however often they ask for work meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from clients import run_python
from conftest import RunModal
from modal_simulator.rpc import container as container_rpcs
from modal_simulator.server import Simulator

APP = Path(__file__).parent / "apps" / "brief.py"
LIMIT_SECONDS = 30

pytestmark = pytest.mark.asyncio


# The second function's window is cut after its container has begun to wait.
CALLS = """
import modal
soon, late = (modal.Function.from_name("brief", name) for name in ("soon", "late"))
soon.remote(); late.remote()
late.autoscaler.update(scaledown_window=2)
"""


async def test_polling_containers_end_when_their_window_is_over_also_one_that_was_changed(
    simulator: Simulator, run_modal: RunModal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container_rpcs, "INPUT_POLL_SECONDS", 0.5)
    await run_modal("deploy", str(APP))
    await run_python(simulator, CALLS)
    tasks = list(simulator.world.tasks.values())
    assert len(tasks) == 2
    for _ in range(LIMIT_SECONDS * 20):
        if all(task.finished_at for task in tasks):
            break
        await asyncio.sleep(0.05)
    calls = list(simulator.world.calls.values())
    for task, call in zip(tasks, calls, strict=True):
        assert task.task_id == call.task_id
        assert task.finished_at - call.finished_at >= 2, "it ended too early, or not at all"
