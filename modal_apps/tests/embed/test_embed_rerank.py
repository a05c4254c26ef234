"""Reranking, beside sentence-transformers' own cross-encoder, and the shapes of those who have the route."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import pytest_asyncio
import tiny_reranker
import torch
from embed.families import family_of
from embed.model import ModelError
from embed.rerank import RerankModel, RerankService
from embed.rerank_api import create_rerank_app
from embed.settings import EmbeddingSettings
from sentence_transformers import CrossEncoder
from support import client_for

QUERY = "where is the cat"
DOCUMENTS = ["rates rose", "the cat sleeps on the sofa", "revenue fell", "cat " * 30]


@pytest.fixture(scope="module")
def reranker_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_reranker.make_reranker(tmp_path_factory.mktemp("models") / "reranker")


@pytest.fixture(scope="module")
def reranker(reranker_folder: Path) -> RerankModel:
    model = RerankModel(str(reranker_folder))
    model.load()
    model.to_device()
    return model


@pytest_asyncio.fixture
async def ranking(reranker: RerankModel) -> AsyncIterator[httpx.AsyncClient]:
    settings = EmbeddingSettings(auth="none", model_id="BAAI/bge-reranker-v2-m3")
    async with client_for(create_rerank_app(settings, RerankService(reranker), None)) as client:
        yield client


async def ranked(client: httpx.AsyncClient, path: str = "/rerank", **body: Any) -> Any:
    answer = await client.post(path, json={"query": QUERY, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("path", ["/rerank", "/v1/rerank", "/v2/rerank"])
async def test_documents_are_ranked_as_the_library_ranks_them(
    ranking: httpx.AsyncClient, reranker_folder: Path, path: str
) -> None:
    theirs = CrossEncoder(str(reranker_folder), device="cpu").rank(QUERY, DOCUMENTS, return_documents=True)
    found = await ranked(ranking, path, documents=DOCUMENTS, model="bge-reranker-v2-m3")
    assert [one["index"] for one in found["results"]] == [one["corpus_id"] for one in theirs]
    ours = [one["relevance_score"] for one in found["results"]]
    np.testing.assert_allclose(ours, [float(one["score"]) for one in theirs], atol=1e-6)
    assert [one["document"]["text"] for one in found["results"]] == [one["text"] for one in theirs]
    assert len(set(np.round(ours, 4))) > 2
    assert set(found) == {"id", "model", "usage", "results"}
    assert found["usage"]["total_tokens"] == sum(len(pair) for pair in _tokens(reranker_folder))


def _tokens(folder: Path) -> list[list[int]]:
    tokenizer = CrossEncoder(str(folder), device="cpu").tokenizer
    ids: list[list[int]] = tokenizer([QUERY] * len(DOCUMENTS), DOCUMENTS)["input_ids"]
    return ids


async def test_the_best_alone_and_documents_as_objects(ranking: httpx.AsyncClient) -> None:
    whole = await ranked(ranking, documents=DOCUMENTS)
    objects = [{"text": text, "title": "x"} for text in DOCUMENTS]
    first = await ranked(ranking, documents=objects, top_n=1, return_documents=False)
    [best] = first["results"]
    assert set(best) == {"index", "relevance_score"}
    assert best["index"] == whole["results"][0]["index"]
    assert best["relevance_score"] == pytest.approx(whole["results"][0]["relevance_score"], abs=1e-6)


async def test_the_format_of_text_embeddings_inference(
    ranking: httpx.AsyncClient, reranker_folder: Path
) -> None:
    library = CrossEncoder(str(reranker_folder), device="cpu")
    raw = library.predict([(QUERY, text) for text in DOCUMENTS], activation_fn=torch.nn.Identity())
    found = await ranked(ranking, texts=DOCUMENTS, return_text=True)
    assert [one["index"] for one in found] == list(np.argsort(-raw))
    for one in found:
        assert one["score"] == pytest.approx(1 / (1 + math.exp(-raw[one["index"]])), abs=1e-6)
        assert one["text"] == DOCUMENTS[one["index"]]
    plain = await ranked(ranking, texts=DOCUMENTS, raw_scores=True)
    assert [one["score"] for one in plain] == pytest.approx(sorted(map(float, raw), reverse=True), abs=1e-5)
    assert set(plain[0]) == {"index", "score"}


async def test_a_text_that_is_too_long_is_cut_and_said(ranking: httpx.AsyncClient) -> None:
    body = {"query": QUERY, "documents": ["cat", "cat " * 99]}
    assert (await ranking.post("/rerank", json=body)).headers["X-Truncated"] == "1"
    answer = await ranking.post("/rerank", json={**body, "truncate": False})
    assert (answer.status_code, answer.json()["error"]["param"]) == (422, "documents[1]")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"query": "a"}, 422, "documents_or_texts"),
        ({"query": "a", "documents": ["b"], "texts": ["b"]}, 422, "documents_or_texts"),
        ({"query": "a", "documents": []}, 422, "too_short"),
        ({"query": "a", "documents": ["b"] * 2049}, 413, "too_many_inputs"),
        ({"query": "a", "documents": ["b"], "model": "other"}, 404, "unknown_model"),
    ],
)
async def test_what_is_wrong_with_a_request(
    ranking: httpx.AsyncClient, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await ranking.post("/rerank", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_each_kind_of_model_refuses_what_only_the_other_does(
    ranking: httpx.AsyncClient, embed_client: httpx.AsyncClient
) -> None:
    answer = await ranking.post("/v1/embeddings", json={"input": "a"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "model_is_a_reranker")
    answer = await embed_client.post("/rerank", json={"query": "a", "documents": ["b"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "not_a_reranker")


def test_a_classifier_is_no_reranker(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="gives 3 numbers for a pair"):
        RerankModel(str(tiny_reranker.make_reranker(tmp_path / "m", labels=3))).load()


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("BAAI/bge-reranker-v2-m3", "reranker"),
        ("cross-encoder/ms-marco-MiniLM-L6-v2", "reranker"),
        ("Qwen/Qwen3-Embedding-0.6B", "qwen3"),
        ("BAAI/bge-base-en-v1.5", "bge"),
    ],
)
def test_rerankers_are_known_by_their_names(name: str, family: str) -> None:
    assert family_of(name) == family
    assert EmbeddingSettings(model_id=name).is_reranker == (family == "reranker")
