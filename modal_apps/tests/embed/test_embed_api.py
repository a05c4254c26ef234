"""The routes: OpenAI's shapes, instructions, limits, and every error with its body."""

from __future__ import annotations

import asyncio
import base64
import json

import httpx
import numpy as np
import pytest
import torch
from appkit.auth import KeyChecker
from embed.api import create_app
from embed.families import FAMILIES, family_of
from embed.model import EmbeddingModel
from embed.service import EmbeddingService
from embed.settings import EmbeddingSettings
from support import KEY, client_for, documented_routes, listed_routes, read_manifest, send_sample

CAT = "The cat sleeps on the sofa."


async def test_openai_lists_have_its_shape(embed_client: httpx.AsyncClient) -> None:
    answer = await embed_client.post("/v1/embeddings", json={"input": [CAT, "a"], "model": "default"})
    body = answer.json()
    assert (body["object"], body["model"]) == ("list", "hkunlp/instructor-xl")
    assert [(one["object"], one["index"], len(one["embedding"])) for one in body["data"]] == [
        ("embedding", 0, 768),
        ("embedding", 1, 768),
    ]
    assert body["usage"]["prompt_tokens"] == body["usage"]["total_tokens"] > 10
    assert answer.headers["X-Cold-Start"] == "0"
    assert float(answer.headers["X-Model-Seconds"]) > 0


async def test_base64_is_the_same_vector(embed_client: httpx.AsyncClient) -> None:
    plain = await embed_client.post("/v1/embeddings", json={"input": CAT})
    packed = await embed_client.post("/v1/embeddings", json={"input": CAT, "encoding_format": "base64"})
    data = base64.b64decode(packed.json()["data"][0]["embedding"], validate=True)
    expected = np.array(plain.json()["data"][0]["embedding"])
    np.testing.assert_allclose(np.frombuffer(data, "<f4"), expected, atol=1e-6)


async def test_task_instruction_and_default_give_different_vectors(embed_client: httpx.AsyncClient) -> None:
    async def vector(**fields: str) -> list[float]:
        return (await embed_client.post("/embed", json={"texts": [CAT], **fields})).json()["embeddings"][0]

    document = await vector()
    assert document == await vector(task="document")
    assert document == await vector(instruction=FAMILIES["instructor"].instructions["document"])
    assert document != await vector(task="query")
    assert document != await vector(instruction="")
    assert await vector(task="query", instruction="x: ") == await vector(instruction="x: ")


async def test_not_normalized_and_truncated(embed_client: httpx.AsyncClient, t5: EmbeddingModel) -> None:
    body = {"texts": ["cat " * 500, CAT], "normalize": False}
    answer = (await embed_client.post("/embed", json=body)).json()
    assert answer["truncated"] == [0]
    assert (answer["dim"], answer["count"]) == (768, 2)
    assert set(answer["timing_ms"]) == {"queue", "tokenize", "model", "total"}
    raw = [
        v.values
        for v in t5.embed(t5.tokenize(body["texts"], FAMILIES["instructor"].instructions["document"]))
    ]
    np.testing.assert_allclose(answer["embeddings"], raw, atol=1e-5)


