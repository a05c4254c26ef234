"""Servers on loopback for the tests: free ports, the gateway under uvicorn, the scripted engine."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from appkit.asgi_server import AsgiServer
from appkit.auth import KeyChecker
from appkit.vllm_server.process import EngineProcess
from llm.gateway import EngineState, create_app
from llm.settings import LlmSettings
from support import KEY

SCRIPT = Path(__file__).with_name("scripted_engine.py")


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until(condition: Callable[[], bool], timeout_s: float = 10) -> None:
    """Waits for a condition; fails when it does not come true."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def scripted(record: Path, *options: str) -> EngineProcess:
    """A scripted engine, not yet started."""
    port = free_port()
    command = [sys.executable, str(SCRIPT), str(port), str(record), *options]
    return EngineProcess(command, f"http://127.0.0.1:{port}")


@contextmanager
def gateway(
    settings: LlmSettings, process: EngineProcess, on_death: Callable[[], None] = lambda: None
) -> Iterator[str]:
    """The gateway in front of an engine, under uvicorn. Yields its URL."""
    port = free_port()
    state = EngineState(process.base_url, process.alive, restored=False, load_s=1.5)
    checker = KeyChecker((KEY.encode(),)) if settings.wants_key else None
    server = AsgiServer(create_app(settings, state, checker, on_death), "127.0.0.1", port)
    server.start()
    url = f"http://127.0.0.1:{port}"
    until(lambda: _answers(url))
    try:
        yield url
    finally:
        server.stop()


def _answers(url: str) -> bool:
    try:
        httpx.get(url)
    except httpx.HTTPError:
        return False
    return True
