"""Jobs as spawned Modal calls, with the real Modal SDK and without an account: nothing here connects to anything."""

from __future__ import annotations

from typing import Any

import pytest
from appkit.backend import BackendError
from appkit.spawned import SpawnedJobs

import modal


class Raises:
    """A method of a Modal object that fails."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    async def aio(self, *_: Any, **__: Any) -> None:
        raise self.error


class Call:
    """A call whose every method fails the same way."""

    def __init__(self, error: BaseException) -> None:
        self.get = self.cancel = self.spawn = Raises(error)


async def outcome_of(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Any:
    monkeypatch.setattr(modal.FunctionCall, "from_id", lambda _: Call(error))
    return await SpawnedJobs(None, "It took a day.").outcome("fc-1")


@pytest.mark.parametrize(
    ("raised", "state", "told"),
    [
        (modal.exception.OutputExpiredError(), "expired", None),
        (modal.exception.FunctionTimeoutError(), "failed", "It took a day."),
        (modal.exception.TimeoutError(), "pending", None),
        (TimeoutError(), "pending", None),
        (modal.exception.InputCancellation(), "cancelled", None),
        (ZeroDivisionError("private"), "failed", "ZeroDivisionError. The app's log says why."),
    ],
)
async def test_how_a_call_stands(
    monkeypatch: pytest.MonkeyPatch, raised: BaseException, state: str, told: str | None
) -> None:
    outcome = await outcome_of(monkeypatch, raised)
    assert (outcome.state, outcome.error) == (state, told)


@pytest.mark.parametrize("raised", [modal.exception.AuthError("no"), modal.exception.ConnectionError("no")])
async def test_modal_out_of_reach_says_nothing_of_the_job(
    monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> None:
    with pytest.raises(BackendError):
        await outcome_of(monkeypatch, raised)
    with pytest.raises(BackendError):
        await SpawnedJobs(None, "").cancel("fc-1")
    with pytest.raises(BackendError):
        await SpawnedJobs(Call(raised), "").spawn({})


async def test_a_function_that_is_not_deployed_cannot_be_spawned() -> None:
    function = modal.Function.from_name("no-such-app", "no_such_function")
    with pytest.raises(BackendError):  # there are no credentials either
        await SpawnedJobs(function, "").spawn({})
