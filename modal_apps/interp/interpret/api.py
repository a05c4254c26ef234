"""The HTTP routes. Knows a `Backend` for the model, and nothing of where it runs; has no torch."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import aclosing
from typing import Any, TypeVar

from appkit.api import make_api
from appkit.auth import KeyChecker
from appkit.backend import BackendError
from appkit.errors import DOCUMENTED, ApiError, error_body, unavailable
from appkit.gate import Counters
from appkit.status import WorkerReport, status_body
from fastapi import FastAPI, Response
from fastapi.responses import StreamingResponse
from starlette.types import ASGIApp

from . import requests as into
from . import responses as out
from .backend import Backend, Loaded, Reply
from .errors import Failure
from .flat_errors import flat_status, with_flat_errors
from .limits import MOST_COMPLETION_TOKENS, MOST_NUMBERS, MOST_PROMPTS, MOST_RESULTS, MOST_STREAMED
from .outputs import ChatOutputs, Outputs, outputs_for
from .settings import InterpSettings
from .source_catalogue import known_sources

log = logging.getLogger(__name__)
T = TypeVar("T")

VERSION = "0.2.0"
LIST_LIMITS = {"prompts": "too_many_inputs"}
RETRY_AFTER_S = 5
POINTS = ["attn_out", "mlp_out", "resid_post", "resid_pre", "z"]
MISSING = dict.fromkeys(("lens_jacobian", "neurons"), False)
FLAT_DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {**described, "model": out.FlatError} for status, described in DOCUMENTED.items()
}


def create_app(settings: InterpSettings, backend: Backend, checker: KeyChecker | None) -> ASGIApp:
    """
    Parameters:
        settings: of the one model that this app serves.
        checker: None when Modal's proxy is the only guard, or when the app is open on purpose.
    """
    flat = settings.speaks_neuronpedia
    api = make_api(
        settings,
        "Interpretability server",
        VERSION,
        checker,
        list_limits=LIST_LIMITS,
        documented=FLAT_DOCUMENTED if flat else DOCUMENTED,
        health_word="healthy" if flat else "ok",
    )
    _add_routes(api.routes, Service(settings, backend, api.counters), flat)
    return with_flat_errors(api.served()) if flat else api.served()


def _add_routes(app: FastAPI, service: Service, flat: bool) -> None:
    posts: list[tuple[str, str, Any, Any]] = [
        ("activation/single", "One feature or vector on a prompt", service.single, out.SingleOut),
        ("activation/single-batch", "The same on several", service.single_batch, out.SingleBatchOut),
        ("activation/all", "The features that fire most on a prompt", service.all, out.AllOut),
        ("activation/all-batch", "The same on several", service.all_batch, out.AllBatchOut),
        ("activation/topk-by-token", "The features that fire most at each token", service.topk, out.TopKOut),
        ("activation/topk-by-token-batch", "The same on several", service.topk_batch, out.TopKBatchOut),
        ("activation/source", "All features of a source that fire", service.source, out.SourceOut),
        ("activation/raw", "Activations of the model itself", service.raw, out.RawOut),
        ("activation/attention", "Where one head looks", service.attention, out.AttentionOut),
        ("steer/completion", "A completion with and without steering", service.steer, out.SteerOut),
        (
            "steer/completion-chat",
            "An answer in a chat with and without steering",
            service.steer_chat,
            out.SteerChatOut,
        ),
        ("apply-chat-template", "A chat as the model reads it", service.chat_template, out.ChatTemplateOut),
        (
            "util/similarity-matrix-pred",
            "Only temporal SAEs have it: always refused",
            service.similarity,
            out.SimilarityOut,
        ),
        ("tokenize", "A text in tokens", service.tokenize, out.TokenizeOut),
        ("util/sae-vector", "A feature's vector", service.vector, out.VectorOut),
        (
            "util/sae-topk-by-decoder-cossim",
            "Features with the nearest decoder rows",
            service.neighbours,
            out.NeighboursOut,
        ),
    ]
    for path, summary, handler, model in posts:
        # As Neuronpedia's server: null for what is not computed, and where a token belongs to no message.
        omits = path != "apply-chat-template" and not (flat and path.startswith("activation/"))
        app.post(f"/v1/{path}", summary=summary, response_model=model, response_model_exclude_none=omits)(
            handler
        )
    lines = {200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}}
    app.post(
        "/v1/lens/prompt",
        summary="What each layer would predict",
        response_model=out.LensOut,
        responses=lines,  # type: ignore[arg-type]
    )(service.lens)
    answer = out.FlatCapabilitiesOut if flat else out.CapabilitiesOut
    app.get("/v1/capabilities", summary="Model, sources, limits", response_model=answer)(
        service.flat_capabilities if flat else service.capabilities
    )
    app.post("/initialize", summary="Loads model and SAEs, if no worker has yet")(service.initialize)
    app.get("/status", summary="Worker, model, settings and cost")(service.status)


class Service:
    """What the routes do."""

    def __init__(self, settings: InterpSettings, backend: Backend, counters: Counters) -> None:
        self._settings = settings
        self._backend = backend
        self._counters = counters
        self._worker: WorkerReport | None = None
        self._known = known_sources(settings.sets, settings.sae_path, settings.sae_models)
        self._loaded: Loaded | None = None

    async def single(self, body: into.SingleIn, response: Response) -> Any:
        self._check_source(body.source, "source")
        return (await self._ask("single", body, response))[0]

    async def single_batch(self, body: into.SingleBatchIn, response: Response) -> Any:
        self._check_source(body.source, "source")
        return {"results": await self._ask("single", body, response)}

    async def all(self, body: into.AllIn, response: Response) -> Any:
        self._check_set(body.source_set)
        return (await self._ask("all", body, response))[0]

    async def all_batch(self, body: into.AllBatchIn, response: Response) -> Any:
        self._check_set(body.source_set)
        return {"results": await self._ask("all", body, response)}

    async def topk(self, body: into.TopKIn, response: Response) -> Any:
        self._check_source(body.source, "source")
        return (await self._ask("topk_by_token", body, response))[0]

    async def topk_batch(self, body: into.TopKBatchIn, response: Response) -> Any:
        self._check_source(body.source, "source")
        return {"results": await self._ask("topk_by_token", body, response)}

    async def source(self, body: into.SourceIn, response: Response) -> Any:
        self._check_source(body.source, "source")
        return {"results": await self._ask("source", body, response)}

    async def raw(self, body: into.RawIn, response: Response) -> Any:
        return await self._ask("raw", body, response)

    async def attention(self, body: into.AttentionIn, response: Response) -> Any:
        return await self._ask("attention", body, response)

    async def lens(self, body: into.LensIn, response: Response) -> Any:
        found = await self._ask("lens", body, response)
        if not body.stream:
            return {name: found[name] for name in ("meta", "tokens", "done")}
        frames = [found["meta"], found["prompt"], *found["tokens"], found["done"]]
        text = "".join(json.dumps(frame) + "\n" for frame in frames)
        return Response(text, media_type="application/x-ndjson", headers=dict(response.headers))

    async def tokenize(self, body: into.TokenizeIn, response: Response) -> Any:
        return await self._ask("tokenize", body, response)

    async def vector(self, body: into.VectorIn, response: Response) -> Any:
        self._check_source(body.source, "source")
        return await self._ask("vector", body, response)

    async def neighbours(self, body: into.NeighboursIn, response: Response) -> Any:
        unknown = f"Invalid SAE ID or type: {body.source}" if self._settings.speaks_neuronpedia else ""
        self._check_source(body.source, "source", unknown)
        if body.feature:
            self._check_model(body.feature.model, "feature.model")
            self._check_source(body.feature.source, "feature.source")
        return await self._ask("neighbours", body, response)

    async def steer(self, body: into.SteerIn, response: Response) -> Any:
        return await self._steer("steer", body, response)

    async def steer_chat(self, body: into.SteerChatIn, response: Response) -> Any:
        return await self._steer("steer_chat", body, response)

    async def chat_template(self, body: into.ChatTemplateIn, response: Response) -> Any:
        return await self._ask("chat_template", body, response)

    async def similarity(self, body: into.SimilarityIn) -> Any:
        self._check_source(body.source_id, "sourceId")
        raise self._refusal(422, "not_temporal", "SAE architecture is not temporal", "sourceId")

    async def initialize(self) -> None:
        self._opened(await self._answer(self._backend.call("describe", {})), time.perf_counter(), Response())

    async def _steer(self, name: str, body: into.SteerIn | into.SteerChatIn, response: Response) -> Any:
        for number, feature in enumerate(body.features or []):
            self._check_model(feature.model, f"features[{number}].model")
            self._check_source(feature.source, f"features[{number}].source")
        if not body.stream:
            return await self._ask(name, body, response)
        self._check_model(body.model, "model")
        if (count := body.streamed_logprobs()) > MOST_STREAMED:
            message = (
                f"The events would have {count:,} logprobs; at most {MOST_STREAMED:,} are sent. Ask for less."
            )
            raise self._refusal(413, "answer_too_large", message, "nLogprobs")
        payload = body.model_dump(by_alias=False)
        steps = self._backend.stream(payload)
        start = time.perf_counter()
        # A request that is wrong still gets the right status: nothing is sent before the first step.
        first = self._opened(await self._answer(anext(steps)), start, response)
        outputs = outputs_for(payload)
        events = self._events(first, steps, outputs)
        return StreamingResponse(events, media_type="text/event-stream", headers=dict(response.headers))

    async def capabilities(self, wake: bool = False) -> Any:
        """Starts no worker, unless asked to."""
        if wake:
            self._opened(
                await self._answer(self._backend.call("describe", {})), time.perf_counter(), Response()
            )
        settings, loaded = self._settings, self._loaded
        return {
            "model": settings.model_id,
            "model_names": sorted(settings.names),
            "backend": "transformers",
            "sae_sets": settings.sets,
            "sources": loaded["sources"] if loaded else self._known,
            "loaded_sources": loaded["in_memory"] if loaded else [],
            "capture_points": POINTS,
            "steer_methods": ["SIMPLE_ADDITIVE", "ORTHOGONAL_DECOMP", "PROJECTION_CAP"],
            "limits": {
                "token_limit": settings.token_limit,
                "max_completion_tokens": MOST_COMPLETION_TOKENS,
                "max_prompts": MOST_PROMPTS,
                "max_num_results": MOST_RESULTS,
                "max_answer_numbers": MOST_NUMBERS,
                "max_loaded_saes": settings.max_loaded_saes,
            },
            "endpoints": {
                "tokenize": True,
                "activation_single": True,
                "activation_all": True,
                "activation_topk_by_token": True,
                "activation_source": True,
                "activation_raw": True,
                "activation_attention": True,
                "dfa": True,
                "lens_logit": True,
                "steer_completion": True,
                "steer_completion_chat": True,
            },
        }

    async def flat_capabilities(self, wake: bool = False) -> Any:
        """Starts no worker, unless asked to."""
        found = await self.capabilities(wake)
        limits, worker = found.pop("limits"), self._worker
        known = self._loaded["model"] if self._loaded else None
        return {
            **found,
            "model": self._settings.custom_hf_model_id or self._settings.override_model_id or found["model"],
            "backend": "eager",
            "device": worker["device"] if worker else None,
            "max_concurrent_requests": self._settings.max_inputs,
            "max_tokens": known["context"] if known else None,
            "token_limit": limits["token_limit"],
            "activation_token_limit": limits["token_limit"],
            "max_num_results": limits["max_num_results"],
            "max_prompts": limits["max_prompts"],
            "max_completion_tokens": limits["max_completion_tokens"],
            "max_loaded_saes": limits["max_loaded_saes"],
            "hooks_available": True,
            "graph_replay": False,
            "static_points": [],
            "static_writes": [],
            "generation_only": False,
            "num_layers": known["layers"] if known else None,
            "endpoints": {**found["endpoints"], **MISSING},
        }

    async def status(self, wake: bool = False) -> dict[str, Any]:
        if wake:
            self._opened(
                await self._answer(self._backend.call("describe", {})), time.perf_counter(), Response()
            )
        runners = await self._answer(self._backend.runners())
        loaded = self._loaded
        return status_body(
            self._settings,
            self._counters,
            "ready" if runners else "cold",
            self._worker,
            sae_sets=self._settings.sets,
            loaded_sources=loaded["in_memory"] if loaded else [],
        )

    def _check_model(self, name: str | None, param: str) -> None:
        if self._settings.speaks_neuronpedia:
            return  # as its server does: one model is served, whatever a request calls it
        if name is not None and name not in self._settings.names:
            message = f"The model {name} is not served here; {self._settings.model_id} is."
            raise self._refusal(404, "unknown_model", message, param)

    def _check_set(self, name: str) -> None:
        if name not in self._settings.sets:
            message = f"There is no set {name} here; there is {', '.join(self._settings.sets) or 'none'}."
            if self._settings.speaks_neuronpedia:
                message = "Invalid source set"
            raise self._refusal(404, "unknown_source", message, "sourceSet")

    def _check_source(self, source: str | None, param: str, message: str = "") -> None:
        """What is surely unknown starts no GPU."""
        known = [name for names in self._known.values() for name in names]
        if source is not None and known and source not in known:
            message = message or f"There is no source {source} here."
            raise self._refusal(404, "unknown_source", message, param)

    def _refusal(self, status: int, code: str, message: str, param: str) -> ApiError:
        return ApiError(self._status(status), code, message, param=param)

    def _status(self, status: int) -> int:
        return flat_status(status) if self._settings.speaks_neuronpedia else status

    async def _ask(self, name: str, body: Any, response: Response) -> Any:
        self._check_model(body.model, "model")
        start = time.perf_counter()
        reply = await self._answer(self._backend.call(name, body.model_dump(by_alias=False)))
        return self._opened(reply, start, response)

    def _opened(self, reply: Reply, start: float, response: Response) -> Any:
        """
        The result in a reply, whose times go into headers.

        Raises:
            ApiError: the worker said what is wrong.
        """
        self._worker, self._loaded = reply["worker"], reply["loaded"]
        if error := reply["error"]:
            raise self._api_error(error)
        queue_s = max(0.0, time.perf_counter() - start - reply["model_s"])
        cold = reply["worker"]["first_call"]
        log.info(
            "answered on %s: worker %.3f s, queue %.3f s%s",
            reply["worker"]["device"],
            reply["model_s"],
            queue_s,
            ", cold start" if cold else "",
        )
        response.headers["X-Model-Seconds"] = f"{reply['model_s']:.4f}"
        response.headers["X-Queue-Seconds"] = f"{queue_s:.4f}"
        response.headers["X-Cold-Start"] = str(int(cold))
        return reply["result"]

    async def _events(
        self, first: Any, steps: AsyncGenerator[Reply, None], outputs: Outputs
    ) -> AsyncIterator[str]:
        """
        One event a step, each with all of the outputs so far; a failure is the last event.

        When the caller goes away the steps are closed, so that no more of them are computed.
        """
        outputs.add(first)
        try:
            async with aclosing(steps):
                yield _event(outputs)
                while True:
                    reply = await self._answer(anext(steps))
                    if error := reply["error"]:
                        raise self._api_error(error)
                    outputs.add(reply["result"])
                    yield _event(outputs)
        except StopAsyncIteration:
            return
        except ApiError as error:
            self._counters.failed += error.status_code >= 500
            body = error_body(error.status_code, error.code, error.detail, error.param)
            if self._settings.speaks_neuronpedia:
                body = {"error": error.detail}
            yield f"data: {json.dumps(body)}\n\n"

    def _api_error(self, failure: Failure) -> ApiError:
        status = failure["status"]
        headers = {"Retry-After": str(RETRY_AFTER_S)} if status == 503 else None
        return ApiError(
            self._status(status), failure["code"], failure["message"], param=failure["param"], headers=headers
        )

    async def _answer(self, call: Awaitable[T]) -> T:
        """Waits for the worker within the deadline and turns its failures into responses."""
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await call
        except TimeoutError as error:
            raise ApiError(
                504, "deadline", f"The worker did not answer within {self._settings.timeout_s} s."
            ) from error
        except BackendError as error:
            log.error("the worker failed: %s", error)
            raise unavailable("worker_failed", "The worker failed. The app's log says why.") from error


def _event(outputs: Outputs) -> str:
    model = out.SteerChatOut if isinstance(outputs, ChatOutputs) else out.SteerOut
    body = model.model_validate(outputs.body()).model_dump_json(exclude_none=True)
    return f"data: {body}\n\n"
