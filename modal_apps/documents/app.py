"""
Document reader: images and PDFs to Markdown, text, HTML or JSON with Qwen3-VL.

    modal secret create modal-apps-key APP_API_KEY="$(openssl rand -base64 32)"
    modal deploy modal_apps/documents/app.py

A small CPU web function checks the key, opens the files and draws their pages. Only pages with something on them
go to the GPU class, so that a health check, a scanner or a wrong key never starts one. README.md explains the
settings.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import modal

# The command looks beside this file only, and appkit, which the apps share, lies one folder up. In a container, Modal
# puts both into the same folder.
if modal.is_local():
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from appkit.vllm_server.command import CommandError
from appkit.wiring import (
    PYTHON,
    RETRIES,
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
from ocr.settings import DocumentsSettings

if TYPE_CHECKING:
    from appkit.job_callbacks import JobCallbacks
    from ocr.batch import BatchPayload, BatchResult, Pool
    from ocr.reading import PageIn, ReadOptions, ReadReply

HERE = Path(__file__).resolve().parent
DAY_S = 24 * 3600
TO_SAY_SO_S = 300  # before a batch is ended from outside, to tell that it took too long
MOST_RETRIES = 2  # of RETRIES
INBOX = "/documents"
# vLLM compiles some kernels when it starts, with the compiler of the development image.
CUDA = "nvidia/cuda:13.0.1-devel-ubuntu24.04"
WEB_MEMORY_MB = 2560  # two readers at their limit, the bodies of all requests, and the app
LOOK_AHEAD = 2  # calls that wait for each one that is read

settings = read_settings(DocumentsSettings)
if modal.is_local():
    try:
        settings = settings.with_flags(os.environ)
    except CommandError as error:
        sys.exit(str(error))
# Of PDFs that only name their fonts, pdfium draws Chinese, Japanese and Korean with this one.
FONTS = "fonts-wqy-microhei"
web_base = (
    modal.Image.debian_slim(python_version=PYTHON)
    .apt_install(FONTS)
    .uv_pip_install(requirements=[str(HERE / "no-deps.lock")], extra_options="--no-deps --require-hashes")
)
web_image = image(HERE / "requirements-web.txt", "ocr", base=web_base)
cuda_image = modal.Image.from_registry(CUDA, add_python=PYTHON).entrypoint([])
worker_image = image(HERE / "requirements-worker.txt", "ocr", base=cuda_image)
app = modal.App(settings.app_name)
jobs = modal.Dict.from_name(f"{settings.app_name}-jobs", create_if_missing=True)
inbox_volume = modal.Volume.from_name(settings.inbox_volume, create_if_missing=True)


@app.cls(**worker_options(settings, worker_image))
@modal.concurrent(max_inputs=settings.max_inputs, target_inputs=settings.target_inputs)
class Reader:
    """Holds the model. The engine joins the pages of several callers."""

    @modal.enter(snap=settings.snapshot_mode != "off")
    def load(self) -> None:
        from appkit.progress import phase
        from appkit.start import start_container
        from ocr.reader import PageReader

        start_container(settings)
        with phase("import"):
            from ocr.engine_choice import make_engine

            self.engine = make_engine(settings)
        self.engine.load()
        self.reader = PageReader(self.engine)
        if settings.snapshot_mode == "gpu":
            self.engine.warmup()  # the snapshot then holds the GPU's memory too
            self.engine.sleep()

    @modal.enter(snap=False)
    def to_device(self) -> None:
        if settings.snapshot_mode == "gpu":
            self.engine.resume()
        else:
            self.engine.warmup()

    @modal.method()
    async def read(self, pages: list[PageIn], options: ReadOptions) -> ReadReply:
        reply = await self.reader.read(pages, options)
        if reply.pop("poisoned", False):
            retire_container()
        return reply

    @modal.exit()
    def close(self) -> None:
        self.engine.close()


def worker_pool() -> Pool:
    """The GPU containers, for batches and the inbox."""
    from ocr.batch import Pool

    read: Any = Reader().read

    async def fan_out(
        calls: AsyncIterator[list[PageIn]], options: ReadOptions
    ) -> AsyncIterator[ReadReply | BaseException]:
        replies = read.map.aio(
            calls, kwargs={"options": options}, order_outputs=False, return_exceptions=True
        )
        async for reply in replies:
            yield reply

    return Pool(
        fan_out,
        settings.pages_per_call,
        LOOK_AHEAD * settings.max_containers * settings.max_inputs,
        settings.gpu_usd_per_hour,
        settings.scaledown_window_s,
    )


batch_options = {**job_options(settings, web_image), "memory": 4096, "timeout": DAY_S, "retries": RETRIES}


@app.function(**batch_options)
async def run_batch(payload: BatchPayload) -> BatchResult | None:
    """Reads a batch: opens the documents here, on a CPU, and fans their pages out to the GPU containers."""
    from appkit.jobs import Job, JobLog
    from appkit.start import start_container
    from ocr.api import fetch_rules
    from ocr.batch import run_batch as run

    start_container(settings)
    job_id = modal.current_function_call_id() or "local"

    async def work(job_log: JobLog) -> BatchResult:
        return await run(payload, job_id, worker_pool(), fetch_rules(settings), watcher=job_log)

    job = Job(jobs, job_id, payload["callback_url"], job_callbacks())
    return await job.run(work, limit_s=DAY_S - TO_SAY_SO_S, most_attempts=1 + MOST_RETRIES)


def job_callbacks() -> JobCallbacks | None:
    """Tells callers' URLs how their jobs end; None in an app without a key to sign with."""
    from appkit.job_callbacks import callbacks_for
    from appkit.start import key_checker
    from ocr.api import fetch_rules

    return callbacks_for(jobs, key_checker(settings), fetch_rules(settings))


