"""The client's side against servers that start, refuse, redirect, hang and hang up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from llm.orchestrator import Config, Orchestrator, status_of
from support import ROOT

STATUS = {
    "status": "ready",
    "uptime_s": 5400,
    "requests": {"total": 7, "in_flight": 1, "failed": 0},
    "model": {"id": "m"},
    "gpu": None,
    "cost": {"gpu_usd_per_hour": 1.95},
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    script: list[str]
    seen: list[str]
    is_over: threading.Event


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.seen.append(f"{self.path} {self.headers.get('Authorization')}")
        step = self.server.script.pop(0) if len(self.server.script) > 1 else self.server.script[0]
        match step:
            case "hang":
                # Who waits for it hears that all is well, and fails the test.
                if not self.server.is_over.wait(60):
                    self._answer(200, {})
            case "reset":
                self.connection.close()
            case "303":
                self._answer(303, {"Location": f"{self.path}?__modal_function_call_id=1"})
            case status:
                self._answer(int(status), {})

    def _answer(self, status: int, headers: dict[str, str]) -> None:
        body = json.dumps(STATUS).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.script, server.seen, server.is_over = ["200"], [], threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.is_over.set()
    server.shutdown()


def orchestrator(server: _Server, **environ: str) -> Orchestrator:
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    config = Config.from_environ({"MODAL_WEB_URL": url, "MODAL_API_KEY": "wk-1.ws-2", **environ})
    return Orchestrator(config, sleep=lambda _: None)


@pytest.mark.parametrize("url", ["https://x.modal.run", "https://x.modal.run/", "https://x.modal.run/v1/"])
def test_the_endpoint_ends_with_v1_once(url: str) -> None:
    assert Config.from_environ({"MODAL_WEB_URL": url}).endpoint == "https://x.modal.run/v1"


def test_without_a_url() -> None:
    with pytest.raises(ValueError, match=r"^Modal web URL not configured$"):
        Config.from_environ({})
    assert status_of({})["status"] == "unconfigured"


def test_healthy(server: _Server) -> None:
    health = orchestrator(server).validate_health()
    assert (health.healthy, health.cold, health.attempts) == (True, False, 1)
    assert server.seen == ["/health Bearer wk-1.ws-2"]


def test_a_start_is_waited_for(server: _Server) -> None:
    server.script = ["503", "503", "200"]
    health = orchestrator(server).validate_health()
    assert (health.healthy, health.cold, health.attempts) == (True, True, 3)


def test_a_redirect_of_a_long_start_is_followed(server: _Server) -> None:
    server.script = ["303", "200"]
    assert orchestrator(server).validate_health().healthy


@pytest.mark.parametrize(
    ("script", "words", "attempts"),
    [
        (["401"], "refuses the credentials", 1),
        (["404"], "no such app", 1),
        (["500"], "answered 500", 1),
        (["reset"], "No answer", 4),
    ],
)
def test_what_is_wrong_is_told_apart(server: _Server, script: list[str], words: str, attempts: int) -> None:
    server.script = script
    health = orchestrator(server).validate_health()
    assert not health.healthy
    assert words in health.detail
    assert health.attempts == attempts


@pytest.mark.parametrize(
    ("script", "words", "is_starting"), [(["hang"], "Timeout", False), (["503", "200"], "is starting", True)]
)
def test_a_server_is_given_up_in_time(
    server: _Server, script: list[str], words: str, is_starting: bool
) -> None:
    server.script = script
    health = orchestrator(server, MODAL_HEALTH_CHECK_TIMEOUT_SECONDS="2").validate_health()
    assert (health.healthy, health.cold, health.attempts) == (False, is_starting, 1)
    assert words in health.detail


def test_launch(server: _Server) -> None:
    server.script = ["503", "200"]
    result = orchestrator(server).launch()
    endpoint = f"http://127.0.0.1:{server.server_address[1]}/v1"
    assert result == {
        "success": True,
        "provider": "modal",
        "status": "ready",
        "endpoint": endpoint,
        "message": "Modal vLLM endpoint configured and ready",
    }
    server.script = ["401"]
    assert orchestrator(server).launch()["status"] == "failed"


@pytest.mark.parametrize(
    ("script", "status"),
    [
        (["200"], "ready"),
        (["503"], "starting"),
        (["401"], "unhealthy"),
        (["reset"], "unhealthy"),
        (["hang"], "cold"),
    ],
)
def test_status(server: _Server, script: list[str], status: str) -> None:
    server.script = script
    limit = "1" if status == "cold" else "30"
    result = orchestrator(server, MODAL_HEALTH_CHECK_TIMEOUT_SECONDS=limit).get_status()
    assert result["status"] == status
    assert set(result) == {
        *("provider", "status", "endpoint", "uptime_hours", "total_requests", "model", "gpu", "cost"),
    }
    if status == "ready":
        assert (result["uptime_hours"], result["total_requests"], result["model"]) == (1.5, 7, "m")


def test_start_and_idle_time_are_part_of_the_cost() -> None:
    client = Orchestrator(Config("https://x/v1"))
    spread = client.estimate(100, 30, "spread", usd_per_hour=2.10)
    assert (spread.gpu_hours, spread.usd, spread.cold_starts) == (9.17, 19.25, 100)
    bunched = client.estimate(100, 30, "bunched", usd_per_hour=2.10)
    assert bunched.gpu_hours == round((100 * 30 + 300) / 3600, 2)
    assert bunched.cold_starts == 1


@pytest.mark.parametrize(("script", "code"), [(["200"], 0), (["401"], 1), (None, 2)])
def test_the_command_ends_with_a_code(server: _Server, script: list[str] | None, code: int) -> None:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "vllm")])}
    environ.pop("MODAL_WEB_URL", None)
    if script:
        server.script = script
        environ["MODAL_WEB_URL"] = f"http://127.0.0.1:{server.server_address[1]}"
    done = subprocess.run(
        [sys.executable, "-m", "llm.orchestrator"], env=environ, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
