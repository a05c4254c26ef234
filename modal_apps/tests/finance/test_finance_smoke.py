"""The checks that people run against a deployed app."""

from __future__ import annotations

import pytest
from appkit.auth import KeyChecker
from finance.api import create_app
from finance.settings import FinbertSettings
from finance.smoke import check
from finance_backend import SAMPLES, LocalBackend
from served import served
from support import KEY


@pytest.mark.parametrize(("key", "code"), [(KEY, 0), ("another-key-of-length", 1)])
def test_they_pass_on_a_good_app_with_its_key(
    backend: LocalBackend, capsys: pytest.CaptureFixture[str], key: str, code: int
) -> None:
    app = create_app(FinbertSettings(), backend, KeyChecker((KEY.encode(),)))
    with served(app) as url, pytest.raises(SystemExit) as ended:
        check(url, {"APP_API_KEY": key}, SAMPLES)
    assert ended.value.code == code, capsys.readouterr().out
