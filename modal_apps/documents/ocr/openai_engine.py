"""Qwen3-VL behind an OpenAI-compatible server on loopback: `vllm serve` in the same container."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

import httpx
from appkit.gpu_memory import gpu_status, report_gpu_memory
from appkit.progress import phase
from appkit.restore import after_restore, task_id
from appkit.status import WorkerReport
from PIL import Image

from .engine import Generated, Prompt, PromptTooLong, Sampling
from .preprocess import count_tokens
from .reading import FinishReason
from .repetition import RepetitionGuard
from .token_budget import instruction_tokens

CONNECT_S = 10.0
BETWEEN_TOKENS_S = 300.0
REASONS: dict[str | None, FinishReason] = {"stop": "stop", "length": "length"}
SLEEP_ROUTE = "/sleep?level=1"
WAKE_ROUTE = "/wake_up"


class Process(Protocol):
    """The server, when this engine starts it."""

    def start(self, timeout_s: float) -> None:
        """Starts it and returns when it is ready."""
        ...

    def stop(self) -> None:
        """Ends it."""
        ...

    def alive(self) -> bool:
        """Whether it runs."""
        ...

    def post(self, path: str) -> None:
        """Calls one of its internal routes."""
        ...


class EngineDown(RuntimeError):
    """The server has ended, or answers with errors."""


class OpenAiEngine:
    """
    See `Engine`. Many pages are in flight at once; the server joins them to batches.

    Parameters:
        base_url: of the server, without `/v1`.
        model: the name under which it serves the model.
        process: None when somebody else starts and ends the server.
        max_model_len: tokens of the prompt and the answer together, as the server was told.
        dtype: what `/status` names.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        process: Process | None = None,
        *,
        max_model_len: int = 16_384,
        dtype: str = "auto",
        startup_timeout_s: float = 1200,
    ) -> None:
        self._base_url = base_url
        self._model = model
        self._process = process
        self._max_model_len = max_model_len
        self._dtype = dtype
        self._startup_timeout_s = startup_timeout_s
        self._gpu: dict[str, float | int | str] | None = None
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loaded_in = task_id()
        self._load_s = 0.0
        self._started = time.perf_counter()
        self.first_call = True
        self._restored = False

    def load(self) -> None:
        """Nothing: the server reads the weights straight to the GPU."""

    def warmup(self) -> None:
        """
        Starts the server, if it is ours, and sends it a page.

        Raises:
            RuntimeError: it does not start.
            EngineDown: it cannot read a page.
        """
        start = self._started = time.perf_counter()
        if self._process:
            with phase("load_model"):
                self._process.start(self._startup_timeout_s)
        with phase("warm_up"):
            self._ask_once()
        self._gpu = report_gpu_memory("after load")
        self._load_s = time.perf_counter() - start
        self._loaded_in = task_id()

    def sleep(self) -> None:
        """Moves the weights to host memory, so that a snapshot can hold them."""
        if self._process:
            self._process.post(SLEEP_ROUTE)

    def resume(self) -> None:
        self._started, self.first_call = time.perf_counter(), True
        self._restored = task_id() != self._loaded_in
        if self._restored:
            after_restore()
        self._client = None  # its connections were those of another container
        if self._process:
            with phase("wake"):
                self._process.post(WAKE_ROUTE)
        self._gpu = report_gpu_memory("after restore")

    def memory(self) -> dict[str, float | int | str] | None:
        return gpu_status()

    def report(self) -> WorkerReport:
        return WorkerReport(
            engine="vllm",
            device="cuda" if self._gpu else "cpu",
            dtype=self._dtype,
            gpu=self._gpu,
            torch=None,
            cuda=None,
            load_s=round(self._load_s, 3),
            uptime_s=round(time.perf_counter() - self._started, 3),
            first_call=self.first_call,
            restored=self._restored,
        )

    def alive(self) -> bool:
        """Whether the server runs, as far as this engine can know."""
        return self._process is None or self._process.alive()

    def close(self) -> None:
        if self._process:
            self._process.stop()

    async def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[Generated | Exception]:
        answers = await asyncio.gather(
            *(self._answer(prompt, sampling) for prompt in prompts), return_exceptions=True
        )
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, Exception):
                raise answer
        return [answer for answer in answers if isinstance(answer, Generated | Exception)]

    def _http(self) -> httpx.AsyncClient:
        """The client of this event loop."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            timeout = httpx.Timeout(BETWEEN_TOKENS_S, connect=CONNECT_S)
            limits = httpx.Limits(max_connections=None)
            self._client = httpx.AsyncClient(
                base_url=self._base_url, timeout=timeout, limits=limits, trust_env=False
            )
            self._loop = loop
        return self._client

    async def _answer(self, prompt: Prompt, sampling: Sampling) -> Generated:
        start = time.perf_counter()
        with Image.open(io.BytesIO(prompt.png)) as image:
            image_tokens = count_tokens(*image.size)
        room = self._room(image_tokens, prompt.text)
        body = self._body(prompt, sampling, min(room, sampling.max_tokens))
        try:
            async with self._http().stream("POST", "/v1/chat/completions", json=body) as answer:
                if answer.status_code != 200:
                    raise _refusal(answer.status_code, await answer.aread())
                text, usage, reason = await _collect(_events(answer))
        except httpx.HTTPError as error:
            state = "" if self.alive() else " The engine has ended."
            raise EngineDown(f"The engine does not answer: {type(error).__name__}.{state}") from error
        return Generated(
            text=text,
            image_tokens=image_tokens,
            prompt_tokens=usage.get("prompt_tokens", 0),
            output_tokens=usage.get("completion_tokens", 0),
            finish_reason=reason,
            seconds=time.perf_counter() - start,
        )

    def _room(self, image_tokens: int, text: str) -> int:
        taken = image_tokens + instruction_tokens(text)
        if taken >= self._max_model_len:
            raise PromptTooLong(
                f"The page takes about {taken} tokens; the model takes {self._max_model_len}."
            )
        return self._max_model_len - taken

    def _body(self, prompt: Prompt, sampling: Sampling, max_tokens: int) -> dict[str, Any]:
        picture = "data:image/png;base64," + base64.b64encode(prompt.png).decode()
        content = [
            {"type": "image_url", "image_url": {"url": picture}},
            {"type": "text", "text": prompt.text},
        ]
        return {
            "model": self._model,
            "messages": [{"role": "user", "content": content}],
            "max_tokens": max_tokens,
            "temperature": sampling.temperature,
            "top_p": 1.0,
            "top_k": 0,
            "repetition_penalty": sampling.repetition_penalty,
            "stream": True,
            # An answer that is cut short has no last chunk, so each one carries the counts.
            "stream_options": {"include_usage": True, "continuous_usage_stats": True},
            "return_token_ids": True,
        }

    def _ask_once(self) -> None:
        page = io.BytesIO()
        Image.new("RGB", (256, 256), "white").save(page, "png")
        body = self._body(Prompt(page.getvalue(), "Read."), Sampling(max_tokens=2), 2)
        answer = httpx.post(
            f"{self._base_url}/v1/chat/completions", json=body, timeout=BETWEEN_TOKENS_S, trust_env=False
        )
        if answer.status_code != 200:
            raise _refusal(answer.status_code, answer.content)


def _refusal(status: int, body: bytes) -> Exception:
    """The engine's own words for a request that it does not take."""
    try:
        parsed = json.loads(body)
        message = str(parsed["error"]["message"] if "error" in parsed else parsed["message"])
    except (ValueError, KeyError, TypeError):
        message = body[:300].decode(errors="replace")
    if status == 400 and ("length" in message or "tokens" in message):
        return PromptTooLong(message)
    return EngineDown(f"The engine answered {status}: {message}")


