"""The entry file's functions, called here: the key of the secret, the worker, and what a failing worker is."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from appkit.backend import BackendError
from entry_files import load_entry
from finance.sentiment_model import FinBert
from finance_backend import upload
from support import KEY, check_plain


async def test_the_web_function_makes_the_app_with_the_key_of_the_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = load_entry(monkeypatch, "finbert", APP_API_KEY=KEY).web.local()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/openapi.json")).status_code == 401
        assert (await client.get("/openapi.json", headers={"X-API-Key": KEY})).status_code == 200


@pytest.mark.parametrize("key", ["", "short", f"{KEY},short"])
def test_the_web_function_does_not_start_without_a_key(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    entry = load_entry(monkeypatch, "finbert", APP_API_KEY=key)
    with pytest.raises(ValueError, match="APP_API_KEY"):
        entry.web.local()


@pytest.mark.filterwarnings("ignore:The SentimentWorker.score function is executing locally:UserWarning")
def test_the_worker_scores(monkeypatch: pytest.MonkeyPatch, checkpoint: Path, model: FinBert) -> None:
    entry = load_entry(monkeypatch, "finbert", APP_MODEL_ID=str(checkpoint))
    worker = entry.SentimentWorker()
    replies = worker.score.local(
        [["Revenue grew strongly in the year."], ["Profit fell sharply in the second quarter."]]
    )
    assert [reply["scores"][0]["positive"] > 0.5 for reply in replies] == [True, False]
    check_plain(replies)


async def test_a_failing_worker_is_a_backend_error(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = load_entry(monkeypatch, "finbert").ModalBackend()
    with pytest.raises(BackendError):  # nothing is deployed, and there are no credentials
        await backend.score(["a"])


async def test_process_batch_takes_a_list_of_requests_and_gives_plain_results(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = load_entry(monkeypatch, "finbert")
    statement = upload("a.csv", b"Item,FY2024,FY2023\nRevenue,12,10\nNet income,3,2\n")
    results = await entry.process_batch.local([{"files": [statement], "query": "margins"}, {"files": []}])
    assert [one["success"] for one in results] == [True, False]
    [margin] = [
        ratio
        for ratio in results[0]["result"]["ratios"]
        if (ratio["key"], ratio["period"]) == ("net_margin", "FY2024")
    ]
    assert margin["value"] == 25
    assert results[1]["error"]["param"] == "files"
    check_plain(results)  # a caller in Python has none of the app's packages but gets all of it


async def test_a_job_is_run_as_the_web_function_hands_it_in(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = load_entry(monkeypatch, "finbert", APP_API_KEY=KEY)
    known: dict[str, object] = {}
    monkeypatch.setattr(entry, "jobs", known)
    statement = upload("a.csv", b"Item,FY2024,FY2023\nRevenue,12,10\nNet income,3,2\n")
    payload = {"requests": [{"files": [statement], "query": "margins"}], "callback_url": ""}
    result = await entry.run_batch.local(payload)
    assert (result["num_analyses"], result["succeeded"]) == (1, 1)
    assert known["local:progress"] == {"done": 1, "total": 1, "ok": 1, "failed": 0, "eta_s": 0.0}
    assert known["local:finished"]
