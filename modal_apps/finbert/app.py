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

HERE = Path(__file__).resolve().parent
if modal.is_local():
    sys.path.insert(0, str(HERE.parent))  # for appkit, which the apps share; in a container both are in /root

from appkit.settings import load_or_exit  # noqa: E402
from finance.settings import FinbertSettings  # noqa: E402

if TYPE_CHECKING:
    from finance.scoring import ScoreReply

settings = load_or_exit(FinbertSettings, os.environ)
if modal.is_local() and not settings.model_revision and not settings.model_id.startswith("/"):
    print(f"APP_MODEL_REVISION is empty: the newest commit of {settings.model_id} is used.", file=sys.stderr)
if settings.auth == "none":
    print("APP_AUTH=none: anybody who knows the URL can use this app at your cost.", file=sys.stderr)

CACHE = "/cache"
WEB_CONTAINERS = 4  # of 20 requests each: bounds what strangers without a key can cost
SOURCES = ("appkit", "finance")
NOT_SHIPPED = [
    "**/__pycache__/**",
    "**/*.pyc",
]  # without a list, only .py files would be: no prices, no catalogue

base = modal.Image.debian_slim(python_version="3.11")
web_image = base.uv_pip_install(requirements=[str(HERE / "requirements-web.txt")]).add_local_python_source(
    *SOURCES, ignore=NOT_SHIPPED
)
worker_image = (
    base.uv_pip_install(requirements=[str(HERE / "requirements-worker.txt")])
    .env({"HF_HOME": f"{CACHE}/hf", "TOKENIZERS_PARALLELISM": "false"})
    .add_local_python_source(*SOURCES, ignore=NOT_SHIPPED)
)

app = modal.App(settings.app_name)


@app.cls(
    image=worker_image,
    gpu=settings.gpus or None,
    cpu=4.0 if not settings.gpus else None,
    env=settings.container_env(),
    volumes={CACHE: modal.Volume.from_name(settings.volume, create_if_missing=True)},
    min_containers=settings.min_containers,
    max_containers=settings.max_containers,
    scaledown_window=settings.scaledown_window_s,
    timeout=settings.timeout_s,
    startup_timeout=settings.startup_timeout_s,
    enable_memory_snapshot=settings.snapshot,
)
class SentimentWorker:
    """Holds the model. One batched method, as Modal wants it; several requests share a forward pass."""

    @modal.enter(snap=settings.snapshot)
    def load(self) -> None:
        from appkit.logs import setup_logging
        from appkit.progress import phase

        setup_logging(settings.app_name, settings.log_level, settings.log_format)
        with phase("import"):
            from finance.finbert import FinBert
        self.model = FinBert(settings.model_id, settings.model_revision, settings.dtype)
        self.model.load()

    @modal.enter(snap=False)
    def to_device(self) -> None:
        self.model.to_device()

    @modal.batched(max_batch_size=16, wait_ms=20)
    def score(self, chunks: list[list[str]]) -> list[ScoreReply]:
        return self.model.score_batch(chunks)


class ModalBackend:
    """Reaches the worker from the web function."""

    def __init__(self) -> None:
        self._score: Any = SentimentWorker().score

    async def score(self, texts: list[str]) -> ScoreReply:
        from finance.scoring import BackendError

        try:
            return await self._score.remote.aio(texts)
        except modal.exception.TimeoutError as error:
            raise TimeoutError(str(error)) from error
        except Exception as error:  # whatever the worker raised, its log has the traceback
            raise BackendError(f"{type(error).__name__}: {error}") from error

    async def runners(self) -> int:
        stats = await self._score.get_current_stats.aio()
        return stats.num_total_runners


@app.function(
    image=web_image,
    cpu=1.0,
    memory=1024,
    max_containers=WEB_CONTAINERS,
    env=settings.container_env(),
    secrets=[modal.Secret.from_name(settings.secret, required_keys=["APP_API_KEY"])]
    if settings.wants_key
    else [],
    timeout=settings.timeout_s,
    scaledown_window=settings.scaledown_window_s,
)
@modal.concurrent(max_inputs=20)
@modal.asgi_app(requires_proxy_auth=settings.wants_proxy)
def web() -> Any:
    """The HTTP API; never on a GPU."""
    from appkit.auth import KeyChecker
    from appkit.logs import setup_logging
    from finance.api import create_app

    setup_logging(settings.app_name, settings.log_level, settings.log_format)
    checker = (
        KeyChecker.from_environ(os.environ, bearer=not settings.wants_proxy) if settings.wants_key else None
    )
    return create_app(settings, ModalBackend(), checker)
