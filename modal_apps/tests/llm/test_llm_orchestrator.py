"""The client's side against servers that start, refuse, redirect, hang and hang up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from llm import orchestrator as orchestrator_module
from llm.orchestrator import Config, Health, Orchestrator, main, status_of
from loopback import until
from support import ROOT

HEALTH = {"status": "ok"}
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
            case "html":
                self._answer(200, {"Content-Type": "text/html"}, b"<html>Welcome</html>")
            case "list" | "empty" | "other":
                self._answer(200, {}, {"list": b"[1]", "empty": b"", "other": b'{"ok": 1}'}[step])
            case status:
                self._answer(int(status), {})

    def _answer(self, status: int, headers: dict[str, str], content: bytes | None = None) -> None:
        known = HEALTH if self.path.startswith("/health") else STATUS
        body = json.dumps(known).encode() if content is None else content
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


def test_a_proxy_that_fails_for_a_moment_is_asked_again(server: _Server) -> None:
    server.script = ["502", "504", "503", "503", "200"]
    health = orchestrator(server).validate_health()
    assert (health.healthy, health.cold, health.attempts) == (True, True, 5)


def test_a_redirect_of_a_long_start_is_followed(server: _Server) -> None:
    server.script = ["303", "200"]
    assert orchestrator(server).validate_health().healthy


@pytest.mark.parametrize(
    ("script", "words", "attempts"),
    [
        (["401"], "refuses the credentials", 1),
        (["404"], "no such app", 1),
        (["500"], "answered 500", 1),
        (["502"], "answered 502", 4),
        (["504"], "answered 504", 4),
        (["429"], "answered 429", 4),
        (["html"], "Something else than this app", 1),
        (["list"], "Something else than this app", 1),
        (["empty"], "Something else than this app", 1),
        (["other"], "Something else than this app", 1),
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
        (["html"], "unhealthy"),
        (["list"], "unhealthy"),
    ],
)
def test_status(server: _Server, script: list[str], status: str) -> None:
    server.script = script
    limit = "1" if status == "cold" else "30"
    result = orchestrator(server, MODAL_HEALTH_CHECK_TIMEOUT_SECONDS=limit).get_status()
    assert result["status"] == status
    assert set(result) == {
        "provider",
        "status",
        "endpoint",
        "uptime_hours",
        "total_requests",
        "model",
        "gpu",
        "cost",
        "detail",
    }
    if status != "ready":  # unknown is not 0
        assert (result["uptime_hours"], result["total_requests"], result["model"]) == (None, None, None)
    if status == "ready":
        assert (result["uptime_hours"], result["total_requests"], result["model"]) == (1.5, 7, "m")


def test_start_and_idle_time_are_part_of_the_cost() -> None:
    client = Orchestrator(Config("https://x/v1"))
    spread = client.estimate(100, 30, "spread", usd_per_hour=2.10)
    assert (spread.gpu_hours, spread.usd, spread.cold_starts) == (9.17, 19.25, 100)
    bunched = client.estimate(100, 30, "bunched", usd_per_hour=2.10)
    assert bunched.gpu_hours == round((100 * 30 + 300) / 3600, 2)
    assert bunched.cold_starts == 1
    cold = client.estimate(100, 30, "bunched", usd_per_hour=2.10, cold_start_s=95)
    assert (cold.gpu_hours, cold.cold_starts) == (0.94, 1)  # (95 + 3000 + 300) s of one container
    assert cold.usd_per_month == round(3395 / 3600 * 2.10 * 730 / 24, 2)


@pytest.mark.parametrize(
    ("script", "code"), [(["200"], 0), (["503", "502", "200"], 0), (["401"], 1), (["html"], 1), (None, 2)]
)
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


def test_the_command_waits_for_a_cold_start_and_says_so(
    server: _Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As long as MODAL_STARTUP_TIMEOUT_MINUTES, not as the shorter limit of one check."""
    asked: list[float] = []

    def wait(self: Orchestrator, timeout_s: float | None = None) -> Health:
        asked.append(timeout_s or 0)
        until(lambda: "waiting for the server" in "".join(said))
        return Health(True, 95.0, True, 9, "healthy")

    said: list[str] = []
    monkeypatch.setattr(orchestrator_module, "PROGRESS_S", 0.01)
    monkeypatch.setattr(orchestrator_module.Orchestrator, "validate_health", wait)
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(write=said.append, flush=lambda: None))
    url = f"http://127.0.0.1:{server.server_address[1]}"
    assert main({"MODAL_WEB_URL": url, "MODAL_STARTUP_TIMEOUT_MINUTES": "2.5"}) == 0
    assert asked == [150]
    assert '"cold": true' in capsys.readouterr().out
