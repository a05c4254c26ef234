"""The engine's process: readiness, early ends, time limits, and that nothing of it outlives it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from appkit.vllm_server.process import EngineError, EngineProcess
from llm.engine import Engine
from llm.settings import LlmSettings
from llm_servers import scripted
from loopback import until


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


def test_it_is_waited_for(tmp_path: Path) -> None:
    process = scripted(tmp_path / "record", "--unhealthy-for", "2")
    start = time.monotonic()
    process.start(30)
    assert time.monotonic() - start >= 2
    assert process.alive()
    process.stop()
    assert not process.alive()


def test_an_early_end_is_told_at_once_with_the_last_lines(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    process = scripted(tmp_path / "record", "--exit", "2")
    with pytest.raises(EngineError) as caught:
        process.start(300)
    assert "ended with exit code 2" in str(caught.value)
    assert "ValueError: no such model" in str(caught.value)
    assert "ValueError: no such model" in capfd.readouterr().out  # and is in the log


def test_a_start_that_takes_too_long_leaves_nothing_behind(tmp_path: Path) -> None:
    process = scripted(tmp_path / "record", "--unhealthy-for", "600")
    with pytest.raises(EngineError, match="not ready within 2 s"):
        process.start(2)
    assert not process.alive()


def test_its_children_end_with_it(tmp_path: Path) -> None:
    record = tmp_path / "record"
    process = scripted(record, "--child")
    process.start(30)
    child = int(record.read_text().split()[0])
    assert exists(child)
    process.stop()
    until(lambda: not exists(child))


def test_sleep_and_wake_are_called_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU would be needed to sleep for real; here only the calls are checked."""
    record = tmp_path / "record"
    process = scripted(record)
    engine = Engine(LlmSettings(model_id="/m"))
    engine.process, engine.base_url = process, process.base_url
    monkeypatch.setenv("MODAL_TASK_ID", "ta-1")
    engine.start()
    engine.sleep()
    assert not engine.restored
    monkeypatch.setenv("MODAL_TASK_ID", "ta-2")
    engine.wake()
    engine.stop()
    assert [line.split(" {")[0] for line in record.read_text().splitlines()] == [
        *["POST /v1/chat/completions"] * 3,
        "POST /sleep?level=1",
        "POST /wake_up",
    ]
    assert engine.restored
    assert engine.load_s > 0


def test_what_the_engine_prints_is_not_taken_for_the_app_s_own(capfd: pytest.CaptureFixture[str]) -> None:
    lines = [
        "::progress {}",
        "[2026-01-01T00:00:00.000Z] ERROR app",
        '{"level": "ERROR"}',
        "Traceback (most recent call last):",
        "  + Exception Group Traceback (most recent call last):",
        "(EngineCore pid=7) Traceback (most recent call last):",
    ]
    process = EngineProcess(
        [sys.executable, "-c", f"print(*{[*lines, 'plain']!r}, sep='\\n')"], "http://127.0.0.1:9"
    )
    with pytest.raises(EngineError):
        process.start(60)
    printed = capfd.readouterr().out.splitlines()
    assert printed == [*(f"(engine) {line}" for line in lines), "plain"]
