"""
The logit lens: what the model would say next if each layer were its last, as Neuronpedia's server answers it.

The last layer's read-out is the model's own prediction. That it is, is checked for each request: a model whose head
does more than a norm, a product and a cap is refused, and not read wrongly.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from .errors import InterpretError, check_answer_size, non_finite
from .hooks import blocks_of, hook_name, hooked
from .language_model import LanguageModel
from .tokens import Tokens

Payload = dict[str, Any]
KIND = "LOGIT_LENS"
NORMS = ("ln_f", "norm", "final_layer_norm", "final_layernorm")
POSITIONS_AT_ONCE = 8
DECIMALS = 4
INSIDE_WORDS = "'-\u2019"
BROKEN = "\ufffd"  # a part of a character
LONGEST_CHARACTER = 8  # tokens
CLOSE = 0.02  # of the largest logit; in bfloat16 the two can differ by less


@dataclass
class Lens:
    """Answers requests with frames, as plain dicts whose names go out as they are."""

    model: LanguageModel
    _words: Tensor | None = field(default=None, init=False)

    @torch.inference_mode()
    def read(self, payload: Payload) -> Payload:
        """The frames `meta`, `prompt`, one for each token, and `done`."""
        tokens = self._tokens(payload)
        layers = self._layers(payload["layers"])
        known = _common(tokens.ids, payload["cached_token_ids"])
        names = [hook_name(layer, "resid_post") for layer in layers]
        check_answer_size(max(1, len(tokens.ids) - known) * len(layers) * payload["top_n"] * 2)
        ids = torch.tensor([tokens.ids], device=self.model.device)
        with hooked(self.model.model, names, {}) as seen:
            own = self.model.model(input_ids=ids, use_cache=False, logits_to_keep=1).logits[0, -1]
        residual = torch.stack([seen[name][0] for name in names], dim=1)  # [position, layer, d_model]
        self._check_head(residual[-1, -1], own)
        shown = list(self._display(tokens.ids))
        return {
            "meta": self._meta(payload, tokens, layers, known),
            "prompt": {
                "kind": "prompt",
                "tokens": [{"is_generated": False, **_no_message(), **one} for one in shown],
            },
            "tokens": [
                {
                    "kind": "token",
                    "is_generated": False,
                    **_no_message(),
                    **shown[position],
                    "results": [found],
                }
                for position, found in zip(
                    range(known, len(tokens.ids)), self._found(residual[known:], payload), strict=True
                )
            ],
            "done": {
                "kind": "done",
                "seq_len": len(tokens.ids),
                "prompt_len": len(tokens.ids),
                "vocab_size": len(own),
                "completion": "",
            },
        }

    def _tokens(self, payload: Payload) -> Tokens:
        reader = self.model.reader
        if payload["input_token_ids"]:
            ids = payload["input_token_ids"]
            if max(ids) >= self.model.model.config.get_text_config().vocab_size:
                raise InterpretError(
                    422, "index_out_of_range", f"There is no token {max(ids)}.", "inputTokenIds"
                )
            return reader.of_ids(ids, "inputTokenIds")
        tokens = reader.read(payload["prompt"], prepend_bos=payload["prepend_bos"])
        if not tokens.ids:
            raise InterpretError(422, "empty_prompt", "Prompt produced zero tokens", "prompt")
        return reader.of_ids(tokens.ids[: payload["max_seq_len"] or None])

    def _layers(self, asked: Sequence[int]) -> list[int]:
        """Those that were asked for and are there, all for none, and the last one always."""
        last = self.model.layers - 1
        wanted = set(asked) & set(range(last)) if asked else set(range(last))
        return [*sorted(wanted), last]

    def _meta(self, payload: Payload, tokens: Tokens, layers: list[int], known: int) -> Payload:
        return {
            "kind": "meta",
            "model": payload["model"] or self.model.model_id,
            "types": [KIND],
            "layers_by_type": {KIND: layers},
            "top_n": payload["top_n"],
            "prompt_len": len(tokens.ids),
            "num_completion_tokens": 0,
            "temperature": payload["temperature"],
            "prepend_bos": payload["prepend_bos"],
            "reuse_len": known,
        }

    def _found(self, residual: Tensor, payload: Payload) -> Iterator[Payload]:
        for part in residual.split(POSITIONS_AT_ONCE):
            for logits in self._decoded(part).float():
                yield self._slice(logits, payload["top_n"], payload["filter_non_word_tokens"])

    def _decoded(self, residual: Tensor) -> Tensor:
        """[..., d_model] at the end of a layer to logits."""
        logits: Tensor = self.model.model.get_output_embeddings()(self._norm()(residual))
        cap = getattr(self.model.model.config.get_text_config(), "final_logit_softcapping", None)
        return torch.tanh(logits / cap) * cap if cap else logits

    def _norm(self) -> nn.Module:
        inner = getattr(self.model.model, "base_model", self.model.model)
        inner = getattr(inner, "language_model", inner)
        blocks_of(self.model.model)
        for name in NORMS:
            if isinstance(found := getattr(inner, name, None), nn.Module):
                return found
        raise _not_known(self.model.model)

    def _check_head(self, residual: Tensor, own: Tensor) -> None:
        """
        Raises:
            InterpretError: 422 `unsupported_model`: the model makes its prediction in another way.
        """
        ours, own = self._decoded(residual).float(), own.float()
        if not torch.isfinite(own).all():
            raise non_finite("A prediction")
        if (ours - own).abs().max() > CLOSE * own.abs().max():
            raise _not_known(self.model.model)

    def _slice(self, logits: Tensor, count: int, words_only: bool) -> Payload:
        """
        The likeliest tokens of each layer at one position, with their real probabilities, whatever is left out. The
        model's own prediction is never left out.
        """
        count = min(count, logits.shape[-1])
        whole = logits.logsumexp(-1, keepdim=True)
        if words_only:
            best = int(logits[-1].argmax())
            kept = float(logits[-1, best])
            logits = logits.masked_fill(~self._word_mask(logits), torch.finfo(logits.dtype).min)
            logits[-1, best] = kept
        top = logits.topk(count, dim=-1)
        shares = (top.values - whole).exp().double().tolist()
        text = self.model.reader.text
        return {
            "type": KIND,
            "top_tokens": [[text([token]) for token in row] for row in top.indices.tolist()],
            "top_probs": [[round(share, DECIMALS) for share in row] for row in shares],
        }

    def _word_mask(self, logits: Tensor) -> Tensor:
        if self._words is None:
            size = min(logits.shape[-1], len(self.model.reader.tokenizer))
            flags = [is_word(self.model.reader.text([token])) for token in range(size)]
            self._words = torch.tensor(flags + [False] * (logits.shape[-1] - size))
        return self._words.to(logits.device)

    def _display(self, ids: Sequence[int]) -> Iterator[Payload]:
        """Each token; of a character that several tokens make, each has the whole."""
        text, position = self.model.reader.text, 0
        while position < len(ids):
            shown, length = text([ids[position]]), 1
            for more in range(2, LONGEST_CHARACTER + 2):
                if BROKEN not in shown or position + more > len(ids):
                    break
                together = text(list(ids[position : position + more]))
                if BROKEN not in together:
                    shown, length = together, more
            for number in range(length):
                yield {
                    "position": position + number,
                    "token": shown,
                    "id": ids[position + number],
                    "is_char_continuation": number > 0,
                }
            position += length


def is_word(token: str) -> bool:
    """Whether a token is letters and digits, with apostrophes and hyphens inside at most, and no special one."""
    text = token.strip()
    if not text or "<|" in text or (text.startswith("<") and text.endswith(">")):
        return False
    last = len(text) - 1
    return all(
        unicodedata.category(sign)[0] in "LN" or (0 < place < last and sign in INSIDE_WORDS)
        for place, sign in enumerate(text)
    )


def _no_message() -> Payload:
    """Which message of a chat a token belongs to: none."""
    return dict.fromkeys(("message_index", "role", "channel", "section"))


def _common(ids: Sequence[int], known: Sequence[int]) -> int:
    pairs = zip(ids, known, strict=False)
    return next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(ids), len(known)))


def _not_known(model: nn.Module) -> InterpretError:
    message = f"How {type(model).__name__} makes its prediction from its last layer is not known to the lens."
    return InterpretError(422, "unsupported_model", message, "model")
