"""The real vLLM engine on a CPU with a tiny cross-encoder: rerank, score and classify through the gateway."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import tiny_finbert
import torch
from llm.engine import Engine
from llm.settings import LlmSettings
from llm_servers import gateway
from loopback import free_port
from support import KEY
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("vllm") is None, reason="not run: the vLLM engine has no build for this machine"
)
QUERY = "revenue increased"
DOCUMENTS = ["the board has nine members", "profit fell in the year", "the office is in portland"]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT with one score, not trained: its numbers differ, and transformers knows which are right."""
    folder = tmp_path_factory.mktemp("cross-encoder")
    tokenizer = tiny_finbert._tokenizer(folder)
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        max_position_embeddings=128,
        num_labels=1,
        initializer_range=0.4,
    )
    BertForSequenceClassification(config).eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def client(checkpoint: Path) -> Iterator[httpx.Client]:
    settings = LlmSettings(
        model_id=str(checkpoint),
        served_name="ranker",
        auth="key",
        gpu="none",
        dtype="float32",
        snapshot="off",
        fast_boot=True,
        max_model_len=128,
        vllm_args="--runner pooling",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VLLM_TARGET_DEVICE", "cpu")
        patch.setenv("VLLM_CPU_KVCACHE_SPACE", "1")
        patch.setenv("OMP_NUM_THREADS", "2")
        engine = Engine(settings, free_port())
        engine.start()
    try:
        with (
            gateway(settings, engine.process) as url,
            httpx.Client(base_url=url, headers={"X-API-Key": KEY}, timeout=60) as client,
        ):
            yield client
    finally:
        engine.stop()


@pytest.fixture(scope="module")
def scores(checkpoint: Path) -> list[float]:
    """How well each document fits the query, as transformers computes it."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = BertForSequenceClassification.from_pretrained(checkpoint).eval()
    with torch.no_grad():
        logits = [model(**tokenizer(QUERY, text, return_tensors="pt")).logits.squeeze() for text in DOCUMENTS]
    return torch.sigmoid(torch.stack(logits)).tolist()


def test_scores_are_those_of_transformers(client: httpx.Client, scores: list[float]) -> None:
    body = {"model": "ranker", "text_1": QUERY, "text_2": DOCUMENTS}
    answer = client.post("/v1/score", json=body)
    assert answer.status_code == 200, answer.text
    assert [each["score"] for each in answer.json()["data"]] == pytest.approx(scores, abs=1e-4)
    assert max(scores) - min(scores) > 0.01


@pytest.mark.parametrize("path", ["/v1/rerank", "/v2/rerank"])
def test_documents_come_in_the_order_of_their_scores(
    client: httpx.Client, scores: list[float], path: str
) -> None:
    answer = client.post(path, json={"model": "llm", "query": QUERY, "documents": DOCUMENTS, "top_n": 2})
    best = sorted(range(len(scores)), key=lambda index: -scores[index])[:2]
    assert [each["index"] for each in answer.json()["results"]] == best


def test_pooling_and_classes_come_through(client: httpx.Client) -> None:
    classes = client.post("/classify", json={"model": "ranker", "input": DOCUMENTS}).json()["data"]
    assert [len(each["probs"]) for each in classes] == [1, 1, 1]
    assert client.post("/pooling", json={"model": "ranker", "input": QUERY}).status_code == 200
    assert client.post("/v1/rerank", json={"model": "other"}).json()["error"]["code"] == "unknown_model"
