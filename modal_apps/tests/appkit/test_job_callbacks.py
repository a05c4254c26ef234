"""A job's end is told to the caller's URL, however it ends, and once."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from appkit.auth import KeyChecker
from appkit.errors import ApiError
from appkit.fetchguard import FetchRules
from appkit.job_callbacks import JobCallbacks, callbacks_for, sign
from appkit.jobs import Job, JobBoard, Outcome
from test_appkit_fetchguard import rules_for, site
from test_appkit_jobs import KEY, Runner


def told(log: list[Any]) -> list[dict[str, Any]]:
    """What a receiver got, each with a signature that is right."""
    for _, signature, body in log:
        assert signature == sign(KEY, body.encode())
    return [json.loads(body) for _, _, body in log]


def job_of(known: dict[str, Any], port: int) -> Job:
    return Job(known, "fc-1", f"http://www:{port}/ok", JobCallbacks(known, KEY, rules_for(port)))


async def arrived(log: list[Any]) -> None:
    """Waits for what is sent beside an answer."""
    async with asyncio.timeout(20):
        while not log:  # noqa: ASYNC110 - the receiver is a thread
            await asyncio.sleep(0.01)


async def test_done_is_told_with_the_result() -> None:
    async def work(_: Any) -> dict[str, int]:
        return {"pages": 3}

    with site("127.0.0.2") as (port, log):
        assert await job_of({}, port).run(work, limit_s=60) == {"pages": 3}
    [news] = told(log)
    assert (news["job_id"], news["status"], news["result"], news["error"]) == (
        "fc-1",
        "done",
        {"pages": 3},
        None,
    )
    assert news["finished_at"]


async def test_failed_is_told_after_the_last_attempt_alone() -> None:
    async def work(_: Any) -> None:
        raise ZeroDivisionError("a secret of the document")

    known: dict[str, Any] = {}
    with site("127.0.0.2") as (port, log):
        for attempt in range(3):
            assert log == [], f"told at attempt {attempt}"
            with pytest.raises(ZeroDivisionError):
                await job_of(known, port).run(work, limit_s=60, most_attempts=3)
    [news] = told(log)
    assert (news["status"], news["error"]) == ("failed", "ZeroDivisionError. The app's log says why.")


async def test_what_takes_too_long_is_given_up_in_time_to_say_so() -> None:
    async def work(_: Any) -> None:
        await asyncio.sleep(3600)

    known: dict[str, Any] = {"fc-1:submitted": "then"}
    with site("127.0.0.2") as (port, log):
        assert await job_of(known, port).run(work, limit_s=0.05, most_attempts=3) is None
    [news] = told(log)
    assert news["status"] == "failed"
    assert "its limit" in news["error"]
    runner = Runner()
    runner.now = Outcome("done", None)  # as the platform sees it
    view = await JobBoard(known, runner).view("fc-1")
    assert (view["status"], view["error"]) == ("failed", news["error"])


async def test_a_time_limit_of_the_work_s_own_is_a_failure_as_others() -> None:
    async def work(_: Any) -> None:
        raise TimeoutError

    known: dict[str, Any] = {"fc-1:submitted": "then"}
    with site("127.0.0.2") as (port, log), pytest.raises(TimeoutError):
        await job_of(known, port).run(work, limit_s=60)
    assert [news["error"] for news in told(log)] == ["TimeoutError. The app's log says why."]
    # A platform that raises what the work raised says the same of a job that goes on.
    view = await JobBoard(known, Runner()).view("fc-1")
    assert (view["status"], view["error"]) == ("failed", "TimeoutError. The app's log says why.")


async def test_a_worker_that_is_cancelled_tells_so() -> None:
    async def work(_: Any) -> None:
        await asyncio.sleep(3600)

    with site("127.0.0.2") as (port, log):
        task = asyncio.create_task(job_of({}, port).run(work, limit_s=60))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await arrived(log)
    assert [news["status"] for news in told(log)] == ["cancelled"]


async def test_a_cancel_by_the_caller_is_told_once_also_when_the_work_never_began() -> None:
    known: dict[str, Any] = {}
    with site("127.0.0.2") as (port, log):
        news = JobCallbacks(known, KEY, rules_for(port))
        board = JobBoard(known, Runner(), news)
        await board.submit(1, f"http://www:{port}/ok")
        assert (await board.cancel("fc-1"))["status"] == "cancelled"
        await arrived(log)
        await board.view("fc-1")
        assert not await news.tell("fc-1", "cancelled"), "the worker hears of it later"
    assert [one["status"] for one in told(log)] == ["cancelled"]


async def test_a_cancel_that_fails_leaves_the_end_to_be_told() -> None:
    class Unreachable(Runner):
        async def cancel(self, job_id: str) -> None:
            raise ConnectionError

    known: dict[str, Any] = {}
    with site("127.0.0.2") as (port, log):
        news = JobCallbacks(known, KEY, rules_for(port))
        board = JobBoard(known, Unreachable(), news)
        await board.submit(1, f"http://www:{port}/ok")
        with pytest.raises(ConnectionError):
            await board.cancel("fc-1")
        assert log == []
        assert await news.tell("fc-1", "done", result={})
    assert [one["status"] for one in told(log)] == ["done"]


@pytest.mark.parametrize("state", ["failed", "expired", "done"])
async def test_an_end_that_no_worker_told_is_told_by_who_sees_it(state: Any) -> None:
    known: dict[str, Any] = {}
    runner = Runner()
    with site("127.0.0.2") as (port, log):
        board = JobBoard(known, runner, JobCallbacks(known, KEY, rules_for(port)))
        await board.submit(1, f"http://www:{port}/ok")
        await board.view("fc-1")
        assert log == []
        runner.now = Outcome(state, error="lost" if state == "failed" else None)
        await asyncio.gather(*(board.view("fc-1") for _ in range(2)))
        await arrived(log)
    assert {news["status"] for news in told(log)} == {state}


async def test_a_job_without_a_url_is_told_nobody() -> None:
    async def work(_: Any) -> int:
        return 1

    with site("127.0.0.2") as (port, log):
        news = JobCallbacks({}, KEY, rules_for(port))
        assert await Job({}, "fc-1", "", news).run(work, limit_s=60) == 1
        assert await Job({}, "fc-2", f"http://www:{port}/ok").run(work, limit_s=60) == 1
    assert log == []


async def test_no_job_is_started_whose_end_could_not_be_told() -> None:
    class Started(Runner):
        async def spawn(self, payload: Any) -> str:
            raise AssertionError("started")

    keyless = JobBoard({}, Started(), callbacks_for({}, None, FetchRules()))
    strict = JobBoard({}, Started(), callbacks_for({}, KeyChecker((KEY.encode(),)), FetchRules()))
    refusals = []
    for board, url in ((keyless, "https://example.com/"), (strict, "https://10.0.0.1/")):
        with pytest.raises(ApiError) as caught:
            await board.submit(1, url)
        refusals.append((caught.value.status_code, caught.value.code, caught.value.param))
    assert refusals == [
        (422, "callback_needs_key", "callback_url"),
        (400, "blocked_url", "callback_url"),
    ]


async def test_the_first_of_several_keys_signs() -> None:
    checker = KeyChecker.from_environ({"APP_API_KEY": f"{KEY}, another-key-of-enough-length"})
    with site("127.0.0.2") as (port, log):
        news = callbacks_for({}, checker, rules_for(port))
        assert news
        assert await news.tell("fc-1", "done", url=f"http://www:{port}/ok")
    assert len(told(log)) == 1


@pytest.mark.parametrize(("limit_s", "text"), [(86_100, "23.9 hours"), (3480, "58 minutes")])
async def test_a_limit_is_told_in_hours_or_minutes(
    monkeypatch: pytest.MonkeyPatch, limit_s: float, text: str
) -> None:
    async def work(_: Any) -> None:
        await asyncio.sleep(3600)

    at_once = asyncio.timeout
    monkeypatch.setattr("appkit.jobs.asyncio.timeout", lambda _: at_once(0))
    known: dict[str, Any] = {}
    assert await Job(known, "fc-1").run(work, limit_s=limit_s) is None
    assert f" {text}, " in known["fc-1:gave_up"]
