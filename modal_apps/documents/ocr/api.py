"""The HTTP routes. Knows a `Backend` for the model and a `JobBoard` for batches, and not where they run."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable
from typing import Any, TypeVar

from appkit.api import make_api
from appkit.auth import KeyChecker
from appkit.backend import BackendError
from appkit.bodies import BODIES
from appkit.bounded import while_wanted
from appkit.cost import usd
from appkit.errors import ApiError, unavailable
from appkit.fetchguard import FetchError, FetchRules, fetch
from appkit.gate import Counters
from appkit.jobs import JobAccepted, JobBoard, JobView
from appkit.logs import request_id
from appkit.status import WorkerReport, status_body
from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp

from .batch import BatchPayload
from .documents import KINDS, Document, DocumentError
from .fitting import fitted_drawing
from .openapi import EXTRACT_BODY
from .page_ranges import BadPages, select_pages
from .preprocess import prepare
from .probe import probe_page
from .prompts import prompt_name
from .reading import Backend, PageIn, PageReply, ReadOptions, ReadReply
from .rendering import Drawing, ReadyPage, draw_pages, open_bounded
from .requests import BatchDocumentIn, BatchIn, ExtractUrlIn, Opts
from .responses import ExtractOut, ModelRef, PageOut, count_words, join_pages, page_outs, usage_of
from .settings import DocumentsSettings
from .spending import gpu_seconds
from .staging import BatchDocument
from .uploads import decode_base64, read_extract

log = logging.getLogger(__name__)
T = TypeVar("T")

VERSION = "0.2.0"
LIST_LIMITS = {"documents": "too_many_files"}


def fetch_rules(settings: DocumentsSettings) -> FetchRules:
    """What may be fetched for this app's callers."""
    return FetchRules(allow_http=settings.allow_http, kinds=KINDS)


def create_app(
    settings: DocumentsSettings,
    backend: Backend,
    board: JobBoard,
    checker: KeyChecker | None,
    rules: FetchRules | None = None,
) -> ASGIApp:
    """
    Parameters:
        checker: None when Modal's proxy is the only guard, or when the app is open on purpose.
        rules: for URLs, in place of those of the settings.
    """
    api = make_api(settings, "Document reader", VERSION, checker, list_limits=LIST_LIMITS)
    service = Service(settings, backend, board, api.counters, rules or fetch_rules(settings))
    _add_routes(api.routes, service)
    return api.served(most_bodies_bytes=BODIES * settings.max_body_mb << 20)


def _add_routes(app: FastAPI, service: Service) -> None:
    app.post("/extract", summary="A document to text", openapi_extra=EXTRACT_BODY)(service.extract)
    app.post("/extract_from_url", summary="The document at a URL to text")(service.extract_from_url)
    app.post("/batch", status_code=202, summary="Many documents, as a job")(service.batch)
    app.get("/jobs/{job_id}", summary="How a job stands, and its result")(service.job)
    app.delete("/jobs/{job_id}", summary="Cancels a job")(service.cancel)
    app.get("/status", summary="Worker, model, settings and cost")(service.status)


