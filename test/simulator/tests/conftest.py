"""Fixtures: a simulator in this process, a raw client for it, and the real ``modal`` command."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from clients import command_environment, connect, credentials
from modal_proto.api_grpc import ModalClientStub
from modal_simulator.server import Options, Simulator

CLI_SECONDS = 120


@dataclass
class Finished:
    """A command that has ended."""

    code: int
    stdout: str
    stderr: str


RunModal = Callable[..., Awaitable[Finished]]


@pytest_asyncio.fixture
async def simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    """A running simulator."""
    running = Simulator(Options(state_dir=tmp_path / "state"))
    await running.start()
    yield running
    await running.close()


@pytest_asyncio.fixture
async def stub(simulator: Simulator) -> AsyncIterator[ModalClientStub]:
    """A raw client with the right credentials."""
    channel = connect(simulator, credentials(simulator))
    yield ModalClientStub(channel)
    channel.close()


@pytest_asyncio.fixture
async def admin(simulator: Simulator) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client of the admin API."""
    headers = {"Authorization": f"Bearer {simulator.admin_token}"}
    async with aiohttp.ClientSession(simulator.admin_url, headers=headers) as session:
        yield session


@pytest.fixture
def run_modal(simulator: Simulator, tmp_path: Path) -> RunModal:
    """Runs the real ``modal`` command against the simulator, in the test's folder."""

    async def run(*arguments: str, env: dict[str, str] | None = None) -> Finished:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "modal",
            *arguments,
            cwd=tmp_path,
            env=command_environment(simulator) | (env or {}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(), CLI_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise
        return Finished(process.returncode or 0, out.decode(), err.decode())

    return run
