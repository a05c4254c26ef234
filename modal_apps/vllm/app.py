"""
A model behind OpenAI's API: the vLLM engine, safe to expose, quick to wake, with status and cost limits.

    modal deploy modal_apps/vllm/app.py

Gateway and engine share one GPU container. Modal's proxy checks callers before a container starts, so a scanner
costs nothing (`modal workspace proxy-tokens create` makes a token). README.md explains the settings.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import modal

# The command looks beside this file only, and appkit, which the apps share, lies one folder up. In a container, Modal
# puts both into the same folder.
if modal.is_local():
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from appkit.vllm_server.command import CommandError
from appkit.wiring import (
    cache_volume,
    endpoint_options,
    image,
    key_secrets,
    prefetch_options,
    read_settings,
    retire_container,
    server_options,
    worker_options,
)
from llm.settings import LlmSettings

HERE = Path(__file__).resolve().parent
settings = read_settings(LlmSettings)
if modal.is_local():
    try:
        settings = settings.with_flags(os.environ)
    except CommandError as error:
        sys.exit(str(error))
# FlashInfer and DeepGEMM compile kernels at run time, for which they need nvcc.
CUDA = modal.Image.from_registry("nvidia/cuda:13.0.1-devel-ubuntu24.04", add_python="3.11").entrypoint([])
worker_image = image(HERE / "requirements.txt", "llm", base=CUDA)
options = worker_options(settings, worker_image)
options["secrets"] = [*options["secrets"], *key_secrets(settings)]
SPENDING = "/spending"
spending = None  # a volume of its own: one whose files are open, as the weights are, cannot be read anew
if settings.max_usd_per_month and settings.gpus:
    spending = modal.Volume.from_name(f"{settings.app_name}-spending", create_if_missing=True)
    options["volumes"] = {**options["volumes"], SPENDING: spending}
app = modal.App(settings.app_name)
with_gpu_snapshot = settings.snapshot_mode == "gpu"


def before_snapshot() -> Any:
    """With a GPU snapshot the engine starts, is warmed up and sleeps; otherwise it starts after the restore."""
    from appkit.start import start_container
    from appkit.weights import fetch_if_pinned
    from llm.engine import start_engine

    start_container(settings)
    fetch_if_pinned(settings.model_id, settings.model_revision)
    if not with_gpu_snapshot:
        return None
    engine = start_engine(settings)
    engine.sleep()
    return engine


def after_snapshot(engine: Any) -> tuple[Any, Any, Any]:
    """A running engine, the gateway in front of it, and the count of what this month costs, if there is a limit."""
    from appkit.start import key_checker
    from llm.engine import start_engine
    from llm.gateway import EngineState, create_app

    if engine:
        engine.wake()
    else:
        engine = start_engine(settings)
    state = EngineState(engine.base_url, engine.process.alive, engine.restored, engine.load_s)
    spend = monthly_spend(engine.load_s)
    return engine, create_app(settings, state, key_checker(settings), retire_container, spend), spend


def monthly_spend(load_s: float) -> Any:
    """Counts from the start of this container; None without a limit."""
    if spending is None:
        return None
    from appkit.monthly_spend import MonthlySpend, Shared

    shared = Shared(Path(SPENDING), spending.reload, spending.commit)
    spend = MonthlySpend(shared, settings.gpu_usd_per_hour, settings.max_usd_per_month, time.time() - load_s)
    spend.start()
    return spend


def stop_all(engine: Any, spend: Any) -> None:
    """Ends the engine; the last count comes first, since Modal may not wait for the rest."""
    if spend:
        spend.stop()
    engine.stop()


if settings.transport == "server":

    @app.server(**server_options(settings, options))
    class LlmServer:
        """The gateway on a port of its own: no queue, so callers try again while it is cold."""

        @modal.enter(snap=with_gpu_snapshot)
        def load(self) -> None:
            self.engine = before_snapshot()

        @modal.enter(snap=False)
        def serve(self) -> None:
            from appkit.asgi_server import AsgiServer

            self.engine, gateway, self.spend = after_snapshot(self.engine)
            self.server = AsgiServer(gateway, "0.0.0.0", 8000)
            self.server.start()

        @modal.exit()
        def stop(self) -> None:
            self.server.stop()
            stop_all(self.engine, self.spend)

else:

    @app.cls(**options)
    @modal.concurrent(max_inputs=settings.max_inputs, target_inputs=settings.target_inputs)
    class LlmServer:
        """The engine and the gateway in front of it."""

        @modal.enter(snap=with_gpu_snapshot)
        def load(self) -> None:
            self.engine = before_snapshot()

        @modal.enter(snap=False)
        def start(self) -> None:
            self.engine, self.gateway, self.spend = after_snapshot(self.engine)

        @modal.asgi_app(**endpoint_options(settings))
        def web(self) -> Any:
            return self.gateway

        @modal.exit()
        def stop(self) -> None:
            stop_all(self.engine, self.spend)

    @app.local_entrypoint()
    def main(url: str = "") -> None:
        """Checks the app: a passing copy of it, or with --url a deployed one."""
        from llm.smoke import check

        check(url or LlmServer().web.get_web_url() or "", os.environ)


@app.function(**prefetch_options(settings, worker_image))
def prefetch() -> None:
    """Fetches the model to the volume ahead of the first request: `modal run …/app.py::prefetch`."""
    from appkit.weights import download

    download(settings.model_id, settings.model_revision)
    next(iter(cache_volume(settings).values())).commit()
