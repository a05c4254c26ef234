"""Jobs that run in this event loop, in place of spawned Modal functions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from appkit.job_callbacks import JobCallbacks, JobMap
from appkit.jobs import Job, JobLog, Outcome

LIMIT_S = 600.0


class LocalRunner:
    """
    Runs each job as the spawned function does it.

    Parameters:
        work: a payload, the job's id, and where to say how far it is.
        known: where the board keeps its jobs too.
    """

    def __init__(
        self,
        work: Callable[[Any, str, JobLog], Awaitable[Any]],
        known: JobMap,
        news: JobCallbacks | None = None,
    ) -> None:
        self._work = work
        self._known = known
        self._news = news
        self.tasks: dict[str, asyncio.Task[Any]] = {}
        self.payloads: list[Any] = []
        self.hold = asyncio.Event()
        self.hold.set()

    async def spawn(self, payload: Any) -> str:
        self.payloads.append(payload)
        job_id = f"fc-{len(self.payloads)}"
        job = Job(self._known, job_id, payload["callback_url"], self._news)

        async def work(job_log: JobLog) -> Any:
            await self.hold.wait()
            return await self._work(payload, job_id, job_log)

        self.tasks[job_id] = asyncio.create_task(job.run(work, limit_s=LIMIT_S))
        return job_id

    async def outcome(self, job_id: str) -> Outcome:
        task = self.tasks[job_id]
        if not task.done():
            return Outcome("pending")
        if task.cancelled():
            return Outcome("cancelled")
        if error := task.exception():
            return Outcome("failed", error=type(error).__name__)
        return Outcome("done", task.result())

    async def cancel(self, job_id: str) -> None:
        self.tasks[job_id].cancel()
