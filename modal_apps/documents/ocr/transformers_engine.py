"""Qwen3-VL in this process. Builds its inputs from the processor on Pillow, so it needs no torchvision."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from appkit.gpu_errors import is_poisoned
from appkit.gpu_memory import gpu_status
from appkit.torch_worker import TorchWorker
from PIL import Image
from transformers import (
    AutoTokenizer,
    Qwen2VLImageProcessorPil,
    Qwen3VLForConditionalGeneration,
    StoppingCriteria,
    StoppingCriteriaList,
)
from transformers.utils.logging import disable_progress_bar

from .engine import Generated, Prompt, PromptTooLong, Sampling
from .preprocess import FACTOR, LEAST_PIXELS, MOST_PIXELS
from .reading import FinishReason
from .repetition import RepetitionGuard

IMAGE_MARK = "<|image_pad|>"
PATCH = 16
MERGE = 2
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
disable_progress_bar()  # it would fill the log with carriage returns


class _StopsRepetition(StoppingCriteria):
    """Ends each row of a batch that repeats itself; `cut` says after how many tokens, 0 for the others."""

    def __init__(self, rows: int, prompt_length: int, decode: Callable[[list[int]], str]) -> None:
        self.guards = [_guard(decode) for _ in range(rows)]
        self.cut = [0] * rows
        self.seen = prompt_length

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        for row, tokens in enumerate(input_ids[:, self.seen :].tolist()):
            for token in tokens:
                if not self.cut[row] and self.guards[row].add(token):
                    self.cut[row] = len(self.guards[row].tokens)
        self.seen = input_ids.shape[1]
        return torch.tensor([bool(cut) for cut in self.cut], device=input_ids.device)


def _guard(decode: Callable[[list[int]], str]) -> RepetitionGuard:
    guard = RepetitionGuard(lambda places: decode([guard.tokens[place] for place in places]))
    return guard


@dataclass
class TransformersEngine(TorchWorker):
    """
    See `Engine` and `TorchWorker`; `auto` is bfloat16 on a GPU and float32 without. One batch at a time.

    Parameters:
        max_model_len: tokens of the prompt and the answer together.
    """

    max_model_len: int = 16_384
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def read_weights(self) -> None:
        """
        Raises:
            OSError: there is no such checkpoint, or no network to fetch it.
        """
        if self.model_id.startswith("/") and not Path(self.model_id).is_dir():
            raise FileNotFoundError(f"There is no checkpoint at {self.model_id} in this container.")
        revision = self.revision or "main"
        self.tokenizer: Any = AutoTokenizer.from_pretrained(
            self.model_id, revision=revision, padding_side="left"
        )
        self.processor = Qwen2VLImageProcessorPil(
            patch_size=PATCH,
            temporal_patch_size=2,
            merge_size=MERGE,
            image_mean=[0.5] * 3,
            image_std=[0.5] * 3,
            size={"shortest_edge": LEAST_PIXELS, "longest_edge": MOST_PIXELS},
        )
        model = Qwen3VLForConditionalGeneration.from_pretrained(
            self.model_id, revision=revision, dtype=DTYPES.get(self.dtype, torch.bfloat16)
        )
        self.model: Any = model.eval()

    def sleep(self) -> None:
        """Nothing: its memory is kept in a snapshot as it is."""

    def move(self) -> None:
        usual = torch.bfloat16 if self.device == "cuda" else torch.float32
        self.model.to(self.device, DTYPES.get(self.dtype, usual))

    def warm_up(self) -> None:
        page = io.BytesIO()
        Image.new("RGB", (FACTOR * 8, FACTOR * 8), "white").save(page, "png")
        self._batch([Prompt(page.getvalue(), "Read.")], Sampling(max_tokens=2))

    def warmup(self) -> None:
        """Moves the model to the GPU, if there is one, and runs it once."""
        self.to_device()

    def dtype_name(self) -> str:
        return str(self.model.dtype).removeprefix("torch.")

    def memory(self) -> dict[str, float | int | str] | None:
        return gpu_status()

    def alive(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing to end: the model goes with the process."""

    async def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[Generated | Exception]:
        return await asyncio.to_thread(self._in_turn, list(prompts), sampling)

    def _in_turn(self, prompts: list[Prompt], sampling: Sampling) -> list[Generated | Exception]:
        with self._turn:
            return self._each(prompts, sampling)

    def _each(self, prompts: list[Prompt], sampling: Sampling) -> list[Generated | Exception]:
        """One batch; when that fails, one prompt after another, so that only the bad one fails."""
        try:
            return list(self._batch(prompts, sampling))
        except Exception as error:
            if len(prompts) == 1 or is_poisoned(error):
                return [error] * len(prompts)
        return [answer for prompt in prompts for answer in self._each([prompt], sampling)]

    def inputs(self, prompts: list[Prompt]) -> dict[str, torch.Tensor]:
        """
        The model's inputs, padded on the left.

        Returns:
            input_ids, attention_mask and mm_token_type_ids of shape (prompts, tokens); pixel_values of shape
            (patches of all pages, 1536); image_grid_thw of shape (prompts, 3), in patches.
        """
        images = [Image.open(io.BytesIO(prompt.png)).convert("RGB") for prompt in prompts]
        pixels = self.processor(images, return_tensors="pt")
        counts = [int(count) for count in pixels["image_grid_thw"].prod(-1) // MERGE**2]
        texts = [
            self._template(prompt.text).replace(IMAGE_MARK, IMAGE_MARK * count)
            for prompt, count in zip(prompts, counts, strict=True)
        ]
        tokens = self.tokenizer(texts, padding=True, return_tensors="pt")
        is_image = tokens["input_ids"] == self.model.config.image_token_id
        return {
            "input_ids": tokens["input_ids"],
            "attention_mask": tokens["attention_mask"],
            "mm_token_type_ids": is_image.long(),
            "pixel_values": pixels["pixel_values"],
            "image_grid_thw": pixels["image_grid_thw"],
        }

    def _template(self, text: str) -> str:
        content = [{"type": "image"}, {"type": "text", "text": text}]
        return self.tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False
        )

    @torch.inference_mode()
    def _batch(self, prompts: list[Prompt], sampling: Sampling) -> list[Generated]:
        start = time.perf_counter()
        inputs = self.inputs(prompts)
        width = inputs["input_ids"].shape[1]
        room = self.max_model_len - width
        if room < 1:
            raise PromptTooLong(f"The page takes {width} tokens; the model takes {self.max_model_len}.")
        guard = _StopsRepetition(len(prompts), width, self.tokenizer.decode)
        output = self.model.generate(
            **{name: value.to(self.device) for name, value in inputs.items()},
            max_new_tokens=min(room, sampling.max_tokens),
            repetition_penalty=sampling.repetition_penalty,
            stopping_criteria=StoppingCriteriaList([guard]),
            **_choice(sampling.temperature),
        )
        seconds = time.perf_counter() - start
        ends = _as_list(self.model.generation_config.eos_token_id)
        grids = inputs["image_grid_thw"].prod(-1) // MERGE**2
        answers = []
        for row, tokens in enumerate(output[:, width:].tolist()):
            kept, reason = _until_end(tokens, ends)
            if reason == "length" and guard.cut[row]:
                kept, reason = tokens[: guard.cut[row]], "repetition"
            answers.append(
                Generated(
                    text=self.tokenizer.decode(kept, skip_special_tokens=True),
                    image_tokens=int(grids[row]),
                    prompt_tokens=int(inputs["attention_mask"][row].sum()),
                    output_tokens=len(kept),
                    finish_reason=reason,
                    seconds=seconds,
                )
            )
        return answers


def _choice(temperature: float) -> dict[str, Any]:
    """Arguments for how the next token is chosen; a checkpoint's own defaults would add to it."""
    if temperature == 0:
        return {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
    return {"do_sample": True, "temperature": temperature, "top_p": 1.0, "top_k": 0}


def _as_list(ids: int | list[int] | None) -> list[int]:
    return ids if isinstance(ids, list) else [] if ids is None else [ids]


def _until_end(tokens: list[int], ends: list[int]) -> tuple[list[int], FinishReason]:
    place = next((index for index, token in enumerate(tokens) if token in ends), None)
    return (tokens, "length") if place is None else (tokens[:place], "stop")
