"""The layer in front of every app: what it lets through, and that nothing that is sent breaks it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Annotated, Any

import httpx
import pytest
from appkit.api import make_api
from appkit.auth import KeyChecker
from appkit.gate import Counters, Gate
from appkit.logs import caller
from appkit.settings import Settings
from fastapi import Form, WebSocket
from hostile import request, send_raw, status_of
from pydantic import BaseModel, ConfigDict
from served import served
from starlette.routing import WebSocketRoute
from support import KEY
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

OTHER_KEY = "another-key-of-enough-length"

BEARER = {"Authorization": f"Bearer {KEY}"}
JSON = {**BEARER, "Content-Type": "application/json"}


class Body(BaseModel):
    """Takes much: what it refuses is refused by the frame."""

    model_config = ConfigDict(extra="forbid")
    text: str = ""
    number: float = 0
    count: int = 0
    anything: Any = None


def make_app() -> Any:
    """An app with a route of each kind."""
    settings = Settings(app_name="app", max_body_mb=1)
    api = make_api(settings, "App", "1", KeyChecker((KEY.encode(),)))

    @api.routes.post("/echo")
    async def echo(body: Body) -> Body:
        return body

    @api.routes.post("/form")
    async def form(text: Annotated[str, Form()]) -> dict[str, str]:
        return {"text": text}

    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("inside")
        await socket.close()

    api.routes.router.routes.append(WebSocketRoute("/socket", talk))
    return api.served("/open")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(make_app()) as url:
        yield url


def error_of(answer: bytes) -> dict[str, Any]:
    return json.loads(answer.partition(b"\r\n\r\n")[2])["error"]


@pytest.mark.parametrize(
    ("lengths", "statuses"),
    [
        (["9" * 5000], {400, 413}),
        (["9" * 15], {413}),
        (["0" * 5000], {400, 413}),
        (["-1"], {400}),
        (["+5"], {400}),
        ([" "], {400}),
        (["5 5"], {400}),
        (["0x5"], {400}),
        (["5.0"], {400}),
        (["1e3"], {400}),
        (["\u00b2"], {400}),
        (["5", "6"], {400}),
        (["5,6"], {400}),
        (["1048577"], {413}),
    ],
)
async def test_a_length_that_is_none_is_refused_in_words(
    url: str, lengths: list[str], statuses: set[int]
) -> None:
    lines = [b"Content-Length: " + length.encode("latin-1") for length in lengths]
    head = b"\r\n".join([b"POST /echo HTTP/1.1", b"Host: app", b"Connection: close", *_lines(JSON), *lines])
    assert status_of(send_raw(url, head + b"\r\n\r\n")) in statuses
    # Servers in front may let more of them pass than this one does.
    headers = [(b"content-length", length.encode("latin-1")) for length in lengths]
    assert await status_without_server([*raw(JSON), *headers]) in statuses


@pytest.mark.parametrize("digits", ["\u0665", "\uff15", "\u0967"])
async def test_digits_of_other_scripts_are_no_length(digits: str) -> None:
    headers = [*raw(JSON), (b"content-length", digits.encode())]
    assert await status_without_server(headers) == 400


async def test_the_same_length_twice_is_one() -> None:
    headers = [*raw(JSON), (b"content-length", b"2"), (b"Content-Length", b"2")]
    assert await status_without_server(headers, b"{}") == 200


def _lines(headers: dict[str, str]) -> list[bytes]:
    return [f"{name}: {value}".encode() for name, value in headers.items()]


def raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


async def status_without_server(
    headers: list[tuple[bytes, bytes]], body: bytes = b"", *, path: str = "/echo", **more: Any
) -> int:
    """Calls the app as a server does, with headers that no server of the tests would pass on."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "headers": headers}
    await make_app()({**scope, "query_string": b"", "http_version": "1.1", **more}, receive, send)
    return sent[0]["status"]


