"""SAEs in SAELens' folder format, new and old, good and bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from interpret.errors import InterpretError
from interpret.releases import UnknownSetError, hub_sources
from interpret.sae_config import parse_config
from interpret.sae_io import read_config, read_sae, weights_bytes
from interpret.sae_math import Sae
from interpret.source import Source
from interpret.source_catalogue import catalogue, known_sources
from safetensors.torch import load_file, save_file

HOOK = "blocks.0.hook_resid_pre"


def copied(
    folder: Path, to: Path, source: str, config: dict[str, Any] | None = None, **tensors: Any
) -> Source:
    """A source of the tiny model with changed files; a tensor that is None is left out."""
    origin = folder / "saes" / "res-jb" / source
    to.mkdir(parents=True)
    raw = json.loads((origin / "cfg.json").read_text())
    (to / "cfg.json").write_text(json.dumps({**raw, **(config or {})}))
    kept = {**load_file(origin / "sae_weights.safetensors"), **tensors}
    save_file(
        {name: tensor for name, tensor in kept.items() if tensor is not None}, to / "sae_weights.safetensors"
    )
    return Source(source, "res-jb", str(to))


def read(source: Source) -> Sae:
    folder = Path(source.folder)
    return read_sae(source, folder, read_config(source, folder), torch.float32, "cpu")


def failure(source: Source) -> tuple[int, str, str]:
    with pytest.raises(InterpretError) as caught:
        read(source)
    found = caught.value.failure
    return found["status"], found["code"], found["message"]


def test_reads_the_four_kinds(folder: Path) -> None:
    sources = catalogue(["res-jb"], str(folder / "saes"))
    assert list(sources) == ["0-res-jb", "1-res-jb", "2-res-jb", "3-res-jb"]
    saes = [read(source) for source in sources.values()]
    assert [sae.config.architecture for sae in saes] == ["standard", "jumprelu", "topk", "gated"]
    assert [sae.config.hook for sae in saes] == [
        "blocks.0.hook_resid_pre",
        "blocks.1.hook_resid_pre",
        "blocks.2.hook_resid_pre",
        "blocks.2.hook_resid_post",
    ]
    assert [sae.config.apply_b_dec_to_input for sae in saes] == [True, False, True, True]
    assert [sae.config.normalization for sae in saes] == ["none", "none", "layer_norm", "none"]
    assert all(sae.config.centred and sae.d_sae == 128 and sae.d_model == 32 for sae in saes)
    assert saes[2].config.k == 8
    assert saes[0].log_sparsity is not None
    assert saes[0].log_sparsity.shape == (128,)
    for source, sae in zip(sources.values(), saes, strict=True):
        assert (
            weights_bytes(source, Path(source.folder), torch.float32) == sae.nbytes - sae.log_sparsity.nbytes
        )  # type: ignore[union-attr]
        assert weights_bytes(source, Path(source.folder), torch.bfloat16) * 2 == weights_bytes(
            source, Path(source.folder), torch.float32
        )


@pytest.mark.parametrize(
    "raw",
    [
        {"architecture": "standard", "hook_name": HOOK},
        {"hook_point": HOOK, "normalize_activations": False},
        {"architecture": "standard", "metadata": {"hook_name": HOOK}},
        {"architecture": "standard", "meta": {"hook_name": HOOK}, "normalize_activations": "none"},
    ],
)
def test_spellings_of_the_configuration(raw: dict[str, Any]) -> None:
    config = parse_config("x", raw)
    assert (config.architecture, config.hook, config.normalization) == ("standard", HOOK, "none")
    assert config.apply_b_dec_to_input
    assert not config.centred


def test_centred_weights_and_topk_in_their_other_places() -> None:
    kwargs = {"model_from_pretrained_kwargs": {"center_writing_weights": True}}
    assert parse_config("x", {"hook_name": HOOK, **kwargs}).centred
    assert parse_config("x", {"metadata": {"hook_name": HOOK, **kwargs}}).centred
    old = {"hook_name": HOOK, "activation_fn_str": "topk", "activation_fn_kwargs": {"k": 5}}
    config = parse_config("x", old)
    assert (config.architecture, config.k) == ("topk", 5)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"architecture": "temporal"}, "its architecture is temporal, not standard, jumprelu, topk, gated"),
        ({"hook_name": None}, "names no hook"),
        ({"normalize_activations": "batch"}, "normalized by batch"),
        ({"normalize_activations": "expected_average_only_in"}, "norm_scaling_factor is missing"),
        ({"reshape_activations": "hook_z"}, "reshapes activations (hook_z)"),
        ({"architecture": "topk"}, "its k is missing"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(
    folder: Path, tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    status, code, message = failure(copied(folder, tmp_path / "x", "0-res-jb", change))
    assert (status, code) == (422, "unsupported_source")
    assert "0-res-jb" in message
    assert why in message


def test_weights_that_are_missing_do_not_fit_or_are_no_numbers(folder: Path, tmp_path: Path) -> None:
    missing = copied(folder, tmp_path / "a", "1-res-jb", threshold=None)
    assert failure(missing)[1:] == (
        "unsupported_source",
        "The SAE 1-res-jb cannot be used: its weights lack threshold.",
    )
    short = copied(folder, tmp_path / "b", "1-res-jb", b_enc=torch.zeros(5))
    assert "b_enc has the shape (5,), not (128,)" in failure(short)[2]
    broken = copied(folder, tmp_path / "c", "1-res-jb", b_dec=torch.full((32,), float("inf")))
    assert failure(broken) == (500, "non_finite", "A weight in b_dec of 1-res-jb is not a finite number.")


def test_scales_beside_the_weights_are_folded_in(folder: Path, tmp_path: Path) -> None:
    plain = read(copied(folder, tmp_path / "a", "0-res-jb"))
    scaled = read(copied(folder, tmp_path / "b", "0-res-jb", scaling_factor=torch.full((128,), 3.0)))
    assert torch.allclose(scaled.w_dec, plain.w_dec * 3)
    topk = read(copied(folder, tmp_path / "c", "2-res-jb"))
    by_norm = read(copied(folder, tmp_path / "d", "2-res-jb", {"rescale_acts_by_decoder_norm": True}))
    norms = topk.w_dec.norm(dim=-1)
    x = torch.randn(4, 32)
    assert torch.allclose(by_norm.w_dec.norm(dim=-1), torch.ones(128))
    z = torch.relu(topk._input(x)[0] @ topk.w_enc + topk.b_enc) * norms
    expected = z * (z >= z.topk(8).values[:, -1:])
    assert torch.allclose(by_norm.encode(x), expected, atol=1e-4)


def test_layers_are_in_order_and_empty_folders_are_named(tmp_path: Path) -> None:
    for layer in (0, 2, 10):
        (tmp_path / "s" / f"{layer}-s").mkdir(parents=True)
        (tmp_path / "s" / f"{layer}-s" / "cfg.json").write_text("{}")
    assert list(catalogue(["s"], str(tmp_path))) == ["0-s", "2-s", "10-s"]
    with pytest.raises(FileNotFoundError, match=f"There is no SAE in {tmp_path / 'none'}"):
        catalogue(["none"], str(tmp_path))


def test_a_set_of_neuronpedia_is_that_of_the_model_that_is_served() -> None:
    sources = catalogue(["res-jb"], "", models=["gpt2-small"])
    assert {source.repo for source in sources.values()} == {"jbloom/GPT2-Small-SAEs-Reformatted"}
    assert [sources[name].folder for name in ("0-res-jb", "11-res-jb", "12-res-jb")] == [
        "blocks.0.hook_resid_pre",
        "blocks.11.hook_resid_pre",
        "blocks.11.hook_resid_post",
    ]
    old = {"hook_point": "blocks.3.hook_resid_pre", "d_in": 768}
    assert parse_config("3-res-jb", {**old, **sources["3-res-jb"].overrides}).centred
    assert len(known_sources(["res-jb"], "", ["openai-community/gpt2"])["res-jb"]) == 13
    assert known_sources(["res-jb"], "/cache/saes", ["gpt2-small"]) == {}
    gemma = hub_sources("res-jb", ["google/gemma-2b"])
    assert {source.repo for source in gemma} == {"jbloom/Gemma-2b-Residual-Stream-SAEs"}


@pytest.mark.parametrize(
    ("models", "name", "count", "one", "folder"),
    [
        (
            ["google/gemma-2-2b"],
            "gemmascope-res-16k",
            26,
            "20-gemmascope-res-16k",
            "layer_20/width_16k/average_l0_71",
        ),
        (["llama3.1-8b"], "llamascope-res-32k", 32, "15-llamascope-res-32k", "Llama3_1-8B-Base-L15R-8x"),
        (
            ["deepseek-ai/DeepSeek-R1-Distill-Llama-8B", "meta-llama/Llama-3.1-8B"],
            "llamascope-r1-res-32k",
            32,
            "15-llamascope-slimpj-openr1-res-32k",
            "400M-Slimpajama-400M-OpenR1-Math-220k/L15R",
        ),
    ],
)
def test_the_sets_of_the_guides_are_found(
    models: list[str], name: str, count: int, one: str, folder: str
) -> None:
    sources = {source.id: source for source in hub_sources(name, models)}
    assert (len(sources), sources[one].folder) == (count, folder)
    assert next(iter(sources)).startswith("0-")


@pytest.mark.parametrize(
    ("name", "model", "why"),
    [
        ("gemmascope-transcoder-16k", "gemma-2-2b", "gemmascope-transcoder-16k holds transcoders"),
        ("mwhanna-qwen3-4b-transcoders", "qwen3-4b", "holds transcoders, which cannot be served"),
        ("temporal-sae-gemma-2-2b", "gemma-2-2b", "holds temporal SAEs, which cannot be served"),
        ("gemmascope-res-16k", "gpt2-small", "is a set of google/gemma-2-2b, google/gemma-2-9b"),
        ("gemmascope-res-16q", "gemma-2-2b", "did you mean gemmascope-res-16k"),
    ],
)
def test_a_set_that_cannot_be_served_is_refused_in_words(name: str, model: str, why: str) -> None:
    with pytest.raises(UnknownSetError, match=why):
        hub_sources(name, [model])
