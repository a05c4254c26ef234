"""FinBERT: a sequence classifier with the classes positive, neutral and negative. Runs in the worker only."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from appkit.torch_worker import TorchWorker
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from .model_labels import CLASSES, class_columns
from .scoring import Score, ScoreReply

MOST_TOKENS = 512
OVERLAP = 32
TOKENS_IN_FORWARD = 16_384
disable_progress_bar()  # it would fill the log with carriage returns

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


class ModelError(RuntimeError):
    """The model gave an answer that is no number."""


@dataclass
class FinBert(TorchWorker):
    """
    See `TorchWorker`; `auto` is float16 on a GPU and float32 without.

    Parameters:
        labels: the classes in the order of the columns, for a checkpoint that has no names for them.
    """

    labels: str = ""

    def read_weights(self) -> None:
        """
        Raises:
            OSError: there is no such checkpoint, or no network to fetch it.
            LabelError: its classes are not FinBERT's, or nobody says which is which.
        """
        if self.model_id.startswith("/") and not Path(self.model_id).is_dir():
            raise FileNotFoundError(f"There is no checkpoint at {self.model_id} in this container.")
        revision = self.revision or None
        self.tokenizer: Any = AutoTokenizer.from_pretrained(self.model_id, revision=revision)
        model = AutoModelForSequenceClassification.from_pretrained(
            self.model_id, revision=revision, dtype=torch.float32
        )
        self.columns = class_columns(model.config.id2label, self.model_id, self.labels)
        self.model: Any = model.eval()

    def move(self) -> None:
        half = torch.float16 if self.device == "cuda" else torch.float32
        self.model.to(self.device, DTYPES.get(self.dtype, half))

    def warm_up(self) -> None:
        self.score(["The company reported stable results for the year."])

    def dtype_name(self) -> str:
        return str(self.model.dtype).removeprefix("torch.")

    def score(self, texts: list[str]) -> list[Score]:
        """
        Probabilities of each text. One longer than the model reads is cut into windows, which are averaged.

        Raises:
            ModelError: a probability is not a number.
        """
        windows, owners, lengths = self._windows(texts)
        sums = [[0.0] * len(CLASSES) for _ in texts]
        counts = [0] * len(texts)
        for batch in token_batches([len(window) for window in windows], TOKENS_IN_FORWARD):
            for index, row in zip(batch, self._forward([windows[index] for index in batch]), strict=True):
                owner = owners[index]
                counts[owner] += 1
                sums[owner] = [total + value for total, value in zip(sums[owner], row, strict=True)]
        means = [[total / count for total in row] for row, count in zip(sums, counts, strict=True)]
        if not all(math.isfinite(value) for row in means for value in row):
            raise ModelError("The model gave a probability that is not a number.")
        return [
            Score(positive=row[0], neutral=row[1], negative=row[2], tokens=length)
            for row, length in zip(means, lengths, strict=True)
        ]

    def score_batch(self, chunks: list[list[str]]) -> list[ScoreReply]:
        """Scores the texts of several callers together and gives each its own."""
        start = time.perf_counter()
        scores = iter(self.score([text for chunk in chunks for text in chunk]))
        seconds = time.perf_counter() - start
        report = self.report()
        self.first_call = False
        return [
            ScoreReply(scores=[next(scores) for _ in chunk], model_s=seconds, worker=report)
            for chunk in chunks
        ]

    def _windows(self, texts: list[str]) -> tuple[list[list[int]], list[int], list[int]]:
        """Token ids of each window, the text that it belongs to, and the length of each text in tokens."""
        room = min(MOST_TOKENS, self.model.config.max_position_embeddings) - 2
        windows, owners, lengths = [], [], []
        encoded = self.tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"] if texts else []
        for owner, ids in enumerate(encoded):
            lengths.append(len(ids))
            for start in range(0, max(1, len(ids) - OVERLAP), room - OVERLAP):
                window = ids[start : start + room]
                windows.append([self.tokenizer.cls_token_id, *window, self.tokenizer.sep_token_id])
                owners.append(owner)
        return windows, owners, lengths

    @torch.inference_mode()
    def _forward(self, windows: list[list[int]]) -> list[list[float]]:
        width = max(map(len, windows))
        ids = torch.full((len(windows), width), self.tokenizer.pad_token_id, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = torch.tensor(window)
            mask[row, : len(window)] = 1
        logits = self.model(input_ids=ids.to(self.device), attention_mask=mask.to(self.device)).logits
        return logits.float().softmax(-1)[:, self.columns].tolist()


def token_batches(lengths: list[int], most_tokens: int) -> list[list[int]]:
    """Groups windows of like length, so that each forward pass has at most `most_tokens` with padding."""
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if batches and (len(batches[-1]) + 1) * lengths[batches[-1][0]] <= most_tokens:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches
