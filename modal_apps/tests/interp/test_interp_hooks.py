"""Hook points on models as transformers makes them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from interp_kit import PROMPTS
from interpret.engine import Engine
from interpret.errors import InterpretError
from interpret.hooks import find_site, hook_name, hooked
from interpret.language_model import batches
from torch import Tensor, nn
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
)

SMALL = {
    "vocab_size": 50,
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 8,
    "max_position_embeddings": 64,
}
POINTS = ("resid_pre", "resid_post", "mlp_out", "attn_out")
NAMES = [hook_name(layer, point) for layer in range(2) for point in POINTS]


def models() -> list[PreTrainedModel]:
    torch.manual_seed(0)
    return [
        LlamaForCausalLM(LlamaConfig(**SMALL)).eval(),
        Qwen2ForCausalLM(Qwen2Config(**SMALL)).eval(),
        Gemma2ForCausalLM(Gemma2Config(**SMALL)).eval(),
    ]


@torch.no_grad()
def run(
    model: nn.Module, names: list[str], changes: dict[str, Any] | None = None
) -> tuple[dict[str, Tensor], Any]:
    with hooked(model, names, changes or {}) as seen:
        out = model(input_ids=torch.tensor([[1, 4, 7, 9]]), output_hidden_states=True)
    return seen, out


def check_parts(model: nn.Module) -> None:
    """The residual is the sum of what the blocks write, and what transformers itself says it is."""
    seen, out = run(model, NAMES)
    for layer in range(2):
        pre, post, mlp, attention = (seen[hook_name(layer, point)] for point in POINTS)
        assert torch.allclose(pre + attention + mlp, post, atol=1e-5)
        assert torch.equal(pre, out.hidden_states[layer])
    assert torch.equal(seen[hook_name(0, "resid_post")], seen[hook_name(1, "resid_pre")])


@pytest.mark.parametrize("model", models(), ids=lambda model: type(model).__name__)
def test_the_residual_is_the_sum_of_its_parts(model: nn.Module) -> None:
    check_parts(model)


def test_so_it_is_in_gpt2(engine: Engine) -> None:
    check_parts(engine.model.model)


def test_a_change_reaches_what_follows_and_ends_with_the_hooks(engine: Engine) -> None:
    model = engine.model.model
    plain, before = run(model, NAMES)
    for name in NAMES[:4]:
        changed, _ = run(model, NAMES, {name: [lambda value: value + 1.0, lambda value: value * 2]})
        assert torch.allclose(changed[name], (plain[name] + 1) * 2, atol=1e-6)
        assert not torch.allclose(changed[NAMES[-1]], plain[NAMES[-1]])
    assert torch.equal(run(model, [])[1].logits, before.logits)


@pytest.mark.parametrize(
    "name",
    [
        "blocks.3.hook_resid_pre",
        "blocks.0.hook_z",
        "resid_pre",
        "blocks.0.attn.hook_q",
        "blocks.-1.hook_mlp_out",
    ],
)
def test_unknown_hooks(engine: Engine, name: str) -> None:
    with pytest.raises(InterpretError) as caught:
        find_site(engine.model.model, name)
    assert (caught.value.failure["status"], caught.value.failure["code"]) == (422, "unknown_hook")


def test_a_model_of_an_unknown_shape_is_refused() -> None:
    with pytest.raises(InterpretError) as caught:
        find_site(nn.Linear(2, 2), "blocks.0.hook_mlp_out")
    assert caught.value.failure["code"] == "unsupported_model"


def centred_copy(model: GPT2LMHeadModel) -> GPT2LMHeadModel:
    """The same model with its writing weights centred: each write to the residual has the mean 0."""
    copied = copy.deepcopy(model)
    inner = copied.transformer
    writers = [inner.wte.weight, inner.wpe.weight]
    for block in inner.h:
        writers += [
            block.attn.c_proj.weight,
            block.attn.c_proj.bias,
            block.mlp.c_proj.weight,
            block.mlp.c_proj.bias,
        ]
    with torch.no_grad():
        for weight in writers:
            weight.sub_(weight.mean(-1, keepdim=True))
    return copied


def test_the_residual_without_its_mean_is_that_of_a_model_with_centred_weights(folder: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(folder / "model").eval()
    names = [hook_name(layer, point) for layer in range(3) for point in ("resid_pre", "resid_post")]
    ours, _ = run(model, names)
    theirs, _ = run(centred_copy(model), names)
    for name in names:
        assert torch.allclose(ours[name] - ours[name].mean(-1, keepdim=True), theirs[name], atol=1e-4)
        assert not torch.allclose(ours[name], theirs[name], atol=1e-2)


def test_an_sae_of_a_centred_model_reads_the_residual_of_the_plain_one(folder: Path, engine: Engine) -> None:
    centred = centred_copy(engine.model.model)
    for source in engine.sources:
        sae = engine.store.get(source)
        name = sae.config.hook
        ours, theirs = run(engine.model.model, [name])[0][name], run(centred, [name])[0][name]
        assert sae.config.centred
        assert torch.allclose(sae.encode(ours), sae.encode(theirs), atol=1e-3)


def test_prompts_together_are_prompts_alone(engine: Engine) -> None:
    ids = [engine.model.reader.read(prompt).ids for prompt in PROMPTS]
    name = hook_name(2, "resid_post")
    together = {number: seen[name] for number, seen in engine.model.activations(ids, [name])}
    for number, prompt in enumerate(ids):
        [(_, alone)] = engine.model.activations([prompt], [name])
        assert together[number].shape == (len(prompt), 32)
        assert torch.allclose(together[number], alone[name], atol=1e-5)


def test_forward_passes_are_bounded_and_complete() -> None:
    lengths = [5, 500, 100, 100, 2, 499]
    found = batches(lengths, 1000)
    assert sorted(index for batch in found for index in batch) == list(range(6))
    assert all(len(batch) * max(lengths[index] for index in batch) <= 1000 for batch in found)
    assert len(found) < 6
