"""Routes and errors, through the whole ASGI app."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from appkit.auth import KeyChecker
from appkit.backend import BackendError
from appkit.logs import setup_logging
from finance.api import create_app
from finance.scoring import ScoreReply
from finance.settings import FinbertSettings
from finance_backend import LocalBackend, upload
from support import KEY, documented_routes, listed_routes, read_manifest, send_sample

CSV = upload("a.csv", b"USD,FY2024,FY2023\nRevenue,12,10\nNet income,3,2\n")
NOTES = upload(
    "notes.txt", b"Revenue grew strongly in the year.\n\nThe annual meeting takes place on 14 May.\n"
)


def error(answer: httpx.Response) -> dict[str, Any]:
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "code", "param", "request_id"}
    assert body["error"]["request_id"] == answer.headers["X-Request-ID"]
    return body["error"]


async def test_health_and_root(client: httpx.AsyncClient) -> None:
    health = await client.get("/health")
    assert health.json() == {"status": "ok", "app": "finbert-analyst", "version": "0.2.0"}
    assert (await client.get("/")).json()["openapi"] == "/openapi.json"


async def test_status_knows_the_worker_only_after_it_answered(
    client: httpx.AsyncClient, backend: LocalBackend
) -> None:
    before = (await client.get("/status")).json()
    assert (before["status"], before["torch"], backend.calls) == ("cold", None, 0)
    after = (await client.get("/status?wake=1")).json()
    assert (after["status"], after["model"]["dtype"], backend.calls) == ("ready", "float32", 1)
    assert after["cost"] == {
        **{"gpu_usd_per_hour": 1.1, "max_usd_per_hour": 5.0, "as_of": "2026-10-04"},
        **{"worst_usd_per_month": 1606.0, "max_usd_per_month": None},  # two containers, 730 hours
    }
    assert after["requests"]["total"] == 2
    assert KEY not in json.dumps(after)


async def test_ratios_never_call_the_worker(client: httpx.AsyncClient, backend: LocalBackend) -> None:
    answer = await client.post("/ratios", json={"files": [CSV, NOTES], "query": "sentiment"})
    assert answer.status_code == 200
    assert backend.calls == 0
    assert answer.json()["periods"] == ["FY2024", "FY2023"]
    assert [file["kind"] for file in answer.json()["files"]] == ["csv", "text"]


async def test_sentiment_of_texts(client: httpx.AsyncClient) -> None:
    texts = ["Revenue grew strongly in the year.", "Freight costs rose sharply and caused a loss."]
    answer = await client.post("/sentiment", json={"texts": texts, "return_all": True})
    results = answer.json()["results"]
    assert [result["label"] for result in results] == ["positive", "negative"]
    assert all(sum(result["probabilities"].values()) == pytest.approx(1) for result in results)
    assert float(answer.headers["X-Model-Seconds"]) > 0
    brief = await client.post("/sentiment", json={"texts": texts})
    assert brief.json()["results"][0]["probabilities"] is None


async def test_many_texts_go_in_calls_of_64_and_keep_their_order(
    client: httpx.AsyncClient, backend: LocalBackend
) -> None:
    texts = ["Revenue grew strongly in the year.", "Profit fell sharply in the second quarter."] * 75
    answer = await client.post("/sentiment", json={"texts": texts})
    assert [result["label"] for result in answer.json()["results"]] == ["positive", "negative"] * 75
    assert backend.calls == 3


async def test_sections_decide_whether_the_worker_is_called(
    client: httpx.AsyncClient, backend: LocalBackend
) -> None:
    answer = await client.post(
        "/analyze_financials", json={"files": [CSV, NOTES], "query": "Cash flow analysis"}
    )
    assert (answer.json()["sections"], answer.json()["sentiment"], backend.calls) == (
        ["summary", "cash"],
        None,
        0,
    )
    body = {"files": [CSV, NOTES], "query": "Cash flow", "options": {"sections": ["sentiment"]}}
    answer = await client.post("/analyze_financials", json=body)
    assert answer.json()["sections"] == ["sentiment"]
    assert answer.json()["sentiment"]["sentences"] == 2


async def test_options_of_the_sentiment(client: httpx.AsyncClient) -> None:
    options = {"max_sentences": 1, "include_sentences": True}
    answer = await client.post("/analyze_financials", json={"files": [NOTES], "options": options})
    sentiment = answer.json()["sentiment"]
    assert (sentiment["sentences"], sentiment["truncated"]) == (1, True)
    assert [item["text"] for item in sentiment["all_sentences"]] == ["Revenue grew strongly in the year."]


async def test_a_broken_file_beside_a_good_one_is_a_warning(client: httpx.AsyncClient) -> None:
    answer = await client.post("/ratios", json={"files": [upload("b.pdf", b"%PDF-1.4"), CSV]})
    assert answer.status_code == 200
    assert answer.json()["warnings"] == ["b.pdf: The PDF is damaged and cannot be read."]


def files(count: int) -> dict[str, Any]:
    return {"files": [CSV] * count}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind", "code", "param"),
    [
        ("GET", "/nothing", None, 404, "not_found_error", "no_route", None),
        ("GET", "/ratios", None, 405, "invalid_request_error", "method_not_allowed", None),
        ("POST", "/ratios", b"{", 400, "invalid_request_error", "malformed_json", None),
        ("POST", "/ratios", {}, 422, "validation_error", "missing", "files"),
        ("POST", "/ratios", {"files": []}, 422, "validation_error", "too_short", "files"),
        ("POST", "/ratios", files(21), 413, "payload_too_large", "too_many_files", "files"),
        (
            "POST",
            "/ratios",
            {"files": [{"name": "", "content_b64": "aGk="}]},
            422,
            "validation_error",
            "string_too_short",
            "files[0].name",
        ),
        (
            "POST",
            "/ratios",
            {"files": [{"name": "a"}]},
            422,
            "validation_error",
            "missing",
            "files[0].content_b64",
        ),
        (
            "POST",
            "/ratios",
            {"files": [{"name": "a", "content_b64": "*"}]},
            400,
            "invalid_request_error",
            "invalid_base64",
            "files[0].content_b64",
        ),
        (
            "POST",
            "/ratios",
            {"files": [upload("a.pdf", b"%PDF-")]},
            422,
            "validation_error",
            "damaged_file",
            "files[0]",
        ),
        (
            "POST",
            "/ratios",
            {"files": [upload("a.pdf", b"%PDF-")] * 2},
            422,
            "validation_error",
            "no_parsable_file",
            "files[0]",
        ),
        (
            "POST",
            "/ratios",
            {**files(1), "options": {"balance": "median"}},
            422,
            "validation_error",
            "literal_error",
            "options.balance",
        ),
        ("POST", "/ratios", {**files(1), "extra": 1}, 422, "validation_error", "extra_forbidden", "extra"),
        (
            "POST",
            "/analyze_financials",
            {**files(1), "query": "x" * 2001},
            422,
            "validation_error",
            "string_too_long",
            "query",
        ),
        ("POST", "/sentiment", {"texts": []}, 422, "validation_error", "too_short", "texts"),
        ("POST", "/sentiment", {"texts": ["a"] * 1025}, 413, "payload_too_large", "too_many_inputs", "texts"),
        (
            "POST",
            "/sentiment",
            {"texts": ["a", "b" * 4001]},
            422,
            "validation_error",
            "string_too_long",
            "texts[1]",
        ),
    ],
)
async def test_errors(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    body: Any,
    status: int,
    kind: str,
    code: str,
    param: str | None,
) -> None:
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    answer = await client.request(method, path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    found = error(answer)
    assert (found["type"], found["code"], found["param"]) == (kind, code, param)


async def test_a_body_over_the_limit_with_and_without_a_length(backend: LocalBackend) -> None:
    app = create_app(FinbertSettings(max_body_mb=1), backend, KeyChecker((KEY.encode(),)))
    headers = {"X-API-Key": KEY, "Content-Type": "application/json"}

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield bytes(100_000)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://app", headers=headers
    ) as client:
        for content in (bytes(2_000_000), chunks()):
            answer = await client.post("/ratios", content=content)
            assert answer.status_code == 413
            assert error(answer)["code"] == "body_too_large"


class BrokenBackend(LocalBackend):
    """Fails as it is told."""

    def __init__(self, failure: Exception | None) -> None:
        self.failure = failure

    async def score(self, texts: list[str]) -> ScoreReply:
        if self.failure is None:
            await asyncio.sleep(10)
        raise self.failure or AssertionError

    async def runners(self) -> int:
        return 0


def broken_client(failure: Exception | None) -> httpx.AsyncClient:
    app = create_app(FinbertSettings(timeout_s=1), BrokenBackend(failure), KeyChecker((KEY.encode(),)))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://app", headers={"X-API-Key": KEY}
    )


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (BackendError("out of memory, token hf_secret"), 503, "worker_failed"),
        (TimeoutError(), 504, "deadline"),
        (None, 504, "deadline"),
        (RuntimeError("boom hf_secret"), 500, "internal"),
    ],
)
async def test_a_failing_worker(failure: Exception | None, status: int, code: str) -> None:
    client = broken_client(failure)
    answer = await client.post("/sentiment", json={"texts": ["Sales rose."]})
    assert answer.status_code == status
    assert error(answer)["code"] == code
    assert "hf_secret" not in answer.text
    assert "Traceback" not in answer.text
    if status == 503:
        assert int(answer.headers["Retry-After"]) > 0
    assert (await client.get("/status")).json()["requests"]["failed"] == 1


async def test_allow_partial_answers_without_the_sentiment() -> None:
    client = broken_client(BackendError("gone"))
    body: dict[str, Any] = {"files": [CSV, NOTES]}
    assert (await client.post("/analyze_financials", json=body)).status_code == 503
    answer = await client.post("/analyze_financials", json={**body, "options": {"allow_partial": True}})
    assert answer.status_code == 200
    assert answer.json()["sentiment"] is None
    assert answer.json()["warnings"] == ["No sentiment: The sentiment worker failed. The app's log says why."]


async def test_request_ids_are_echoed_when_they_are_harmless(client: httpx.AsyncClient) -> None:
    echoed = await client.get("/health", headers={"X-Request-ID": "trace-1.2:3"})
    assert echoed.headers["X-Request-ID"] == "trace-1.2:3"
    for given in ("x" * 65, "a b", ""):
        made = await client.get("/health", headers={"X-Request-ID": given})
        assert re.fullmatch(r"[0-9a-f]{16}", made.headers["X-Request-ID"])


async def test_logs_have_the_request_id_and_no_content(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    setup_logging("finbert", "INFO")
    body = {"files": [CSV, NOTES], "query": "private question"}
    answer = await client.post("/analyze_financials", json=body, headers={"X-Request-ID": "r-1"})
    printed = capsys.readouterr().out
    lines = [line for line in printed.splitlines() if line.startswith("[20")]
    assert len(lines) == 5
    assert all(re.match(r"\[\d{4}-\d\d-\d\dT[\d:.]+Z\] INFO finbert req=r-1 ", line) for line in lines)
    assert re.search(r"POST /analyze_financials 200 in \d+ ms$", lines[-1])
    assert answer.json()["logs"].splitlines()[0] == "read a.csv: csv, 47 bytes"
    for private in ("private question", "Revenue grew", KEY):
        assert private not in printed


async def test_openapi_names_every_answer(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    for path in ("/analyze_financials", "/ratios", "/sentiment"):
        operation = paths[path]["post"]
        assert "$ref" in operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert operation["security"] == [{"HTTPBearer": []}]


async def test_samples_answer_as_promised(client: httpx.AsyncClient) -> None:
    for sample in read_manifest("finbert")["samples"]:
        await send_sample(client, "finbert", sample)


async def test_the_manifest_lists_the_routes(client: httpx.AsyncClient) -> None:
    openapi = (await client.get("/openapi.json")).json()
    assert documented_routes(openapi) == listed_routes("finbert")
