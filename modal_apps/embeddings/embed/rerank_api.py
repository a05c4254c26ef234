"""The routes of a reranker: /rerank in two formats, and words for what only an embedding model does."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import uuid4

from appkit.api import make_api
from appkit.auth import KeyChecker
from appkit.errors import ApiError, unavailable
from appkit.gate import Counters
from appkit.gpu_errors import is_out_of_memory
from appkit.status import status_body
from fastapi import FastAPI, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.types import ASGIApp

from .model import NonFiniteError
from .requests import MOST_INPUTS, Text
from .rerank import Pair, RerankService, Score
from .service import MOST_TOKENS, milliseconds
from .settings import EmbeddingSettings

log = logging.getLogger(__name__)
LIST_LIMITS = {"documents": "too_many_inputs", "texts": "too_many_inputs"}
NOT_A_RERANKER = (
    "This app serves an embedding model, which does not rank. Deploy a reranker, such as BAAI/bge-reranker-v2-m3, "
    "by APP_MODEL_ID."
)
NO_VECTORS = "This app serves a reranker, which gives scores and no vectors. Use /rerank, or deploy an embedding model."


class Document(BaseModel):
    """A document as an object; other fields are left alone."""

    text: Text


class RerankIn(BaseModel):
    """
    With `documents` as Cohere, Jina and vLLM have it; with `texts` as text-embeddings-inference has it.
    """

    model_config = ConfigDict(protected_namespaces=())

    query: Annotated[Text, Field(min_length=1)]
    documents: Annotated[list[Text | Document] | None, Field(min_length=1, max_length=MOST_INPUTS)] = None
    texts: Annotated[list[Text] | None, Field(min_length=1, max_length=MOST_INPUTS)] = None
    model: str | None = None
    top_n: Annotated[int | None, Field(ge=0, description="0 or left out: all.")] = None
    return_documents: bool = True
    raw_scores: Annotated[bool, Field(description="With texts: scores before the sigmoid.")] = False
    return_text: Annotated[bool, Field(description="With texts: give them back.")] = False
    truncate: Annotated[bool, Field(description="False refuses what is longer than the model reads.")] = True

    @model_validator(mode="after")
    def _one_format(self) -> RerankIn:
        if (self.documents is None) == (self.texts is None):
            raise PydanticCustomError("documents_or_texts", "Give either documents or texts.")
        return self

    def plain(self) -> list[str]:
        """The documents as texts."""
        given: Sequence[str | Document] = self.documents or self.texts or []
        return [one if isinstance(one, str) else one.text for one in given]


class RankedDocument(BaseModel):
    """`index` is that in the request. The best comes first."""

    index: int
    relevance_score: float
    document: Document | None = None


class RankUsage(BaseModel):
    """Tokens of all pairs of query and document, as the model read them."""

    prompt_tokens: int
    total_tokens: int


class RerankOut(BaseModel):
    """Documents by how well they answer the query, the best first."""

    id: str
    model: str
    usage: RankUsage
    results: list[RankedDocument]


class RankedText(BaseModel):
    """Of text-embeddings-inference."""

    index: int
    score: float
    text: str | None = None


def create_rerank_app(
    settings: EmbeddingSettings, service: RerankService, checker: KeyChecker | None
) -> ASGIApp:
    """
    Parameters:
        checker: as `create_app` of the embeddings.
    """
    api = make_api(
        settings, "Reranker", "0.1.0", checker, list_limits=LIST_LIMITS, is_ready=lambda: service.is_healthy
    )
    routes = RerankRoutes(settings, service, api.counters)
    for path in ("/rerank", "/v1/rerank", "/v2/rerank"):
        api.routes.post(
            path, summary="Documents by how well they answer a query", response_model_exclude_none=True
        )(routes.rerank)
    refuse(api.routes, ("/v1/embeddings", "/embed", "/generate_embedding"), "model_is_a_reranker", NO_VECTORS)
    api.routes.get("/status", summary="Model, GPU, batching, settings and cost")(routes.status)
    return api.served()


def refuse(app: FastAPI, paths: Sequence[str], code: str, message: str) -> None:
    """Adds routes that say why this model does not have them."""

    async def refused() -> None:
        raise ApiError(422, code, message, param="model")

    for path in paths:
        app.post(path, summary="Not with this model")(refused)


class RerankRoutes:
    """What the routes do."""

    def __init__(self, settings: EmbeddingSettings, service: RerankService, counters: Counters) -> None:
        self._settings = settings
        self._service = service
        self._counters = counters

    async def rerank(self, body: RerankIn, response: Response) -> RerankOut | list[RankedText]:
        names = {self._settings.model_id, self._settings.model_id.rsplit("/", 1)[-1], "default"}
        if body.model and body.model not in names:
            message = f"This app serves {', '.join(sorted(names))}, not {body.model}."
            raise ApiError(404, "unknown_model", message, param="model")
        documents = body.plain()
        where = "documents" if body.documents is not None else "texts"
        pairs = await asyncio.to_thread(self._pairs, body, documents, where)
        scores = await self._scores(pairs, response)
        if cut := sum(pair.truncated for pair in pairs):
            response.headers["X-Truncated"] = str(cut)
        if body.texts is not None:
            return _as_texts(scores, documents, body)
        order = sorted(range(len(scores)), key=lambda index: -scores[index].value)
        tokens = sum(pair.tokens for pair in pairs)
        return RerankOut(
            id=f"rerank-{uuid4().hex}",
            model=self._settings.model_id,
            usage=RankUsage(prompt_tokens=tokens, total_tokens=tokens),
            results=[
                RankedDocument(
                    index=index,
                    relevance_score=scores[index].value,
                    document=Document(text=documents[index]) if body.return_documents else None,
                )
                for index in order[: body.top_n or len(order)]
            ],
        )

    def _pairs(self, body: RerankIn, documents: list[str], where: str) -> list[Pair]:
        model = self._service.model
        pairs = model.pairs(body.query, documents)
        if not body.truncate:
            long = next((index for index, pair in enumerate(pairs) if pair.truncated), None)
            if long is not None:
                message = f"Query and text are longer than the {model.longest} tokens that the model reads."
                raise ApiError(422, "too_long", message, param=f"{where}[{long}]")
        total = sum(pair.tokens for pair in pairs)
        if total > MOST_TOKENS:
            raise ApiError(413, "too_many_tokens", f"{total} tokens; {MOST_TOKENS} are allowed.", param=where)
        return pairs

    async def _scores(self, pairs: Sequence[Pair], response: Response) -> list[Score]:
        try:
            scores, seconds = await self._service.rank(pairs)
        except NonFiniteError as error:
            raise ApiError(500, "non_finite", str(error)) from error
        except RuntimeError as error:
            if is_out_of_memory(error):
                message = "The GPU has too little memory for this request; send fewer or shorter texts."
                raise unavailable("out_of_memory", message) from error
            raise
        response.headers["X-Model-Seconds"] = f"{seconds:.4f}"
        log.info("ranked %d documents in %.1f ms", len(pairs), milliseconds(seconds))
        return scores

    async def status(self) -> dict[str, Any]:
        report = self._service.model.report()
        return status_body(
            self._settings,
            self._counters,
            "ready",
            {**report, "engine": "sentence-transformers"},
            family="reranker",
            max_tokens=self._service.model.longest,
            batching=self._service.batcher.status(),
        )


def _as_texts(scores: Sequence[Score], texts: Sequence[str], body: RerankIn) -> list[RankedText]:
    values = [score.raw if body.raw_scores else _sigmoid(score.raw) for score in scores]
    order = sorted(range(len(values)), key=lambda index: -values[index])
    return [
        RankedText(index=index, score=values[index], text=texts[index] if body.return_text else None)
        for index in order
    ]


def _sigmoid(value: float) -> float:
    """Without an overflow on either side."""
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    return math.exp(value) / (1 + math.exp(value))
