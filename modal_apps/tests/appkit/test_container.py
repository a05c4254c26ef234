"""The life of a container: after a restore, when its GPU fails, and what it reports."""

from __future__ import annotations

import random

import numpy as np
import pytest
import sentry_sdk
import torch
from appkit.gpu_errors import is_out_of_memory, is_poisoned
from appkit.reporting import setup_error_reports
from appkit.restore import after_restore
from appkit.settings import Settings
from appkit.start import key_checker, start_container
from support import KEY


def test_restored_containers_do_not_draw_the_same_numbers() -> None:
    def draws() -> tuple[float, float, float]:
        return random.random(), float(np.random.rand()), float(torch.rand(1))

    seen = set()
    for _ in range(3):
        random.seed(1)
        np.random.seed(1)
        torch.manual_seed(1)
        after_restore()
        seen |= set(draws())
    assert len(seen) == 9


@pytest.mark.parametrize(
    ("error", "memory", "poisoned"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), True, False),
        (RuntimeError("CUDA error: out of memory"), True, False),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), False, True),
        (RuntimeError("CUDA error: device-side assert triggered"), False, True),
        (RuntimeError("The size of tensor a (3) must match"), False, False),
        (ValueError("x"), False, False),
    ],
)
def test_failures_of_a_gpu_are_told_apart(error: Exception, memory: bool, poisoned: bool) -> None:
    assert (is_out_of_memory(error), is_poisoned(error)) == (memory, poisoned)


def test_errors_are_reported_only_when_asked_and_never_with_personal_data() -> None:
    assert not setup_error_reports("app", {})
    assert not sentry_sdk.is_initialized()
    assert setup_error_reports("app", {"SENTRY_DSN": "https://key@sentry.example.com/1"})
    options = sentry_sdk.get_client().options
    assert (options["send_default_pii"], options["max_request_body_size"]) == (False, "never")
    assert options["include_local_variables"] is False
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def test_an_open_app_says_so_at_every_start(capsys: pytest.CaptureFixture[str]) -> None:
    start_container(Settings(app_name="a", auth="none"))
    assert "anybody who knows the URL" in capsys.readouterr().out
    start_container(Settings(app_name="a", auth="key"))
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


def test_keys_are_read_where_the_app_checks_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APP_API_KEY", raising=False)
    assert key_checker(Settings(auth="proxy")) is None
    assert key_checker(Settings(auth="none")) is None
    with pytest.raises(ValueError, match="APP_API_KEY"):
        key_checker(Settings(auth="key"))
    monkeypatch.setenv("APP_API_KEY", KEY)
    checker = key_checker(Settings(auth="both"), "x-secret-key")
    assert checker is not None
    assert not checker.bearer  # the proxy uses that header itself
    checker.check({"x-secret-key": KEY})
