"""Reads an SAE of any of the formats, and folds into its weights what is kept beside them."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from .errors import non_finite, unsupported_source
from .formats import FORMATS, Weights, stored_numbers, weights_file
from .sae_config import SaeConfig, parse_config
from .sae_math import Sae
from .source import Source

SPARSITY = "sparsity.safetensors"
LEAST_NORM = 1e-8
NEEDED = {
    "standard": ("W_enc", "W_dec", "b_dec", "b_enc"),
    "jumprelu": ("W_enc", "W_dec", "b_dec", "b_enc", "threshold"),
    "topk": ("W_enc", "W_dec", "b_dec", "b_enc"),
    "gated": ("W_enc", "W_dec", "b_dec", "b_gate", "b_mag", "r_mag"),
}
# With W_enc they make a feature larger; r_mag is a factor already.
SCALED = ("b_enc", "b_gate", "b_mag", "threshold")
UNREADABLE = (
    KeyError,
    TypeError,
    ValueError,
    EOFError,
    SafetensorError,
    zipfile.BadZipFile,
    pickle.PickleError,
)


def read_config(source: Source, folder: Path) -> SaeConfig:
    """
    Raises:
        InterpretError: 422 `unsupported_source`.
    """
    return parse_config(source.id, _raw_config(source, folder))


def _raw_config(source: Source, folder: Path) -> dict[str, object]:
    try:
        raw = FORMATS[source.format].config(source, folder)
    except UNREADABLE as error:
        raise unsupported_source(
            source.id, f"its configuration is not understood: {_words(error)}"
        ) from error
    return {**raw, **source.overrides}


def weights_bytes(source: Source, folder: Path, dtype: torch.dtype) -> int:
    """
    Memory that the tensors will need at most, known before they are read.

    Raises:
        InterpretError: 422 `unsupported_source`.
    """
    path = weights_file(source, folder)
    try:
        return stored_numbers(path) * dtype.itemsize
    except UNREADABLE as error:
        raise unsupported_source(source.id, f"{path.name} cannot be read: {_words(error)}") from error


def read_sae(
    source: Source,
    folder: Path,
    config: SaeConfig,
    dtype: torch.dtype,
    device: str,
    *,
    unit_rows: bool = False,
) -> Sae:
    """
    Parameters:
        unit_rows: makes all decoder rows of length 1 and features larger by that length, as Neuronpedia's server
            does. Not for `topk` without `by_decoder_norm`, where other features would be chosen.

    Raises:
        InterpretError: 422 `unsupported_source` when tensors are missing or do not fit together;
            500 `non_finite` when a weight is not a number.
    """
    tensors = _weights(source, folder)
    missing = [name for name in NEEDED[config.architecture] if name not in tensors]
    if missing:
        raise unsupported_source(source.id, f"its weights lack {', '.join(missing)}")
    used = {name: tensors[name].to(device, dtype) for name in NEEDED[config.architecture]}
    for name, tensor in used.items():
        if not torch.isfinite(tensor).all():
            raise non_finite(f"A weight in {name} of {source.id}")
    _check_shapes(source, used)
    if "scaling_factor" in tensors:  # of a finetuned decoder
        used["W_dec"] = used["W_dec"] * tensors["scaling_factor"].to(used["W_dec"])[:, None]
    if config.normalization == "expected_average_only_in":
        _fold_factor(used, config.norm_factor)
    if config.by_decoder_norm or (unit_rows and config.architecture != "topk"):
        _fold_norms(used)
    names = {name: name.lower() for name in used}
    return Sae(
        config=config.folded(),
        **{names[name]: tensor for name, tensor in used.items()},
        log_sparsity=_sparsity(folder),
    )


def _weights(source: Source, folder: Path) -> Weights:
    path = weights_file(source, folder)
    try:
        found = FORMATS[source.format].weights(path, _raw_config(source, folder))
    except UNREADABLE as error:
        raise unsupported_source(source.id, f"{path.name} cannot be read: {_words(error)}") from error
    if not isinstance(found, dict):
        raise unsupported_source(source.id, f"{path.name} holds no tensors by name")
    return {name: tensor for name, tensor in found.items() if isinstance(tensor, Tensor)}


def _words(error: Exception) -> str:
    """The first line of an error of a library, or what is missing."""
    text = f"there is no {error}" if isinstance(error, KeyError) else str(error)
    return (text.splitlines() or [type(error).__name__])[0][:200]


def _check_shapes(source: Source, tensors: dict[str, Tensor]) -> None:
    if tensors["W_enc"].ndim != 2:
        shape = tuple(tensors["W_enc"].shape)
        raise unsupported_source(source.id, f"W_enc has the shape {shape}, not that of a matrix")
    d_model, d_sae = tensors["W_enc"].shape
    for name, tensor in tensors.items():
        wanted = {"W_enc": (d_model, d_sae), "W_dec": (d_sae, d_model), "b_dec": (d_model,)}.get(
            name, (d_sae,)
        )
        if tuple(tensor.shape) != wanted:
            raise unsupported_source(source.id, f"{name} has the shape {tuple(tensor.shape)}, not {wanted}")


def _fold_factor(used: dict[str, Tensor], factor: float) -> None:
    """Makes the SAE read activations as they are, in place of those times the factor."""
    used["W_enc"] = used["W_enc"] * factor
    used["W_dec"] = used["W_dec"] / factor
    used["b_dec"] = used["b_dec"] / factor


def _fold_norms(used: dict[str, Tensor]) -> None:
    norms = used["W_dec"].norm(dim=-1).clamp_min(LEAST_NORM)
    used["W_dec"] = used["W_dec"] / norms[:, None]
    used["W_enc"] = used["W_enc"] * norms
    for name in SCALED:
        if name in used:
            used[name] = used[name] * norms


def _sparsity(folder: Path) -> Tensor | None:
    path = folder / SPARSITY
    return next(iter(load_file(path).values()), None) if path.is_file() else None
