"""Many independent analyses, one after the other or side by side. One that fails never fails the others."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Protocol

from appkit.errors import UNEXPECTED, ApiError
from appkit.logs import in_request
from appkit.progress import Progress
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from typing_extensions import TypedDict  # pydantic needs it so before Python 3.12

from .requests import AnalyzeIn
from .responses import AnalyzeOut

log = logging.getLogger(__name__)

MOST_ANALYSES = 100
AT_ONCE = 3  # as many as are read at once
LIMIT_S = 3300.0  # for all of them; the function that runs them has some minutes more

Analyze = Callable[[AnalyzeIn], Awaitable[AnalyzeOut]]


class BatchIn(BaseModel):
    """Analyses that have nothing to do with each other, and whom to tell when all are done."""

    model_config = ConfigDict(extra="forbid")

    requests: Annotated[list[AnalyzeIn], Field(min_length=1, max_length=MOST_ANALYSES)]
    callback_url: Annotated[
        str | None,
        Field(max_length=8192, description="Gets one signed POST when the job ends, however it ends."),
    ] = None


class BatchPayload(TypedDict):
    """What a job is started with, in plain types: another container reads it."""

    requests: list[dict[str, Any]]
    callback_url: str


class AnalysisError(TypedDict):
    """Why an analysis has no result: what the route for one would have answered."""

    status: int
    code: str
    message: str
    param: str | None


class AnalysisResult(TypedDict):
    """One analysis; `result` is the response of /analyze_financials, and either it or `error` is None."""

    index: int
    success: bool
    result: dict[str, Any] | None
    error: AnalysisError | None
    seconds: float


class BatchResult(TypedDict):
    """`results` are in the order of the requests; `total_time` is in seconds."""

    total_time: float
    num_analyses: int
    succeeded: int
    failed: int
    results: list[AnalysisResult]


class Watcher(Protocol):
    """Who keeps the counts for somebody who asks; `appkit.jobs.JobLog` is one."""

    def progress(self, done: int, total: int, failed: int, eta_s: float | None) -> None: ...


async def run_batch(
    requests: Sequence[dict[str, Any]],
    analyze: Analyze,
    run: str,
    app_name: str,
    *,
    watcher: Watcher | None = None,
    limit_s: float = LIMIT_S,
) -> BatchResult:
    """
    Parameters:
        requests: each as the body of /analyze_financials; one that is none is a failed analysis.
        run: what the log calls the batch, and with a number each analysis.
        limit_s: after it, what is not done is a failed analysis, and what is done is kept.

    Raises:
        ValueError: there are too many.
    """
    if len(requests) > MOST_ANALYSES:
        raise ValueError(f"{len(requests)} analyses are too many for one batch, which takes {MOST_ANALYSES}.")
    start = time.perf_counter()
    turns, counts = asyncio.Semaphore(AT_ONCE), Progress(app_name, run, len(requests))
    results: dict[int, AnalysisResult] = {}

    async def work(index: int) -> None:
        async with turns:
            results[index] = await _one(index, requests[index], analyze, f"{run}-{index}")
        _count(counts, results[index], watcher, start)

    if watcher:
        watcher.progress(0, counts.total, 0, None)
    tasks = [asyncio.create_task(work(index)) for index in range(len(requests))]
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=limit_s)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for bug in (one for one in ended if isinstance(one, Exception)):
        log.error("unexpected %s", type(bug).__name__, exc_info=bug)
    for index in range(len(requests)):
        if index not in results:
            results[index] = _failed(
                index, 504, "deadline", f"Not done when the {limit_s:g} s of a batch ended."
            )
            _count(counts, results[index], watcher, start)
    ordered = [results[index] for index in range(len(requests))]
    succeeded = sum(one["success"] for one in ordered)
    return BatchResult(
        total_time=round(time.perf_counter() - start, 3),
        num_analyses=len(ordered),
        succeeded=succeeded,
        failed=len(ordered) - succeeded,
        results=ordered,
    )


async def _one(index: int, request: dict[str, Any], analyze: Analyze, name: str) -> AnalysisResult:
    start = time.perf_counter()
    try:
        with in_request(name):
            answer = dataclasses.asdict(await analyze(AnalyzeIn.model_validate(request)))
    except ValidationError as error:
        first = error.errors()[0]
        param = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
        return _failed(index, 422, first["type"], first["msg"], param.lstrip(".") or None)
    except ApiError as error:
        return _failed(index, error.status_code, error.code, error.detail, error.param)
    except Exception as error:
        log.error("unexpected %s", type(error).__name__, exc_info=error)
        return _failed(index, 500, "internal", UNEXPECTED)
    seconds = round(time.perf_counter() - start, 3)
    return AnalysisResult(index=index, success=True, result=answer, error=None, seconds=seconds)


def _failed(index: int, status: int, code: str, message: str, param: str | None = None) -> AnalysisResult:
    error = AnalysisError(status=status, code=code, message=message, param=param)
    return AnalysisResult(index=index, success=False, result=None, error=error, seconds=0.0)


def _count(counts: Progress, result: AnalysisResult, watcher: Watcher | None, start: float) -> None:
    detail = "done" if result["error"] is None else f"failed, {result['error']['code']},"
    counts.item(f"analysis {result['index']}", detail, result["seconds"], ok=result["success"])
    if watcher:
        each = (time.perf_counter() - start) / counts.done
        eta = round(each * (counts.total - counts.done), 1)
        watcher.progress(counts.done, counts.total, counts.failed, eta)
