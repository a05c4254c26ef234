"""Reads an SAE from SAELens' folder format: `cfg.json`, `sae_weights.safetensors`, and `sparsity.safetensors`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from .errors import non_finite, unsupported_source
from .sae_config import SaeConfig, parse_config
from .sae_math import Sae
from .sources import CONFIG, SPARSITY, WEIGHTS, Source

NEEDED = {
    "standard": ("W_enc", "W_dec", "b_dec", "b_enc"),
    "jumprelu": ("W_enc", "W_dec", "b_dec", "b_enc", "threshold"),
    "topk": ("W_enc", "W_dec", "b_dec", "b_enc"),
    "gated": ("W_enc", "W_dec", "b_dec", "b_gate", "b_mag", "r_mag"),
}


def read_config(source: Source, folder: Path) -> SaeConfig:
    """
    Raises:
        InterpretError: 422 `unsupported_source`.
    """
    raw: dict[str, Any] = json.loads((folder / CONFIG).read_text())
    return parse_config(source.id, {**raw, **source.overrides})


def weights_bytes(folder: Path, dtype: torch.dtype) -> int:
    """Memory that the tensors will need, known before they are read."""
    with safe_open(folder / WEIGHTS, framework="pt") as file:
        shapes = [file.get_slice(name).get_shape() for name in file.keys()]  # noqa: SIM118 - it is no dict
    return sum(torch.Size(shape).numel() for shape in shapes) * dtype.itemsize


def read_sae(source: Source, folder: Path, config: SaeConfig, dtype: torch.dtype, device: str) -> Sae:
    """
    Raises:
        InterpretError: 422 `unsupported_source` when tensors are missing or do not fit together;
            500 `non_finite` when a weight is not a number.
    """
    tensors = load_file(folder / WEIGHTS, device=device)
    missing = [name for name in NEEDED[config.architecture] if name not in tensors]
    if missing:
        raise unsupported_source(source.id, f"its weights lack {', '.join(missing)}")
    used = {name: tensors[name].to(dtype) for name in NEEDED[config.architecture]}
    for name, tensor in used.items():
        if not torch.isfinite(tensor).all():
            raise non_finite(f"A weight in {name} of {source.id}")
    _check_shapes(source, used)
    _fold(used, tensors, config)
    names = {name: name.lower() for name in used}
    return Sae(
        config=config,
        **{names[name]: tensor for name, tensor in used.items()},
        log_sparsity=_sparsity(folder),
    )


def _check_shapes(source: Source, tensors: dict[str, Tensor]) -> None:
    d_model, d_sae = tensors["W_enc"].shape
    for name, tensor in tensors.items():
        wanted = {"W_enc": (d_model, d_sae), "W_dec": (d_sae, d_model), "b_dec": (d_model,)}.get(
            name, (d_sae,)
        )
        if tuple(tensor.shape) != wanted:
            raise unsupported_source(source.id, f"{name} has the shape {tuple(tensor.shape)}, not {wanted}")


def _fold(used: dict[str, Tensor], tensors: dict[str, Tensor], config: SaeConfig) -> None:
    """Writes what SAELens keeps beside the weights into them."""
    if config.by_decoder_norm:
        norms = used["W_dec"].norm(dim=-1)
        used["W_enc"] = used["W_enc"] * norms
        used["b_enc"] = used["b_enc"] * norms
        used["W_dec"] = used["W_dec"] / norms[:, None]
    if "scaling_factor" in tensors:  # of a finetuned decoder
        used["W_dec"] = used["W_dec"] * tensors["scaling_factor"].to(used["W_dec"])[:, None]


def _sparsity(folder: Path) -> Tensor | None:
    path = folder / SPARSITY
    return next(iter(load_file(path).values()), None) if path.is_file() else None