class Service:
    """What the routes do."""

    def __init__(
        self,
        settings: DocumentsSettings,
        backend: Backend,
        board: JobBoard,
        counters: Counters,
        rules: FetchRules,
    ) -> None:
        self._settings = settings
        self._backend = backend
        self._board = board
        self._counters = counters
        self._rules = rules
        self._worker: WorkerReport | None = None

    async def extract(self, request: Request, response: Response) -> ExtractOut:
        name, data, opts = await read_extract(request)
        return await self._extract(name, data, opts, request, response)

    async def extract_from_url(self, body: ExtractUrlIn, request: Request, response: Response) -> ExtractOut:
        url = body.url or body.image_url or ""
        await body.checked_options()  # refused before anything is fetched
        fitted_drawing(body, self._settings)
        try:
            fetched = await fetch(url, self._rules)
        except FetchError as error:
            raise error.answer("url" if body.url else "image_url") from error
        name = url.partition("?")[0].rstrip("/").rpartition("/")[2] or "document"
        return await self._extract(name[:255], fetched.data, body, request, response)

    async def batch(self, body: BatchIn) -> JobAccepted:
        options = await body.checked_options()
        payload = BatchPayload(
            documents=[_batch_document(index, one) for index, one in enumerate(body.documents)],
            options=options,
            drawing=fitted_drawing(body, self._settings),
            callback_url=body.callback_url or "",
        )
        return await self._answer(self._board.submit(payload, payload["callback_url"]))

    async def job(self, job_id: str) -> JobView:
        return await self._answer(self._board.view(job_id))

    async def cancel(self, job_id: str) -> JobView:
        return await self._answer(self._board.cancel(job_id))

    async def status(self, wake: bool = False) -> dict[str, Any]:
        if wake:
            options = Opts(format="text", max_tokens=16).read_options()
            page = PageIn(key="1", png=prepare(probe_page(), 65_536).png)
            self._worker = (await self._answer(self._backend.read([page], options)))["worker"]
        runners = await self._answer(self._backend.runners())
        return status_body(self._settings, self._counters, "ready" if runners else "cold", self._worker)

    async def _extract(
        self, name: str, data: bytes, opts: Opts, request: Request, response: Response
    ) -> ExtractOut:
        start = time.perf_counter()
        options = await opts.checked_options()
        drawing = fitted_drawing(opts, self._settings)
        pages = await while_wanted(request, self._drawn(name, data, drawing))
        rendered = time.perf_counter()
        reply = await self._read(pages, options)
        waited = time.perf_counter() - rendered
        replies: dict[str, PageReply] = {page["key"]: page for page in reply["pages"]} if reply else {}
        outs = page_outs(pages, replies, options["format"])
        _raise_if_all_failed(outs)
        model_s = reply["ended"] - reply["began"] if reply else 0.0
        queue_s = max(0.0, waited - model_s) if reply else 0.0
        _mark(response, reply, model_s, queue_s)
        content = join_pages(options["format"], outs)
        spent = gpu_seconds([reply] if reply else [], self._settings.scaledown_window_s)
        return ExtractOut(
            content=content,
            content_length=len(content),
            word_count=count_words(content),
            format=options["format"],
            pages=outs,
            usage=usage_of(outs),
            model=ModelRef(self._settings.model_id, self._settings.model_revision),
            prompt=prompt_name(options),
            timing_ms={
                "render": _milliseconds(rendered - start),
                "queue": _milliseconds(queue_s),
                "model": _milliseconds(model_s),
                "total": _milliseconds(time.perf_counter() - start),
            },
            cost_estimate_usd=round(usd(spent, self._settings.gpu_usd_per_hour), 6),
            request_id=request_id(),
            warnings=[f"Page {page.index} failed: {page.error['message']}" for page in outs if page.error],
        )

    async def _drawn(self, name: str, data: bytes, drawing: Drawing) -> list[ReadyPage]:
        document, numbers = await self._opened(name, data, drawing["pages"])
        return [page async for page in draw_pages(document, numbers, drawing)]

    async def _opened(self, name: str, data: bytes, pages: str) -> tuple[Document, list[int]]:
        try:
            document = await open_bounded(name, data)
            numbers = select_pages(pages, document.pages)
        except DocumentError as error:
            raise ApiError(422, error.code, str(error), param="document") from error
        except BadPages as error:
            raise ApiError(422, "bad_pages", str(error), param="pages") from error
        if len(numbers) > self._settings.sync_pages:
            message = (
                f"{len(numbers)} pages are too many for one answer, which takes {self._settings.sync_pages}. "
                "Use POST /batch, or choose some with pages."
            )
            raise ApiError(413, "too_many_pages", message, param="pages")
        return document, numbers

    async def _read(self, pages: list[ReadyPage], options: ReadOptions) -> ReadReply | None:
        """Asks the worker about the pages that have something on them; None when there are none."""
        wanted = [one for page in pages if (one := page.for_worker())]
        if not wanted:
            return None
        reply = await self._answer(self._backend.read(wanted, options))
        self._worker = reply["worker"]
        log.info(
            "read %d pages on %s in %.3f s%s",
            len(wanted),
            reply["worker"]["device"],
            reply["ended"] - reply["began"],
            ", cold start" if reply["worker"]["first_call"] else "",
        )
        return reply

    async def _answer(self, call: Awaitable[T]) -> T:
        """Waits for the worker within the deadline and turns its failures into responses."""
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await call
        except TimeoutError as error:
            message = f"The worker did not answer within {self._settings.timeout_s} s."
            raise ApiError(504, "deadline", message) from error
        except BackendError as error:
            log.error("the reader failed: %s", error)
            raise unavailable(
                "worker_failed", "The reading worker failed. The app's log says why."
            ) from error


def _batch_document(index: int, document: BatchDocumentIn) -> BatchDocument:
    if document.url is not None:
        return BatchDocument(name=document.name, data=b"", url=document.url)
    param = f"documents[{index}].content_b64"
    return BatchDocument(name=document.name, data=decode_base64(document.content_b64 or "", param), url="")


def _raise_if_all_failed(pages: list[PageOut]) -> None:
    errors = [page.error for page in pages if page.error]
    if len(errors) < len(pages):
        return
    first = errors[0]
    headers = {"Retry-After": "5"} if first["status"] == 503 else None
    raise ApiError(first["status"], first["code"], first["message"], param="pages[0]", headers=headers)


def _mark(response: Response, reply: ReadReply | None, model_s: float, queue_s: float) -> None:
    response.headers["X-Model-Seconds"] = f"{model_s:.4f}"
    response.headers["X-Queue-Seconds"] = f"{queue_s:.4f}"
    response.headers["X-Cold-Start"] = str(int(bool(reply and reply["worker"]["first_call"])))


def _milliseconds(seconds: float) -> float:
    return round(1000 * seconds, 3)
