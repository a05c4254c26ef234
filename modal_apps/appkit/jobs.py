"""
Long work behind a job id: handed in, asked for, cancelled, and reported to the caller's URL when it ends.

What is known of a job is kept in a mapping, such as a `modal.Dict`. The web function and the worker write under
keys of their own, so that neither undoes what the other wrote.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from typing_extensions import TypedDict  # pydantic needs it so before Python 3.12

from .errors import ApiError
from .fetchguard import FetchError, FetchRules, post

log = logging.getLogger(__name__)

JobState = Literal["queued", "running", "done", "failed", "cancelled", "expired"]
FINISHED = ("done", "failed", "cancelled", "expired")
SIGNATURE_HEADER = "X-Signature"
TRIES = 3
WAITS_S = (1.0, 4.0)


class JobMap(Protocol):
    """What is used of a mapping; a `dict` and a `modal.Dict` both fit."""

    def get(self, key: str, default: Any = None) -> Any: ...

    def __setitem__(self, key: str, value: Any) -> None: ...


class JobProgress(TypedDict):
    """Counts of items; `eta_s` is in seconds, None before the first item."""

    done: int
    total: int
    ok: int
    failed: int
    eta_s: float | None


class JobAccepted(TypedDict):
    """The answer to a job that was handed in. Times are in UTC, ISO 8601."""

    job_id: str
    status_url: str
    submitted_at: str


class JobView(TypedDict):
    """What is known of a job. Only one of `result` and `error` is given, and only when it is finished."""

    job_id: str
    status: JobState
    progress: JobProgress
    result: Any
    error: str | None
    submitted_at: str
    finished_at: str | None


@dataclass(frozen=True)
class Outcome:
    """How a call of the worker stands; `error` is a text for the caller."""

    state: Literal["pending", "done", "failed", "cancelled", "expired"]
    result: Any = None
    error: str | None = None


class Runner(Protocol):
    """How jobs are run: a spawned Modal function when deployed."""

    async def spawn(self, payload: Any) -> str:
        """Starts a job and returns its id."""
        ...

    async def outcome(self, job_id: str) -> Outcome:
        """How it stands, without waiting."""
        ...

    async def cancel(self, job_id: str) -> None:
        """Ends it."""
        ...


def now_text() -> str:
    """The time in UTC, to the millisecond, ISO 8601."""
    now = time.time()
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now % 1 * 1000):03d}Z"


class JobLog:
    """
    The worker's side: says how far it is.

    `progress` only remembers the counts; inside of `writing` they are written once a second, in a thread, because
    a `modal.Dict` asks another machine.
    """

    def __init__(self, known: JobMap, job_id: str) -> None:
        self._known = known
        self._id = job_id
        self._latest: JobProgress | None = None
        self._written: JobProgress | None = None

    def progress(self, done: int, total: int, failed: int, eta_s: float | None) -> None:
        """The counts; `done` includes the failed ones."""
        self._latest = JobProgress(done=done, total=total, ok=done - failed, failed=failed, eta_s=eta_s)

    @asynccontextmanager
    async def writing(self, every_s: float = 1.0) -> AsyncIterator[None]:
        """Keeps the counts up to date while the work runs, and when it ended, also when it failed."""
        writer = asyncio.create_task(self._write_on(every_s))
        try:
            yield
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer
            await self._write()
            await asyncio.to_thread(self._known.__setitem__, f"{self._id}:finished", now_text())

    async def _write_on(self, every_s: float) -> None:
        while True:
            await self._write()
            await asyncio.sleep(every_s)

    async def _write(self) -> None:
        latest = self._latest
        if latest != self._written:
            await asyncio.to_thread(self._known.__setitem__, f"{self._id}:progress", latest)
            self._written = latest


class JobBoard:
    """The web function's side."""

    def __init__(self, known: JobMap, runner: Runner) -> None:
        self._known = known
        self._runner = runner

    async def submit(self, payload: Any) -> JobAccepted:
        """Starts a job."""
        job_id = await self._runner.spawn(payload)
        submitted = now_text()
        await self._keep(f"{job_id}:submitted", submitted)
        return JobAccepted(job_id=job_id, status_url=f"/jobs/{job_id}", submitted_at=submitted)

    async def view(self, job_id: str) -> JobView:
        """
        Raises:
            ApiError: 404 `unknown_job`.
        """
        submitted = await self._read(f"{job_id}:submitted")
        if submitted is None:
            raise ApiError(404, "unknown_job", f"There is no job {job_id}.")
        nothing = JobProgress(done=0, total=0, ok=0, failed=0, eta_s=None)
        progress = await self._read(f"{job_id}:progress")
        finished = await self._read(f"{job_id}:finished")
        if await self._read(f"{job_id}:cancelled"):
            outcome = Outcome("cancelled")
        else:
            outcome = await self._runner.outcome(job_id)
        state: JobState = outcome.state if outcome.state != "pending" else "running" if progress else "queued"
        if state in FINISHED and finished is None:
            finished = now_text()
            await self._keep(f"{job_id}:finished", finished)
        return JobView(
            job_id=job_id,
            status=state,
            progress=progress or nothing,
            result=outcome.result,
            error=outcome.error,
            submitted_at=submitted,
            finished_at=finished if state in FINISHED else None,
        )

    async def cancel(self, job_id: str) -> JobView:
        """
        Raises:
            ApiError: 404 `unknown_job`, 409 `job_finished`.
        """
        view = await self.view(job_id)
        if view["status"] in FINISHED:
            raise ApiError(409, "job_finished", f"The job is {view['status']} already.")
        await self._runner.cancel(job_id)
        await self._keep(f"{job_id}:cancelled", True)
        return await self.view(job_id)

    async def _read(self, key: str) -> Any:
        # In a thread: a modal.Dict asks another machine.
        return await asyncio.to_thread(self._known.get, key)

    async def _keep(self, key: str, value: Any) -> None:
        await asyncio.to_thread(self._known.__setitem__, key, value)


def sign(key: str, body: bytes) -> str:
    """The value of `X-Signature`: who knows the key can tell that the body is from this app."""
    return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


async def send_callback(
    url: str, content: Any, key: str, rules: FetchRules, waits_s: Sequence[float] = WAITS_S
) -> bool:
    """
    Posts a signed JSON body, up to three times until the receiver answers with 2xx.

    Parameters:
        key: of the app; the first, where it has several.
        waits_s: before the second and the third try.

    Returns:
        whether it arrived. A failure is logged and is none of the job's.
    """
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", SIGNATURE_HEADER: sign(key, body)}
    for attempt in range(TRIES):
        if attempt:
            await asyncio.sleep(waits_s[attempt - 1])
        try:
            status = await post(url, body, headers, rules)
        except FetchError as error:
            log.warning("callback, try %d: %s", attempt + 1, error)
            if error.code == "blocked_url":
                return False
            continue
        if 200 <= status < 300:
            return True
        log.warning("callback, try %d: the receiver answered %d", attempt + 1, status)
    return False
