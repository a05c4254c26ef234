"""
Financial analyst: statements in; ratios, FinBERT sentiment and a short forecast out.

    modal secret create modal-apps-key APP_API_KEY="$(openssl rand -base64 32)"
    modal deploy modal_apps/finbert/app.py

A small CPU web function checks the key, reads the files and computes the ratios. Only the sentiment needs the
GPU class, so that a health check, a scanner or a wrong key never starts one. README.md explains the settings.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import modal

# The command looks beside this file only, and appkit, which the apps share, lies one folder up. In a container, Modal
# puts both into the same folder.
if modal.is_local():
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from appkit.wiring import (
    cache_volume,
    endpoint_options,
    image,
    job_options,
    prefetch_options,
    reaching_worker,
    read_settings,
    retire_container,
    web_options,
    worker_options,
)
from finance.settings import FinbertSettings

if TYPE_CHECKING:
    from appkit.job_callbacks import JobCallbacks
    from finance.batch import AnalysisResult, BatchPayload, BatchResult
    from finance.scoring import ScoreReply

HERE = Path(__file__).resolve().parent
# Three readers at their limit, the bodies of all requests, and the app; the page's own app has gradio beside it.
WEB_MEMORY_MB = 1536
PAGE_MEMORY_MB = 2048
BATCH_MEMORY_MB = 2048
BATCH_TIMEOUT_S = 3600  # some minutes more than a batch gives itself
TO_SAY_SO_S = 120  # before a batch is ended from outside, to tell that it took too long

settings = read_settings(FinbertSettings)
web_image = image(HERE / "requirements-web.txt", "finance")
ui_image = image(HERE / "requirements-ui.txt", "finance")
worker_image = image(HERE / "requirements-worker.txt", "finance")
app = modal.App(settings.app_name)
jobs = modal.Dict.from_name(f"{settings.app_name}-jobs", create_if_missing=True)


@app.cls(**worker_options(settings, worker_image))
class SentimentWorker:
    """Holds the model. One batched method, as Modal wants it; several requests share a forward pass."""

    @modal.enter(snap=settings.snapshot_mode != "off")
    def load(self) -> None:
        from appkit.progress import phase
        from appkit.start import start_container

        start_container(settings)
        with phase("import"):
            from finance.sentiment_model import FinBert
        self.model = FinBert(
            settings.model_id, settings.model_revision, settings.dtype, labels=settings.labels
        )
        self.model.load()
        if settings.snapshot_mode == "gpu":
            self.model.to_device()  # the snapshot then holds the GPU's memory too

    @modal.enter(snap=False)
    def to_device(self) -> None:
        if settings.snapshot_mode == "gpu":
            self.model.resume()
        else:
            self.model.to_device()

    @modal.batched(max_batch_size=16, wait_ms=20)
    def score(self, chunks: list[list[str]]) -> list[ScoreReply]:
        from appkit.gpu_errors import is_poisoned

        try:
            return self.model.score_batch(chunks)
        except RuntimeError as error:
            if is_poisoned(error):
                retire_container()
            raise


class ModalBackend:
    """Reaches the worker from the web function."""

    def __init__(self) -> None:
        self._score: Any = SentimentWorker().score

    async def score(self, texts: list[str]) -> ScoreReply:
        with reaching_worker():
            return await self._score.remote.aio(texts)

    async def runners(self) -> int:
        stats = await self._score.get_current_stats.aio()
        return stats.num_total_runners


batch_options = {
    **job_options(settings, web_image),
    "memory": BATCH_MEMORY_MB,
    "timeout": BATCH_TIMEOUT_S,
}


@app.function(**batch_options)
async def process_batch(requests: list[dict[str, Any]]) -> list[AnalysisResult]:
    """
    Independent analyses for callers in Python, each as the body of /analyze_financials:

        modal.Function.from_name("finbert-analyst", "process_batch").remote([{"files": […], "query": "debt"}])
    """
    from appkit.start import start_container
    from finance.api import analyst
    from finance.batch import run_batch as run

    start_container(settings)
    job_id = modal.current_function_call_id() or "local"
    result = await run(requests, analyst(settings, ModalBackend()), job_id, settings.app_name)
    return result["results"]


@app.function(**batch_options)
async def run_batch(payload: BatchPayload) -> BatchResult | None:
    """A job of /batch: analyzes on a CPU, and asks the GPU class for sentiments."""
    from appkit.jobs import Job, JobLog
    from appkit.start import start_container
    from finance.api import analyst
    from finance.batch import run_batch as run

    start_container(settings)
    job_id = modal.current_function_call_id() or "local"

    async def work(job_log: JobLog) -> BatchResult:
        analyze = analyst(settings, ModalBackend())
        return await run(payload["requests"], analyze, job_id, settings.app_name, watcher=job_log)

    job = Job(jobs, job_id, payload["callback_url"], job_callbacks())
    return await job.run(work, limit_s=BATCH_TIMEOUT_S - TO_SAY_SO_S)


def job_callbacks() -> JobCallbacks | None:
    """Tells callers' URLs how their jobs end; None in an app without a key to sign with."""
    from appkit.job_callbacks import callbacks_for
    from appkit.start import key_checker
    from finance.api import callback_rules

    return callbacks_for(jobs, key_checker(settings), callback_rules())


@app.function(**{**web_options(settings, web_image), "memory": WEB_MEMORY_MB})
@modal.concurrent(max_inputs=settings.web_max_inputs)
@modal.asgi_app(**endpoint_options(settings))
def web() -> Any:
    """The HTTP API; never on a GPU."""
    from appkit.jobs import JobBoard
    from appkit.spawned import SpawnedJobs
    from appkit.start import key_checker, start_container
    from finance.api import create_app

    start_container(settings)
    checker = key_checker(settings)
    board = JobBoard(jobs, SpawnedJobs(run_batch, "The batch took more than an hour."), job_callbacks())
    return create_app(settings, ModalBackend(), checker, ui.get_web_url.aio, board)


@app.function(
    # The page keeps its state in the process.
    **{
        **web_options(settings, ui_image),
        "memory": PAGE_MEMORY_MB,
        "min_containers": min(1, settings.web_min_containers),
        "max_containers": 1,
    }
)
@modal.concurrent(max_inputs=100)
@modal.asgi_app(**endpoint_options(settings))
def ui() -> Any:
    """The web page; /ui of the API redirects here."""
    from appkit.start import key_checker, start_container
    from finance.api import create_app
    from finance.ui import mount_page

    start_container(settings)
    checker = key_checker(settings)
    key = os.environ["APP_API_KEY"].split(",")[0].strip() if checker else ""
    api = create_app(settings, ModalBackend(), checker)
    return mount_page(api, key, checker, settings.max_body_mb)


@app.function(**prefetch_options(settings, worker_image))
def prefetch() -> None:
    """Fetches the model to the volume ahead of the first request: `modal run …/app.py::prefetch`."""
    from appkit.weights import download

    download(settings.model_id, settings.model_revision)
    next(iter(cache_volume(settings).values())).commit()


@app.local_entrypoint()
def main(url: str = "") -> None:
    """Checks the app: a passing copy of it, or with --url a deployed one. The key is $APP_API_KEY."""
    from finance.smoke import check

    check(url or web.get_web_url() or "", os.environ, HERE / "samples")
