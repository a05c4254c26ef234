"""
Long work behind a job id: submitted, polled, cancelled, and reported to the caller's URL when it ends.

What is known of a job is kept in a mapping, such as a `modal.Dict`. The web function and the worker write under
keys of their own, so that neither undoes what the other wrote.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from typing_extensions import TypedDict  # pydantic needs it so before Python 3.12

from .errors import ApiError
from .job_callbacks import JobCallbacks, JobMap, now_text

JobState = Literal["queued", "running", "done", "failed", "cancelled", "expired"]
FINISHED = ("done", "failed", "cancelled", "expired")
GAVE_UP = "gave_up"  # under which a worker keeps why it ended its job, or why its last attempt failed


class JobProgress(TypedDict):
    """Counts of items; `eta_s` is in seconds, None before the first item."""

    done: int
    total: int
    ok: int
    failed: int
    eta_s: float | None


class JobAccepted(TypedDict):
    """The response to a job that was handed in. Times are in UTC, ISO 8601."""

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


@dataclass(frozen=True)
class Job:
    """
    A job as its worker has it.

    Parameters:
        known: where jobs are kept.
        id: of the call that runs it.
        callback_url: where its end is told; '' for nowhere.
        callbacks: tells it; None where callers cannot ask for it.
    """

    known: JobMap
    id: str
    callback_url: str = ""
    callbacks: JobCallbacks | None = None

    async def run(
        self, work: Callable[[JobLog], Awaitable[Any]], *, limit_s: float, most_attempts: int = 1
    ) -> Any:
        """
        Does the work, and tells how it ended.

        Parameters:
            limit_s: after which it is given up, in time to say so; less than what the platform allows.
            most_attempts: how often the platform starts it, when it fails.

        Returns:
            what the work gives; None when it was given up.
        """
        attempt = 1 + int(await self._read("attempts") or 0)
        await self._keep("attempts", attempt)
        job_log = JobLog(self.known, self.id)
        try:
            async with asyncio.timeout(limit_s) as limit, job_log.writing():
                result = await work(job_log)
        except asyncio.CancelledError:
            await asyncio.shield(self._tell("cancelled"))
            raise
        except Exception as error:
            if isinstance(error, TimeoutError) and limit.expired():
                await self._give_up(f"The job took more than {_span(limit_s)}, which is its limit.")
                return None
            if attempt >= most_attempts:
                await self._give_up(f"{type(error).__name__}. The app's log says why.")
            raise
        await self._tell("done", result=result)
        return result

    async def _give_up(self, reason: str) -> None:
        # Kept too: a platform that raises what the work raised cannot tell a TimeoutError from "not done yet".
        await self._keep(GAVE_UP, reason)
        await self._tell("failed", error=reason)

    async def _tell(self, status: str, *, result: Any = None, error: str | None = None) -> None:
        if self.callbacks and self.callback_url:
            await self.callbacks.tell(self.id, status, url=self.callback_url, result=result, error=error)

    async def _read(self, name: str) -> Any:
        return await asyncio.to_thread(self.known.get, f"{self.id}:{name}")

    async def _keep(self, name: str, value: Any) -> None:
        await asyncio.to_thread(self.known.__setitem__, f"{self.id}:{name}", value)


def _span(seconds: float) -> str:
    return f"{seconds / 3600:.3g} hours" if seconds >= 2 * 3600 else f"{seconds / 60:.3g} minutes"


class JobBoard:
    """
    The web function's side.

    Parameters:
        callbacks: tells callers' URLs of ends that no worker can tell of; None for an app without a key to sign with.
    """

    def __init__(self, known: JobMap, runner: Runner, callbacks: JobCallbacks | None = None) -> None:
        self._known = known
        self._runner = runner
        self._callbacks = callbacks

    async def submit(self, payload: Any, callback_url: str = "") -> JobAccepted:
        """
        Starts a job, whose end is told to the URL if there is one.

        Raises:
            ApiError: 422 `callback_needs_key`, or why the URL is not called. No job is started then.
        """
        if callback_url:
            await self._check(callback_url)
        job_id = await self._runner.spawn(payload)
        if self._callbacks and callback_url:
            await self._callbacks.expect(job_id, callback_url)
        submitted = now_text()
        await self._keep(f"{job_id}:submitted", submitted)
        return JobAccepted(job_id=job_id, status_url=f"/jobs/{job_id}", submitted_at=submitted)

    async def _check(self, callback_url: str) -> None:
        if not self._callbacks:
            message = "A callback is signed with the app's API key, and this app has none."
            raise ApiError(422, "callback_needs_key", message, param="callback_url")
        await self._callbacks.check(callback_url)

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
        outcome = await self._outcome(job_id)
        state: JobState = outcome.state if outcome.state != "pending" else "running" if progress else "queued"
        if state in FINISHED and finished is None:
            finished = now_text()
            await self._keep(f"{job_id}:finished", finished)
        if self._callbacks and state in FINISHED and (url := await self._callbacks.claim(job_id)):
            self._callbacks.tell_later(url, job_id, state, outcome.result, outcome.error)
        return JobView(
            job_id=job_id,
            status=state,
            progress=progress or nothing,
            result=outcome.result,
            error=outcome.error,
            submitted_at=submitted,
            finished_at=finished if state in FINISHED else None,
        )

    async def _outcome(self, job_id: str) -> Outcome:
        if await self._read(f"{job_id}:cancelled"):
            return Outcome("cancelled")
        if reason := await self._read(f"{job_id}:{GAVE_UP}"):
            return Outcome("failed", error=reason)
        return await self._runner.outcome(job_id)

    async def cancel(self, job_id: str) -> JobView:
        """
        Raises:
            ApiError: 404 `unknown_job`, 409 `job_finished`.
        """
        view = await self.view(job_id)
        if view["status"] in FINISHED:
            raise ApiError(409, "job_finished", f"The job is {view['status']} already.")
        # Told from here, and before the worker hears of it: that one may not have begun, or have no time left.
        url = await self._callbacks.claim(job_id) if self._callbacks else ""
        try:
            await self._runner.cancel(job_id)
        except Exception:
            if self._callbacks and url:
                await self._callbacks.release(job_id)  # it goes on, and its end is told then
            raise
        await self._keep(f"{job_id}:cancelled", True)
        if self._callbacks and url:
            self._callbacks.tell_later(url, job_id, "cancelled", None, None)
        return await self.view(job_id)

    async def _read(self, key: str) -> Any:
        # In a thread: a modal.Dict asks another machine.
        return await asyncio.to_thread(self._known.get, key)

    async def _keep(self, key: str, value: Any) -> None:
        await asyncio.to_thread(self._known.__setitem__, key, value)
