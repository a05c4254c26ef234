"""The HTTP routes, in front of a model in the same process."""

from __future__ import annotations

import base64
import logging
import struct
import time
from typing import Any

from appkit.api import make_api
from appkit.auth import KeyChecker
from appkit.errors import ApiError
from appkit.gate import Counters
from appkit.status import status_body
from fastapi import Response
from starlette.types import ASGIApp

from .requests import EmbedIn, GenerateIn, OpenAiIn
from .rerank_api import NOT_A_RERANKER, refuse
from .responses import EmbeddingObject, EmbedOut, GenerateOut, OpenAiOut, Usage
from .service import Embedded, EmbeddingService, milliseconds
from .settings import EmbeddingSettings

log = logging.getLogger(__name__)

VERSION = "0.1.0"
LIST_LIMITS = {"input": "too_many_inputs", "texts": "too_many_inputs"}


def create_app(settings: EmbeddingSettings, service: EmbeddingService, checker: KeyChecker | None) -> ASGIApp:
    """
    Parameters:
        checker: None when Modal's proxy is the only guard, or when the app is open on purpose.
    """
    api = make_api(
        settings,
        "Embeddings",
        VERSION,
        checker,
        list_limits=LIST_LIMITS,
        is_ready=lambda: service.is_healthy,
    )
    routes = Routes(settings, service, api.counters)
    api.routes.post("/v1/embeddings", summary="Embeddings in OpenAI's format")(routes.openai)
    api.routes.post("/embed", summary="Texts to vectors, with instruction and timing")(routes.embed)
    api.routes.post("/generate_embedding", summary="One text to one vector")(routes.generate)
    refuse(api.routes, ("/rerank", "/v1/rerank", "/v2/rerank"), "not_a_reranker", NOT_A_RERANKER)
    api.routes.get("/status", summary="Model, GPU, batching, settings and cost")(routes.status)
    return api.served()


class Routes:
    """What the routes do."""

    def __init__(self, settings: EmbeddingSettings, service: EmbeddingService, counters: Counters) -> None:
        self._settings = settings
        self._service = service
        self._counters = counters
        self._names = {settings.model_id, settings.model_id.rsplit("/", 1)[-1], "default"}

    async def openai(self, body: OpenAiIn, response: Response) -> OpenAiOut:
        if body.model and body.model not in self._names:
            names = ", ".join(sorted(self._names))
            message = f"This app serves {names}, not {body.model}."
            raise ApiError(404, "unknown_model", message, param="model")
        texts = [body.input] if isinstance(body.input, str) else body.input
        result = await self._service.embed(
            texts, instruction=body.instruction, task=body.task, dimensions=body.dimensions, field="input"
        )
        self._mark(result, response)
        as_text = body.encoding_format == "base64"
        data = [
            EmbeddingObject(index, encode(vector) if as_text else vector)
            for index, vector in enumerate(result.vectors)
        ]
        return OpenAiOut(data, self._settings.model_id, Usage(result.tokens, result.tokens))

    async def embed(self, body: EmbedIn, response: Response) -> EmbedOut:
        start = time.perf_counter()
        result = await self._service.embed(
            body.texts,
            instruction=body.instruction,
            task=body.task,
            normalize=body.normalize,
            truncate=body.truncate,
        )
        self._mark(result, response)
        timing = {
            "queue": result.queue_ms,
            "tokenize": result.tokenize_ms,
            "model": result.model_ms,
            "total": milliseconds(time.perf_counter() - start),
        }
        vectors = result.vectors
        return EmbedOut(
            embeddings=vectors,
            dim=self._service.model.dim,
            count=len(vectors),
            truncated=result.truncated,
            model=self._settings.model_id,
            timing_ms=timing,
        )

    async def generate(self, body: GenerateIn, response: Response) -> GenerateOut:
        result = await self._service.embed([body.text], instruction=body.instruction, field="text")
        self._mark(result, response)
        load_ms = milliseconds(self._service.model.load_s)
        return GenerateOut(
            result.vectors[0], self._service.model.dim, self._settings.model_id, load_ms, result.model_ms
        )

    async def status(self) -> dict[str, Any]:
        model = self._service.model
        report = model.report()
        return status_body(
            self._settings,
            self._counters,
            "ready" if self._service.is_healthy else "degraded",
            {**report, "engine": "sentence-transformers"},
            gpu_available=report["gpu"] is not None,
            gpu_name=report["gpu"]["name"] if report["gpu"] else None,
            torch_version=report["torch"],
            cuda_version=report["cuda"],
            family=model.family_name,
            dim=model.dim,
            max_tokens=model.longest,
            batching=self._service.batcher.status(),
            warnings=self._service.warnings(),
        )

    def _mark(self, result: Embedded, response: Response) -> None:
        response.headers["X-Model-Seconds"] = f"{result.model_ms / 1000:.4f}"
        response.headers["X-Queue-Seconds"] = f"{result.queue_ms / 1000:.4f}"
        response.headers["X-Cold-Start"] = str(int(result.cold))
        if result.truncated:
            response.headers["X-Truncated"] = str(len(result.truncated))
        log.info(
            "embedded %d texts, %d tokens: model %.1f ms, queue %.1f ms",
            len(result.vectors),
            result.tokens,
            result.model_ms,
            result.queue_ms,
        )


def encode(vector: list[float]) -> str:
    """Base64 of the numbers as little-endian 32-bit floats."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
