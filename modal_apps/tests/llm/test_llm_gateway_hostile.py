"""Requests that no client sends: which of them reach the engine, over raw sockets and in front of a real server."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile import request, send_raw, status_of
from llm.routes import opened
from llm.settings import LlmSettings
from llm_servers import gateway, scripted
from support import KEY

SETTINGS = LlmSettings(model_id="/m", served_name="tiny", auth="key", gpu="none", snapshot="off")
CHAT = "/v1/chat/completions"
PASSED_ON = sorted(opened(SETTINGS.route_groups))
JSON = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gateway") / "record"
    path.touch()
    return path


@pytest.fixture(scope="module")
def url(record: Path) -> Iterator[str]:
    process = scripted(record)
    process.start(60)
    with gateway(SETTINGS, process) as url:
        yield url
    process.stop(0)


@pytest.fixture(autouse=True)
def _forget(record: Path) -> None:
    record.write_text("")


METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"]
ADMIN = [
    "sleep",
    "wake_up",
    "is_sleeping",
    "pause",
    "resume",
    "collective_rpc",
    "reset_prefix_cache",
    "reset_mm_cache",
    "reset_encoder_cache",
    "server_info",
    "load",
    "ping",
    "invocations",
    "version",
    "start_profile",
    "stop_profile",
    "v1/load_lora_adapter",
    "v1/unload_lora_adapter",
    "v1/models/x",
    "score",
    "rerank",
    "v1/chat/completions/batch",
    "fault_tolerance/apply",
    "init_weight_transfer_engine",
    "start_weight_update",
    "cohere/v2/chat",
    "v1/audio/transcriptions",
    "v1/audio/translations",
    "scale_elastic_ep",
    "is_scaling_elastic_ep",
    "v1/responses/x",
    "v1/responses/x/cancel",
    "inference/v1/generate",
    "init_weights",
    "update_weights",
    "tokenizer_info",
    "abort_requests",
    "render",
    "v1/chat/completions/render",
    "metrics/x",
    "docs/x",
    "redoc/x",
    "v1",
    "v1/",
    "v2/models",
    "admin",
    "static/x",
    ".env",
    "v1/files",
    "v1/batches",
    "debug",
]


def test_there_are_more_than_510_of_them() -> None:
    assert len(METHODS) * len(ADMIN) >= 510


@pytest.mark.parametrize("method", METHODS)
def test_no_route_of_the_engine_is_reached_but_the_listed_ones(url: str, record: Path, method: str) -> None:
    statuses = {status_of(send_raw(url, request(method, f"/{path}", JSON, b"{}"))) for path in ADMIN}
    assert statuses <= {0, 400, 404, 405}
    assert record.read_text() == ""


@pytest.mark.parametrize(
    ("method", "path"), [*itertools.product([one for one in METHODS if one != "POST"], PASSED_ON)]
)
def test_a_listed_route_takes_no_other_method(url: str, record: Path, method: str, path: str) -> None:
    assert status_of(send_raw(url, request(method, path, JSON, b"{}"))) in (0, 400, 404, 405)
    assert record.read_text() == ""


RAW = {
    "a dot": request("POST", "/%2e/sleep", JSON, b"{}"),
    "dots": request("POST", "/v1/../sleep", JSON, b"{}"),
    "encoded dots": request("POST", "/v1/%2e%2e/sleep", JSON, b"{}"),
    "two slashes": request("POST", "//sleep", JSON, b"{}"),
    "a listed route with two slashes": request("POST", f"/{CHAT}", JSON, b"{}"),
    "a listed route and a step up": request("POST", f"{CHAT}/../../../sleep", JSON, b"{}"),
    "encoded slash": request("POST", f"{CHAT}%2f..%2f..%2f..%2fsleep", JSON, b"{}"),
    "backslash": request("POST", "\\sleep", JSON, b"{}"),
    "absolute": request("POST", "http://127.0.0.1:8001/sleep", JSON, b"{}"),
    "absolute with user": request("POST", "http://a:b@127.0.0.1/sleep", JSON, b"{}"),
    "authority": request("CONNECT", "127.0.0.1:8001", JSON),
    "semicolon": request("POST", "/sleep;/v1/chat/completions", JSON, b"{}"),
    "fragment": request("POST", "/sleep#/v1/chat/completions", JSON, b"{}"),
    "nul": request("POST", "/sleep%00", JSON, b"{}"),
    "upgrade": request(
        "GET", "/sleep", {**JSON, "Connection": "Upgrade", "Upgrade": "h2c", "HTTP2-Settings": "AA"}
    ),
    "length and chunks": request(
        "POST",
        "/sleep",
        {**JSON, "Content-Length": "4", "Transfer-Encoding": "chunked"},
        b"0\r\n\r\nPOST /sleep HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    "two kinds of chunks": request(
        "POST", "/sleep", {**JSON, "Transfer-Encoding": "xchunked"}, b"0\r\n\r\nPOST /sleep HTTP/1.1\r\n\r\n"
    ),
    "a second request inside": request("POST", "/sleep", {**JSON, "Content-Length": "0"})
    + request("POST", "/wake_up", JSON, b"{}"),
    "another name of the method": request("GET", "/sleep", {**JSON, "X-HTTP-Method-Override": "POST"}),
    "another path": request(
        "POST", "/x", {**JSON, "X-Original-URL": "/sleep", "X-Rewrite-URL": "/sleep"}, b"{}"
    ),
}


@pytest.mark.parametrize("data", RAW.values(), ids=RAW)
def test_no_trick_of_the_wire_reaches_the_engine(url: str, record: Path, data: bytes) -> None:
    assert status_of(send_raw(url, data)) not in (200, 500)
    assert record.read_text() == ""


def test_no_credential_reaches_the_engine_in_any_header(url: str, record: Path) -> None:
    names = ["Api-Key", "X-Api-Key", "X-Goog-Api-Key", "Ocp-Apim-Subscription-Key", "X-Auth", "X-Auth-Token"]
    names += ["Modal-Key", "Modal-Secret", "Cookie", "Proxy-Authorization", "X-Access-Token", "X-Session-Id"]
    headers = {**JSON, **dict.fromkeys(names, KEY), "X-Custom": "kept"}
    assert status_of(send_raw(url, request("POST", CHAT, headers, b"{}"))) == 200
    line = record.read_text()
    assert KEY not in line
    assert json.loads(line.split(" ", 2)[2])["x-custom"] == "kept"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"n":' + b"9" * 5000 + b"}",
        b'{"a":NaN}',
        b'{"model":"\\ud800"}',
        b"\x00",
    ],
    ids=range(6),
)
def test_a_body_that_breaks_readers_is_refused(url: str, record: Path, body: bytes) -> None:
    assert status_of(send_raw(url, request("POST", CHAT, JSON, body))) == 400
    assert record.read_text() == ""
