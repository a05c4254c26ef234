"""The HTTP routes. Knows a `Backend` for the sentiment, and nothing of where it runs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from appkit.api import make_api
from appkit.auth import KeyChecker
from appkit.backend import BackendError
from appkit.bodies import BODIES
from appkit.bounded import while_wanted
from appkit.errors import ApiError, unavailable
from appkit.fetchguard import FetchRules
from appkit.gate import Counters
from appkit.jobs import JobAccepted, JobBoard, JobView
from appkit.logs import request_id, request_lines
from appkit.status import WorkerReport, status_body
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.types import ASGIApp, Message

from .analysis import Numbers, analyze_numbers, milliseconds
from .batch import Analyze, BatchIn, BatchPayload
from .report import render
from .requests import AnalyzeIn, Options, SentimentIn
from .response_sections import sections_for
from .responses import AnalyzeOut, ModelRef, RatiosOut, SentimentOut, TextSentiment
from .scoring import Backend
from .sentiment import Probabilities, ScoredTexts, Sentiment, label_of, score_texts, summarize
from .settings import FinbertSettings

log = logging.getLogger(__name__)
T = TypeVar("T")

VERSION = "0.2.0"
LIST_LIMITS = {"files": "too_many_files", "texts": "too_many_inputs", "requests": "too_many_inputs"}
PAGE = "/ui"
PROBE = "The company reported stable results for the year."


async def nowhere() -> None:
    """For an app that is served without its page."""


def create_app(
    settings: FinbertSettings,
    backend: Backend,
    checker: KeyChecker | None,
    page_url: Callable[[], Awaitable[str | None]] = nowhere,
    jobs: JobBoard | None = None,
) -> ASGIApp:
    """
    Parameters:
        checker: None when Modal's proxy is the only guard, or when the app is open on purpose.
        page_url: where the page for people is; it asks for the key itself.
        jobs: runs batches; without it there are none.
    """
    api = make_api(settings, "Financial analyst", VERSION, checker, list_limits=LIST_LIMITS)
    service = Service(settings, backend, api.counters)
    _add_routes(api.routes, service)
    if jobs:
        _add_jobs(api.routes, service, jobs)
    _add_page(api.routes, page_url)
    return api.served(PAGE, most_bodies_bytes=BODIES * settings.max_body_mb << 20)


def analyst(settings: FinbertSettings, backend: Backend) -> Analyze:
    """Analyzes one request of a batch, as the route does it."""
    return Service(settings, backend, Counters()).analyze_alone


def callback_rules() -> FetchRules:
    """Which URLs may be told of the end of a job."""
    return FetchRules()


def _add_jobs(app: FastAPI, service: Service, jobs: JobBoard) -> None:
    @app.post("/batch", status_code=202, summary="Many independent analyses, as a job")
    async def batch(body: BatchIn) -> JobAccepted:
        url = body.callback_url or ""
        requests = [request.model_dump(mode="json") for request in body.requests]
        payload = BatchPayload(requests=requests, callback_url=url)
        return await service.answer(jobs.submit(payload, url))

    @app.get("/jobs/{job_id}", summary="How a job stands, and its result")
    async def job(job_id: str) -> JobView:
        return await service.answer(jobs.view(job_id))

    @app.delete("/jobs/{job_id}", summary="Cancels a job")
    async def cancel(job_id: str) -> JobView:
        return await service.answer(jobs.cancel(job_id))


def _add_page(app: FastAPI, page_url: Callable[[], Awaitable[str | None]]) -> None:
    @app.get(PAGE, summary="The page for people; asks for the key itself")
    async def page() -> RedirectResponse:
        url = await page_url()
        if not url:
            raise ApiError(404, "no_route", "This app is served without its page.")
        return RedirectResponse(url.rstrip("/") + PAGE)


def _add_routes(app: FastAPI, service: Service) -> None:
    app.post("/analyze_financials", summary="Statements and a question to ratios, sentiment and forecast")(
        service.analyze
    )
    app.post("/ratios", summary="Statements to ratios; never starts a GPU")(service.ratios)
    app.post("/sentiment", summary="Texts to sentiment")(service.sentiment)
    app.get("/status", summary="Worker, model, settings and cost")(service.status)


class Service:
    """What the routes do."""

    def __init__(self, settings: FinbertSettings, backend: Backend, counters: Counters) -> None:
        self._settings = settings
        self._backend = backend
        self._counters = counters
        self._worker: WorkerReport | None = None
        self._model = ModelRef(settings.model_id, settings.model_revision)

    async def analyze(self, body: AnalyzeIn, request: Request, response: Response) -> AnalyzeOut:
        start = time.perf_counter()
        numbers = await while_wanted(request, analyze_numbers(body, self._settings.app_name))
        sections = body.options.sections or sections_for(body.query)
        sentiment, timing = None, {"queue": 0.0, "sentiment": 0.0}
        if "sentiment" in sections:
            sentiment, timing = await self._tone(numbers, body.options, response)
        markdown = render(numbers, sentiment, sections)
        total = milliseconds(time.perf_counter() - start)
        return AnalyzeOut(
            response=markdown,
            logs="\n".join(request_lines()),
            request_id=request_id(),
            sections=list(sections),
            sentiment=sentiment,
            forecast=numbers.forecasts if "forecast" in sections else [],
            **_of_files(numbers),
            timing_ms={**numbers.timing_ms, **timing, "total": total},
            model=self._model,
        )

    async def analyze_alone(self, body: AnalyzeIn) -> AnalyzeOut:
        """The same for a batch, where nobody waits at the other end of a connection."""
        return await self.analyze(body, Request({"type": "http"}, _nothing_comes), Response())

    async def ratios(self, body: AnalyzeIn, request: Request) -> RatiosOut:
        start = time.perf_counter()
        numbers = await while_wanted(request, analyze_numbers(body, self._settings.app_name))
        return RatiosOut(
            **_of_files(numbers),
            request_id=request_id(),
            timing_ms={**numbers.timing_ms, "total": milliseconds(time.perf_counter() - start)},
        )

    async def sentiment(self, body: SentimentIn, response: Response) -> SentimentOut:
        start = time.perf_counter()
        scored = await self._score(body.texts, response)
        results = []
        for score in scored.scores:
            label = label_of(score)
            every = Probabilities(score["positive"], score["neutral"], score["negative"])
            results.append(TextSentiment(label, score[label], every if body.return_all else None))
        total = milliseconds(time.perf_counter() - start)
        return SentimentOut(results, self._model, request_id(), {**_timing(scored), "total": total})

    async def status(self, wake: bool = False) -> dict[str, Any]:
        if wake:
            await self._score([PROBE], Response())
        runners = await self.answer(self._backend.runners())
        return status_body(self._settings, self._counters, "ready" if runners else "cold", self._worker)

    async def _tone(
        self, numbers: Numbers, options: Options, response: Response
    ) -> tuple[Sentiment | None, dict[str, float]]:
        sentences = numbers.sentences
        nothing = {"queue": 0.0, "sentiment": 0.0}
        if not sentences:
            numbers.warnings.append("The files hold no sentences, so there is no sentiment.")
            return None, nothing
        try:
            scored = await self._score([sentence for _, sentence in sentences], response)
        except ApiError as error:
            if not options.allow_partial:
                raise
            numbers.warnings.append(f"No sentiment: {error.detail}")
            return None, nothing
        result = summarize(
            sentences, scored.scores, truncated=numbers.truncated, keep_all=options.include_sentences
        )
        return result, _timing(scored)

    async def _score(self, texts: list[str], response: Response) -> ScoredTexts:
        scored = await self.answer(score_texts(self._backend, texts))
        self._worker = scored.worker
        cold = scored.worker["first_call"]
        log.info(
            "scored %d texts on %s: model %.3f s, queue %.3f s%s",
            len(texts),
            scored.worker["device"],
            scored.model_s,
            scored.queue_s,
            ", cold start" if cold else "",
        )
        response.headers["X-Model-Seconds"] = f"{scored.model_s:.4f}"
        response.headers["X-Queue-Seconds"] = f"{scored.queue_s:.4f}"
        response.headers["X-Cold-Start"] = str(int(cold))
        return scored

    async def answer(self, call: Awaitable[T]) -> T:
        """Waits for the worker within the deadline and turns its failures into responses."""
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await call
        except TimeoutError as error:
            raise ApiError(
                504, "deadline", f"The worker did not answer within {self._settings.timeout_s} s."
            ) from error
        except BackendError as error:
            log.error("the sentiment worker failed: %s", error)
            raise unavailable(
                "worker_failed", "The sentiment worker failed. The app's log says why."
            ) from error


def _of_files(numbers: Numbers) -> dict[str, Any]:
    """What the responses of both routes say of the files."""
    statement = numbers.statement
    return {
        "files": numbers.files,
        "periods": [period.label for period in statement.periods],
        "currency": statement.currency,
        "unit_scale": statement.unit_scale,
        "line_items": statement.line_items,
        "ratios": numbers.ratios,
        "checks": numbers.checks,
        "warnings": numbers.warnings,
        "warning_details": numbers.details,
        "withheld": statement.withheld,
        "period_ends": statement.period_ends,
    }


async def _nothing_comes() -> Message:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


def _timing(scored: ScoredTexts) -> dict[str, float]:
    return {"queue": milliseconds(scored.queue_s), "sentiment": milliseconds(scored.model_s)}
