"""Where attention looks, and what it carries to a feature: patterns of heads, and attribution through them (DFA)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

from .errors import InterpretError, non_finite
from .language_model import LanguageModel

Payload = dict[str, Any]
NAME = "interpret_eager"  # of our way of attention among transformers' own
# As Neuronpedia's server and its stored patterns have them.
MOST_KEYS = 8
LEAST_WEIGHT = 0.005
DECIMALS = 4


@dataclass(frozen=True)
class Attention:
    """
    Of one layer on one prompt.

    Parameters:
        weights: [head, to, from], what the softmax gave.
        values: [head, from, width], before they are weighted; for each head that asks, also where several share one.
    """

    weights: Tensor
    values: Tensor


@dataclass(frozen=True)
class _Kept:
    """What is kept of a pass: all layers of a large model together would take a gigabyte."""

    layers: frozenset[int]
    found: dict[int, Attention] = field(default_factory=dict)


_kept: ContextVar[_Kept] = ContextVar("kept")


def _attend(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, **options: Any
) -> tuple[Tensor, Tensor]:
    """The model's own plain attention, with its caps and sinks, whose weights are kept."""
    found: Any = module
    plain = getattr(sys.modules[type(module).__module__], "eager_attention_forward", None)
    if plain is None:
        raise InterpretError(422, "no_attention", f"The attention of {type(module).__name__} is not known.")
    output, weights = plain(module, query, key, value, mask, **options)
    kept, layer = _kept.get(), int(found.layer_idx)
    if layer in kept.layers:
        heads = weights.shape[1] // value.shape[1]
        kept.found[layer] = Attention(weights[0], value[0].repeat_interleave(heads, dim=0))
    return output, weights


AttentionInterface.register(NAME, _attend)
AttentionMaskInterface.register(NAME, eager_mask)


@contextmanager
def _keeping(model: Any, layers: Iterable[int]) -> Iterator[_Kept]:
    before = model.config._attn_implementation
    kept = _Kept(frozenset(layers))
    token = _kept.set(kept)
    model.set_attn_implementation(NAME)
    try:
        yield kept
    finally:
        model.set_attn_implementation(before)
        _kept.reset(token)


@torch.inference_mode()
def attentions(model: LanguageModel, ids: Sequence[int], layers: Iterable[int]) -> dict[int, Attention]:
    """
    Some layers on one prompt. One without a softmax, as of linear attention, is not there.

    Only one pass of the model may run at a time: it is another one while this lasts.
    """
    with _keeping(model.model, layers) as kept:
        model.model.base_model(input_ids=torch.tensor([list(ids)], device=model.device), use_cache=False)
    return kept.found


@dataclass(frozen=True)
class Patterns:
    """Answers requests about heads."""

    model: LanguageModel

    def pattern(self, payload: Payload) -> Payload:
        """The weights of one head, without those that hardly count."""
        layer, head = payload["layer"], payload["head"]
        tokens = self.model.reader.read(payload["prompt"])
        if layer >= self.model.layers:
            message = f"Invalid layer: {layer}. Must be in [0, {self.model.layers})."
            raise InterpretError(422, "index_out_of_range", message, "layer")
        found = of_layer(attentions(self.model, tokens.ids, [layer]), layer, "layer").weights
        if head >= len(found):
            message = f"Invalid head: {head}. Must be in [0, {len(found)})."
            raise InterpretError(422, "index_out_of_range", message, "head")
        weights = found[head].float().cpu()
        if not torch.isfinite(weights).all():
            raise non_finite("An attention weight")
        return {**_sparse(weights), "tokens": tokens.strings}


def of_layer(found: Mapping[int, Attention], layer: int, param: str) -> Attention:
    """
    Raises:
        InterpretError: 422 `no_attention`.
    """
    if layer not in found:
        message = f"Layer {layer} is a linear-attention layer with no softmax attention pattern."
        raise InterpretError(422, "no_attention", message, param)
    return found[layer]


def _sparse(weights: Tensor) -> Payload:
    """The strongest keys of each query, by `query * length + key`; one token alone has none."""
    length = len(weights)
    largest, indices, values = 0.0, list[int](), list[float]()
    if length > 1:
        top = weights.topk(min(MOST_KEYS, length), dim=-1)
        for query, (keys, shares) in enumerate(zip(top.indices.tolist(), top.values.tolist(), strict=True)):
            for key, share in sorted(zip(keys, shares, strict=True)):
                if share >= LEAST_WEIGHT:
                    indices.append(query * length + key)
                    values.append(round(share, DECIMALS))
        largest = round(float(weights[1:, 1:].max()), DECIMALS)  # the first token draws what finds nothing
    return {
        "seq_len": length,
        "attention_indices": indices,
        "attention_values": values,
        "max_activation": largest,
    }


def attributed(attention: Attention, column: Tensor, target: int, first: int) -> Payload:
    """
    How much each token brought to a feature at a token, through the heads of its layer (DFA).

    Parameters:
        column: of the feature's encoder; its rows are the heads' outputs side by side.
        target: position of the token, `first` counted.
        first: how many positions at the start are left out of the answer.
    """
    values = attention.values.to(column)
    heads, _, width = values.shape
    brought = torch.einsum("hsw,hw->hs", values, column.view(heads, width))
    found = (attention.weights[:, target].to(column) * brought).sum(0).float()
    if not torch.isfinite(found).all():
        raise non_finite("An attribution")
    kept = found[first:].tolist()
    return {"dfa_values": kept, "dfa_max_value": max(kept), "dfa_target_index": target - first}
