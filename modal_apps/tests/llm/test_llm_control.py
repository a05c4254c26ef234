"""Launch and status for a backend: in front of the real gateway, with keys and tokens, and not too often."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from appkit.auth import KeyChecker
from appkit.monthly_spend import MonthlySpend, Shared
from llm.control import LAUNCHES_PER_MINUTE, create_control, from_environ
from llm.orchestrator import Config, Orchestrator
from llm.rate_limit import MOST_CALLERS, RateLimit
from llm.settings import LlmSettings
from llm_servers import gateway, scripted
from served import served
from support import KEY

SECRET = "a-secret-of-the-backend-that-has-its-own-users"
ADMIN = "an-admin-key-of-enough-length"
LAUNCH, STATUS = "/api/admin/vllm/launch", "/api/admin/vllm/status"
SETTINGS = LlmSettings(model_id="/m", served_name="tiny", auth="key", gpu="none", snapshot="off")

NOON = 1_796_212_800.0  # 2026-12-02 12:00 UTC
MONTH = {
    **{"month": "2026-12", "gpu_usd": 13.0, "limit_usd": 15.0},
    **{"percent": 86.7, "alert": 80, "counted_at": NOON},
}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a gateway."""
    process = scripted(tmp_path_factory.mktemp("control") / "record")
    process.start(60)
    shared = Shared(tmp_path_factory.mktemp("spending"), lambda: None, lambda: None)
    spend = MonthlySpend(shared, usd_per_hour=2, limit_usd=15, began_at=NOON - 6.5 * 3600, now=lambda: NOON)
    spend.count()
    with gateway(SETTINGS, process, spend=spend) as url:
        yield url
    process.stop(0)


