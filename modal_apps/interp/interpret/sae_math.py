"""The four kinds of sparse autoencoders. Encoding is position by position; shapes end in d_model or in d_sae."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from .sae_config import SaeConfig

EPSILON = 1e-5


@dataclass(frozen=True, eq=False)
class Sae:
    """
    Parameters:
        w_enc: [d_model, d_sae].
        w_dec: [d_sae, d_model].
        b_dec: [d_model]; all other biases and thresholds are [d_sae].
        log_sparsity: base-10 logarithm of how often each feature fires, where the files have it.
    """

    config: SaeConfig
    w_enc: Tensor
    w_dec: Tensor
    b_dec: Tensor
    b_enc: Tensor | None = None
    threshold: Tensor | None = None
    b_gate: Tensor | None = None
    b_mag: Tensor | None = None
    r_mag: Tensor | None = None
    log_sparsity: Tensor | None = None

    @property
    def d_model(self) -> int:
        """Width of the activations that it reads."""
        return self.w_dec.shape[1]

    @property
    def d_sae(self) -> int:
        """Number of features."""
        return self.w_dec.shape[0]

    @property
    def nbytes(self) -> int:
        """Bytes of all its tensors."""
        tensors = [getattr(self, field.name) for field in fields(self)]
        return sum(tensor.nbytes for tensor in tensors if isinstance(tensor, Tensor))

    def encode(self, x: Tensor) -> Tensor:
        """Features of activations: [..., d_model] to [..., d_sae], never negative for `relu` kinds."""
        return self._features(self._input(x)[0], slice(None))

    def encode_one(self, x: Tensor, index: int) -> Tensor:
        """
        One feature: [..., d_model] to [...]. Reads one column of W_enc, not the whole dictionary.

        Only `topk` needs all of them: whether a feature is kept depends on the others.
        """
        inputs = self._input(x)[0]
        if self.config.architecture == "topk":
            return self._features(inputs, slice(None))[..., index]
        return self._features(inputs, slice(index, index + 1))[..., 0]

    def decode(self, features: Tensor) -> Tensor:
        """Activations in the space that the SAE was trained in: before the normalization is undone."""
        return features.to(self.w_dec.dtype) @ self.w_dec + self.b_dec

    def reconstruct(self, x: Tensor) -> Tensor:
        """What the SAE makes of activations, in their own scale; without their mean for a centred SAE."""
        inputs, scale, shift = self._input(x)
        return self.decode(self._features(inputs, slice(None))) * scale + shift

    def _input(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Activations as the encoder wants them, and the scale and shift that undo the normalization."""
        x = x.to(self.w_enc.dtype)
        if self.config.centred:
            x = x - x.mean(-1, keepdim=True)
        x, scale, shift = _normalized(x, self.config)
        return (x - self.b_dec if self.config.apply_b_dec_to_input else x), scale, shift

    def _features(self, x: Tensor, keep: slice) -> Tensor:
        z = x @ self.w_enc[:, keep]
        kind = self.config.architecture
        if kind == "gated":
            assert self.b_gate is not None
            assert self.b_mag is not None
            assert self.r_mag is not None
            magnitude = torch.relu(z * self.r_mag[keep].exp() + self.b_mag[keep])
            return magnitude * (z + self.b_gate[keep] > 0)
        assert self.b_enc is not None
        z = z + self.b_enc[keep]
        if kind == "jumprelu":
            assert self.threshold is not None
            return z * (z > self.threshold[keep])
        if kind == "topk":
            return _largest(torch.relu(z), min(self.config.k, self.d_sae))
        return torch.relu(z)


def _largest(values: Tensor, k: int) -> Tensor:
    """Zeroes all but the k largest values of the last axis."""
    top = values.topk(k, dim=-1)
    return torch.zeros_like(values).scatter_(-1, top.indices, top.values)


def _normalized(x: Tensor, config: SaeConfig) -> tuple[Tensor, Tensor, Tensor]:
    one, zero = (
        torch.ones((), dtype=x.dtype, device=x.device),
        torch.zeros((), dtype=x.dtype, device=x.device),
    )
    match config.normalization:
        case "expected_average_only_in":
            return x * config.norm_factor, one / config.norm_factor, zero
        case "constant_norm_rescale":
            factor = x.shape[-1] ** 0.5 / x.norm(dim=-1, keepdim=True)
            return x * factor, 1 / factor, zero
        case "layer_norm":
            mean = x.mean(-1, keepdim=True)
            deviation = (x - mean).std(-1, keepdim=True)
            return (x - mean) / (deviation + EPSILON), deviation, mean
    return x, one, zero
