"""Containers end when their window is over, however often they ask for work meanwhile."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from clients import run_python
from conftest import RunModal
from modal_simulator.rpc import container as container_rpcs
from modal_simulator.runtime.container import Container
from modal_simulator.server import Simulator

APP = Path(__file__).parent / "apps" / "brief.py"
LIMIT_SECONDS = 30

pytestmark = pytest.mark.asyncio


async def call(simulator: Simulator, name: str) -> Container:
    """Calls a function of the app and returns the container that ran it."""
    await run_python(simulator, f"import modal; modal.Function.from_name('brief', '{name}').remote()")
    [container] = simulator.scheduler.containers.values()
    return container


async def test_asking_for_work_does_not_keep_a_container_alive(
    simulator: Simulator, run_modal: RunModal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container_rpcs, "INPUT_POLL_SECONDS", 0.5)
    await run_modal("deploy", str(APP))
    container = await call(simulator, "soon")
    [done] = [each.finished_at for each in simulator.world.calls.values()]
    await asyncio.wait_for(container.ended.wait(), LIMIT_SECONDS)
    assert container.task.finished_at - done >= 4
    listed = await run_modal("container", "list", "--json")
    assert json.loads(listed.stdout) == []


async def test_a_shorter_window_ends_containers_that_are_idle_already(
    simulator: Simulator, run_modal: RunModal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container_rpcs, "INPUT_POLL_SECONDS", 300)
    await run_modal("deploy", str(APP))
    container = await call(simulator, "late")
    changed = await run_modal("function", "autoscaler", "update", "brief/late", "--scaledown-window", "2")
    assert changed.code == 0, changed.stderr
    await asyncio.wait_for(container.ended.wait(), LIMIT_SECONDS)