DEEP = 200_000
BODIES = {
    "open brackets": b"[" * DEEP,
    "open braces": b'{"a":' * DEEP,
    "brackets": b"[" * DEEP + b"]" * DEEP,
    "mixed": b'[{"a":' * 500 + b"1" + b"}]" * 500,
    "65 levels in a field": b'{"anything":' + b"[" * 65 + b"]" * 65 + b"}",
    "990 levels in a field": b'{"anything":' + b"[" * 990 + b"]" * 990 + b"}",
    "no UTF-8": b'{"text":"\xff\xfe"}',
    "cut UTF-8": b'{"text":"\xc3"}',
    "overlong UTF-8": b'{"text":"\xc0\xaf"}',
    "encoded surrogate": b'{"text":"\xed\xa0\x80"}',
    "UTF-16": '{"text":"a"}'.encode("utf-16"),
    "NaN": b'{"number":NaN}',
    "Infinity": b'{"number":-Infinity}',
    "5,000 digits": b'{"count":' + b"9" * 5000 + b"}",
    "5,000 digits anywhere": b'{"anything":[' + b"9" * 5000 + b"]}",
    "half a pair": b'{"text":"\\ud800"}',
    "half a pair as a name": b'{"\\udfff":1}',
    "half a pair behind a whole": b'{"text":"\\ud83d\\ude00\\ud83d"}',
    "nothing": b"",
    "NUL": b"\x00",
    "raw newline in a string": b'{"text":"a\nb"}',
    "trailing": b"{} {}",
    "wrong type": b'{"text":[[[]]]}',
    "long name": b'{"' + b"x" * 500_000 + b'":1}',
    "hostile name": b'{"\\u2028\\u0000\\u001b[31m":1}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_json_of_the_app_is_a_clear_refusal(url: str, body: bytes) -> None:
    answer = httpx.post(f"{url}/echo", content=body, headers=JSON, timeout=60)
    assert answer.status_code in (400, 422)
    error = answer.json()["error"]
    assert error["code"] != "internal"
    assert len(answer.content) < 4000


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        (b'{"text":"\\ud83d\\ude00 \\u0000 \\\\ud800"}', "text", "\U0001f600 \0 \\ud800"),
        (b'\xef\xbb\xbf{"text":"a"}', "text", "a"),
        (b'{"text":"a","text":"b"}', "text", "b"),
        (b'{"anything":' + b"[" * 60 + b"]" * 60 + b"}", "text", ""),
        (b'{"text":"' + b"[{" * 1000 + b'"}', "text", "[{" * 1000),
        (b'{"text":"' + b'\\"[' * 1000 + b'"}', "text", '"[' * 1000),
        (b'{"anything":[' + b"[]," * 5000 + b"1]}", "text", ""),
        (b'{"count":' + b"9" * 4000 + b"}", "text", ""),
    ],
)
def test_unusual_json_that_is_right_is_read(url: str, body: bytes, field: str, value: object) -> None:
    answer = httpx.post(f"{url}/echo", content=body, headers=JSON)
    assert answer.status_code == 200
    assert answer.json()[field] == value


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"1e-999", b"0" + b"." + b"1" * 4000])
def test_a_number_beyond_floats_is_no_fault_of_the_app(url: str, number: bytes) -> None:
    answer = httpx.post(f"{url}/echo", content=b'{"number":' + number + b"}", headers=JSON)
    assert answer.status_code in (200, 400, 422)


def form(*parts: bytes, end: bytes = b"--b--\r\n") -> bytes:
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + end


TEXT_PART = b'Content-Disposition: form-data; name="text"\r\n\r\nx'
NESTED = (
    b'Content-Disposition: form-data; name="text"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n'
    + b"--c\r\n" * 1000
)
FORMS = {
    "10,000 parts": form(*[TEXT_PART] * 10_000),
    "10,000 files": form(*[b'Content-Disposition: form-data; name="text"; filename="a"\r\n\r\nx'] * 10_000),
    "a large field": form(TEXT_PART + b"x" * (1 << 20)),
    "no end": form(TEXT_PART, end=b""),
    "no name": form(b"Content-Disposition: form-data\r\n\r\nx"),
    "no head": form(b"x"),
    "no boundary at all": b"x" * 1000,
    "long header": form(b"X: " + b"y" * 500_000 + b"\r\n" + TEXT_PART),
    "many headers": form(b"X: y\r\n" * 50_000 + TEXT_PART),
    "nested": form(NESTED),
    "NUL": form(b'Content-Disposition: form-data; name="te\x00xt"\r\n\r\nx'),
}


@pytest.mark.parametrize("body", FORMS.values(), ids=FORMS)
def test_forms_have_limits(url: str, body: bytes) -> None:
    headers = {**BEARER, "Content-Type": "multipart/form-data; boundary=b"}
    answer = httpx.post(f"{url}/form", content=body, headers=headers, timeout=60)
    assert answer.status_code in (200, 400, 413, 422)
    if answer.status_code != 200:
        assert answer.json()["error"]["code"] != "internal"


def test_one_field_among_1000_is_read_and_1001_are_refused(url: str) -> None:
    headers = {**BEARER, "Content-Type": "multipart/form-data; boundary=b"}
    assert httpx.post(f"{url}/form", content=form(*[TEXT_PART] * 1000), headers=headers).status_code == 200
    assert httpx.post(f"{url}/form", content=form(*[TEXT_PART] * 1001), headers=headers).status_code == 400


async def test_too_many_headers_and_too_long_addresses_are_refused_before_the_key() -> None:
    many = [(b"x", b"y")] * 200
    assert await status_without_server(many) == 431
    assert await status_without_server([(b"x", b"y" * 70_000)]) == 431
    assert await status_without_server([], path="/" + "x" * 20_000) == 414
    assert await status_without_server([], query_string=b"x" * 20_000) == 414
    assert await status_without_server([]) == 401


@pytest.mark.parametrize("query", ["?" + "a=b&" * 2000, "?%", "?%00=%ff", "?a[]=%F0%28%8C%28", "?=", "?&&&"])
def test_hostile_queries_break_nothing(url: str, query: str) -> None:
    assert status_of(send_raw(url, request("POST", f"/echo{query}", JSON, b"{}"))) in (200, 400)


