"""
Interpretability: which features of sparse autoencoders fire on a text, and what happens when they are steered.

    modal secret create modal-apps-key APP_API_KEY="$(openssl rand -base64 32)"
    modal deploy modal_apps/interp/app.py

A small CPU web function checks the key and the request; the model and its SAEs are in a GPU class, so that a
health check, a scanner or a wrong key never starts one. APP_MODELS serves several models, each by a class and
a web function of its own. README.md explains the settings.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, Iterator
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
    prefetch_options,
    reaching_worker,
    read_settings,
    retire_container,
    web_options,
    worker_options,
)
from interpret.settings import InterpSettings

if TYPE_CHECKING:
    from interpret.backend import Reply

HERE = Path(__file__).resolve().parent
settings = read_settings(InterpSettings)
web_image = image(HERE / "requirements-web.txt", "interpret")
worker_image = image(HERE / "requirements-worker.txt", "interpret")
app = modal.App(settings.app_name)
SNAPSHOT_OPTIONS = ("enable_memory_snapshot", "experimental_options", "startup_timeout")


class Worker:
    """
    Holds a model and its SAEs. Requests take turns; `stream` sends a completion token by token.

    `modal.Cls.from_name(APP, "Interpreter")().run_inference.remote(prompts, sets)` calls it without HTTP.
    """

    variant = settings

    @modal.enter(snap=settings.snapshot_mode != "off")
    def load(self) -> None:
        from appkit.progress import phase
        from appkit.start import start_container

        start_container(self.variant)
        with phase("import"):
            from interpret.engine import Engine
        self.engine = Engine(self.variant)
        self.engine.load()
        if settings.snapshot_mode == "gpu":
            self.engine.to_device()  # the snapshot then holds the GPU's memory too

    @modal.enter(snap=False)
    def to_device(self) -> None:
        if settings.snapshot_mode == "gpu":
            self.engine.resume()
        else:
            self.engine.to_device()

    @modal.method()
    def call(self, name: str, payload: dict[str, Any]) -> Reply:
        reply = self.engine.call(name, payload)
        self._retire_if_broken()
        return reply

    @modal.method()
    def stream(self, payload: dict[str, Any]) -> Iterator[Reply]:
        yield from self.engine.stream(payload)
        self._retire_if_broken()

    @modal.method()
    def run_inference(
        self, prompts: list[str], sets: list[str] | None = None, num_results: int = 25
    ) -> list[dict[str, Any]]:
        """The features that fire most on each prompt, by set; see `Engine.run_inference`."""
        try:
            return self.engine.run_inference(prompts, sets or [], num_results)
        finally:
            self._retire_if_broken()

    def _retire_if_broken(self) -> None:
        if self.engine.poisoned:
            retire_container()


class ModalBackend:
    """Reaches a worker from its web function."""

    def __init__(self, worker: Any) -> None:
        self._worker = worker()

    async def call(self, name: str, payload: dict[str, Any]) -> Reply:
        with reaching_worker():
            return await self._worker.call.remote.aio(name, payload)

    async def stream(self, payload: dict[str, Any]) -> AsyncGenerator[Reply, None]:
        with reaching_worker():
            async for reply in self._worker.stream.remote_gen.aio(payload):
                yield reply

    async def runners(self) -> int:
        stats = await self._worker.call.get_current_stats.aio()
        return stats.num_total_runners


def _named(base: str, variant: InterpSettings) -> str:
    """`Interpreter` and `web`, or `Interpreter_gpt2` and `web_gpt2` where there are several models."""
    return f"{base}_{variant.label.replace('-', '_')}" if settings.models else base


def _add_worker(variant: InterpSettings) -> Any:
    name = _named("Interpreter", variant)
    options = worker_options(variant, worker_image)
    # All containers read the settings of the whole deployment, so that each finds its class by name.
    options["env"] = settings.container_env()
    if settings.neuronpedia_secret:
        options["secrets"] = [modal.Secret.from_name(settings.neuronpedia_secret)]
    cls = type(name, (Worker,), {"variant": variant, "__module__": __name__, "__doc__": Worker.__doc__})
    concurrent = modal.concurrent(max_inputs=settings.max_inputs, target_inputs=settings.target_inputs)
    return app.cls(**options)(concurrent(cls))


def _add_web(variant: InterpSettings, worker: Any) -> Any:
    def web() -> Any:
        """The HTTP API of one model; never on a GPU."""
        from appkit.start import key_checker, start_container
        from interpret.api import create_app

        if settings.neuronpedia_secret and os.environ.get("SECRET"):
            os.environ.setdefault("APP_API_KEY", os.environ["SECRET"])  # its older name
        start_container(variant)
        return create_app(variant, ModalBackend(worker), key_checker(variant, "x-secret-key"))

    web.__name__ = web.__qualname__ = _named("web", variant)
    endpoint = modal.asgi_app(label=variant.label or None, **endpoint_options(settings))(web)
    concurrent: Any = modal.concurrent(max_inputs=settings.web_max_inputs)(endpoint)
    options = web_options(settings, web_image)
    if settings.neuronpedia_secret:
        options["secrets"] = [modal.Secret.from_name(settings.neuronpedia_secret)]
    return app.function(**options)(concurrent)


for _variant in settings.variants():
    # By these names Modal finds them again in a container.
    _worker = globals()[_named("Interpreter", _variant)] = _add_worker(_variant)
    globals()[_named("web", _variant)] = _add_web(_variant, _worker)


def _prefetch_options() -> dict[str, Any]:
    options = prefetch_options(settings, worker_image)
    if settings.neuronpedia_secret:
        options["secrets"] = [modal.Secret.from_name(settings.neuronpedia_secret)]
    return options


def _config_options() -> dict[str, Any]:
    """For a model that is chosen by the call: the same GPU, and no snapshot, which would be of another model."""
    options = worker_options(settings, worker_image)
    if settings.neuronpedia_secret:
        options["secrets"] = [modal.Secret.from_name(settings.neuronpedia_secret)]
    kept = {key: value for key, value in options.items() if key not in SNAPSHOT_OPTIONS}
    most_s = settings.timeout_s + settings.startup_timeout_s  # the model is loaded within the call
    return {**kept, "min_containers": 0, "max_containers": 1, "buffer_containers": None, "timeout": most_s}


@app.function(**_config_options())
def run_inference_with_config(
    model_id: str = "gpt2-small",
    sae_sets: list[str] | None = None,
    max_loaded_saes: int = 13,
    custom_hf_model_id: str | None = None,
    model_dtype: str = "float32",
    sae_dtype: str = "float32",
    prompts: list[str] | None = None,
    num_results: int = 25,
) -> dict[str, Any]:
    """
    Loads a model with its SAEs for one call, and tells which features fire most on prompts.

    `modal.Function.from_name(APP, "run_inference_with_config").remote(model_id="gpt2-small", sae_sets=["res-jb"])`
    loads it and answers with what was loaded; the model stays for the next call with the same values.
    """
    from appkit.start import start_container
    from interpret.batch import run_with_config

    start_container(settings)
    values = {
        "model_id": model_id,
        "sae_sets": sae_sets or ["res-jb"],
        "max_loaded_saes": max_loaded_saes,
        "custom_hf_model_id": custom_hf_model_id or "",
        "dtype": model_dtype,
        "sae_dtype": sae_dtype,
    }
    reply, broken = run_with_config(settings, values, prompts or [], num_results)
    if broken:
        retire_container()
    return reply


@app.function(**_prefetch_options())
def prefetch() -> None:
    """Fetches models and SAEs to the volume ahead: `modal run modal_apps/interp/app.py::prefetch`."""
    from appkit.weights import download
    from interpret.fetch import fetch_sets

    for variant in settings.variants():
        if not variant.checkpoint.startswith("/"):
            download(variant.checkpoint, variant.model_revision)
        fetch_sets(variant)
    next(iter(cache_volume(settings).values())).commit()


@app.local_entrypoint()
def main(url: str = "") -> None:
    """Checks the app: this one, run for the occasion, or with --url a deployed one. The key is $APP_API_KEY."""
    from interpret.smoke import check

    web = globals()[_named("web", settings.variants()[0])]
    check(url or web.get_web_url() or "", os.environ, HERE / "samples")