class ModalBackend:
    """Reaches the reader from the web function."""

    def __init__(self) -> None:
        self._read: Any = Reader().read

    async def read(self, pages: list[PageIn], options: ReadOptions) -> ReadReply:
        with reaching_worker():
            return await self._read.remote.aio(pages, options)

    async def runners(self) -> int:
        stats = await self._read.get_current_stats.aio()
        return stats.num_total_runners


@app.function(**{**web_options(settings, web_image), "memory": WEB_MEMORY_MB})
@modal.concurrent(max_inputs=settings.web_max_inputs)
@modal.asgi_app(**endpoint_options(settings))
def web() -> Any:
    """The HTTP API; never on a GPU."""
    from appkit.jobs import JobBoard
    from appkit.spawned import SpawnedJobs
    from appkit.start import key_checker, start_container
    from ocr.api import create_app

    start_container(settings)
    checker = key_checker(settings)
    board = JobBoard(jobs, SpawnedJobs(run_batch, "The batch took more than a day."), job_callbacks())
    return create_app(settings, ModalBackend(), board, checker)


if settings.inbox:
    inbox_options = {
        **{name: value for name, value in batch_options.items() if name != "secrets"},
        "volumes": {INBOX: inbox_volume},
        "max_containers": 1,
        "schedule": modal.Cron(settings.inbox_cron, timezone=settings.inbox_tz),
    }

    @app.function(**inbox_options)
    async def process_inbox() -> None:
        """Reads the files in the inbox, on a schedule and with `modal run …/app.py::process_inbox`."""
        from appkit.start import start_container
        from ocr.fitting import fitted_drawing
        from ocr.inbox import process_inbox as process
        from ocr.requests import Opts

        start_container(settings)
        volume: Any = inbox_volume
        await volume.reload.aio()
        opts = Opts()
        run = modal.current_function_call_id() or "local"
        await process(
            Path(INBOX),
            opts.read_options(),
            fitted_drawing(opts, settings),
            worker_pool(),
            most=settings.inbox_max,
            commit=volume.commit.aio,
            run=run,
            model=settings.model_id,
        )

    @app.local_entrypoint()
    def put_inbox(*paths: str) -> None:
        """Puts files into the inbox: `modal run …/app.py::put_inbox FILE...`."""
        with inbox_volume.batch_upload(force=True) as upload:
            for path in paths:
                upload.put_file(path, f"/inbox/{Path(path).name}")
                print(f"{path} -> {settings.inbox_volume}/inbox/{Path(path).name}")


@app.function(**prefetch_options(settings, worker_image))
def prefetch() -> None:
    """Fetches the model to the volume ahead of the first request: `modal run …/app.py::prefetch`."""
    from appkit.weights import download

    download(settings.model_id, settings.model_revision)
    next(iter(cache_volume(settings).values())).commit()


@app.local_entrypoint()
def main(url: str = "") -> None:
    """Checks the app: a passing copy of it, or with --url a deployed one. The key is $APP_API_KEY."""
    from ocr.smoke import check

    check(url or web.get_web_url() or "", os.environ, HERE / "samples")
