"""Many documents through many workers. A page that fails never fails its batch."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypedDict

from appkit.bounded import Budget
from appkit.fetchguard import FetchRules
from appkit.progress import RECENT, Progress, emit
from appkit.stdio import say

from .documents import Document
from .reading import PageError, PageIn, PageReply, ReadOptions, ReadReply, failed_page
from .rendering import Drawing, ReadyPage, batch_budget, draw_pages
from .responses import PageOut, TextSource, count_words, join_pages, page_out
from .spending import cost_line, gpu_seconds
from .staging import BatchDocument, Staged, stage_all

# Calls in any order; one that fails comes as an exception, which does not say whose it is.
FanOut = Callable[[AsyncIterator[list[PageIn]], ReadOptions], AsyncIterator[ReadReply | BaseException]]


class Watcher(Protocol):
    """Who keeps the counts for somebody who asks; `appkit.jobs.JobLog` is one."""

    def progress(self, done: int, total: int, failed: int, eta_s: float | None) -> None: ...


class BatchPayload(TypedDict):
    """What a batch is started with."""

    documents: list[BatchDocument]
    options: ReadOptions
    drawing: Drawing
    callback_url: str


class FailedPage(TypedDict):
    """A page of a document that could not be read."""

    index: int
    error: PageError


class PageNote(TypedDict):
    """What there is to know of a page: where its text is from, how it was turned, and warnings."""

    index: int
    text_source: TextSource
    turned: int
    warnings: list[str]


class DocumentResult(TypedDict):
    """
    One document. `success` means that every page was read; `content` has those that were. `notes` are of the pages
    that have a warning, or whose text is not the model's.
    """

    index: int
    name: str
    success: bool
    pages: int
    word_count: int
    content_length: int
    content: str
    error: str | None
    failed_pages: list[FailedPage]
    notes: list[PageNote]


class BatchResult(TypedDict):
    """`total_time` is in seconds; `results` are in the order of the documents."""

    total_time: float
    num_images: int
    succeeded: int
    failed: int
    num_pages: int
    gpu_seconds: float
    cost_estimate_usd: float
    results: list[DocumentResult]


@dataclass(frozen=True)
class Pool:
    """The workers: how to call them, how many pages a call takes, how many calls may wait, what they cost."""

    fan_out: FanOut
    pages_per_call: int = 1
    most_calls: int = 64
    usd_per_hour: float = 0.0
    window_s: float = 0.0


@dataclass
class Tracker:
    """
    Counts pages, prints their lines and passes the counts on. A document without a readable page counts as one.

    The seconds of a page are those since the one before: pages are read side by side, and the time that is
    left follows from how fast they come and not from how long each takes.
    """

    progress: Progress
    watcher: Watcher | None = None
    _last: float = field(default_factory=time.perf_counter)
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))

    def begin(self) -> None:
        """Says that the work begins; of no pages at all, that is the only line."""
        self._last = time.perf_counter()
        self._tell(None if self.progress.total else 0.0)
        if not self.progress.total:
            say("[0/0] no pages to read")
            counts: dict[str, object] = {"done": 0, "total": 0, "ok": 0, "failed": 0}
            emit("progress", {"app": self.progress.app, "run": self.progress.run, **counts, "eta_s": 0.0})

    def page(self, page: PageOut) -> None:
        """One more page is done, read or not."""
        now = time.perf_counter()
        seconds, self._last = now - self._last, now
        self._recent.append(seconds)
        detail = f"failed, {page.error['code']}," if page.error else f"{page.word_count} words"
        self._done(page.source, detail, seconds, ok=page.error is None)

    def unreadable(self, document: Staged) -> None:
        """A document could not be opened, or no page of it is wanted."""
        code = document.error["code"] if document.error else "no page is wanted"
        self._done(document.name, f"failed, {code},", 0.0, ok=False)

    def _done(self, name: str, detail: str, seconds: float, *, ok: bool) -> None:
        self.progress.item(name, detail, seconds, ok=ok)
        left = self.progress.total - self.progress.done
        self._tell(left * sum(self._recent) / len(self._recent) if self._recent else None)

    def _tell(self, eta_s: float | None) -> None:
        if self.watcher:
            counts = self.progress
            self.watcher.progress(counts.done, counts.total, counts.failed, eta_s and round(eta_s, 1))


class _Ledger:
    """Which pages are still to come, and which documents are complete."""

    def __init__(self, staged: Sequence[Staged], options: ReadOptions, tracker: Tracker) -> None:
        self._options = options
        self._tracker = tracker
        self._staged = {document.index: document for document in staged}
        self._read: dict[int, dict[int, PageOut]] = {document.index: {} for document in staged}
        self._waiting: dict[str, tuple[int, ReadyPage]] = {}
        self.complete: deque[DocumentResult] = deque()
        for document in staged:
            if not document.pages:
                tracker.unreadable(document)
                self.complete.append(_unreadable(document))

    def expect(self, index: int, page: ReadyPage) -> None:
        """A worker is asked about this page."""
        self._waiting[page.key] = (index, page)

    def answered(self, reply: PageReply) -> None:
        """A worker's answer. One that came before, from a call that was made again, counts once."""
        if found := self._waiting.pop(reply["key"], None):
            self.settle(*found, reply)

    def settle(self, index: int, page: ReadyPage, reply: PageReply | None) -> None:
        """A page is done."""
        out = page_out(page, reply, self._options["format"])
        document, read = self._staged[index], self._read[index]
        read[page.number] = out
        self._tracker.page(out)
        if len(read) == len(document.pages):
            ordered = [read[number] for number in document.pages]
            self.complete.append(_result(document, ordered, self._options))
            del self._read[index]  # its text is in the result now

    def give_up(self, reason: str) -> None:
        """No worker will answer any more: what still waits has failed."""
        for key in list(self._waiting):
            self.answered(failed_page(key, 503, "worker_failed", reason))


