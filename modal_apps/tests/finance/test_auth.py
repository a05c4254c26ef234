"""Who is let in."""

from __future__ import annotations

import httpx
import pytest
from appkit.auth import KeyChecker
from finance.api import create_app
from finance.settings import FinbertSettings
from finance_backend import LocalBackend
from support import KEY

OLD_KEY = "an-older-key-still-accepted"


def client_for(backend: LocalBackend, checker: KeyChecker | None) -> httpx.AsyncClient:
    app = create_app(FinbertSettings(), backend, checker)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app")


@pytest.fixture
def strict(backend: LocalBackend) -> httpx.AsyncClient:
    return client_for(backend, KeyChecker.from_environ({"APP_API_KEY": f"{KEY}, {OLD_KEY}"}))


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": f"bearer   {KEY} "},
        {"X-API-Key": KEY},
        {"Authorization": f"Bearer {OLD_KEY}"},
        {"Authorization": "Basic abc", "X-API-Key": KEY},
    ],
)
async def test_accepted(strict: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await strict.get("/status", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "missing_key"),
        ({"Authorization": ""}, "missing_key"),
        ({"Authorization": "Bearer "}, "missing_key"),
        ({"Authorization": KEY}, "missing_key"),
        ({"Authorization": f"Basic {KEY}"}, "missing_key"),
        ({"Authorization": f"Bearer {KEY[:-1]}"}, "wrong_key"),
        ({"Authorization": f"Bearer {KEY}x"}, "wrong_key"),
        ({"Authorization": f"Bearer {KEY}, {OLD_KEY}"}, "wrong_key"),
        ({"X-API-Key": KEY.upper()}, "wrong_key"),
        ({"X-API-Key": "schlüssel".encode().decode("latin-1")}, "wrong_key"),
    ],
)
@pytest.mark.parametrize("path", ["/status", "/docs", "/openapi.json", "/no-such-route"])
async def test_refused(strict: httpx.AsyncClient, headers: dict[str, str], code: str, path: str) -> None:
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = await strict.get(path, headers=encoded)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["type"] == "authentication_error"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert KEY not in answer.text


async def test_a_refused_request_reaches_neither_parser_nor_worker(
    strict: httpx.AsyncClient, backend: LocalBackend
) -> None:
    answer = await strict.post("/sentiment", json={"texts": ["Sales rose."]})
    assert answer.status_code == 401
    assert backend.calls == 0


@pytest.mark.parametrize("path", ["/health", "/"])
async def test_open_without_a_key(strict: httpx.AsyncClient, path: str) -> None:
    assert (await strict.get(path)).status_code == 200


@pytest.mark.parametrize("value", [None, "", "   ", "short", f"{KEY},short", f"{KEY},"])
def test_never_open_by_accident(value: str | None) -> None:
    with pytest.raises(ValueError, match="APP_API_KEY must hold keys") as caught:
        KeyChecker.from_environ({} if value is None else {"APP_API_KEY": value})
    assert KEY not in str(caught.value)


async def test_behind_the_proxy_the_bearer_is_the_proxys(backend: LocalBackend) -> None:
    both = client_for(backend, KeyChecker((KEY.encode(),), bearer=False))
    assert (await both.get("/status", headers={"Authorization": f"Bearer {KEY}"})).status_code == 401
    headers = {"Authorization": "Bearer wk-1.ws-2", "X-API-Key": KEY}
    assert (await both.get("/status", headers=headers)).status_code == 200


async def test_open_on_purpose(backend: LocalBackend) -> None:
    assert (await client_for(backend, None).get("/status")).status_code == 200
