"""Jobs: how they stand, and the signed message when they end."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from typing import Any

import pytest
from appkit.errors import ApiError
from appkit.fetchguard import FetchRules
from appkit.job_callbacks import send_callback, sign
from appkit.jobs import JobBoard, JobLog, Outcome
from test_appkit_fetchguard import rules_for, site

KEY = "test-key-of-enough-length"


class Runner:
    """Says what it is told to."""

    def __init__(self) -> None:
        self.now = Outcome("pending")
        self.cancelled: list[str] = []

    async def spawn(self, payload: Any) -> str:
        return f"fc-{payload}"

    async def outcome(self, job_id: str) -> Outcome:
        return self.now

    async def cancel(self, job_id: str) -> None:
        self.cancelled.append(job_id)


async def test_the_life_of_a_job() -> None:
    known: dict[str, Any] = {}
    runner = Runner()
    board, job_log = JobBoard(known, runner), JobLog(known, "fc-1")
    accepted = await board.submit(1)
    assert accepted == {"job_id": "fc-1", "status_url": "/jobs/fc-1", "submitted_at": known["fc-1:submitted"]}
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", accepted["submitted_at"])
    view = await board.view("fc-1")
    assert (view["status"], view["progress"]["total"], view["finished_at"]) == ("queued", 0, None)
    async with job_log.writing(0.01):
        job_log.progress(3, 20, 1, 31.3)
        await asyncio.sleep(0.05)
        view = await board.view("fc-1")
        assert view["status"] == "running"
        assert view["progress"] == {"done": 3, "total": 20, "ok": 2, "failed": 1, "eta_s": 31.3}
        job_log.progress(20, 20, 1, 0.0)
    assert known["fc-1:progress"]["done"] == 20, "the last counts are written too"
    runner.now = Outcome("done", {"text": "a"})
    view = await board.view("fc-1")
    assert (view["status"], view["result"], view["error"]) == ("done", {"text": "a"}, None)
    assert view["finished_at"] == known["fc-1:finished"]


async def test_the_end_is_written_also_when_the_work_fails() -> None:
    known: dict[str, Any] = {}
    job_log = JobLog(known, "fc-1")

    async def work() -> None:
        async with job_log.writing(10):
            job_log.progress(1, 2, 0, 1.0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await work()
    assert known["fc-1:progress"]["done"] == 1
    assert "fc-1:finished" in known


@pytest.mark.parametrize("state", ["failed", "expired", "cancelled"])
async def test_other_ends(state: Any) -> None:
    runner = Runner()
    board = JobBoard({}, runner)
    await board.submit(1)
    runner.now = Outcome(state, error="why")
    first = await board.view("fc-1")
    await asyncio.sleep(0.01)
    second = await board.view("fc-1")
    assert (first["status"], first["error"]) == (state, "why")
    assert first["finished_at"] == second["finished_at"], "the first look is kept"


async def test_cancelling() -> None:
    runner = Runner()
    board = JobBoard({}, runner)
    await board.submit(1)
    assert (await board.cancel("fc-1"))["status"] == "cancelled"
    assert runner.cancelled == ["fc-1"]
    runner.now = Outcome("done", 1)  # it ended in the same moment; the caller was told otherwise
    assert (await board.view("fc-1"))["status"] == "cancelled"
    with pytest.raises(ApiError) as caught:
        await board.cancel("fc-1")
    assert (caught.value.status_code, caught.value.code) == (409, "job_finished")
    assert len(runner.cancelled) == 1


@pytest.mark.parametrize("act", ["view", "cancel"])
async def test_an_unknown_job(act: str) -> None:
    with pytest.raises(ApiError) as caught:
        await getattr(JobBoard({}, Runner()), act)("fc-1")
    assert (caught.value.status_code, caught.value.code) == (404, "unknown_job")


def test_the_signature() -> None:
    body = '{"text": "é"}'.encode()
    expected = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    assert sign(KEY, body) == f"sha256={expected}"


async def test_a_callback_arrives_once() -> None:
    content = {"job_id": "fc-1", "result": "é"}
    with site("127.0.0.2") as (port, log):
        assert await send_callback(f"http://www:{port}/ok", content, KEY, rules_for(port))
    [(path, signature, body)] = log
    assert (path, json.loads(body)) == ("/ok", content)
    assert signature == sign(KEY, body.encode())


@pytest.mark.parametrize("path", ["/broken", "/redirect"])
async def test_three_tries(path: str) -> None:
    with site("127.0.0.2") as (port, log):
        sent = await send_callback(f"http://www:{port}{path}", {}, KEY, rules_for(port), waits_s=(0.01, 0.01))
    assert (sent, len(log)) == (False, 3)


async def test_a_receiver_that_comes_back() -> None:
    async def later() -> Any:
        return await send_callback("http://www:8123/ok", {}, KEY, rules_for(8123), waits_s=(0.3, 0.3))

    sending = asyncio.create_task(later())
    await asyncio.sleep(0.1)
    with site("127.0.0.2", 8123) as (_, log):
        assert await sending
        assert len(log) == 1


async def test_a_receiver_that_must_not_be_reached_is_asked_never() -> None:
    tries = []

    async def look_up(host: str, port: int) -> list[str]:
        tries.append(host)
        return ["10.0.0.1"]

    assert not await send_callback("https://inside/", {}, KEY, FetchRules(resolve=look_up), waits_s=(0, 0))
    assert tries == ["inside"]
