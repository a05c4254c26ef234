"""What `cfg.json` of an SAE says, in all the spellings that SAELens has used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from .errors import unsupported_source

ARCHITECTURES = ("standard", "jumprelu", "topk", "gated")
NORMALIZATIONS = ("none", "expected_average_only_in", "constant_norm_rescale", "layer_norm")


@dataclass(frozen=True)
class SaeConfig:
    """
    Parameters:
        normalization: how activations are scaled before encoding.
        norm_factor: for `expected_average_only_in`: what activations are multiplied by.
        k: for `topk`: features kept at each position.
        centred: whether it was trained on a model whose writing weights were centred over d_model.
        by_decoder_norm: for `topk`: features compete by their activation times the norm of their decoder row.
    """

    architecture: str
    hook: str
    apply_b_dec_to_input: bool = True
    normalization: str = "none"
    norm_factor: float = 1.0
    k: int = 0
    centred: bool = False
    by_decoder_norm: bool = False

    def folded(self) -> Self:
        """After a constant factor has gone into the weights."""
        if self.normalization != "expected_average_only_in":
            return self
        return replace(self, normalization="none", norm_factor=1.0)


def parse_config(source: str, raw: Mapping[str, Any]) -> SaeConfig:
    """
    Parameters:
        source: id of the SAE, for messages.

    Raises:
        InterpretError: 422 `unsupported_source` for an architecture or an option that is not understood.
    """
    # Newer files keep what concerns the model one level down.
    flat = {**raw, **(raw.get("meta") or {}), **(raw.get("metadata") or {})}
    if "model_from_pretrained_kwargs" in raw:
        flat["model_from_pretrained_kwargs"] = raw["model_from_pretrained_kwargs"]
    architecture = _architecture(flat)
    if architecture not in ARCHITECTURES:
        raise unsupported_source(
            source, f"its architecture is {architecture}, not {', '.join(ARCHITECTURES)}"
        )
    hook = flat.get("hook_name") or flat.get("hook_point")
    if not hook:
        raise unsupported_source(source, "its configuration names no hook")
    # Heads side by side are how models of transformers have them anyway.
    reshapes = flat.get("reshape_activations") or "none"
    if reshapes != "none" and not (reshapes == "hook_z" and str(hook).endswith("hook_z")):
        raise unsupported_source(source, f"it reshapes activations ({flat['reshape_activations']})")
    normalization = _normalization(flat)
    if normalization not in NORMALIZATIONS:
        raise unsupported_source(source, f"its activations are normalized by {normalization}")
    factor = flat.get("norm_scaling_factor", 1.0)
    if normalization == "expected_average_only_in" and "norm_scaling_factor" not in flat:
        raise unsupported_source(source, "its norm_scaling_factor is missing, so features would be wrong")
    k = flat.get("k") or (flat.get("activation_fn_kwargs") or {}).get("k") or 0
    if architecture == "topk" and not k:
        raise unsupported_source(source, "its k is missing")
    kwargs = flat.get("model_from_pretrained_kwargs") or {}
    return SaeConfig(
        architecture=architecture,
        hook=hook,
        apply_b_dec_to_input=bool(flat.get("apply_b_dec_to_input", True)),
        normalization=normalization,
        norm_factor=float(factor),
        k=int(k),
        centred=bool(kwargs.get("center_writing_weights", False)),
        by_decoder_norm=bool(flat.get("rescale_acts_by_decoder_norm", False)),
    )


def _architecture(flat: Mapping[str, Any]) -> str:
    named = str(flat.get("architecture", "standard"))
    activation = flat.get("activation_fn_str") or flat.get("activation_fn") or "relu"
    return "topk" if named == "standard" and activation == "topk" else named


def _normalization(flat: Mapping[str, Any]) -> str:
    """Older files have a boolean."""
    given = flat.get("normalize_activations", "none")
    if isinstance(given, bool):
        return "expected_average_only_in" if given else "none"
    return given or "none"
