"""Jobs that run in this event loop, in place of spawned Modal functions."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from appkit.jobs import JobLog, Outcome
from finance.api import analyst
from finance.batch import BatchPayload, run_batch
from finance.batch_news import EndNews
from finance.settings import FinbertSettings
from finance_backend import LocalBackend

SETTINGS = FinbertSettings(max_body_mb=48)


class Runner:
    """Runs jobs in this event loop, as the spawned function does it."""

    def __init__(self, backend: LocalBackend, known: dict[str, Any], news: EndNews) -> None:
        self._analyze = analyst(SETTINGS, backend)
        self._known = known
        self._news = news
        self.tasks: dict[str, asyncio.Task[Any]] = {}
        self.hold = asyncio.Event()
        self.hold.set()

    async def spawn(self, payload: BatchPayload) -> str:
        job_id = f"fc-{len(self.tasks) + 1}"
        json.dumps(payload)  # plain types, for another container

        async def work() -> Any:
            log = JobLog(self._known, job_id)
            async with log.writing(0.01):
                await self.hold.wait()
                result = await run_batch(
                    payload["requests"], self._analyze, job_id, SETTINGS.app_name, watcher=log
                )
            if payload["callback_url"]:
                await self._news.tell(job_id, "done", payload["callback_url"], result=result)
            return result

        self.tasks[job_id] = asyncio.create_task(work())
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
