"""The page belongs to its own origin and to who is logged in: tried on the real page, as browsers and scripts do."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from appkit.auth import KeyChecker
from finance import files, ui
from finance.api import create_app
from finance.settings import FinbertSettings
from finance.ui import mount_page
from hostile import request, send_raw, status_of
from served import served
from support import KEY

CHECKER = KeyChecker((KEY.encode(),))
BODY_MB = 12
CLIENT = httpx.Client(timeout=60)  # one for all: each would read the certificates again


class NoBackend:
    """No route of these tests may reach the model."""

    async def score(self, texts: list[str]) -> Any:
        raise AssertionError("the model was asked")

    async def runners(self) -> int:
        return 0


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    api = create_app(FinbertSettings(), NoBackend(), CHECKER)
    with served(mount_page(api, KEY, CHECKER, BODY_MB)) as url:
        yield url


@pytest.fixture(scope="module")
def cookies(url: str) -> dict[str, str]:
    answer = httpx.post(f"{url}/ui/login", data={"username": "a", "password": KEY})
    assert answer.json() == {"success": True}
    # The client would keep back a cookie for TLS only.
    CLIENT.cookies.clear()
    return dict(one.partition(";")[0].split("=", 1) for one in answer.headers.get_list("set-cookie"))


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": ""},
    {"Origin": "file://"},
    {"Origin": "http://[::1"},
    {"Origin": "https://evil.example", "X-Forwarded-Host": "other.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "unknown"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
]
CALLS = [
    ("GET", "/ui/config"),
    ("GET", "/ui/"),
    ("GET", "/ui/gradio_api/info"),
    ("GET", "/ui/gradio_api/queue/data?session_hash=a"),
    ("GET", "/ui/gradio_api/file=/tmp/a"),
    ("POST", "/ui/login"),
    ("POST", "/ui/gradio_api/upload"),
    ("POST", "/ui/gradio_api/queue/join"),
    ("POST", "/ui/gradio_api/call/analyze"),
    ("POST", "/ui/gradio_api/run/analyze"),
    ("GET", "/ui/logout"),
    ("OPTIONS", "/ui/gradio_api/queue/join"),
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_another_site_cannot_use_somebodys_session(
    url: str, cookies: dict[str, str], headers: dict[str, str]
) -> None:
    for method, path in CALLS:
        preflight = {"Access-Control-Request-Method": "POST"} if method == "OPTIONS" else {}
        answer = CLIENT.request(
            method,
            url + path,
            headers={**headers, **preflight, "Content-Type": "text/plain"},
            cookies=cookies,
        )
        assert answer.status_code == 403, (method, path)
        assert answer.json()["error"]["code"] == "foreign_origin"
        assert not [name for name in answer.headers if name.startswith(("access-control-", "set-cookie"))]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "{url}", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://page.example", "X-Forwarded-Host": "page.example", "X-Forwarded-Proto": "https"},
    ],
    ids=str,
)
def test_the_page_itself_is_served(url: str, cookies: dict[str, str], headers: dict[str, str]) -> None:
    given = {name: value.replace("{url}", url) for name, value in headers.items()}
    answer = CLIENT.get(f"{url}/ui/config", headers=given, cookies=cookies)
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_link_of_another_site_leads_to_the_page_and_nowhere_else(url: str) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert CLIENT.get(url, headers=link).status_code == 307
    assert CLIENT.get(f"{url}/ui/", headers=link).status_code == 200
    assert CLIENT.get(f"{url}/ui/gradio_api/file=/tmp/a", headers=link).status_code == 403
    assert CLIENT.post(f"{url}/ui/", headers=link).status_code == 403


def test_cookies_and_answers_stay_at_home(url: str) -> None:
    answer = httpx.post(f"{url}/ui/login", data={"username": "a", "password": KEY})
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        parts = [part.strip().lower() for part in cookie.split(";")]
        assert {"httponly", "samesite=lax"} <= set(parts)
        assert "samesite=none" not in parts
    for path in ("/", "/ui/", "/ui/nothing", "/ui/config"):
        headers = CLIENT.get(url + path).headers
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


SECRET_PATHS = ["/etc/passwd", "/proc/self/environ", "/proc/self/cmdline", "/root/.bashrc", __file__]
FILES = [
    *(f"/ui/gradio_api/file={path}" for path in SECRET_PATHS),
    *(f"/ui/file={path}" for path in SECRET_PATHS),
    "/ui/gradio_api/file=../../../../etc/passwd",
    "/ui/gradio_api/file=%2e%2e/%2e%2e/etc/passwd",
    "/ui/gradio_api/file=//etc/passwd",
    "/ui/gradio_api/file=file:///etc/passwd",
    "/ui/gradio_api/file=http://127.0.0.1:1/",
    "/ui/gradio_api/stream/x/y/z/playlist.m3u8",
    "/ui/gradio_api/proxy=https://example.com/",
    "/ui/gradio_api/proxy=http://127.0.0.1:1/",
    "/ui/gradio_api/proxy=http://169.254.169.254/latest/meta-data/",
    "/ui/proxy=https://huggingface.co/",
    "/ui/static/../../../../etc/passwd",
    "/ui/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/ui/assets/..%2f..%2f..%2fetc/passwd",
    "/ui/svelte/../../../etc/passwd",
    "/ui/custom_component/x/server/component/../../etc/passwd",
    "/ui/gradio_api/custom_component/x/client/component/..%2f..%2fetc/passwd",
    "/ui/monitoring",
    "/ui/gradio_api/dev/reload",
    "/ui/gradio_api/vibe-code/",
    "/ui/gradio_api/mcp/",
]


@pytest.mark.parametrize("path", FILES)
def test_files_of_the_container_and_of_others_are_closed_also_to_who_is_logged_in(
    url: str, cookies: dict[str, str], path: str
) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    for headers in ({"Cookie": cookie}, {}):
        answer = send_raw(url, request("GET", path, headers))
        assert status_of(answer) >= 400
        for secret in (b"root:x:", b"PATH=", b"import pytest", KEY.encode()):
            assert secret not in answer


WITHOUT_LOGIN = [
    "/ui/config",
    "/ui/config/",
    "/ui/gradio_api/info",
    "/ui/gradio_api/info/",
    "/ui/gradio_api/openapi.json",
    "/ui/gradio_api/queue/data?session_hash=a",
    "/ui/gradio_api/queue/status",
    "/ui/gradio_api/startup-events",
    "/ui/gradio_api/heartbeat/a",
    "/ui/gradio_api/upload_progress?upload_id=a",
    "/ui/gradio_api/file/a",
    "/ui/gradio_api/file=/etc/passwd",
    "/ui/gradio_api/stream/a/b/c/d",
    "/ui/gradio_api/proxy=https://a/",
    "/ui/gradio_api/user",
    "/ui/gradio_api/token",
    "/ui/gradio_api/app_id",
    "/ui/monitoring",
    "/ui/monitoring/a",
    "/ui/gradio_api/call/analyze/a",
    "/ui/gradio_api/deep_link",
    "/ui/docs",
    "/ui/openapi.json",
    "/ui/redoc",
    "/docs",
    "/openapi.json",
    "/ui/gradio_api/runs",
    "/ui/gradio_api/cancel",
]
WRITES = [
    "upload",
    "queue/join",
    "call/analyze",
    "run/analyze",
    "api/analyze",
    "component_server",
    "cancel",
    "reset",
]


def test_there_are_no_fewer_routes_than_were_tried_before() -> None:
    assert len(WITHOUT_LOGIN) + len(WRITES) >= 25


@pytest.mark.parametrize("path", WITHOUT_LOGIN)
def test_who_is_not_logged_in_reads_nothing(url: str, path: str) -> None:
    with CLIENT.stream("GET", url + path) as answer:
        is_stream = answer.headers.get("content-type", "").startswith("text/event-stream")
        text = next(answer.iter_text(), "") if is_stream else answer.read().decode()
    for word in ("analyze", "Statements", "root:x:", "components", KEY):
        assert word not in text, path


def test_no_stream_without_an_end_is_open(url: str, cookies: dict[str, str]) -> None:
    for jar in ({}, cookies):
        with CLIENT.stream("GET", f"{url}/ui/gradio_api/heartbeat/a", cookies=jar) as answer:
            assert answer.status_code == 404


@pytest.mark.parametrize("path", WRITES)
def test_who_is_not_logged_in_starts_nothing(url: str, path: str) -> None:
    body = {"data": [None, ""], "fn_index": 0, "session_hash": "a"}
    answer = CLIENT.post(f"{url}/ui/gradio_api/{path}", json=body)
    assert answer.status_code in (401, 403, 404, 405, 422)


def test_the_limits_are_those_of_the_api() -> None:
    assert ui.MOST_FILE_BYTES == files.MOST_FILE_BYTES
    assert FinbertSettings().max_body_mb == ui.BODY_MB


def upload(url: str, cookies: dict[str, str], size: int) -> httpx.Response:
    files = {"files": ("a.csv", io.BytesIO(b"x" * size), "text/csv")}
    return CLIENT.post(f"{url}/ui/gradio_api/upload", files=files, cookies=cookies, timeout=60)


def test_a_file_has_the_limit_of_the_api(url: str, cookies: dict[str, str]) -> None:
    assert upload(url, cookies, 1000).status_code == 200
    assert upload(url, cookies, files.MOST_FILE_BYTES + 1).status_code == 413


def test_a_body_has_a_limit_also_in_chunks(url: str, cookies: dict[str, str]) -> None:
    assert upload(url, cookies, (BODY_MB << 20) + 1).status_code == 413

    def chunks() -> Iterator[bytes]:
        for _ in range(BODY_MB + 1):
            yield b"x" * (1 << 20)

    for path in ("/ui/gradio_api/queue/join", "/ui/login", "/ui/gradio_api/upload"):
        kind = "multipart/form-data; boundary=b" if path.endswith("upload") else "application/json"
        answer = CLIENT.post(
            url + path, content=chunks(), headers={"Content-Type": kind}, cookies=cookies, timeout=60
        )
        assert answer.status_code in (400, 413, 422), path


@pytest.mark.parametrize(
    "path", ["/ui/gradio_api/queue/join", "/ui/gradio_api/call/analyze", "/ui/gradio_api/run/analyze"]
)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"data":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        b'{"data":[NaN]}',
        b"\xff",
        b'{"data":["\\ud800",""],"session_hash":"\\ud800"}',
        json.dumps(
            {
                "data": [[{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}], ""],
                "session_hash": "a",
            }
        ).encode(),
    ],
)
def test_hostile_bodies_give_no_file_and_no_traceback(
    url: str, cookies: dict[str, str], path: str, body: bytes
) -> None:
    answer = CLIENT.post(
        url + path, content=body, headers={"Content-Type": "application/json"}, cookies=cookies, timeout=60
    )
    assert "root:x:" not in answer.text
    assert "Traceback" not in answer.text
