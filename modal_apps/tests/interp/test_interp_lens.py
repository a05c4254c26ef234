"""The logit lens beside what transformers gives out: hidden states of each layer through its own norm and head."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import pytest_asyncio
import torch
from interp_kit import LocalBackend, post, settings_for, started
from interpret.api import create_app
from interpret.engine import Engine
from interpret.errors import InterpretError
from interpret.lens import Lens, is_word
from support import client_for
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    CohereConfig,
    CohereForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
)

PROMPT = "When Mary went, John said 7 words \U0001f600."
ASK: dict[str, Any] = {"type": ["LOGIT_LENS"], "prompt": PROMPT, "topN": 5, "stream": False}
SHAPE: dict[str, Any] = {
    **{"vocab_size": 257, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3},
    **{"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 128},
}


@pytest.fixture(scope="module")
def engine_of_lens(folder: Path) -> Engine:
    return started(settings_for(folder, wire="neuronpedia"))


@pytest_asyncio.fixture
async def asked(engine_of_lens: Engine) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(engine_of_lens.settings, LocalBackend(engine_of_lens), None)
    async with client_for(app) as client:
        yield client


@pytest.fixture(scope="module")
def expected(folder: Path) -> tuple[list[int], torch.Tensor, Any]:
    """Ids, probabilities [layer, position, token] by transformers alone, and the tokenizer."""
    model = AutoModelForCausalLM.from_pretrained(folder / "model")
    tokenizer = AutoTokenizer.from_pretrained(folder / "model")
    ids = tokenizer(tokenizer.bos_token + PROMPT)["input_ids"]
    blocks: list[torch.Tensor] = []
    for block in model.transformer.h:
        block.register_forward_hook(
            lambda _, __, out: blocks.append(out[0] if isinstance(out, tuple) else out)
        )
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits
        read = [model.lm_head(model.transformer.ln_f(out))[0].softmax(-1) for out in blocks]
    torch.testing.assert_close(read[-1], logits[0].softmax(-1))
    return ids, torch.stack(read), tokenizer


async def test_each_layer_s_read_out_is_that_of_transformers(
    asked: httpx.AsyncClient, expected: tuple[list[int], torch.Tensor, Any]
) -> None:
    ids, shares, tokenizer = expected
    found = await post(asked, "lens/prompt", **ASK, filterNonWordTokens=False)
    assert found["meta"]["layers_by_type"] == {"LOGIT_LENS": [0, 1, 2]}
    assert [one["id"] for one in found["tokens"]] == ids
    assert (found["done"]["seq_len"], found["done"]["vocab_size"]) == (len(ids), shares.shape[-1])
    for position, one in enumerate(found["tokens"]):
        [slice_] = one["results"]
        for layer in range(3):
            top = shares[layer, position].topk(5)
            assert slice_["top_probs"][layer] == pytest.approx(top.values.tolist(), abs=1e-4)
            assert slice_["top_tokens"][layer] == [tokenizer.decode([token]) for token in top.indices]


async def test_what_is_no_word_is_left_out_but_for_the_prediction_itself(
    asked: httpx.AsyncClient, expected: tuple[list[int], torch.Tensor, Any]
) -> None:
    ids, shares, tokenizer = expected
    found = await post(asked, "lens/prompt", **ASK)
    words = [token for token in range(shares.shape[-1]) if is_word(tokenizer.decode([token]))]
    for position in range(len(ids)):
        [slice_] = found["tokens"][position]["results"]
        for layer in range(3):
            best = [int(shares[layer, position].argmax())] if layer == 2 else []
            rest = sorted({*words, *best}, key=lambda token: -float(shares[layer, position, token]))[:5]
            wanted = [float(shares[layer, position, token]) for token in rest]
            assert slice_["top_probs"][layer] == pytest.approx(wanted, abs=1e-4)


async def test_a_stream_has_a_frame_on_each_line(asked: httpx.AsyncClient) -> None:
    whole = await post(asked, "lens/prompt", **ASK)
    answer = await asked.post("/v1/lens/prompt", json={**ASK, "stream": True})
    assert answer.headers["content-type"] == "application/x-ndjson"
    frames = [json.loads(line) for line in answer.text.splitlines()]
    assert [frame["kind"] for frame in frames] == [
        "meta",
        "prompt",
        *["token"] * len(whole["tokens"]),
        "done",
    ]
    assert (frames[0], frames[2:-1], frames[-1]) == (whole["meta"], whole["tokens"], whole["done"])
    shown = frames[1]["tokens"]
    assert "".join(one["token"] for one in shown[1:] if not one["is_char_continuation"]) == PROMPT
    assert [one["token"] for one in shown if one["is_char_continuation"]] == ["\U0001f600"] * 3


async def test_layers_lengths_and_what_is_known_are_as_asked(asked: httpx.AsyncClient) -> None:
    whole = await post(asked, "lens/prompt", **ASK)
    ids = [one["id"] for one in whole["tokens"]]
    some = await post(asked, "lens/prompt", **ASK, layers=[0, 99], cachedTokenIds=[*ids[:4], 0])
    assert some["meta"]["layers_by_type"]["LOGIT_LENS"] == [0, 2]
    assert (some["meta"]["reuse_len"], [one["position"] for one in some["tokens"]]) == (
        4,
        list(range(4, len(ids))),
    )
    for mine, other in zip(some["tokens"], whole["tokens"][4:], strict=True):
        rows = other["results"][0]["top_tokens"]
        assert mine["results"][0]["top_tokens"] == [rows[0], rows[2]]
    same = await post(asked, "lens/prompt", **{**ASK, "prompt": None}, inputTokenIds=ids)
    assert same["tokens"] == whole["tokens"]
    short = await post(asked, "lens/prompt", **ASK, maxSeqLen=3)
    assert [one["id"] for one in short["tokens"]] == ids[:3]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"type": ["JACOBIAN_LENS"]}, "Jacobian lens is not available"),
        ({"prompt": None}, "Provide exactly one of"),
        ({"chat": [{"role": "user", "content": "a"}]}, "/v1/apply-chat-template"),
        ({"numCompletionTokens": 4}, "reads prompts only"),
        ({"num_completion_tokens": 4}, "reads prompts only"),
        ({"steerTokens": [{"token": "a", "type": "LOGIT_LENS"}]}, "Steering through the lens"),
        ({"inputTokenIds": [100_000]}, "no token 100000"),
    ],
)
async def test_what_is_not_here_is_refused_in_words(
    asked: httpx.AsyncClient, body: dict[str, Any], words: str
) -> None:
    answer = await asked.post("/v1/lens/prompt", json={**ASK, **body})
    assert answer.status_code == 400, answer.text
    assert words in answer.json()["error"]


MODELS = {
    "llama": (LlamaForCausalLM, LlamaConfig(**SHAPE), True),
    "gemma 2 with a cap": (
        Gemma2ForCausalLM,
        Gemma2Config(**SHAPE, head_dim=8, final_logit_softcapping=3.0),
        True,
    ),
    "cohere, which scales": (CohereForCausalLM, CohereConfig(**SHAPE, logit_scale=5.0), False),
}


@pytest.mark.parametrize("what", MODELS)
def test_the_last_layer_is_the_prediction_or_the_model_is_refused(engine_of_lens: Engine, what: str) -> None:
    make, config, is_known = MODELS[what]
    torch.manual_seed(2)
    model = make(config).eval()
    with torch.no_grad():
        model.get_output_embeddings().weight.mul_(30)
        own = model(torch.tensor([[5, 6, 7]])).logits[0].softmax(-1)
    reader = engine_of_lens.model.reader
    loaded: Any = SimpleNamespace(model=model, device="cpu", layers=3, model_id="x", reader=reader)
    asked = {
        **{"input_token_ids": [5, 6, 7], "layers": [], "cached_token_ids": [], "top_n": 4, "model": None},
        **{"temperature": 1.0, "prepend_bos": True, "filter_non_word_tokens": False},
    }
    if not is_known:
        with pytest.raises(InterpretError, match="is not known to the lens"):
            Lens(loaded).read(asked)
        return
    for position, one in enumerate(Lens(loaded).read(asked)["tokens"]):
        expected = own[position].topk(4).values.tolist()
        assert one["results"][0]["top_probs"][-1] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (" cat", True),
        ("don't", True),
        ("\u732b", True),
        ("7", True),
        ("", False),
        (" ,", False),
        ("-a", False),
        ("<|x|>", False),
        ("<pad>", False),
        ("a_b", False),
    ],
)
def test_words(token: str, expected: bool) -> None:
    assert is_word(token) is expected
