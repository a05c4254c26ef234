"""The transformer of a worker: loaded as it is on the Hub, read at hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from appkit.torch_worker import TorchWorker
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from .hooks import Change, blocks_of, hooked
from .tokens import TokenReader

TOKENS_IN_FORWARD = 4096
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
disable_progress_bar()  # it would fill the log with carriage returns


@dataclass
class LanguageModel(TorchWorker):
    """
    See `TorchWorker`; `auto` is the type of the checkpoint on a GPU and float32 without.

    Parameters:
        token_limit: tokens of a prompt, above which it is refused.
        all_fetched: whether nothing else that this worker needs is still on the Hub.
    """

    token_limit: int = 512
    all_fetched: Callable[[], bool] = lambda: True

    def may_go_offline(self) -> bool:
        return self.all_fetched()

    def read_weights(self) -> None:
        """
        Raises:
            OSError: there is no such checkpoint, or no network to fetch it.
            InterpretError: 422 `unsupported_model`.
        """
        if self.model_id.startswith("/") and not Path(self.model_id).is_dir():
            raise FileNotFoundError(f"There is no checkpoint at {self.model_id} in this container.")
        revision = self.revision or None
        tokenizer: Any = AutoTokenizer.from_pretrained(self.model_id, revision=revision)
        model = AutoModelForCausalLM.from_pretrained(
            self.model_id, revision=revision, dtype=DTYPES.get(self.dtype, "auto"), use_safetensors=True
        )
        self.model: Any = model.eval()
        self.layers = len(blocks_of(self.model))
        self.reader = TokenReader(tokenizer, min(self.token_limit, self.context))

    @property
    def context(self) -> int:
        """Tokens that the model can read and write together."""
        return int(getattr(self.model.config, "max_position_embeddings", 2**31))

    @property
    def d_model(self) -> int:
        """Width of the residual stream."""
        return int(self.model.config.hidden_size)

    def move(self) -> None:
        plain = None if self.device == "cuda" else torch.float32
        self.model.to(self.device, DTYPES.get(self.dtype, plain))

    def warm_up(self) -> None:
        ids = self.reader.read("The quick brown fox").ids
        for _ in self.activations([ids], []):
            pass

    def dtype_name(self) -> str:
        return str(self.model.dtype).removeprefix("torch.")

    def activations(
        self,
        prompts: Sequence[list[int]],
        hooks: Sequence[str],
        changes: Mapping[str, Sequence[Change]] | None = None,
    ) -> Iterator[tuple[int, dict[str, Tensor]]]:
        """
        Runs the model without its head over prompts of like length together. Of equal ones, one is run: in two rows
        of a batch their activations could differ in the last digits.

        Parameters:
            prompts: token ids of each.

        Returns:
            number of a prompt and its activations [position, d_model] by hook; in any order.
        """
        askers: dict[tuple[int, ...], list[int]] = {}
        for number, ids in enumerate(prompts):
            askers.setdefault(tuple(ids), []).append(number)
        different = [list(ids) for ids in askers]
        for batch in batches([len(ids) for ids in different], TOKENS_IN_FORWARD):
            seen = self._forward([different[index] for index in batch], hooks, changes or {})
            for row, index in enumerate(batch):
                ids = different[index]
                for number in askers[tuple(ids)]:
                    yield number, {name: value[row, : len(ids)] for name, value in seen.items()}

    @torch.inference_mode()
    def _forward(
        self, prompts: list[list[int]], hooks: Sequence[str], changes: Mapping[str, Sequence[Change]]
    ) -> dict[str, Tensor]:
        ids = torch.zeros(len(prompts), max(map(len, prompts)), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, prompt in enumerate(prompts):
            ids[row, : len(prompt)] = torch.tensor(prompt)
            mask[row, : len(prompt)] = 1
        with hooked(self.model, hooks, changes) as seen:
            self.model.base_model(
                input_ids=ids.to(self.device), attention_mask=mask.to(self.device), use_cache=False
            )
        return seen


def batches(lengths: list[int], most_tokens: int) -> list[list[int]]:
    """Groups prompts of like length, so that each forward pass has at most `most_tokens` with padding."""
    found: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if found and (len(found[-1]) + 1) * lengths[found[-1][0]] <= most_tokens:
            found[-1].append(index)
        else:
            found.append([index])
    return found
