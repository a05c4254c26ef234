"""The tiny model behind the part of the OpenAI API that the engine uses, with vLLM's additions to it."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import threading
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse, StreamingResponse
from ocr.engine import Prompt, Sampling
from ocr.transformers_engine import TransformersEngine

CONTEXT = 2048


class OpenAiServer:
    """Answers `/v1/chat/completions` with streams, on a free port of loopback."""

    def __init__(self, engine: TransformersEngine) -> None:
        self.engine = engine
        self.bodies: list[dict[str, Any]] = []
        self.sent_chunks = 0
        self.busy = 0
        self.most_busy = 0
        self.status = 200
        self.cut_off = False
        self.app = FastAPI()
        self.app.post("/v1/chat/completions")(self.answer)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(self.app, port=self.port, log_level="error")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> OpenAiServer:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    async def answer(self, body: dict[str, Any]) -> Any:
        self.bodies.append(body)
        if self.status != 200:
            error = {"message": "This model's maximum context length is 2048 tokens.", "code": self.status}
            return JSONResponse({"error": error}, self.status)
        picture, text = body["messages"][0]["content"]
        png = base64.b64decode(picture["image_url"]["url"].removeprefix("data:image/png;base64,"))
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        await asyncio.sleep(0.05)  # so that others can come
        sampling = Sampling(body["max_tokens"], body["temperature"], body["repetition_penalty"])
        [made] = await self.engine.generate([Prompt(png, text["text"])], sampling)
        self.busy -= 1
        if isinstance(made, Exception):
            raise made
        ids = self.engine.tokenizer(made.text)["input_ids"]
        reason = "stop" if made.finish_reason == "stop" else "length"
        return StreamingResponse(
            self._chunks(ids, made.prompt_tokens, reason), media_type="text/event-stream"
        )

    async def _chunks(self, ids: list[int], prompt_tokens: int, reason: str) -> AsyncIterator[str]:
        for place, token in enumerate(ids, 1):
            usage = {"prompt_tokens": prompt_tokens, "completion_tokens": place}
            choice = {"delta": {"content": self.engine.tokenizer.decode([token])}, "token_ids": [token]}
            if place == len(ids) and not self.cut_off:
                choice["finish_reason"] = reason
            yield f"data: {json.dumps({'choices': [choice], 'usage': usage})}\n\n"
            self.sent_chunks += 1
            if self.sent_chunks % 10 == 0:
                await asyncio.sleep(0.01)
        yield "data: [DONE]\n\n"
