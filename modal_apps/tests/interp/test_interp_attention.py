"""Patterns of heads and attribution through them, beside what transformers itself gives out and the sum that z is."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import pytest_asyncio
import tiny_gpt2_sae
import torch
from interp_kit import LocalBackend, post, settings_for, started
from interpret.api import create_app
from interpret.attention import attentions
from interpret.engine import Engine
from support import client_for
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    Gemma2Config,
    Gemma2ForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
)

PROMPT = "When Mary and John went, John gave Mary a Z."
HEADS = 2
SHAPE: dict[str, Any] = {
    **{"vocab_size": 64, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3},
    **{"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 128},
}
MODELS = {
    "llama": (LlamaForCausalLM, LlamaConfig(**SHAPE)),
    "gemma 2": (
        Gemma2ForCausalLM,
        Gemma2Config(**SHAPE, attn_logit_softcapping=5.0, sliding_window=6, query_pre_attn_scalar=8),
    ),
    "mistral": (MistralForCausalLM, MistralConfig(**SHAPE, sliding_window=5)),
}


@pytest.fixture(scope="module")
def with_heads(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model with SAEs of what the heads of layers 1 and 2 give out, and one of the residual stream."""
    made = tmp_path_factory.mktemp("heads")
    shutil.copytree(folder / "model", made / "model")
    for layer, kind in ((1, "jumprelu"), (2, "gated")):
        target = made / "saes" / "att-kk" / f"{layer}-att-kk"
        torch.manual_seed(layer)
        tiny_gpt2_sae._make_sae(target, kind, f"blocks.{layer}.attn.hook_z", None)  # type: ignore[arg-type]
        config = json.loads((target / "cfg.json").read_text()) | {"model_from_pretrained_kwargs": {}}
        (target / "cfg.json").write_text(json.dumps(config))
    shutil.copytree(folder / "saes" / "res-jb", made / "saes" / "res-jb")
    return made


@pytest.fixture(scope="module")
def heads(with_heads: Path) -> Engine:
    return started(settings_for(with_heads, wire="neuronpedia", sae_sets='["att-kk","res-jb"]'))


@pytest_asyncio.fixture
async def asked(heads: Engine) -> AsyncIterator[httpx.AsyncClient]:
    async with client_for(create_app(heads.settings, LocalBackend(heads), None)) as client:
        yield client


@pytest.fixture(scope="module")
def witness(with_heads: Path) -> tuple[Any, torch.Tensor]:
    """transformers' own model with plain attention, and the prompt in tokens."""
    model = AutoModelForCausalLM.from_pretrained(with_heads / "model", attn_implementation="eager")
    tokenizer = AutoTokenizer.from_pretrained(with_heads / "model")
    return model, torch.tensor([tokenizer(tokenizer.bos_token + PROMPT)["input_ids"]])


