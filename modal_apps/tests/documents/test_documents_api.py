"""Routes and errors, through the whole ASGI app."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import make_document_samples as samples
import pytest
import uvicorn
from appkit.auth import KeyChecker
from appkit.backend import BackendError
from appkit.jobs import JobBoard
from document_files import (
    LocalBackend,
    document,
    extract,
    packed,
    pdf,
    png,
    word_png,
    words_tiff,
)
from local_jobs import LocalRunner
from ocr.api import create_app
from ocr.reading import PageIn, ReadOptions, ReadReply, failed_page
from ocr.settings import DocumentsSettings
from PIL import Image
from support import KEY, client_for, documented_routes, listed_routes, read_manifest, send_sample
from tiny_qwen3_vl import PAGE_JSON, PAGE_TEXT, WORDS, word_image

BLANK = Image.new("RGB", (256, 256), "white")
HUGE = bytearray(packed(Image.new("1", (1, 1)), "BMP"))
HUGE[18:22] = HUGE[22:26] = (10_001).to_bytes(4, "little")


def error(answer: httpx.Response) -> dict[str, Any]:
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "code", "param", "request_id"}
    assert body["error"]["request_id"] == answer.headers["X-Request-ID"]
    return body["error"]


async def read(client: httpx.AsyncClient, name: str, data: bytes, **options: Any) -> dict[str, Any]:
    answer = await client.post("/extract", json=extract(name, data, **options))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_health_and_status(client: httpx.AsyncClient, backend: LocalBackend) -> None:
    assert (await client.get("/health")).json() == {
        "status": "ok",
        "app": "documents-ocr",
        "version": "0.2.0",
    }
    before = (await client.get("/status")).json()
    assert (before["status"], before["torch"], backend.calls) == ("cold", None, [])
    after = (await client.get("/status?wake=1")).json()
    assert (after["status"], after["model"]["dtype"], len(backend.calls)) == ("ready", "float32", 1)
    assert KEY not in json.dumps(after)


@pytest.mark.parametrize("path", ["/extract", "/extract_from_url", "/batch", "/jobs/x", "/status", "/docs"])
async def test_closed_without_a_key(backend: LocalBackend, runner: LocalRunner, path: str) -> None:
    app = create_app(DocumentsSettings(), backend, JobBoard({}, runner), KeyChecker((KEY.encode(),)))
    async with client_for(app, key="") as client:
        answer = await client.post(path, json=extract("a.png", word_png("total")))
        assert (answer.status_code, error(answer)["code"]) == (401, "missing_key")
    assert backend.calls == []


async def test_one_picture(client: httpx.AsyncClient) -> None:
    answer = await client.post("/extract", json=extract("a.png", word_png("total")))
    body = answer.json()
    assert body["success"] is True
    assert (body["content"], body["content_length"], body["word_count"]) == ("total", 5, 1)
    assert (body["format"], body["prompt"], body["warnings"]) == ("markdown", "markdown@1", [])
    [page] = body["pages"]
    assert page["seconds"] > 0
    del page["seconds"]
    assert page == {
        **{
            "index": 1,
            "source": "a.png#1",
            "width": 256,
            "height": 256,
            "image_tokens": 64,
            "output_tokens": 2,
        },
        **{"finish_reason": "stop", "content": "total", "word_count": 1, "warnings": [], "error": None},
        "prompt_tokens": body["usage"]["prompt_tokens"],
        **{"text_source": "model", "turned": 0},
    }
    assert body["usage"] == {"image_tokens": 64, "prompt_tokens": page["prompt_tokens"], "output_tokens": 2}
    assert page["prompt_tokens"] > 64
    assert body["model"] == {"id": "Qwen/Qwen3-VL-8B-Instruct", "revision": ""}
    assert body["request_id"] == answer.headers["X-Request-ID"]
    timing = body["timing_ms"]
    assert set(timing) == {"render", "queue", "model", "total"}
    assert timing["total"] >= timing["model"] > 0
    assert float(answer.headers["X-Model-Seconds"]) == pytest.approx(timing["model"] / 1000, abs=1e-4)


async def test_the_cost_counts_a_cold_start_once(client: httpx.AsyncClient, backend: LocalBackend) -> None:
    engine = backend.reader._engine
    engine.first_call = True
    cold = await client.post("/extract", json=extract("a.png", word_png("total")))
    warm = await client.post("/extract", json=extract("a.png", word_png("total")))
    assert (cold.headers["X-Cold-Start"], warm.headers["X-Cold-Start"]) == ("1", "0")
    rate = 1.95 / 3600  # of an L40S
    load_s = engine.report()["load_s"]
    for answer, idle_s in ((cold, load_s + 120), (warm, 0)):
        seconds = answer.json()["timing_ms"]["model"] / 1000 + idle_s
        assert answer.json()["cost_estimate_usd"] == pytest.approx(seconds * rate, abs=2e-6)


async def test_a_form(client: httpx.AsyncClient) -> None:
    files = {"file": ("scan.tiff", words_tiff(*WORDS[:3]))}
    answer = await client.post("/extract", files=files, data={"pages": "3,1", "format": "text", "dpi": "150"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["content"] == f"{WORDS[2]}\n\n{WORDS[0]}"
    assert [page["source"] for page in answer.json()["pages"]] == ["scan.tiff#3", "scan.tiff#1"]


async def test_a_form_with_a_schema(client: httpx.AsyncClient) -> None:
    schema = json.loads((samples.SAMPLES / "extract-json.json").read_text())["schema"]
    data = {"format": "json", "schema": json.dumps(schema)}
    answer = await client.post("/extract", files={"file": ("p.png", png(samples.page()))}, data=data)
    assert json.loads(answer.json()["content"]) == PAGE_JSON


async def test_blank_pages_ask_no_model(client: httpx.AsyncClient, backend: LocalBackend) -> None:
    body = await read(client, "b.png", png(BLANK))
    assert (body["content"], body["pages"][0]["image_tokens"], backend.calls) == ("", 0, [])
    assert "blank" in body["pages"][0]["warnings"][0]
    pages = [word_image("total"), BLANK.copy(), word_image("letter")]
    data = packed(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    body = await read(client, "b.tiff", data)
    assert body["content"] == "total\n\nletter"
    assert backend.calls == [["1", "3"]]


async def test_a_data_url_prefix(client: httpx.AsyncClient) -> None:
    body = extract("a.png", word_png("total"))
    body["document"]["content_b64"] = "data:image/png;base64," + body["document"]["content_b64"]
    assert (await client.post("/extract", json=body)).json()["content"] == "total"


async def test_a_page_that_fails_beside_others(client: httpx.AsyncClient, backend: LocalBackend) -> None:
    class HalfBroken(LocalBackend):
        async def read(self, pages: list[PageIn], options: ReadOptions) -> ReadReply:
            reply = await super().read(pages, options)
            reply["pages"][1] = failed_page("2", 503, "out_of_memory", "Too little memory.")
            return reply

    app = create_app(DocumentsSettings(), HalfBroken(backend.reader._engine), JobBoard({}, None), None)  # type: ignore[arg-type]
    async with client_for(app) as other:
        body = await read(other, "a.tiff", words_tiff(*WORDS[:3]))
    assert body["content"] == f"{WORDS[0]}\n\n{WORDS[2]}"
    assert body["pages"][1]["error"] == {
        "status": 503,
        "code": "out_of_memory",
        "message": "Too little memory.",
    }
    assert body["warnings"] == ["Page 2 failed: Too little memory."]


async def test_several_pages_of_json_are_a_list(client: httpx.AsyncClient, backend: LocalBackend) -> None:
    from test_documents_reader import Scripted, said

    scripted = LocalBackend(Scripted(said('{"a": 1}'), said("[2]")))  # type: ignore[arg-type]
    report = backend.reader._engine.report()
    scripted.reader._engine.report = lambda: report  # type: ignore[method-assign]
    app = create_app(DocumentsSettings(), scripted, JobBoard({}, None), None)  # type: ignore[arg-type]
    pages = [word_image("total"), BLANK.copy(), word_image("letter")]
    data = packed(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    async with client_for(app) as other:
        body = await read(other, "a.tiff", data, format="json")
    assert json.loads(body["content"]) == [{"a": 1}, None, [2]]


@pytest.mark.parametrize(
    ("body", "status", "kind", "code", "param"),
    [
        (extract("a.png", b""), 422, "validation_error", "empty_file", "document"),
        (extract("a.png", b"text"), 422, "validation_error", "unsupported_type", "document"),
        (extract("a.png", word_png("total")[:500]), 422, "validation_error", "bad_image", "pages[0]"),
        (extract("a.png", b"\x89PNG\r\n\x1a\nx"), 422, "validation_error", "bad_image", "document"),
        (extract("a.bmp", bytes(HUGE)), 422, "validation_error", "image_too_large", "document"),
        (extract("a.pdf", b"%PDF-1.4 x"), 422, "validation_error", "bad_pdf", "document"),
        (
            extract("a.png", png(Image.effect_noise((2, 500), 99))),
            422,
            "validation_error",
            "bad_shape",
            "pages[0]",
        ),
        (extract("a.pdf", pdf(9)), 413, "payload_too_large", "too_many_pages", "pages"),
        (extract("a.pdf", pdf(2), pages="3"), 422, "validation_error", "bad_pages", "pages"),
        (extract("a.pdf", pdf(2), pages="x"), 422, "validation_error", "string_pattern_mismatch", "pages"),
        (extract("a.pdf", pdf(2), dpi=71), 422, "validation_error", "greater_than_equal", "dpi"),
        (extract("a.pdf", pdf(2), dpi=301), 422, "validation_error", "less_than_equal", "dpi"),
        (
            extract("a.pdf", pdf(2), max_pixels=65_535),
            422,
            "validation_error",
            "greater_than_equal",
            "max_pixels",
        ),
        (
            extract("a.pdf", pdf(2), max_pixels=16_777_217),
            422,
            "validation_error",
            "less_than_equal",
            "max_pixels",
        ),
        (
            extract("a.pdf", pdf(2), max_tokens=15),
            422,
            "validation_error",
            "greater_than_equal",
            "max_tokens",
        ),
        (
            extract("a.pdf", pdf(2), max_tokens=16_385),
            422,
            "validation_error",
            "less_than_equal",
            "max_tokens",
        ),
        (
            extract("a.pdf", pdf(2), temperature=2.1),
            422,
            "validation_error",
            "less_than_equal",
            "temperature",
        ),
        (
            extract("a.pdf", pdf(2), temperature=-1),
            422,
            "validation_error",
            "greater_than_equal",
            "temperature",
        ),
        (extract("a.pdf", pdf(2), format="docx"), 422, "validation_error", "literal_error", "format"),
        (extract("a.pdf", pdf(2), prompt="x" * 4001), 422, "validation_error", "string_too_long", "prompt"),
        (extract("a.pdf", pdf(2), language="x" * 41), 422, "validation_error", "string_too_long", "language"),
        (extract("a.pdf", pdf(2), colour=True), 422, "validation_error", "extra_forbidden", "colour"),
        (extract("a.pdf", pdf(2), schema={}), 422, "validation_error", "schema_needs_json", "schema"),
        (
            extract("a.pdf", pdf(2), format="json", schema={"type": 1}),
            422,
            "validation_error",
            "bad_schema",
            "schema",
        ),
        (
            {"document": {"name": "a.png", "content_b64": "a$b="}},
            400,
            "invalid_request_error",
            "invalid_base64",
            "document.content_b64",
        ),
        (
            {"document": {"name": "a.png", "content_b64": "YWJj\n"}},
            400,
            "invalid_request_error",
            "invalid_base64",
            "document.content_b64",
        ),
        (
            {"document": {"name": "", "content_b64": ""}},
            422,
            "validation_error",
            "string_too_short",
            "document.name",
        ),
        ({}, 422, "validation_error", "missing", "document"),
        ([], 422, "validation_error", "model_type", None),
    ],
)
async def test_refused(
    client: httpx.AsyncClient,
    backend: LocalBackend,
    body: Any,
    status: int,
    kind: str,
    code: str,
    param: str | None,
) -> None:
    answer = await client.post("/extract", json=body)
    told = error(answer)
    assert (answer.status_code, told["type"], told["code"], told["param"]) == (status, kind, code, param)
    assert backend.calls == []
    if code == "too_many_pages":
        assert "/batch" in told["message"]


async def test_an_encrypted_pdf(client: httpx.AsyncClient) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(1))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    answer = await client.post("/extract", json=extract("a.pdf", out.getvalue()))
    assert (answer.status_code, error(answer)["code"]) == (422, "encrypted_pdf")


async def test_the_page_limit_is_a_setting(backend: LocalBackend) -> None:
    app = create_app(DocumentsSettings(sync_pages=1), backend, JobBoard({}, None), None)  # type: ignore[arg-type]
    async with client_for(app) as client:
        answer = await client.post("/extract", json=extract("a.tiff", words_tiff(*WORDS[:2])))
        assert error(answer)["code"] == "too_many_pages"
        one = await client.post("/extract", json=extract("a.tiff", words_tiff(*WORDS[:2]), pages="2"))
        assert one.json()["content"] == WORDS[1]


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_json"),
        (b"\xff\xfe", "application/json", 400, "malformed_json"),
        (b"[" * 100_000, "application/json", 400, "malformed_json"),
        (b"x", "text/plain", 400, "unsupported_content_type"),
        (b"x", "", 400, "unsupported_content_type"),
        (b"x", "multipart/form-data", 400, "malformed_form"),
        (b"x", "multipart/form-data; boundary=b", 400, "malformed_form"),
    ],
)
async def test_bodies_that_cannot_be_read(
    client: httpx.AsyncClient, content: bytes, kind: str, status: int, code: str
) -> None:
    answer = await client.post("/extract", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, error(answer)["code"]) == (status, code)


@pytest.mark.parametrize(
    ("files", "data", "status", "code"),
    [
        ([("file", ("a.png", b"x")), ("file", ("b.png", b"x"))], {}, 413, "too_many_files"),
        ([("other", ("a.png", b"x"))], {}, 422, "missing"),
        ([("file", ("a.png", b"x"))], {"dpi": "many"}, 422, "int_parsing"),
        ([("file", ("a.png", b"x"))], {"format": "json", "schema": "{"}, 422, "bad_schema"),
        ([("file", ("a.png", b"x"))], {"document": "x"}, 422, "extra_forbidden"),
    ],
)
async def test_refused_forms(
    client: httpx.AsyncClient, files: Any, data: dict[str, str], status: int, code: str
) -> None:
    answer = await client.post("/extract", files=files, data=data)
    assert (answer.status_code, error(answer)["code"]) == (status, code)


async def test_a_body_that_is_too_large(backend: LocalBackend) -> None:
    app = create_app(DocumentsSettings(max_body_mb=1), backend, JobBoard({}, None), None)  # type: ignore[arg-type]

    async def endless() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(40):
            yield b"x" * 2**16

    async with client_for(app) as client:
        for headers in (
            {"Content-Type": "application/json"},
            {"Content-Type": "multipart/form-data; boundary=b"},
        ):
            answer = await client.post("/extract", content=endless(), headers=headers)
            assert (answer.status_code, error(answer)["code"]) == (413, "body_too_large")
        answer = await client.post("/extract", content=b"x" * 2**21)
        assert (answer.status_code, error(answer)["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        ({"url": "https://127.0.0.1/a.png"}, 400, "blocked_url", "url"),
        ({"image_url": "https://localhost/a.png"}, 400, "blocked_url", "image_url"),
        ({"url": "http://example.com/a.png"}, 400, "blocked_url", "url"),
        ({"url": "file:///etc/passwd"}, 400, "blocked_url", "url"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, 400, "blocked_url", "url"),
        ({}, 422, "value_error", None),
        ({"url": "https://a.b/c", "image_url": "https://a.b/c"}, 422, "value_error", None),
        (
            {"url": "https://127.0.0.1/a.png", "format": "text", "schema": {}},
            422,
            "schema_needs_json",
            "schema",
        ),
    ],
)
async def test_refused_urls(
    client: httpx.AsyncClient, body: dict[str, Any], status: int, code: str, param: str | None
) -> None:
    answer = await client.post("/extract_from_url", json=body)
    told = error(answer)
    assert (answer.status_code, told["code"], told["param"]) == (status, code, param)


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (BackendError("gone: the document said SECRET"), 503, "worker_failed"),
        (TimeoutError(), 504, "deadline"),
        (None, 504, "deadline"),
        (ZeroDivisionError("SECRET"), 500, "internal"),
    ],
)
async def test_a_worker_that_fails(failure: Exception | None, status: int, code: str) -> None:
    class Broken:
        async def read(self, pages: list[PageIn], options: ReadOptions) -> ReadReply:
            if failure:
                raise failure
            await asyncio.sleep(30)
            raise AssertionError("not reached")

    app = create_app(DocumentsSettings(timeout_s=1), Broken(), JobBoard({}, None), None)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
        answer = await client.post("/extract", json=extract("a.png", word_png("total")))
    assert (answer.status_code, error(answer)["code"]) == (status, code)
    assert "SECRET" not in answer.text
    assert ("Retry-After" in answer.headers) == (status == 503)


async def test_when_every_page_failed_the_request_has(backend: LocalBackend) -> None:
    class Full(LocalBackend):
        async def read(self, pages: list[PageIn], options: ReadOptions) -> ReadReply:
            reply = await super().read(pages, options)
            reply["pages"] = [failed_page(page["key"], 503, "out_of_memory", "Full.") for page in pages]
            return reply

    app = create_app(DocumentsSettings(), Full(backend.reader._engine), JobBoard({}, None), None)  # type: ignore[arg-type]
    async with client_for(app) as client:
        answer = await client.post("/extract", json=extract("a.png", word_png("total")))
    assert (answer.status_code, error(answer)["code"]) == (503, "out_of_memory")
    assert answer.headers["Retry-After"] == "5"


async def finished(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    for _ in range(600):
        job = (await client.get(url)).json()
        if job["status"] not in ("queued", "running"):
            return job
        await asyncio.sleep(0.02)
    raise AssertionError("the job does not end")


async def test_a_batch(client: httpx.AsyncClient) -> None:
    documents = [
        document("a.png", word_png("total")),
        document("broken.pdf", b"%PDF-1.4 x"),
        document("b.tiff", words_tiff("letter", "paper")),
        {"name": "far.png", "url": "https://127.0.0.1/x.png"},
    ]
    answer = await client.post("/batch", json={"documents": documents})
    accepted = answer.json()
    assert answer.status_code == 202
    assert set(accepted) == {"job_id", "status_url", "submitted_at"}
    job = await finished(client, accepted["status_url"])
    assert (job["status"], job["error"]) == ("done", None)
    assert job["finished_at"] >= job["submitted_at"]
    result = job["result"]
    assert (result["num_images"], result["succeeded"], result["failed"], result["num_pages"]) == (4, 2, 2, 3)
    assert [one["name"] for one in result["results"]] == ["a.png", "broken.pdf", "b.tiff", "far.png"]
    assert [one["content"] for one in result["results"]] == ["total", "", "letter\n\npaper", ""]
    assert result["results"][2]["word_count"] == 2
    assert "not fetched" in result["results"][3]["error"]


async def test_a_job_is_cancelled_once(client: httpx.AsyncClient, runner: LocalRunner) -> None:
    runner.hold.clear()
    accepted = (
        await client.post("/batch", json={"documents": [document("a.png", word_png("total"))]})
    ).json()
    url = accepted["status_url"]
    assert (await client.get(url)).json()["status"] == "queued"
    cancelled = await client.delete(url)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    again = await client.delete(url)
    assert (again.status_code, error(again)["code"], error(again)["type"]) == (
        409,
        "job_finished",
        "conflict_error",
    )


@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        ({"documents": []}, 422, "too_short", "documents"),
        ({"documents": [{"name": "a", "url": "https://a.b/c"}] * 501}, 413, "too_many_files", "documents"),
        ({"documents": [{"name": "a"}]}, 422, "value_error", "documents[0]"),
        (
            {"documents": [{"name": "a", "url": "https://a.b/c", "content_b64": ""}]},
            422,
            "value_error",
            "documents[0]",
        ),
        (
            {"documents": [{"name": "a", "content_b64": "?"}]},
            400,
            "invalid_base64",
            "documents[0].content_b64",
        ),
        (
            {"documents": [document("a", b"x")], "callback_url": "https://10.0.0.1/"},
            400,
            "blocked_url",
            "callback_url",
        ),
        ({"documents": [document("a", b"x")], "schema": {}}, 422, "schema_needs_json", "schema"),
    ],
)
async def test_refused_batches(
    client: httpx.AsyncClient, runner: LocalRunner, body: Any, status: int, code: str, param: str
) -> None:
    answer = await client.post("/batch", json=body)
    told = error(answer)
    assert (answer.status_code, told["code"], told["param"]) == (status, code, param)
    assert runner.payloads == []


async def test_a_callback_needs_a_key_to_sign_with(backend: LocalBackend, runner: LocalRunner) -> None:
    app = create_app(DocumentsSettings(auth="proxy"), backend, JobBoard({}, runner), None)
    async with client_for(app) as client:
        body = {"documents": [document("a", b"x")], "callback_url": "https://example.com/"}
        answer = await client.post("/batch", json=body)
    assert (answer.status_code, error(answer)["code"]) == (422, "callback_needs_key")
    assert runner.payloads == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "no_route"),
        ("GET", "/extract", 405, "method_not_allowed"),
        ("GET", "/jobs/fc-none", 404, "unknown_job"),
        ("DELETE", "/jobs/fc-none", 404, "unknown_job"),
    ],
)
async def test_unknown(client: httpx.AsyncClient, method: str, path: str, status: int, code: str) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, error(answer)["code"]) == (status, code)


async def test_neither_contents_nor_keys_are_logged(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        await read(client, "name.png", word_png("receipt"), prompt="private words")
    assert "read 1 pages" in caplog.text
    for private in ("receipt", "private words", KEY):
        assert private not in caplog.text


def test_routes_are_those_of_the_manifest(backend: LocalBackend) -> None:
    app: Any = create_app(DocumentsSettings(), backend, JobBoard({}, None), None)  # type: ignore[arg-type]
    openapi = app.app.openapi()
    assert documented_routes(openapi) == listed_routes("documents")
    body = openapi["paths"]["/extract"]["post"]["requestBody"]["content"]
    assert set(body) == {"application/json", "multipart/form-data"}
    assert "$ref" not in json.dumps(body)


@pytest.mark.parametrize("sample", read_manifest("documents")["samples"], ids=lambda sample: sample["id"])
async def test_samples_answer_as_promised(client: httpx.AsyncClient, sample: dict[str, Any]) -> None:
    answer = await send_sample(client, "documents", sample)
    if sample["id"] == "extract":
        assert answer.json()["content"] == PAGE_TEXT
    if sample["id"] == "extract-json":
        assert json.loads(answer.json()["content"]) == PAGE_JSON
    if sample["id"] == "extract-pdf":
        assert "Total USD 542.00" in answer.json()["content"]


async def test_over_a_real_socket(backend: LocalBackend, runner: LocalRunner) -> None:
    app = create_app(DocumentsSettings(), backend, JobBoard({}, runner), None)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await read(client, "a.png", word_png("amount")))["content"] == "amount"
    server.should_exit = True
    await serving
