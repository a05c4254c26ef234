"""How tests reach a simulator."""

from __future__ import annotations

import asyncio
import os
import sys
from urllib.parse import urlsplit

from grpclib.client import Channel
from grpclib.events import SendRequest, listen
from modal_simulator.server import Simulator


def connect(simulator: Simulator, metadata: dict[str, str]) -> Channel:
    """Returns a channel that sends the metadata with every call."""
    address = urlsplit(simulator.server_url)
    channel = Channel(address.hostname, address.port)

    async def add(event: SendRequest) -> None:
        event.metadata.update(metadata)

    listen(channel, SendRequest, add)
    return channel


def credentials(simulator: Simulator) -> dict[str, str]:
    """Returns the metadata of a client that is let in."""
    return {
        "x-modal-client-type": "1",
        "x-modal-client-version": "1.6.4",
        "x-modal-token-id": simulator.tokens[0],
        "x-modal-token-secret": simulator.tokens[1],
    }


def command_environment(simulator: Simulator) -> dict[str, str]:
    """Returns the environment in which ``modal`` talks to the simulator."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("MODAL_")}
    return inherited | {
        "MODAL_CONFIG_PATH": str(simulator.config_path),
        "COLUMNS": "4000",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "TERM": "dumb",
    }


async def run_python(simulator: Simulator, code: str, env: dict[str, str] | None = None) -> str:
    """Runs code with the official Python SDK against the simulator; returns what it prints.

    Raises AssertionError with its output if it fails.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        env=command_environment(simulator) | (env or {}),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode == 0, out.decode()
    return out.decode().strip()
