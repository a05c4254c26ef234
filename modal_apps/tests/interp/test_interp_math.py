"""The four kinds of SAEs against a twin in NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from interpret.sae_config import SaeConfig
from interpret.sae_math import Sae
from torch.utils.flop_counter import FlopCounterMode

D, N, T = 12, 40, 9
KINDS = ("standard", "jumprelu", "topk", "gated")
NORMALIZATIONS = ("none", "expected_average_only_in", "constant_norm_rescale", "layer_norm")


def make(kind: str, **config: Any) -> Sae:
    torch.manual_seed(1)
    return Sae(
        config=SaeConfig(kind, "blocks.0.hook_resid_pre", k=6, **config),
        w_enc=torch.randn(D, N),
        w_dec=torch.randn(N, D),
        b_dec=torch.randn(D),
        b_enc=torch.randn(N),
        threshold=torch.rand(N),
        b_gate=torch.randn(N),
        b_mag=torch.randn(N),
        r_mag=torch.randn(N) * 0.3,
    )


def activations() -> torch.Tensor:
    return torch.randn(2, T, D, generator=torch.Generator().manual_seed(2)) * 3


class Twin:
    """The same in float64 and without torch."""

    def __init__(self, sae: Sae) -> None:
        names = ("w_enc", "w_dec", "b_dec", "b_enc", "threshold", "b_gate", "b_mag", "r_mag")
        self.w = {name: getattr(sae, name).numpy().astype(np.float64) for name in names}
        self.c = sae.config

    def normalized(self, x: np.ndarray) -> tuple[np.ndarray, Any, Any]:
        if self.c.centred:
            x = x - x.mean(-1, keepdims=True)
        if self.c.normalization == "expected_average_only_in":
            return x * self.c.norm_factor, 1 / self.c.norm_factor, 0.0
        if self.c.normalization == "constant_norm_rescale":
            factor = np.sqrt(D) / np.linalg.norm(x, axis=-1, keepdims=True)
            return x * factor, 1 / factor, 0.0
        if self.c.normalization == "layer_norm":
            mean = x.mean(-1, keepdims=True)
            deviation = (x - mean).std(-1, keepdims=True, ddof=1)
            return (x - mean) / (deviation + 1e-5), deviation, mean
        return x, 1.0, 0.0

    def encode(self, x: np.ndarray) -> np.ndarray:
        x = self.normalized(x)[0] - self.w["b_dec"] * self.c.apply_b_dec_to_input
        w = self.w
        z = x @ w["w_enc"] + w["b_enc"]
        if self.c.architecture == "jumprelu":
            return z * (z > w["threshold"])
        if self.c.architecture == "topk":
            kept = np.zeros_like(z)
            positive = np.maximum(z, 0)
            for place in np.ndindex(z.shape[:-1]):
                top = np.argsort(-positive[place])[: self.c.k]
                kept[place][top] = positive[place][top]
            return kept
        if self.c.architecture == "gated":
            gate = x @ w["w_enc"] + w["b_gate"] > 0
            return gate * np.maximum(x @ (w["w_enc"] * np.exp(w["r_mag"])) + w["b_mag"], 0)
        return np.maximum(z, 0)

    def reconstruct(self, x: np.ndarray) -> np.ndarray:
        _, scale, shift = self.normalized(x)
        return (self.encode(x) @ self.w["w_dec"] + self.w["b_dec"]) * scale + shift


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("subtract", [False, True])
def test_equals_the_twin(kind: str, normalization: str, centred: bool, subtract: bool) -> None:
    sae = make(
        kind, normalization=normalization, norm_factor=0.4, centred=centred, apply_b_dec_to_input=subtract
    )
    x = activations()
    twin = Twin(sae)
    expected = twin.encode(x.numpy().astype(np.float64))
    assert 0 < (expected != 0).mean() < 0.9
    np.testing.assert_allclose(sae.encode(x).numpy(), expected, atol=1e-5, rtol=1e-5)
    np.testing.assert_allclose(
        sae.reconstruct(x).numpy(), twin.reconstruct(x.numpy().astype(np.float64)), atol=1e-4, rtol=1e-5
    )


@pytest.mark.parametrize("kind", KINDS)
def test_one_feature_is_a_column_of_all(kind: str) -> None:
    sae, x = make(kind), activations()
    every = sae.encode(x)
    for index in (0, 7, N - 1):
        np.testing.assert_allclose(sae.encode_one(x, index).numpy(), every[..., index].numpy(), atol=1e-5)


@pytest.mark.parametrize("kind", ["standard", "jumprelu", "gated"])
def test_one_feature_reads_its_own_column_only(kind: str) -> None:
    with FlopCounterMode(display=False) as one:
        make(kind).encode_one(activations(), 7)
    with FlopCounterMode(display=False) as every:
        make(kind).encode(activations())
    assert one.get_total_flops() == 2 * 2 * T * D
    assert every.get_total_flops() == one.get_total_flops() * N


def test_sizes() -> None:
    sae = make("standard")
    assert (sae.d_model, sae.d_sae) == (D, N)
    assert sae.nbytes == 4 * (2 * D * N + D + 5 * N)


def test_the_tiny_files_are_complete_and_stay(folder: Path) -> None:
    import tiny_gpt2_sae

    weights = folder / "saes" / "res-jb" / "0-res-jb" / "sae_weights.safetensors"
    before = (weights.stat().st_mtime_ns, weights.read_bytes())
    assert tiny_gpt2_sae.make_gpt2_sae(folder) == folder
    assert (weights.stat().st_mtime_ns, weights.read_bytes()) == before
    assert not folder.with_name(folder.name + ".new").exists()
    again = tiny_gpt2_sae.make_gpt2_sae(folder.with_name("again"))
    assert (again / weights.relative_to(folder)).read_bytes() == before[1]
