"""A model and its backups, in front of real gateways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from llm.fallback import Fallback, NoServerError, TooManyRequestsError
from llm.orchestrator import Config
from llm.settings import LlmSettings
from llm_servers import gateway, scripted
from loopback import free_port
from support import KEY

SETTINGS = LlmSettings(model_id="/m", served_name="tiny", auth="key", gpu="none", snapshot="off")
CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    process = scripted(tmp_path_factory.mktemp("fallback") / "record")
    process.start(60)
    with gateway(SETTINGS, process) as url:
        yield url
    process.stop(0)


@pytest.fixture
def dead(tmp_path: Path) -> Iterator[str]:
    """The URL of a gateway whose engine has ended."""
    process = scripted(tmp_path / "record")
    process.start(60)
    with gateway(SETTINGS, process) as url:
        process.stop(0)
        yield url


def test_the_first_that_works_answers_with_its_own_model(url: str, dead: str) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/v1"
    servers = Fallback([Config(nobody), Config(f"{dead}/v1", KEY), Config(f"{url}/v1", KEY, model="llm")])
    body = {"model": "tiny", "messages": []}
    assert servers.post(CHAT, body).json() == {"echo": {"model": "llm", "messages": []}}
    assert body["model"] == "tiny"


def test_a_server_that_failed_rests_and_is_tried_again(url: str) -> None:
    now = [0.0]
    nobody = f"http://127.0.0.1:{free_port()}/v1"
    servers = Fallback([Config(nobody), Config(f"{url}/v1", KEY)], rest_s=30, clock=lambda: now[0])
    asked: list[str] = []
    ask = servers._ask

    def noted(config: Config, path: str, body: dict[str, object]) -> tuple[httpx.Response | None, str]:
        asked.append(config.endpoint)
        return ask(config, path, body)

    servers._ask = noted  # type: ignore[method-assign]
    for now[0] in (0.0, 10.0, 31.0):
        assert servers.post(CHAT, {}).status_code == 200
    assert asked == [nobody, f"{url}/v1", f"{url}/v1", nobody, f"{url}/v1"]


@pytest.mark.parametrize("body", [{"script": "refuse"}, {"model": ["x"] * 3, "script": "refuse"}])
def test_what_is_wrong_with_the_request_is_no_reason_to_ask_another(
    url: str, body: dict[str, object]
) -> None:
    servers = Fallback([Config(f"{url}/v1", KEY, model="tiny"), Config("http://127.0.0.1:9/v1")])
    answer = servers.post(CHAT, body)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "context too long")
    refused = Fallback([Config(f"{url}/v1", "a-wrong-key-of-length"), Config("http://127.0.0.1:9/v1")])
    assert refused.post(CHAT, {}).status_code == 401


def test_when_none_answers_each_is_named_without_its_key(dead: str) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/v1"
    with pytest.raises(NoServerError) as caught:
        Fallback([Config(nobody, KEY), Config(f"{dead}/v1", KEY)]).post(CHAT, {})
    assert f"{nobody}: ConnectError" in str(caught.value)
    assert f"{dead}/v1: status 503" in str(caught.value)
    assert KEY not in str(caught.value)
    with pytest.raises(ValueError, match="at least one"):
        Fallback([])


def test_a_process_sends_no_more_than_its_limit(url: str) -> None:
    now = [0.0]
    servers = Fallback([Config(f"{url}/v1", KEY)], most_per_minute=2, clock=lambda: now[0])
    assert [servers.post(CHAT, {}).status_code for _ in range(2)] == [200, 200]
    with pytest.raises(TooManyRequestsError, match="try again in 60 s"):
        servers.post(CHAT, {})
    now[0] = 60.0
    assert servers.post(CHAT, {}).status_code == 200