@dataclass(frozen=True)
class Work:
    """
    Documents and how they are read.

    Parameters:
        budget: processor time for drawing all of them.
    """

    documents: Sequence[Staged]
    options: ReadOptions
    drawing: Drawing
    budget: Budget


async def read_documents(
    work: Work, pool: Pool, tracker: Tracker, replies: list[ReadReply]
) -> AsyncGenerator[DocumentResult, None]:
    """
    Reads documents and yields each when its last page is done, in any order.

    Parameters:
        replies: gets what the workers reply, for the cost.
    """
    tracker.begin()
    ledger = _Ledger(work.documents, work.options, tracker)
    turns = asyncio.Semaphore(pool.most_calls)
    reason = "The worker did not answer. The app's log says why."
    calls = _calls(work, pool.pages_per_call, ledger, turns)
    async for reply in pool.fan_out(calls, work.options):
        turns.release()
        if isinstance(reply, BaseException):
            reason = f"The worker failed: {type(reply).__name__}. The app's log says why."
        else:
            replies.append(reply)
            for page in reply["pages"]:
                ledger.answered(page)
        while ledger.complete:
            yield ledger.complete.popleft()
    ledger.give_up(reason)
    while ledger.complete:
        yield ledger.complete.popleft()


async def _calls(
    work: Work, size: int, ledger: _Ledger, turns: asyncio.Semaphore
) -> AsyncIterator[list[PageIn]]:
    """Pages in groups for one call each. Waits while enough are under way: drawn pages take memory."""
    call: list[PageIn] = []
    for document in work.documents:
        if not document.pages:
            continue
        data = await asyncio.to_thread(document.path.read_bytes)
        opened = Document(document.name, data, document.kind, len(document.pages))
        async for page in draw_pages(opened, document.pages, work.drawing, f"{document.index}.", work.budget):
            wanted = page.for_worker()
            if wanted is None:
                ledger.settle(document.index, page, None)
                continue
            ledger.expect(document.index, page)
            call.append(wanted)
            if len(call) == size:
                await turns.acquire()
                yield call
                call = []
    if call:
        await turns.acquire()
        yield call


async def run_batch(
    payload: BatchPayload,
    run: str,
    pool: Pool,
    rules: FetchRules,
    *,
    app: str = "documents",
    watcher: Watcher | None = None,
) -> BatchResult:
    """
    Reads all documents of a batch and prints what it cost.

    Parameters:
        run: id of the batch, for its progress lines.
    """
    start = time.perf_counter()
    replies: list[ReadReply] = []
    budget = batch_budget()
    with tempfile.TemporaryDirectory() as folder:
        wanted = payload["drawing"]["pages"]
        staged = await stage_all(payload["documents"], wanted, Path(folder), rules, budget)
        total = sum(len(document.pages) for document in staged)
        tracker = Tracker(Progress(app, run, count_items(staged)), watcher)
        work = Work(staged, payload["options"], payload["drawing"], budget)
        results = [result async for result in read_documents(work, pool, tracker, replies)]
    results.sort(key=lambda result: result["index"])
    seconds = gpu_seconds(replies, pool.window_s)
    say(cost_line(total, seconds, pool.usd_per_hour))
    succeeded = sum(result["success"] for result in results)
    return BatchResult(
        total_time=round(time.perf_counter() - start, 3),
        num_images=len(results),
        succeeded=succeeded,
        failed=len(results) - succeeded,
        num_pages=total,
        gpu_seconds=round(seconds, 3),
        cost_estimate_usd=round(seconds / 3600 * pool.usd_per_hour, 6),
        results=results,
    )


def count_items(staged: Sequence[Staged]) -> int:
    """How many lines of progress there will be: one for each page, and for each document without one."""
    return sum(max(1, len(document.pages)) for document in staged)


def _unreadable(document: Staged) -> DocumentResult:
    message = document.error["message"] if document.error else "No page is wanted."
    return _document_result(document, [], "", message, [])


def _result(document: Staged, pages: list[PageOut], options: ReadOptions) -> DocumentResult:
    failed = [FailedPage(index=page.index, error=page.error) for page in pages if page.error]
    message = None
    if failed:
        first = failed[0]
        message = (
            f"{len(failed)} of {len(pages)} pages failed; page {first['index']}: {first['error']['message']}"
        )
    return _document_result(document, pages, join_pages(options["format"], pages), message, failed)


def _document_result(
    document: Staged, pages: Sequence[PageOut], content: str, error: str | None, failed: list[FailedPage]
) -> DocumentResult:
    return DocumentResult(
        index=document.index,
        name=document.name,
        success=error is None,
        pages=len(pages),
        word_count=count_words(content),
        content_length=len(content),
        content=content,
        error=error,
        failed_pages=failed,
        notes=[
            PageNote(
                index=page.index, text_source=page.text_source, turned=page.turned, warnings=page.warnings
            )
            for page in pages
            if page.warnings or page.text_source != "model"
        ],
    )