@pytest.mark.parametrize(("layer", "head"), [(0, 0), (1, 1), (2, 0)])
async def test_a_pattern_is_that_of_transformers(
    asked: httpx.AsyncClient, witness: tuple[Any, torch.Tensor], layer: int, head: int
) -> None:
    model, ids = witness
    with torch.no_grad():
        expected = model(ids, output_attentions=True).attentions[layer][0, head]
    found = await post(asked, "activation/attention", prompt=PROMPT, layer=layer, head=head)
    length = ids.shape[1]
    assert (found["seqLen"], len(found["tokens"])) == (length, length)
    given = dict(zip(found["attentionIndices"], found["attentionValues"], strict=True))
    assert list(given) == sorted(given)
    for query in range(length):
        row = {key: float(expected[query, key]) for key in range(length)}
        best = sorted(row, key=lambda key: -row[key])[:8]
        wanted = {query * length + key: row[key] for key in best if row[key] >= 0.005}
        shown = {index: value for index, value in given.items() if index // length == query}
        assert shown == pytest.approx(wanted, abs=1e-4)
    assert found["maxActivation"] == pytest.approx(float(expected[1:, 1:].max()), abs=1e-4)


@pytest.mark.parametrize("what", MODELS)
def test_caps_windows_and_shared_heads_are_those_of_the_model(what: str) -> None:
    make, config = MODELS[what]
    torch.manual_seed(1)
    model = make(config).eval()
    ids = list(range(5, 25))
    theirs = make(config).eval()
    theirs.load_state_dict(model.state_dict())
    theirs.set_attn_implementation("eager")
    before = model.config._attn_implementation
    loaded: Any = SimpleNamespace(model=model, device="cpu")
    found = attentions(loaded, ids, [1, 2])
    with torch.no_grad():
        expected = theirs(torch.tensor([ids]), output_attentions=True).attentions
    assert sorted(found) == [1, 2]
    for layer, attention in found.items():
        torch.testing.assert_close(attention.weights, expected[layer][0])
        assert attention.values.shape == (4, len(ids), 8)
    assert model.config._attn_implementation == before


@pytest.mark.parametrize(("source", "layer"), [("1-att-kk", 1), ("2-att-kk", 2)])
async def test_attribution_is_what_each_token_brings_through_the_heads(
    asked: httpx.AsyncClient, heads: Engine, witness: tuple[Any, torch.Tensor], source: str, layer: int
) -> None:
    """By hand: the values that c_attn makes, the weights that transformers gives out, the encoder's column."""
    model, ids = witness
    block, seen = model.transformer.h[layer].attn, {}
    handles = [
        block.c_attn.register_forward_hook(lambda _, __, made: seen.update(v=made[0, :, -32:])),
        block.c_proj.register_forward_pre_hook(lambda _, given: seen.update(z=given[0][0])),
    ]
    with torch.no_grad():
        weights = model(ids, output_attentions=True).attentions[layer][0]
    for handle in handles:
        handle.remove()
    column = heads.store.get(source).w_enc[:, 7]
    found = (await post(asked, "activation/single", prompt=PROMPT, source=source, index="7"))["activation"]
    target = found["dfaTargetIndex"] + 1  # the first token is left out
    assert found["dfaTargetIndex"] == found["maxValueIndex"]
    width = 32 // HEADS
    expected = torch.zeros(ids.shape[1])
    for head in range(HEADS):
        part = slice(head * width, (head + 1) * width)
        expected += weights[head, target] * (seen["v"][:, part] @ column[part])
    torch.testing.assert_close(torch.tensor(found["dfaValues"]), expected[1:], atol=1e-4, rtol=1e-4)
    assert found["dfaMaxValue"] == pytest.approx(max(found["dfaValues"]))
    # All that is brought is all that the encoder reads there.
    total = float(seen["z"][target] @ column)
    assert sum(found["dfaValues"]) + float(expected[0]) == pytest.approx(total, abs=1e-3)


async def test_all_and_batches_have_the_attribution_of_each_feature_in_their_own_places(
    asked: httpx.AsyncClient,
) -> None:
    body = {"sourceSet": "att-kk", "selectedSources": [], "sortByTokenIndexes": [], "ignoreBos": True}
    found = await post(asked, "activation/all", prompt=PROMPT, numResults=6, **body)
    assert {row["source"] for row in found["activations"]} == {"1-att-kk", "2-att-kk"}
    for row in found["activations"]:
        assert len(row["dfaValues"]) == len(found["tokens"])  # the first token is there
        assert row["dfaTargetIndex"] == row["maxValueIndex"]
        one = {"source": row["source"], "index": str(row["index"])}
        [alone] = (await post(asked, "activation/single-batch", prompts=[PROMPT], **one))["results"]
        if row["maxValueIndex"] > 0:
            torch.testing.assert_close(row["dfaValues"][1:], alone["activation"]["dfaValues"])


async def test_other_saes_have_none_and_what_is_not_there_is_refused(asked: httpx.AsyncClient) -> None:
    found = await post(asked, "activation/single", prompt=PROMPT, source="1-res-jb", index="7")
    assert found["activation"]["dfaValues"] is None
    for body, words in (
        ({"layer": 3, "head": 0}, "Invalid layer: 3. Must be in [0, 3)."),
        ({"layer": 0, "head": 2}, "Invalid head: 2. Must be in [0, 2)."),
    ):
        answer = await asked.post("/v1/activation/attention", json={"prompt": "a", **body})
        assert (answer.status_code, answer.json()["error"]) == (400, words)
    endpoints = (await asked.get("/v1/capabilities")).json()["endpoints"]
    assert endpoints["activation_attention"]
    assert endpoints["dfa"]


async def test_one_token_alone_has_no_pattern(asked: httpx.AsyncClient) -> None:
    found = await post(asked, "activation/attention", prompt="<|endoftext|>", layer=0, head=0)
    assert (found["seqLen"], found["attentionValues"], found["maxActivation"]) == (1, [], 0)
