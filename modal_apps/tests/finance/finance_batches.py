"""Batches of analyses in this event loop."""

from __future__ import annotations

import json

from appkit.job_callbacks import JobCallbacks, JobMap
from appkit.jobs import JobLog
from finance.api import analyst
from finance.batch import BatchPayload, BatchResult, run_batch
from finance.settings import FinbertSettings
from finance_backend import LocalBackend
from local_jobs import LocalRunner

SETTINGS = FinbertSettings(max_body_mb=48)


def batch_runner(backend: LocalBackend, known: JobMap, news: JobCallbacks | None = None) -> LocalRunner:
    """Runs batches as the spawned function does it."""
    analyze = analyst(SETTINGS, backend)

    async def work(payload: BatchPayload, job_id: str, job_log: JobLog) -> BatchResult:
        json.dumps(payload)  # plain types, for another container
        return await run_batch(payload["requests"], analyze, job_id, SETTINGS.app_name, watcher=job_log)

    return LocalRunner(work, known, news)
