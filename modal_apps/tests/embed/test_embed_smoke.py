"""The checks that people run against a deployed app: they pass on a good one, and fail on a bad one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from appkit.auth import KeyChecker
from appkit.smoke import Smoke
from embed.api import create_app
from embed.model import EmbeddingModel
from embed.service import EmbeddingService
from embed.settings import EmbeddingSettings
from embed.smoke import check
from served import served
from support import KEY


@pytest.fixture
def url(minilm: EmbeddingModel) -> Iterator[str]:
    """An app with real weights, so that it knows what is alike."""
    service = EmbeddingService(minilm, None)
    with served(create_app(EmbeddingSettings(auth="key"), service, KeyChecker((KEY.encode(),)))) as url:
        yield url


def test_a_good_app_passes(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        check(url, {"APP_API_KEY": f"{KEY},another"})
    printed = capsys.readouterr().out
    assert ended.value.code == 0, printed
    assert printed.count("PASS ") == 5
    assert KEY not in printed


def test_a_wrong_key_fails_what_needs_one(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        check(url, {"APP_API_KEY": "another-key-of-length"})
    assert ended.value.code == 1
    printed = capsys.readouterr().out
    assert "FAIL related texts are closer, cold" in printed
    assert "gave 401, not 200" in printed


def test_a_proxy_token_goes_into_its_two_headers() -> None:
    smoke = Smoke("https://x", {"APP_PROXY_TOKEN": "wk-1.ws-2", "APP_API_KEY": KEY})
    assert smoke._credentials() == {"X-API-Key": KEY, "Modal-Key": "wk-1", "Modal-Secret": "ws-2"}


def test_a_step_that_raises_has_failed_and_the_next_one_runs(capsys: pytest.CaptureFixture[str]) -> None:
    smoke = Smoke("https://x", {})
    smoke.step("raises", lambda: 1 / 0)
    smoke.step("says no", lambda: False)
    smoke.step("is fine", lambda: None)
    with pytest.raises(SystemExit) as ended:
        smoke.finish()
    assert ended.value.code == 1
    printed = capsys.readouterr().out
    assert "FAIL raises" in printed
    assert "ZeroDivisionError" in printed
    assert "2 of 3 steps failed." in printed
