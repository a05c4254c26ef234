"""Servers on loopback for the tests: free ports, the gateway under uvicorn, the scripted engine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from appkit.asgi_server import AsgiServer
from appkit.auth import KeyChecker
from appkit.monthly_spend import MonthlySpend
from appkit.vllm_server.process import EngineProcess
from llm.gateway import EngineState, create_app
from llm.settings import LlmSettings
from loopback import free_port, until
from support import KEY

SCRIPT = Path(__file__).with_name("scripted_engine.py")


def scripted(record: Path, *options: str) -> EngineProcess:
    """A scripted engine, not yet started."""
    port = free_port()
    command = [sys.executable, str(SCRIPT), str(port), str(record), *options]
    return EngineProcess(command, f"http://127.0.0.1:{port}")


@contextmanager
def gateway(
    settings: LlmSettings,
    process: EngineProcess,
    on_death: Callable[[], None] = lambda: None,
    spend: MonthlySpend | None = None,
) -> Iterator[str]:
    """The gateway in front of an engine, under uvicorn. Yields its URL."""
    port = free_port()
    state = EngineState(process.base_url, process.alive, restored=False, load_s=1.5)
    checker = KeyChecker((KEY.encode(),)) if settings.wants_key else None
    server = AsgiServer(create_app(settings, state, checker, on_death, spend), "127.0.0.1", port)
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


@contextmanager
def gateway_process(base_url: str) -> Iterator[str]:
    """An open gateway in a process of its own. Yields its URL."""
    port = free_port()
    command = [sys.executable, str(Path(__file__).with_name("serve_gateway.py")), base_url, str(port)]
    process = EngineProcess(command, f"http://127.0.0.1:{port}")
    process.start(60)
    try:
        yield process.base_url
    finally:
        process.stop(1)