def test_a_body_in_chunks_without_a_length_has_the_limit_too(url: str) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    head = request("POST", "/echo", {**JSON, "Transfer-Encoding": "chunked"})
    answer = send_raw(url, head + chunk * 17)
    assert (status_of(answer), error_of(answer)["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("path", ["/socket", "/", "/health", "/open", "/nowhere"])
@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "wrong-key-of-enough-length"}])
def test_a_websocket_needs_the_key_on_every_path(url: str, path: str, headers: dict[str, str]) -> None:
    with (
        pytest.raises(InvalidStatus) as caught,
        connect(url.replace("http", "ws") + path, additional_headers=headers, proxy=None),
    ):
        pass
    assert caught.value.response.status_code == 403


def test_a_websocket_with_the_key_is_let_through(url: str) -> None:
    address = url.replace("http", "ws") + "/socket"
    with connect(address, additional_headers=BEARER, proxy=None) as socket:
        assert socket.recv() == "inside"


async def test_other_kinds_of_connections_are_refused() -> None:
    with pytest.raises(RuntimeError):
        await make_app()({"type": "webtransport", "path": "/", "headers": []}, None, None)


OPEN_PATHS = [
    "/health/",
    "//health",
    "/health%2f",
    "/./health",
    "/x/../health",
    "/HEALTH",
    "/health;x",
    "/health%00",
    "/health/x",
    "/%68ealth%20",
    "/ ",
    "//",
    "/open/",
]


@pytest.mark.parametrize("path", OPEN_PATHS)
def test_only_the_open_paths_themselves_are_open(url: str, path: str) -> None:
    assert status_of(send_raw(url, request("GET", path.replace(" ", "%20")))) == 401


def test_the_open_paths_are_open(url: str) -> None:
    answers = [
        send_raw(url, request("GET", path)) for path in ("/", "/health", "/%68ealth", "/open", "/health?x")
    ]
    assert [status_of(answer) for answer in answers] == [200, 200, 200, 404, 200]


KEY_FORMS = [
    ({}, 401),
    ({"Authorization": f"Bearer {KEY}"}, 200),
    ({"authorization": f"bearer   {KEY}"}, 200),
    ({"X-API-Key": KEY}, 200),
    ({"Authorization": KEY}, 401),
    ({"Authorization": f"Basic {KEY}"}, 401),
    ({"Authorization": f"Bearer {KEY[:-1]}"}, 401),
    ({"Authorization": f"Bearer {KEY}x"}, 401),
    ({"X-API-Key": KEY.upper()}, 401),
    ({"X-API-Key": f"{KEY},{KEY}"}, 401),
    ({"X-API-Key": "sch\u00fcssel"}, 401),
    ({"Cookie": f"X-API-Key={KEY}"}, 401),
    ({"Modal-Key": KEY}, 401),
]


@pytest.mark.parametrize(("headers", "status"), KEY_FORMS)
def test_the_key_counts_only_where_it_belongs(url: str, headers: dict[str, str], status: int) -> None:
    given = {**headers, "Content-Type": "application/json"}
    assert status_of(send_raw(url, request("POST", "/echo", given, b"{}"))) == status
    assert status_of(send_raw(url, request("POST", f"/echo?api_key={KEY}&key={KEY}", {}, b"{}"))) == 401


def test_keys_are_compared_by_a_function_that_takes_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import hmac

    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    keys = (b"first-key-of-enough-length", b"second-key-of-enough-length")
    assert KeyChecker(keys).accepts(keys[0].decode())
    assert [other for _, other in compared] == list(keys), "all are compared, also behind the right one"


ORIGINS = ["https://evil.example", "null", "http://localhost:3000", "file://"]


@pytest.mark.parametrize(
    ("origin", "path"), [*itertools.product(ORIGINS, ["/", "/docs", "/openapi.json", "/echo"])]
)
def test_no_other_origin_is_told_that_it_may_read(url: str, origin: str, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        headers = {**BEARER, "Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = httpx.request(method, url + path, headers=headers)
        assert not [name for name in answer.headers if name.startswith(("access-control-", "set-cookie"))]


async def test_callers_are_told_apart_by_key_and_address() -> None:
    seen: list[int] = []

    async def app(*_: Any) -> None:
        seen.append(caller())

    checker = KeyChecker((KEY.encode(), OTHER_KEY.encode()))
    gate = Gate(app, checker, 1 << 20, Counters())
    for key, address in [
        (KEY, "192.0.2.1"),
        (KEY, "192.0.2.1"),
        (OTHER_KEY, "192.0.2.1"),
        (KEY, "192.0.2.2"),
    ]:
        headers = [(b"x-api-key", key.encode())]
        scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "client": (address, 1)}
        await gate(scope, nothing, nothing)
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3


async def nothing(*_: Any) -> Any:
    return {}
