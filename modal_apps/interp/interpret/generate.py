"""Writes a completion token by token, with or without steering, and reproducibly from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from .backend import LogprobStep, Step
from .errors import InterpretError
from .features import finite
from .hooks import hooked
from .language_model import LanguageModel
from .steering import Steering
from .tokens import Tokens

Payload = dict[str, Any]
Guard = Callable[[Callable[[], Tensor]], Tensor]


@dataclass
class Generation:
    """
    One completion.

    Parameters:
        steering: None for the model as it is.
        first_pass: runs the pass over the prompt; it may do so twice.
        next_pass: runs each later pass.
        skipped: tokens at the start that are left out of the text.
    """

    model: LanguageModel
    payload: Payload
    tokens: Tokens
    kind: str
    steering: Steering | None
    first_pass: Guard
    next_pass: Guard
    skipped: int = 0

    def steps(self) -> Iterator[Step]:
        """One step for each token; one without a token when the model ends at once."""
        ids = list(self.tokens.ids)
        dice = torch.Generator().manual_seed(self.payload["seed"])
        ends, past, fresh = self._ends(), None, ids
        for number in range(self.payload["n_completion_tokens"]):
            cache = _Cache(past)
            guard = self.next_pass if number else self.first_pass
            logits = guard(partial(self._logits, fresh, cache))
            past = cache.after
            token = self._choose(logits, ids, dice)
            if token in ends:
                break
            ids.append(token)
            fresh = [token]
            yield self._step(ids, token, logits)
        if len(ids) == len(self.tokens.ids):
            yield Step(type=self.kind, output=self._text(ids))

    @torch.inference_mode()
    def _logits(self, fresh: list[int], cache: _Cache) -> Tensor:
        """Logits after the last of the fresh tokens, [vocabulary] in float32 on the CPU."""
        model = self.model
        batch = torch.tensor([fresh], device=model.device)
        changes = self.steering.changes(self._mask(fresh)) if self.steering else {}
        with hooked(model.model, (), changes):
            out = model.model(input_ids=batch, past_key_values=cache.before, use_cache=True, logits_to_keep=1)
        cache.after = out.past_key_values
        logits = out.logits[0, -1].float()
        if self.steering and not torch.isfinite(logits).all() and self._is_finite_alone():
            message = (
                "With this steering a logit of the next token is not a finite number. Use less strength."
            )
            raise InterpretError(422, "non_finite", message, "strengthMultiplier")
        return finite(logits, "A logit of the next token").cpu()

    def _is_finite_alone(self) -> bool:
        """Whether the model without steering has numbers to say about the prompt."""
        batch = torch.tensor([self.tokens.ids], device=self.model.device)
        out = self.model.model(input_ids=batch, use_cache=False, logits_to_keep=1)
        return bool(torch.isfinite(out.logits[0, -1]).all())

    def _mask(self, fresh: list[int]) -> Tensor:
        special = set() if self.payload["steer_special_tokens"] else self.model.reader.special_ids
        kept = [[[float(token not in special)] for token in fresh]]
        return torch.tensor(kept, device=self.model.device)

    def _choose(self, logits: Tensor, ids: list[int], dice: torch.Generator) -> int:
        if penalty := self.payload["freq_penalty"]:
            logits = (
                logits - penalty * torch.bincount(torch.tensor(ids), minlength=len(logits))[: len(logits)]
            )
        temperature = self.payload["temperature"]
        if temperature == 0:
            return int(logits.argmax())
        # The largest logit is 0 before it is divided, so that no temperature can overflow.
        chances = ((logits - logits.max()) / temperature).softmax(-1)
        return int(torch.multinomial(chances, 1, generator=dice))

    def _ends(self) -> set[int]:
        configured = self.model.model.generation_config.eos_token_id
        ends = configured if isinstance(configured, list) else [configured]
        return {token for token in [*ends, self.model.reader.tokenizer.eos_token_id] if token is not None}

    def _step(self, ids: list[int], token: int, logits: Tensor) -> Step:
        step = Step(type=self.kind, output=self._text(ids))
        if count := self.payload["n_logprobs"]:
            step["logprob"] = self._logprob(token, logits, count)
        return step

    def _logprob(self, token: int, logits: Tensor, count: int) -> LogprobStep:
        logs = logits.log_softmax(-1)
        top = logs.topk(min(count, len(logs)))
        text = self.model.reader.text
        return LogprobStep(
            token=text([token]),
            logprob=float(logs[token]),
            top_logprobs=[
                {"token": text([index]), "logprob": value}
                for index, value in zip(top.indices.tolist(), top.values.tolist(), strict=True)
            ],
        )

    def _text(self, ids: list[int]) -> str:
        """The text so far, without what is skipped."""
        return self.model.reader.text(ids[self.skipped :])


@dataclass
class _Cache:
    """Keys and values of the tokens before a pass, and after it. A pass that failed leaves nothing behind."""

    before: Any
    after: Any = None


def check_context(model: LanguageModel, tokens: Tokens, count: int) -> None:
    """
    Raises:
        InterpretError: 422 `context_too_long`.
    """
    if len(tokens.ids) + count > model.context:
        message = f"{len(tokens.ids)} tokens of the prompt and {count} more are above {model.context}."
        raise InterpretError(422, "context_too_long", message, "nCompletionTokens")
