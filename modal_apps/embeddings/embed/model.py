"""A sentence-transformers model, asked in two steps: texts to tokens, and tokens of many requests to vectors."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from appkit.torch_worker import TorchWorker
from sentence_transformers import SentenceTransformer
from transformers.utils.logging import disable_progress_bar

from .families import FAMILIES, Family
from .lengths import longest_of

PAD_TO = 8  # widths that GPUs multiply fastest
disable_progress_bar()  # it would fill the log with carriage returns
# By the type of the encoder: EmbeddingGemma is built of Gemma 3.
OVERFLOWING = {"t5": "A T5 encoder", "gemma3_text": "EmbeddingGemma"}
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
AMPERE = (8, 0)


class ModelError(RuntimeError):
    """The model cannot be used with these settings."""


class NonFiniteError(RuntimeError):
    """A vector has a value that is no number; it is never given out."""


@dataclass(frozen=True)
class Tokens:
    """
    What the model reads for one text.

    Parameters:
        prompt: how many of the ids belong to the instruction.
        truncated: whether the text was longer than the model reads.
    """

    ids: list[int]
    prompt: int
    truncated: bool


@dataclass(frozen=True)
class Vector:
    """
    An embedding, the seconds of the forward pass that made it, and when that began (`perf_counter`).

    Parameters:
        length: Euclidean norm of the values.
    """

    values: list[float]
    length: float
    model_s: float
    began: float


@dataclass
class EmbeddingModel(TorchWorker):
    """
    See `TorchWorker`. `auto` is bfloat16 on Ampere and later, float32 elsewhere.

    Parameters:
        family_name: key of `FAMILIES`.
        max_length: as APP_MAX_LENGTH; 0 for the model's own.
    """

    family_name: str = "plain"
    max_length: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def family(self) -> Family:
        return FAMILIES[self.family_name]

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self.model.get_embedding_dimension() or 0)

    def read_weights(self) -> None:
        """
        Raises:
            OSError: there is no such checkpoint, or no network to fetch it.
            ModelError: float16 for a model that overflows in it.
            ValueError: a length that the model cannot read.
        """
        if self.model_id.startswith("/") and not Path(self.model_id).is_dir():
            raise FileNotFoundError(f"There is no checkpoint at {self.model_id} in this container.")
        self.model: Any = SentenceTransformer(
            self.model_id,
            revision=self.revision or None,
            device="cpu",
            model_kwargs={"dtype": torch.float32},
        ).eval()
        transformer: Any = self.model[0]
        config = transformer.auto_model.config
        if self.dtype == "float16" and (name := OVERFLOWING.get(config.model_type)):
            raise ModelError(f"{name} overflows in float16 and gives NaN; use bfloat16 or float32.")
        if not self.family.pools_instruction:
            # The library does this by itself only for the model's Hub id, not for a folder.
            self.model.set_pooling_include_prompt(False)
        self.pooling: Any = next(module for module in self.model if hasattr(module, "include_prompt"))
        self.tokenizer: Any = self.model.tokenizer
        self.longest = longest_of(self.model.max_seq_length, config, self.tokenizer, self.max_length)

    def move(self) -> None:
        self.model.to(self.device, best_dtype(self.dtype, self.device))

    def warm_up(self) -> None:
        self.embed(
            self.tokenize(["The company reported stable results."], self.family.instructions["document"])
        )

    def dtype_name(self) -> str:
        return str(next(self.model.parameters()).dtype).removeprefix("torch.")

    def tokenize(self, texts: Sequence[str], instruction: str) -> list[Tokens]:
        """
        Token ids of each text with the instruction before it, cut to what the model reads.

        Parameters:
            instruction: '' for none.
        """
        prompt = self._prompt_length(instruction)
        read = [instruction + text for text in texts]
        rows = self.tokenizer(read, truncation=False, verbose=False)["input_ids"]
        return [
            Tokens(ids, prompt, False) if len(ids) <= self.longest else Tokens(self._cut(text), prompt, True)
            for text, ids in zip(read, rows, strict=True)
        ]

    def embed(self, batch: Sequence[Tokens]) -> list[Vector]:
        """
        One forward pass. Never two at once: a second caller waits.

        Returns:
            vectors as the model gives them, not normalised unless it does that itself.

        Raises:
            NonFiniteError: a value is no number.
        """
        with self._lock:
            began = time.perf_counter()
            values = self._forward(batch)
            seconds = time.perf_counter() - began
            self.first_call = False
        if not torch.isfinite(values).all():
            raise NonFiniteError("The model gave a value that is no number.")
        lengths = values.norm(dim=1).tolist()
        rows = zip(values.tolist(), lengths, strict=True)
        return [Vector(row, length, seconds, began) for row, length in rows]

    @torch.inference_mode()
    def _forward(self, batch: Sequence[Tokens]) -> torch.Tensor:
        ids, mask = self._padded([tokens.ids for tokens in batch])
        features: dict[str, Any] = {"input_ids": ids.to(self.device), "attention_mask": mask.to(self.device)}
        modules = list(self.model)
        features = modules[0](features)
        if not self.pooling.include_prompt:
            features["attention_mask"] = self._without_prompts(features["attention_mask"], batch)
        for module in modules[1:]:
            features = module(features)
        return features["sentence_embedding"].float().cpu()

    def _padded(self, rows: Sequence[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        longest = max(map(len, rows))
        step = PAD_TO if self.device == "cuda" else 1
        width = min(-(-longest // step) * step, max(longest, self.longest))
        ids = torch.full((len(rows), width), self.tokenizer.pad_token_id or 0, dtype=torch.long)
        mask = torch.zeros_like(ids)
        left = self.tokenizer.padding_side == "left"
        for index, row in enumerate(rows):
            place = slice(width - len(row), width) if left else slice(0, len(row))
            ids[index, place] = torch.tensor(row)
            mask[index, place] = 1
        return ids, mask

    def _without_prompts(self, mask: torch.Tensor, batch: Sequence[Tokens]) -> torch.Tensor:
        """The mask for the mean: each text without its own instruction."""
        pooled = mask.clone()
        for index, tokens in enumerate(batch):
            start = int(mask[index].argmax())
            pooled[index, start : start + tokens.prompt] = 0
        return pooled

    def _cut(self, text: str) -> list[int]:
        return self.tokenizer(text, truncation=True, max_length=self.longest)["input_ids"]

    def _prompt_length(self, instruction: str) -> int:
        """As the library counts it: the instruction's tokens, without the mark that ends a text."""
        if not instruction:
            return 0
        ids = self.tokenizer(instruction)["input_ids"]
        return len(ids) - (ids[-1] in self.tokenizer.all_special_ids)


def best_dtype(wanted: str, device: str) -> torch.dtype:
    """
    Parameters:
        wanted: as APP_DTYPE; `auto` is bfloat16 on Ampere and later, float32 elsewhere.
    """
    if wanted != "auto":
        return DTYPES[wanted]
    modern = device == "cuda" and torch.cuda.get_device_capability() >= AMPERE
    return torch.bfloat16 if modern else torch.float32
