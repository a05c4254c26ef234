"""The gateway in front of an engine that does as it is told."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from appkit.errors import ApiError
from appkit.settings import SettingsError, load
from appkit.vllm_server.process import EngineProcess
from llm.engine_metrics import queue_lengths
from llm.model_names import ModelNames
from llm.settings import LlmSettings
from llm_servers import gateway, scripted
from loopback import until
from schema_check import check_url
from scripted_engine import EVENTS, PAUSE_S
from support import KEY, listed_routes, read_manifest

SETTINGS = LlmSettings(model_id="/m", served_name="tiny", auth="key", gpu="none", snapshot="off")
CHAT = "/v1/chat/completions"
HEADERS = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "record"
    path.touch()
    return path


@pytest.fixture
def process(record: Path) -> Iterator[EngineProcess]:
    process = scripted(record)
    process.start(30)
    yield process
    process.stop(0)


@pytest.fixture
def deaths() -> list[bool]:
    return []


@pytest.fixture
def client(process: EngineProcess, deaths: list[bool]) -> Iterator[httpx.Client]:
    with (
        gateway(SETTINGS, process, lambda: deaths.append(True)) as url,
        httpx.Client(base_url=url, headers=HEADERS, timeout=30) as client,
    ):
        yield client


def test_bodies_pass_unchanged_and_credentials_stay(client: httpx.Client, record: Path) -> None:
    body = {
        "model": "tiny",
        "messages": [{"role": "user", "content": "ä\u2028"}],
        "unknown": {"x": [1.5, None]},
    }
    answer = client.post(CHAT, json=body, headers={"X-API-Key": KEY, "X-Custom": "1", "Cookie": "a=b"})
    assert answer.json() == {"echo": body}
    headers = json.loads(record.read_text().split(" ", 2)[2])
    assert headers["x-custom"] == "1"
    assert not {"authorization", "x-api-key", "cookie"} & set(headers)
    assert KEY not in record.read_text()
    assert answer.headers["X-Cold-Start"] == "1"
    assert client.post(CHAT, json=body).headers["X-Cold-Start"] == "0"


def test_events_are_passed_on_one_by_one(client: httpx.Client) -> None:
    arrivals = []
    with client.stream("POST", CHAT, json={"script": "stream"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line:
                arrivals.append((line, time.perf_counter()))
    assert [line for line, _ in arrivals] == [*(f"data: {n}" for n in range(EVENTS)), "data: [DONE]"]
    first, last = arrivals[0][1], arrivals[-1][1]
    assert last - first > 2 * PAUSE_S  # held back, they would all come in one moment


@pytest.mark.parametrize(("script", "note"), [("stall", "given up"), ("stream", "stream given up")])
def test_a_caller_that_leaves_frees_the_engine(
    client: httpx.Client, record: Path, script: str, note: str
) -> None:
    with (
        contextlib.suppress(httpx.ReadTimeout),  # the stalled one never begins
        client.stream("POST", CHAT, json={"script": script}, timeout=0.5) as answer,
    ):
        next(answer.iter_lines())
    until(lambda: note in record.read_text().splitlines())


def test_engine_errors_keep_their_status_and_body(client: httpx.Client) -> None:
    answer = client.post(CHAT, json={"script": "refuse"})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "context too long")


def test_an_engine_that_dies_is_a_503_and_the_container_ends(
    client: httpx.Client, deaths: list[bool]
) -> None:
    answer = client.post(CHAT, json={"script": "die"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["type"]) == (503, "gpu_error", "unavailable_error")
    assert int(answer.headers["Retry-After"]) > 0
    assert deaths == [True]
    assert client.get("/health").status_code == 503
    assert client.get("/status").json()["status"] == "degraded"


def test_an_engine_that_breaks_off_says_so_in_the_stream(client: httpx.Client, deaths: list[bool]) -> None:
    with client.stream("POST", CHAT, json={"script": "break"}) as answer:
        lines = [line for line in answer.iter_lines() if line]
    assert lines[:2] == ["data: 0", "data: 1"]
    assert json.loads(lines[-1].removeprefix("data: "))["error"]["code"] == "gpu_error"
    assert deaths


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("POST", path) for path in ("/sleep", "/sleep?level=1", "/wake_up", "/collective_rpc", "/pause")),
        *(
            ("POST", path)
            for path in (
                "/v1/load_lora_adapter",
                "/reset_prefix_cache",
                "/v1/audio/transcriptions",
                "/%2e/sleep",
                "/v1/chat/completions/batch",
                "/generative_scoring",
                "/v2/embed",
                "/cohere/v2/chat",
            )
        ),
        *(
            ("GET", path)
            for path in ("/server_info", "/is_sleeping", "/v1/models/x", "/v1/../sleep", "/ping")
        ),
    ],
)
def test_nothing_else_is_let_through(client: httpx.Client, record: Path, method: str, path: str) -> None:
    answer = client.request(method, path, json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_route")
    assert record.read_text() == ""


def test_no_route_without_a_key(client: httpx.Client, record: Path) -> None:
    for method, path in sorted(listed_routes("vllm")):
        answer = client.request(method, path, json={}, headers={"Authorization": ""})
        assert answer.status_code == (200 if path in ("/", "/health") else 401)
    assert record.read_text() == ""


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"model": "other"}', 404, "unknown_model"),
        (b'{"model": ["tiny"]}', 404, "unknown_model"),
        (b"{", 400, "malformed_json"),
        (b"\xff\xfe", 400, "malformed_json"),
        (b"[1]", 422, "dict_type"),
        (b" " * (9 << 20), 413, "body_too_large"),
    ],
)
def test_refusals_never_reach_the_engine(
    client: httpx.Client, record: Path, content: bytes, status: int, code: str
) -> None:
    answer = client.post(CHAT, content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert record.read_text() == ""


def test_the_engines_own_names_pass_and_others_are_told_apart(client: httpx.Client, record: Path) -> None:
    assert client.post(CHAT, json={"model": "sql"}).json() == {"echo": {"model": "sql"}}
    record.write_text("")
    error = client.post(CHAT, json={"model": "other"}).json()["error"]
    assert error["message"] == "This app serves tiny, llm, sql, not other."
    assert record.read_text() == ""


async def test_wrong_names_do_not_become_as_many_questions() -> None:
    asked, now = [], [0.0]

    async def ask() -> tuple[int, bytes]:
        asked.append(now[0])
        return 200, json.dumps({"data": [{"id": f"m{int(now[0])}"}]}).encode()

    names = ModelNames(["a"], ask, lambda: now[0])
    await names.check("a")
    await names.check(None)
    assert asked == []
    for _ in range(5):
        with pytest.raises(ApiError, match="This app serves a, m0, not x"):
            await names.check("x")
    assert asked == [0.0]
    now[0] = 2.0
    await names.check("m2")  # added to the engine since
    assert asked == [0.0, 2.0]


@pytest.fixture
def narrow(process: EngineProcess) -> Iterator[httpx.Client]:
    settings = SETTINGS.with_values(routes="tokens, audio")
    with (
        gateway(settings, process) as url,
        httpx.Client(base_url=url, headers=HEADERS, timeout=30) as client,
    ):
        yield client


def test_only_the_named_groups_of_routes_are_open(narrow: httpx.Client, record: Path) -> None:
    documented = narrow.get("/openapi.json").json()["paths"]
    own = {"/", "/health", "/status", "/metrics", "/v1/models"}
    named = {"/tokenize", "/detokenize", "/v1/audio/transcriptions", "/v1/audio/translations"}
    assert set(documented) == own | named
    for path in (CHAT, "/v1/messages", "/v1/rerank"):
        assert narrow.post(path, json={}).status_code == 404
    assert record.read_text() == ""
    sound = {"file": ("a.wav", b"RIFF\x00\xff", "audio/wav")}
    answer = narrow.post("/v1/audio/transcriptions", data={"model": "whoever"}, files=sound)
    assert answer.status_code == 200  # a form passes as it is: the engine itself knows its names
    assert record.read_text() == "POST /v1/audio/transcriptions\n"


def test_groups_that_do_not_exist_stop_the_deploy() -> None:
    with pytest.raises(SettingsError, match="APP_ROUTES: there is no chats, only chat, messages, embed"):
        load(LlmSettings, {"APP_ROUTES": "chats,embed"})


def test_status_has_the_engines_queue_and_no_secret(client: httpx.Client) -> None:
    status = client.get("/status").json()
    assert (status["status"], status["queue"]) == ("ready", {"running": 3, "waiting": 0})
    assert status["served_names"] == ["tiny", "llm", "sql"]
    assert status["model"]["engine"] == "vllm"
    assert KEY not in json.dumps(status)


def test_the_manifest_lists_the_routes(client: httpx.Client) -> None:
    openapi = client.get("/openapi.json").json()
    documented = {(method.upper(), path) for path, methods in openapi["paths"].items() for method in methods}
    assert documented == listed_routes("vllm")
    for sample in read_manifest("vllm")["samples"]:
        assert (sample["method"], sample["path"]) in documented


def test_every_answer_to_a_made_up_request_is_a_documented_one(client: httpx.Client) -> None:
    assert check_url(str(client.base_url)) == {f"{method} {path}" for method, path in listed_routes("vllm")}


def test_queue_lengths_of_two_engines_are_added() -> None:
    text = (
        "# TYPE vllm:num_requests_running gauge\n"
        'vllm:num_requests_running{engine="0"} 2\nvllm:num_requests_running{engine="1"} 1\n'
    )
    assert queue_lengths(text) == {"running": 3, "waiting": 0}