async def _events(answer: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    async for line in answer.aiter_lines():
        if line.startswith("data: ") and line != "data: [DONE]":
            yield json.loads(line.removeprefix("data: "))


async def _collect(
    events: AsyncIterator[dict[str, Any]],
) -> tuple[str, dict[str, int], FinishReason]:
    """Joins the parts of an answer and leaves when it repeats itself, which makes the server stop too."""
    parts: list[str] = []
    usage: dict[str, int] = {}
    finished: str | None = None
    said: list[str] = []  # of each token; an event's text stands with its first
    guard = RepetitionGuard(lambda places: "".join(said[place] for place in places))
    async for event in events:
        if "error" in event:
            raise EngineDown(f"The engine failed: {event['error'].get('message', '')}")
        usage = event.get("usage") or usage
        for choice in event.get("choices", []):
            parts.append(choice["delta"].get("content") or "")
            finished = choice.get("finish_reason") or finished
            tokens = choice.get("token_ids") or []
            said += [parts[-1], *[""] * (len(tokens) - 1)][: len(tokens)]
            if any([guard.add(token) for token in tokens]):
                return "".join(parts), usage, "repetition"
    if finished is None:
        raise EngineDown("The engine ended its answer half-way.")
    return "".join(parts), usage, REASONS.get(finished, "stop")
