"""
SAEs as their authors write them, read by the app and by SAELens: by the same name of the same release they must be
the same SAE. Files stand in for the Hub; all else that SAELens does, its own list included, is its own.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sae_writers as writers
import torch
import yaml
from interpret.errors import InterpretError
from interpret.fetch import fetch
from interpret.formats import FORMATS
from interpret.releases import hub_sources
from interpret.sae_io import read_config, read_sae
from interpret.source import Source
from interpret.source_catalogue import catalogue
from make_releases import TARGET, releases, text_of
from sae_writers import FEATURES, WIDTH, K
from saelens_kit import encoded, saelens, serve_files

Writer = Callable[[Path], None]
TOPK = {"k": K, "normalize_activations": "layer_norm", "apply_b_dec_to_input": False}
NEW = {"hook_name": "blocks.8.hook_resid_pre", "sae_lens_version": "6.20.0"}
CASES: dict[str, tuple[str, str, Writer]] = {
    "saelens standard": ("gpt2-small-res-jb", "blocks.8.hook_resid_pre", writers.saelens("standard")),
    "saelens jumprelu": (
        "gemma-2-2b-res-matryoshka-dc",
        "blocks.12.hook_resid_post",
        writers.saelens("jumprelu", apply_b_dec_to_input=True),
    ),
    "saelens topk": (
        "gpt2-small-resid-post-v5-32k",
        "blocks.5.hook_resid_post",
        writers.saelens("topk", **TOPK),
    ),
    "saelens topk by norm": (
        "gpt2-small-resid-post-v5-32k",
        "blocks.6.hook_resid_post",
        writers.saelens("topk", k=K, rescale_acts_by_decoder_norm=True, metadata=NEW),
    ),
    "saelens gated": ("gpt2-small-res-jb", "blocks.9.hook_resid_pre", writers.saelens("gated")),
    "saelens, average norm": (
        "gpt2-small-mlp-tm",
        "blocks.3.hook_mlp_out",
        writers.saelens("standard", normalize_activations="expected_average_only_in"),
    ),
    "saelens, constant norm": (
        "mistral-7b-res-wg",
        "blocks.8.hook_resid_pre",
        writers.saelens("standard"),
    ),
    "gemma scope residual": (
        "gemma-scope-2b-pt-res-canonical",
        "layer_20/width_16k/canonical",
        writers.gemma_2,
    ),
    "gemma scope mlp": ("gemma-scope-2b-pt-mlp-canonical", "layer_3/width_16k/canonical", writers.gemma_2),
    "gemma scope attention": (
        "gemma-scope-2b-pt-att-canonical",
        "layer_4/width_16k/canonical",
        writers.gemma_2,
    ),
    "gemma scope 2": ("gemma-scope-2-1b-pt-res", "layer_13_width_16k_l0_medium", writers.gemma_3),
    "llama scope": ("llama_scope_lxr_8x", "l15r_8x", writers.llama_scope),
    "llama scope r1": (
        "llama_scope_r1_distill",
        "l7r_400m_slimpajama_400m_openr1_math",
        writers.llama_scope_r1,
    ),
    "dictionary standard": (
        "sae_bench_gemma-2-2b_vanilla_width-2pow12_date-1109",
        "blocks.12.hook_resid_post__trainer_0",
        writers.dictionary("AutoEncoder"),
    ),
    "dictionary topk": (
        "sae_bench_gemma-2-2b_topk_width-2pow12_date-1109",
        "blocks.12.hook_resid_post__trainer_0",
        writers.dictionary("AutoEncoderTopK"),
    ),
    "dictionary gated": (
        "sae_bench_pythia70m_sweep_gated_ctx128_0730",
        "blocks.3.hook_resid_post__trainer_0",
        writers.dictionary("GatedAutoEncoder"),
    ),
    "dictionary matryoshka": (
        "saebench_gemma-2-2b_width-2pow12_date-0108",
        "blocks.12.hook_resid_post__trainer_0",
        writers.dictionary("MatryoshkaBatchTopKSAE"),
    ),
    "dictionary jumprelu": (
        "llama-3.1-8b-instruct-andyrdt",
        "resid_post_layer_3_trainer_1",
        writers.dictionary("JumpReluAutoEncoder"),
    ),
    "qwen scope": ("qwen-scope-3-1.7b-base-w32k-l50", "layer7", writers.qwen_scope),
    "goodfire": ("goodfire-llama-3.1-8b-instruct", "layer_19", writers.goodfire),
    "deepseek": (
        "deepseek-r1-distill-llama-8b-qresearch",
        "blocks.19.hook_resid_post",
        writers.deepseek_r1,
    ),
    "attention heads": ("gpt2-small-hook-z-kk", "blocks.5.hook_z", writers.attention_heads),
}
WIDTHS: dict[str, dict[str, int]] = {
    "gemma": {"d_in": WIDTH, "d_sae": FEATURES},
    "qwen": {"d_in": WIDTH, "d_sae": FEATURES},
    "goodfire": {"d_in": WIDTH, "d_sae": FEATURES},
    "deepseek": {"d_in": WIDTH, "d_sae": FEATURES},
}


def source_of(release: str, identifier: str) -> Source:
    return next(one for one in hub_sources(release, ["any"]) if one.id == f"{release}/{identifier}")


@pytest.mark.parametrize("unit_rows", [True, False])
@pytest.mark.parametrize("name", CASES)
def test_an_sae_is_the_one_that_saelens_reads(
    name: str, unit_rows: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, identifier, write = CASES[name]
    source = source_of(release, identifier)
    serve_files(monkeypatch, tmp_path, WIDTHS.get(name.split()[0], {}))
    torch.manual_seed(7)
    write(tmp_path / source.repo / source.folder / source.file)
    x = torch.randn(20, WIDTH)
    theirs, rows, hook = encoded(release, identifier, x, unit_rows=unit_rows)
    folder = fetch(source)
    config = read_config(source, folder)
    ours = read_sae(source, folder, config, torch.float32, "cpu", unit_rows=unit_rows)
    centred = x - x.mean(-1, keepdim=True) if config.centred else x
    assert config.hook == hook
    expected = encoded(release, identifier, centred, unit_rows=unit_rows)[0] if config.centred else theirs
    found = ours.encode(x)
    assert 0 < int((expected > 0).sum()) < expected.numel()
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
    # Of a topk by norm SAELens keeps the rows as they are and divides when it decodes.
    if unit_rows or not config.by_decoder_norm:
        torch.testing.assert_close(ours.w_dec, rows, atol=1e-6, rtol=1e-5)
    one = int(expected.max(0).values.argmax())
    torch.testing.assert_close(ours.encode_one(x, one), found[:, one], atol=1e-6, rtol=1e-5)


def test_every_format_of_the_list_is_read_or_refused() -> None:
    tried = {source_of(release, identifier).format for release, identifier, _ in CASES.values()}
    assert tried == set(FORMATS)


def test_the_list_of_releases_is_that_of_saelens() -> None:
    folder = Path(saelens().__file__).parents[1]
    listed: dict[str, Any] = yaml.load((folder / "pretrained_saes.yaml").read_text(), Loader=yaml.CSafeLoader)
    version = importlib.metadata.version("sae-lens")
    assert TARGET.read_text() == text_of(releases(listed, version))


@pytest.mark.parametrize(
    ("set_name", "source", "write", "kind", "hook"),
    [
        (
            "gemmascope-res-16k",
            "20-gemmascope-res-16k",
            writers.gemma_2,
            "gemma_2",
            "blocks.20.hook_resid_post",
        ),
        ("gemmascope-mlp-16k", "3-gemmascope-mlp-16k", writers.gemma_2, "gemma_2", "blocks.3.hook_mlp_out"),
        ("gemmascope-att-16k", "0-gemmascope-att-16k", writers.gemma_2, "gemma_2", "blocks.0.attn.hook_z"),
        ("mine-res", "5-mine-res", writers.gemma_3, "gemma_3", "blocks.5.hook_resid_post"),
        (
            "llamascope-res-32k",
            "15-llamascope-res-32k",
            writers.llama_scope,
            "llama_scope",
            "blocks.15.hook_resid_post",
        ),
        (
            "own",
            "12-own",
            writers.dictionary("AutoEncoderTopK"),
            "dictionary_learning_1",
            "blocks.12.hook_resid_post",
        ),
        ("plain", "8-plain", writers.saelens("gated"), "saelens", "blocks.8.hook_resid_pre"),
    ],
)
def test_a_folder_on_the_volume_is_read_in_its_own_format(
    set_name: str, source: str, write: Writer, kind: str, hook: str, tmp_path: Path
) -> None:
    write(tmp_path / set_name / source)
    found = catalogue([set_name], str(tmp_path))[source]
    config = read_config(found, Path(found.folder))
    assert (found.format, config.hook) == (kind, hook)
    assert read_sae(found, Path(found.folder), config, torch.float32, "cpu").d_sae == FEATURES


def spoil(path: Path, content: bytes) -> None:
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("write", "file", "content", "why"),
    [
        (writers.gemma_2, "params.npz", b"not a zip", "params.npz cannot be read"),
        (writers.gemma_3, "params.safetensors", b"\0" * 9, "params.safetensors cannot be read"),
        (writers.llama_scope, "hyperparams.json", b"{", "hyperparams.json is not valid JSON"),
        (writers.llama_scope, "hyperparams.json", b"[]", "hyperparams.json holds no JSON object"),
        (writers.llama_scope, "hyperparams.json", b"{}", "there is no 'dataset_average_activation_norm'"),
        (writers.dictionary("AutoEncoder"), "ae.pt", b"x", "ae.pt cannot be read"),
    ],
)
def test_a_broken_file_is_named_with_its_reason(
    write: Writer, file: str, content: bytes, why: str, tmp_path: Path
) -> None:
    write(tmp_path / "s" / "4-s-res")
    spoil(tmp_path / "s" / "4-s-res" / file, content)
    source = catalogue(["s"], str(tmp_path))["4-s-res"]
    with pytest.raises(InterpretError) as caught:
        read_sae(source, Path(source.folder), read_config(source, Path(source.folder)), torch.float32, "cpu")
    assert caught.value.failure["status"] == 422
    assert why in caught.value.failure["message"]


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "s" / "4-s"
    writers.dictionary("AutoEncoder")(folder)
    torch.save({"W_enc": Path("/tmp")}, folder / "ae.pt")
    source = catalogue(["s"], str(tmp_path))["4-s"]
    with pytest.raises(InterpretError, match=r"ae\.pt cannot be read"):
        read_sae(source, folder, read_config(source, folder), torch.float32, "cpu")