async def test_the_older_route(embed_client: httpx.AsyncClient) -> None:
    answer = (await embed_client.post("/generate_embedding", json={"text": CAT})).json()
    assert set(answer) == {"embedding", "dim", "model", "model_load_time_ms", "inference_time_ms"}
    assert len(answer["embedding"]) == answer["dim"] == 768


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "param"),
    [
        ("/embed", {"texts": [""]}, 422, "empty_input", "texts[0]"),
        ("/embed", {"texts": ["a", " \n\t"]}, 422, "empty_input", "texts[1]"),
        ("/embed", {"texts": []}, 422, "too_short", "texts"),
        ("/embed", {"texts": ["a"] * 2049}, 413, "too_many_inputs", "texts"),
        ("/embed", {"texts": ["a", "cat " * 500], "truncate": False}, 422, "too_long", "texts[1]"),
        ("/embed", {"texts": ["a"], "task": "poetry"}, 422, "literal_error", "task"),
        ("/embed", {"texts": ["a"], "extra": 1}, 422, "extra_forbidden", "extra"),
        ("/v1/embeddings", {"input": [1, 2]}, 422, "token_ids_unsupported", "input"),
        ("/v1/embeddings", {"input": [[1, 2]]}, 422, "token_ids_unsupported", "input"),
        ("/v1/embeddings", {"input": "a", "dimensions": 64}, 422, "dimensions_unsupported", "dimensions"),
        ("/v1/embeddings", {"input": "a", "model": "text-embedding-3-small"}, 404, "unknown_model", "model"),
        ("/v1/embeddings", {"input": "  "}, 422, "empty_input", "input"),
        ("/v1/embeddings", {"input": "a", "encoding_format": "hex"}, 422, "literal_error", "encoding_format"),
        ("/generate_embedding", {"text": ""}, 422, "empty_input", "text"),
        ("/generate_embedding", {}, 422, "missing", "text"),
    ],
)
async def test_refusals(
    embed_client: httpx.AsyncClient, path: str, body: object, status: int, code: str, param: str
) -> None:
    answer = await embed_client.post(path, json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (status, code, param)
    assert error["message"]
    assert (await embed_client.post("/embed", json={"texts": ["next"]})).status_code == 200


async def test_too_many_tokens(embed_client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embed.service.MOST_TOKENS", 100)
    answer = await embed_client.post("/embed", json={"texts": ["cat " * 30] * 4})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (413, "too_many_tokens", "texts")


async def test_malformed_json_and_large_bodies(embed_client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await embed_client.post("/embed", content=b'{"texts": [', headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "malformed_json")
    large = json.dumps({"texts": ["x" * (9 << 20)]}).encode()
    answer = await embed_client.post("/embed", content=large, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")


async def test_matryoshka_lengths(minilm: EmbeddingModel) -> None:
    trained = EmbeddingModel(minilm.model_id, family_name="embeddinggemma")
    trained.__dict__.update({**minilm.__dict__, "family_name": "embeddinggemma"})
    service = EmbeddingService(trained, "similarity")
    result = await service.embed([CAT], dimensions=200)
    assert len(result.vectors[0]) == 200
    assert abs(np.linalg.norm(result.vectors[0]) - 1) < 1e-5
    settings = EmbeddingSettings(auth="none", model_id="google/embeddinggemma-300m")
    async with client_for(create_app(settings, service, None)) as client:
        for wrong in (127, 400):
            answer = await client.post("/v1/embeddings", json={"input": CAT, "dimensions": wrong})
            assert answer.json()["error"]["code"] == "dimensions_out_of_range"


async def test_a_vector_with_a_nan_is_a_500_and_the_next_request_works(t5: EmbeddingModel) -> None:
    service = EmbeddingService(t5, "document")
    weights = next(t5.model[2].parameters())
    kept = weights.detach().clone()
    async with client_for(create_app(EmbeddingSettings(auth="none"), service, None)) as client:
        with torch.no_grad():
            weights[0, 0] = torch.nan
        answer = await client.post("/embed", json={"texts": [CAT]})
        with torch.no_grad():
            weights.copy_(kept)
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "non_finite")
        assert (await client.post("/embed", json={"texts": [CAT]})).status_code == 200


@pytest.mark.parametrize(
    ("words", "code", "healthy"),
    [("CUDA out of memory.", "out_of_memory", True), ("CUDA error: device-side assert", "gpu_error", False)],
)
async def test_gpu_failures(
    t5: EmbeddingModel, monkeypatch: pytest.MonkeyPatch, words: str, code: str, healthy: bool
) -> None:
    retired: list[bool] = []
    service = EmbeddingService(t5, "document", lambda: retired.append(True))

    def fail(_: object) -> torch.Tensor:
        raise RuntimeError(words)

    async with client_for(create_app(EmbeddingSettings(auth="none"), service, None)) as client:
        with monkeypatch.context() as patch:
            patch.setattr(t5, "_forward", fail)
            answer = await client.post("/embed", json={"texts": [CAT]})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, code)
        assert int(answer.headers["Retry-After"]) > 0
        assert (await client.get("/health")).status_code == (200 if healthy else 503)
    assert bool(retired) is not healthy


async def test_status(embed_client: httpx.AsyncClient) -> None:
    await embed_client.post("/embed", json={"texts": [CAT]})
    status = (await embed_client.get("/status")).json()
    assert (status["status"], status["dim"], status["family"]) == ("ready", 768, "instructor")
    assert (status["gpu_available"], status["gpu_name"], status["torch_version"]) == (
        False,
        None,
        torch.__version__,
    )
    assert status["batching"]["calls"] >= 1
    assert status["model"]["engine"] == "sentence-transformers"
    assert status["warnings"] == []
    assert KEY not in json.dumps(status)


def test_no_instruction_at_all_is_a_warning(t5: EmbeddingModel) -> None:
    assert EmbeddingService(t5, None).warnings()[0].startswith("APP_DEFAULT_TASK=none")


async def test_many_requests_share_few_forward_passes(t5: EmbeddingModel) -> None:
    service = EmbeddingService(t5, "document")
    async with client_for(create_app(EmbeddingSettings(auth="none"), service, None)) as client:
        bodies = [{"texts": [f"text number {number}"]} for number in range(64)]
        answers = await asyncio.gather(*(client.post("/embed", json=body) for body in bodies))
        alone = [(await client.post("/embed", json=body)).json()["embeddings"][0] for body in bodies[:5]]
    assert service.batcher.counters.calls - 5 <= 4
    for answer, single in zip(answers, alone, strict=False):
        assert np.dot(answer.json()["embeddings"][0], single) >= 0.9999


async def test_samples_answer_as_promised(embed_client: httpx.AsyncClient) -> None:
    for sample in read_manifest("embeddings")["samples"]:
        assert (sample["method"], sample["path"]) in listed_routes("embeddings")
        await send_sample(embed_client, "embeddings", sample)


async def test_the_manifest_lists_the_routes(embed_client: httpx.AsyncClient) -> None:
    openapi = (await embed_client.get("/openapi.json")).json()
    assert documented_routes(openapi) == listed_routes("embeddings")


async def test_without_a_key(service: EmbeddingService) -> None:
    app = create_app(EmbeddingSettings(auth="key"), service, KeyChecker((KEY.encode(),)))
    async with client_for(app, key="") as client:
        for method, path in listed_routes("embeddings"):
            status = (await client.request(method, path, json={})).status_code
            assert status == (200 if path in ("/", "/health") else 401)


@pytest.mark.parametrize(
    ("model_id", "family"),
    [
        ("hkunlp/instructor-xl", "instructor"),
        ("BAAI/bge-base-en-v1.5", "bge"),
        ("google/embeddinggemma-300m", "embeddinggemma"),
        ("Qwen/Qwen3-Embedding-0.6B", "qwen3"),
        ("/models/my-instructor-copy", "instructor"),
        ("sentence-transformers/all-MiniLM-L6-v2", "plain"),
    ],
)
def test_families(model_id: str, family: str) -> None:
    assert family_of(model_id) == family
