"""Many analyses as one job: results, failures of single ones, limits, cancel, and the news of each end."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from appkit.auth import KeyChecker
from appkit.fetchguard import FetchRules
from appkit.job_callbacks import JobCallbacks, sign
from appkit.jobs import JobBoard, Outcome
from finance.api import analyst, create_app
from finance.batch import MOST_ANALYSES, run_batch
from finance.requests import AnalyzeIn
from finance.responses import AnalyzeOut
from finance_backend import LocalBackend
from finance_batches import SETTINGS, batch_runner
from local_jobs import LocalRunner
from served import served
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from support import KEY, client_for


def analysis(
    rows: str = "Item,FY2024,FY2023\nRevenue,12,10\nNet income,3,2\n", **more: Any
) -> dict[str, Any]:
    content = base64.b64encode(rows.encode()).decode()
    return {"files": [{"name": "a.csv", "content_b64": content}], "query": "margins", **more}


class Receiver:
    """A caller's own server, which keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[bytes, str]] = []
        self._arrived = threading.Event()  # it is served in a thread of its own
        self.app = Starlette(routes=[Route("/done", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        self.told.append((await request.body(), request.headers["x-signature"]))
        self._arrived.set()
        return Response()

    async def news(self) -> dict[str, Any]:
        """The one thing that it was told, signed with the key."""
        assert await asyncio.to_thread(self._arrived.wait, 60)
        [(body, signature)] = self.told
        assert signature == sign(KEY, body)
        told: dict[str, Any] = json.loads(body)
        return told


@pytest.fixture
def known() -> dict[str, Any]:
    return {}


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest_asyncio.fixture
async def told_at(receiver: Receiver) -> AsyncIterator[str]:
    with served(receiver.app) as url:
        yield f"http://www:{httpx.URL(url).port}/done"


@pytest.fixture
def news(known: dict[str, Any], told_at: str) -> JobCallbacks:
    async def here(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    port = httpx.URL(told_at).port or 0
    rules = FetchRules(allow_http=True, ports={"http": port}, allowed=lambda _: True, resolve=here)
    return JobCallbacks(known, KEY, rules)


@pytest_asyncio.fixture
async def runner(backend: LocalBackend, known: dict[str, Any], news: JobCallbacks) -> LocalRunner:
    return batch_runner(backend, known, news)


@pytest_asyncio.fixture
async def client(
    backend: LocalBackend, runner: LocalRunner, known: dict[str, Any], news: JobCallbacks
) -> AsyncIterator[httpx.AsyncClient]:
    jobs = JobBoard(known, runner, news)
    app = create_app(SETTINGS, backend, KeyChecker((KEY.encode(),)), jobs=jobs)
    async with client_for(app) as client:
        yield client


async def ended(client: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    while True:
        view: dict[str, Any] = (await client.get(f"/jobs/{job_id}")).json()
        if view["status"] not in ("queued", "running"):
            return view
        await asyncio.sleep(0.02)


async def test_each_analysis_is_answered_as_by_its_own_request(client: httpx.AsyncClient) -> None:
    requests = [
        analysis(),
        analysis("Item,FY2024\nRevenue,7\nNet income,1\n"),
        {**analysis("%PDF-1.4 nothing"), "query": "debt"},
    ]
    accepted = await client.post("/batch", json={"requests": requests})
    assert accepted.status_code == 202
    view = await ended(client, accepted.json()["job_id"])
    assert view["status"] == "done"
    assert view["progress"] == {"done": 3, "total": 3, "ok": 2, "failed": 1, "eta_s": 0.0}
    result = view["result"]
    assert (result["num_analyses"], result["succeeded"], result["failed"]) == (3, 2, 1)
    assert [one["index"] for one in result["results"]] == [0, 1, 2]
    for request, one in zip(requests, result["results"], strict=True):
        alone = await client.post("/analyze_financials", json=request)
        if alone.status_code == 200:
            for part in ("ratios", "line_items", "periods", "response", "warnings", "files"):
                assert one["result"][part] == alone.json()[part]
            assert one["error"] is None
        else:
            wanted = alone.json()["error"]
            assert one["result"] is None
            assert one["error"] == {
                **{"status": alone.status_code, "code": wanted["code"]},
                **{"message": wanted["message"], "param": wanted["param"]},
            }


async def test_what_is_no_request_fails_alone(backend: LocalBackend) -> None:
    requests = [{"files": []}, analysis(), {"files": 7}, analysis(options={"max_sentences": 0})]
    result = await run_batch(requests, analyst(SETTINGS, backend), "r", "app")
    assert [one["success"] for one in result["results"]] == [False, True, False, False]
    errors = [one["error"] for one in result["results"]]
    assert [error and (error["status"], error["param"]) for error in errors] == [
        (422, "files"),
        None,
        (422, "files"),
        (422, "options.max_sentences"),
    ]


async def test_a_bug_in_one_analysis_is_none_of_the_others() -> None:
    async def analyze(request: AnalyzeIn) -> AnalyzeOut:
        raise ZeroDivisionError(request.query)

    result = await run_batch([analysis(query="secret words"), {}], analyze, "r", "app")
    error = result["results"][0]["error"]
    assert error
    assert (error["status"], error["code"]) == (500, "internal")
    assert "secret words" not in error["message"]


async def test_what_is_done_is_kept_when_the_time_is_over(backend: LocalBackend) -> None:
    real = analyst(SETTINGS, backend)
    first_is_done = asyncio.Event()

    async def analyze(request: AnalyzeIn) -> AnalyzeOut:
        if request.query == "slow":
            await asyncio.Event().wait()
        try:
            return await real(request)
        finally:
            first_is_done.set()

    requests = [analysis(), analysis(query="slow")]
    work = asyncio.create_task(run_batch(requests, analyze, "r", "app", limit_s=5))
    await first_is_done.wait()
    result = await work
    assert [one["success"] for one in result["results"]] == [True, False]
    error = result["results"][1]["error"]
    assert error
    assert (error["status"], error["code"]) == (504, "deadline")


async def test_too_many_are_refused(client: httpx.AsyncClient, backend: LocalBackend) -> None:
    many = [analysis()] * (MOST_ANALYSES + 1)
    answer = await client.post("/batch", json={"requests": many})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_many_inputs")
    with pytest.raises(ValueError, match="101 analyses are too many"):
        await run_batch(many, analyst(SETTINGS, backend), "r", "app")
    assert (await client.post("/batch", json={"requests": []})).status_code == 422
    wrong = await client.post("/batch", json={"requests": [analysis(), {"files": []}]})
    assert wrong.json()["error"]["param"] == "requests[1].files"


async def test_the_end_is_told_with_the_results(
    client: httpx.AsyncClient, receiver: Receiver, told_at: str
) -> None:
    accepted = await client.post("/batch", json={"requests": [analysis()], "callback_url": told_at})
    assert accepted.status_code == 202, accepted.text
    news = await receiver.news()
    view = await ended(client, accepted.json()["job_id"])
    assert (news["status"], news["job_id"]) == ("done", view["job_id"])
    assert news["result"] == view["result"]


async def test_a_cancelled_job_is_told_too_and_once(
    client: httpx.AsyncClient, receiver: Receiver, runner: LocalRunner, told_at: str
) -> None:
    runner.hold.clear()
    accepted = await client.post("/batch", json={"requests": [analysis()], "callback_url": told_at})
    job = f"/jobs/{accepted.json()['job_id']}"
    assert (await client.delete(job)).json()["status"] == "cancelled"
    news = await receiver.news()
    assert (news["status"], news["result"]) == ("cancelled", None)
    assert (await client.delete(job)).status_code == 409
    assert (await client.get(job)).json()["status"] == "cancelled"
    await asyncio.gather(
        *(task for task in asyncio.all_tasks() if "JobCallbacks.send" in repr(task.get_coro()))
    )
    assert len(receiver.told) == 1


async def test_a_job_whose_container_died_is_told_when_somebody_looks(
    client: httpx.AsyncClient,
    receiver: Receiver,
    runner: LocalRunner,
    told_at: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runner.hold.clear()
    accepted = await client.post("/batch", json={"requests": [analysis()], "callback_url": told_at})

    async def died(_: str) -> Outcome:
        return Outcome("failed", error="The container ran out of memory.")

    monkeypatch.setattr(runner, "outcome", died)
    await client.get(f"/jobs/{accepted.json()['job_id']}")
    news = await receiver.news()
    assert (news["status"], news["error"]) == ("failed", "The container ran out of memory.")


async def test_a_callback_goes_nowhere_that_it_must_not(
    client: httpx.AsyncClient, backend: LocalBackend, runner: LocalRunner, known: dict[str, Any]
) -> None:
    body = {"requests": [analysis()], "callback_url": "https://10.0.0.1/"}
    strict = JobBoard(known, runner, JobCallbacks(known, KEY, FetchRules()))
    app = create_app(SETTINGS, backend, KeyChecker((KEY.encode(),)), jobs=strict)
    async with client_for(app) as other:
        answer = await other.post("/batch", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "blocked_url")
    unsigned = JobBoard(known, runner)
    async with client_for(create_app(SETTINGS, backend, None, jobs=unsigned)) as other:
        answer = await other.post("/batch", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "callback_needs_key")
    assert not runner.tasks


async def test_an_unknown_job_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/jobs/fc-9")).status_code == 404
    assert (await client.delete("/jobs/fc-9")).status_code == 404
