"""Cross-encoders: how well a document answers a query, in the formats of Cohere, Jina, vLLM and of TEI."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from appkit.batcher import MicroBatcher
from appkit.torch_worker import TorchWorker
from sentence_transformers import CrossEncoder

from .lengths import longest_of
from .model import ModelError, NonFiniteError, best_dtype


@dataclass(frozen=True)
class Pair:
    """
    A query and a document.

    Parameters:
        tokens: of both together, as the model reads them.
        truncated: whether they were longer than that.
    """

    query: str
    document: str
    tokens: int
    truncated: bool


@dataclass(frozen=True)
class Score:
    """
    Parameters:
        raw: what the model gives.
        value: after the model's own activation, which the library reads from its configuration.
    """

    raw: float
    value: float


@dataclass
class RerankModel(TorchWorker):
    """
    See `TorchWorker`.

    Parameters:
        max_length: as APP_MAX_LENGTH.
    """

    max_length: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read_weights(self) -> None:
        """
        Raises:
            OSError: there is no such checkpoint, or no network to fetch it.
            ModelError: the checkpoint gives no score for a pair.
        """
        if self.model_id.startswith("/") and not Path(self.model_id).is_dir():
            raise FileNotFoundError(f"There is no checkpoint at {self.model_id} in this container.")
        self.model: Any = CrossEncoder(
            self.model_id,
            revision=self.revision or None,
            device="cpu",
            model_kwargs={"dtype": torch.float32},
        ).eval()
        if self.model.num_labels != 1:
            raise ModelError(
                f"{self.model_id} gives {self.model.num_labels} numbers for a pair, not one score."
            )
        self.tokenizer: Any = self.model.tokenizer
        config = self.model.model.config
        self.longest = longest_of(self.model.max_seq_length, config, self.tokenizer, self.max_length)
        self.model.max_seq_length = self.longest

    def move(self) -> None:
        self.model.to(self.device, best_dtype(self.dtype, self.device))

    def warm_up(self) -> None:
        self.score(self.pairs("What was reported?", ["The company reported stable results."]))

    def dtype_name(self) -> str:
        return str(next(self.model.parameters()).dtype).removeprefix("torch.")

    def pairs(self, query: str, documents: Sequence[str]) -> list[Pair]:
        """The pairs with their lengths in tokens."""
        rows = self.tokenizer([query] * len(documents), list(documents), truncation=False, verbose=False)[
            "input_ids"
        ]
        return [
            Pair(query, document, min(len(ids), self.longest), len(ids) > self.longest)
            for document, ids in zip(documents, rows, strict=True)
        ]

    def score(self, batch: Sequence[Pair]) -> list[Score]:
        """
        One forward pass. Never two at once: a second caller waits.

        Raises:
            NonFiniteError: a score is no number.
        """
        with self._lock:
            raw = (
                self.model.predict(
                    [(one.query, one.document) for one in batch],
                    batch_size=len(batch),
                    activation_fn=torch.nn.Identity(),
                    show_progress_bar=False,
                    convert_to_tensor=True,
                )
                .float()
                .cpu()
            )
            self.first_call = False
        if not torch.isfinite(raw).all():
            raise NonFiniteError("The model gave a score that is no number.")
        values = self.model.activation_fn(raw)
        return [Score(one, other) for one, other in zip(raw.tolist(), values.tolist(), strict=True)]


class RerankService:
    """Pairs of many requests share forward passes."""

    def __init__(self, model: RerankModel) -> None:
        self.model = model
        self.batcher = MicroBatcher[Pair, Score](model.score, lambda pair: pair.tokens)
        self.is_healthy = True

    async def rank(self, pairs: Sequence[Pair]) -> tuple[list[Score], float]:
        """Scores in the order of the pairs, and the seconds that they took."""
        start = time.perf_counter()
        scores = await self.batcher.submit(pairs)
        return scores, time.perf_counter() - start