@pytest.fixture
def control(deployed: str) -> Iterator[httpx.Client]:
    environ = {
        "MODAL_WEB_URL": deployed,
        "MODAL_API_KEY": KEY,
        "APP_API_KEY": ADMIN,
        "APP_JWT_SECRET": SECRET,
    }
    with served(from_environ(environ)) as url, httpx.Client(base_url=url, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {ADMIN}"
        yield client


def token(claims: dict[str, Any], secret: str = SECRET, algorithm: str = "HS256") -> str:
    """A JWT by the letter of RFC 7519, without the library that reads it."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    header = {"alg": algorithm, "typ": "JWT"}
    signed = ".".join(part(json.dumps(each).encode()) for each in (header, claims))
    signature = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{'' if algorithm == 'none' else part(signature)}"


def ends_in(seconds: float) -> dict[str, Any]:
    """Claims of somebody, made when the test runs: a whole suite lasts longer than a token."""
    return {"sub": "me", "exp": time.time() + seconds}


def test_a_launch_and_then_the_status_are_those_of_the_guide(control: httpx.Client, deployed: str) -> None:
    before = control.get(STATUS).json()
    assert (before["status"], before["cost"], before["asked_at"]) == ("unknown", None, None)
    launched = control.post(LAUNCH)
    assert launched.status_code == 200
    assert launched.json() == {
        "success": True,
        "provider": "modal",
        "status": "ready",
        "endpoint": f"{deployed}/v1",
        "message": "Modal vLLM endpoint configured and ready",
        "cost": launched.json()["cost"],
    }
    assert launched.json()["cost"]["month"] == MONTH
    after = control.get(STATUS).json()
    assert (after["provider"], after["status"], after["endpoint"]) == ("modal", "ready", f"{deployed}/v1")
    assert after["total_requests"] is not None
    assert after["cost"]["month"] == MONTH
    assert after["model"] == "/m"
    assert after["asked_at"] == control.get(STATUS).json()["asked_at"]  # looking does not wake the server
    assert control.get(STATUS, params={"wake": 1}).json()["asked_at"] > after["asked_at"]
    for answer in (launched.text, json.dumps(after)):
        assert KEY not in answer
        assert ADMIN not in answer
        assert SECRET not in answer


@pytest.mark.parametrize(
    ("credential", "status"),
    [
        (lambda: ADMIN, 200),
        (lambda: token(ends_in(600)), 200),
        (lambda: token(ends_in(-600)), 401),
        (lambda: token({"sub": "me"}), 401),  # never ends
        (lambda: token(ends_in(600), secret="another-secret-of-somebody-else-entirely"), 401),
        (lambda: token(ends_in(600), algorithm="none"), 401),
        (lambda: KEY, 401),
        (lambda: "", 401),
    ],
    ids=["key", "token", "expired", "endless", "forged", "unsigned", "the server's own key", "none"],
)
def test_only_a_key_or_a_good_token_is_let_in(
    control: httpx.Client, credential: Callable[[], str], status: int
) -> None:
    given = credential()
    headers = {"Authorization": f"Bearer {given}" if given else ""}
    for method, path in (("GET", STATUS), ("POST", LAUNCH)):
        assert control.request(method, path, headers=headers).status_code == status
    assert control.get("/health", headers={"Authorization": ""}).status_code == 200


def test_one_caller_cannot_launch_without_end(control: httpx.Client) -> None:
    statuses = [control.post(LAUNCH).status_code for _ in range(LAUNCHES_PER_MINUTE + 1)]
    assert statuses == [200] * LAUNCHES_PER_MINUTE + [429]
    refused = control.post(LAUNCH)
    assert refused.json()["error"]["code"] == "too_many_requests"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    other = {"Authorization": f"Bearer {token({'exp': time.time() + 600})}"}
    assert control.post(LAUNCH, headers=other).status_code == 200
    assert control.get(STATUS).status_code == 200


class _Slow(Orchestrator):
    """A server whose start takes as long as the test wants."""

    def __init__(self) -> None:
        super().__init__(Config("https://x.example/v1"))
        self.begun, self.may_end, self.launches = threading.Event(), threading.Event(), 0

    def launch(self) -> dict[str, Any]:
        self.launches += 1
        self.begun.set()
        assert self.may_end.wait(60)
        return {
            "success": False,
            "status": "failed",
            "endpoint": self.config.endpoint,
            "message": "No answer",
        }


def test_callers_share_a_launch_and_learn_how_it_ended() -> None:
    slow = _Slow()
    with (
        served(create_control(slow, KeyChecker((ADMIN.encode(),)))) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        client.headers["X-API-Key"] = ADMIN
        first = client.post(LAUNCH, params={"wait_s": 0})
        assert (first.status_code, first.json()["status"], first.json()["success"]) == (
            202,
            "starting",
            False,
        )
        assert slow.begun.wait(30)
        assert client.post(LAUNCH, params={"wait_s": 0}).status_code == 202
        assert client.get(STATUS).json()["status"] == "starting"
        slow.may_end.set()
        ended = client.post(LAUNCH, params={"wait_s": 60})
        assert slow.launches in (1, 2)  # the third call may have come after the end of the first launch
        assert (ended.status_code, ended.json()["status"]) == (503, "failed")
        status = client.get(STATUS).json()
        assert (status["status"], status["detail"]) == ("failed", "No answer")


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "APP_API_KEY must hold keys"),
        ({"APP_API_KEY": "short"}, "APP_API_KEY must hold keys"),
        ({"APP_JWT_SECRET": "short"}, "APP_JWT_SECRET must have 32 or more bytes"),
        ({"APP_API_KEY": ADMIN, "MODAL_WEB_URL": ""}, "Modal web URL not configured"),
    ],
)
def test_it_is_never_open_by_accident(environ: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        from_environ({"MODAL_WEB_URL": "https://x.example", **environ})


def test_callers_are_counted_in_bounded_memory() -> None:
    now = [0.0]
    limit = RateLimit(2, 10, lambda: now[0])
    assert [limit.wait_s("a"), limit.wait_s("a"), limit.wait_s("a")] == [0, 0, 10]
    now[0] = 10.0
    assert limit.wait_s("a") == 0
    for number in range(3 * MOST_CALLERS):
        limit.wait_s(f"caller {number}")
    assert len(limit._calls) == MOST_CALLERS


def test_it_describes_itself(control: httpx.Client) -> None:
    paths = control.get("/openapi.json").json()["paths"]
    assert {LAUNCH, STATUS} <= paths.keys()
