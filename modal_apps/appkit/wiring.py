"""What the entry files of the apps share. Of the kit, only this and `spawned` import modal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import modal

from .backend import BackendError
from .settings import Settings, SplitSettings, alias_notes, load_or_exit

T = TypeVar("T", bound=Settings)

CACHE = "/cache"
PYTHON = "3.11"
PREFETCH_TIMEOUT_S = 3600
# Without a list only .py files would be shipped: no prices, no prompts.
NOT_SHIPPED = ["**/__pycache__/**", "**/*.pyc"]
CACHE_ENV = {
    "HF_HOME": f"{CACHE}/hf",
    "HF_XET_HIGH_PERFORMANCE": "1",
    "VLLM_CACHE_ROOT": f"{CACHE}/vllm",
    "TOKENIZERS_PARALLELISM": "false",
    # Else transformers asks the Hub in a thread for another form of weights that have no safetensors, and fetches it.
    "DISABLE_SAFETENSORS_CONVERSION": "1",
    "TORCHINDUCTOR_COMPILE_THREADS": "1",  # its pool of processes could not be kept in a snapshot
}
RETRIES = modal.Retries(max_retries=2, initial_delay=1.0, backoff_coefficient=2.0)


def read_settings(cls: type[T]) -> T:
    """Reads the app's settings. A deploy also says what to know of them, or ends with what is wrong."""
    settings = load_or_exit(cls, os.environ)
    if modal.is_local():
        for note in [*alias_notes(cls, os.environ), *settings.notes()]:
            print(note, file=sys.stderr)
    return settings


def image(requirements: Path, *packages: str, base: modal.Image | None = None) -> modal.Image:
    """
    An image with the app's own code, which comes last: an edit rebuilds no layer.

    Parameters:
        requirements: what the app asks for; the `.lock` beside it has the whole set, with the hash of each file.
        packages: those beside the entry file; `appkit` is added.
    """
    start = base or modal.Image.debian_slim(python_version=PYTHON)
    lock = str(requirements.with_suffix(".lock"))
    installed = start.uv_pip_install(requirements=[lock], extra_options="--require-hashes").env(CACHE_ENV)
    return installed.add_local_python_source("appkit", *packages, ignore=NOT_SHIPPED)


def cache_volume(settings: Settings) -> dict[str, modal.Volume]:
    """The volume for the models' files, made at the first deploy."""
    return {CACHE: modal.Volume.from_name(settings.volume, create_if_missing=True)}


def key_secrets(settings: Settings) -> list[modal.Secret]:
    """The secret with the keys of callers. A missing one fails the deploy, not the first request."""
    if not settings.wants_key:
        return []
    if settings.secret_source == "dotenv":
        return [modal.Secret.from_dotenv()]
    return [modal.Secret.from_name(settings.secret, required_keys=["APP_API_KEY"])]


def web_secrets(settings: Settings) -> list[modal.Secret]:
    """Keys of callers, and where errors are reported when that is wanted."""
    return [*key_secrets(settings), *_named(settings.sentry_secret, "SENTRY_DSN")]


def model_secrets(settings: Settings) -> list[modal.Secret]:
    """The token for gated models and where errors are reported, when they are named."""
    return [*_named(settings.hf_secret, "HF_TOKEN"), *_named(settings.sentry_secret, "SENTRY_DSN")]


def _named(name: str, key: str) -> list[modal.Secret]:
    return [modal.Secret.from_name(name, required_keys=[key])] if name else []


def regions(settings: Settings) -> dict[str, str | None]:
    """Where a function runs, and where Modal lets its inputs in; None leaves both to Modal, which takes us-east."""
    entrance = settings.routing_region
    return {"region": settings.region or None, "routing_region": entrance if entrance != "us-east" else None}


def web_options(settings: SplitSettings, web_image: modal.Image) -> dict[str, Any]:
    """Arguments of `app.function` for the CPU function that serves HTTP in a split app."""
    return {
        **job_options(settings, web_image),
        "min_containers": settings.web_min_containers,
    }


def job_options(settings: SplitSettings, web_image: modal.Image) -> dict[str, Any]:
    """Arguments of `app.function` for a CPU function that sees data of callers but serves no HTTP."""
    return {
        "image": web_image,
        "cpu": 1.0,
        "memory": 1024,
        "max_containers": settings.web_max_containers,
        **regions(settings),
        "env": settings.container_env(),
        "secrets": web_secrets(settings),
        "timeout": settings.timeout_s,
        "scaledown_window": settings.scaledown_window_s,
    }


def worker_options(settings: Settings, worker_image: modal.Image, gpus: Sequence[str] = ()) -> dict[str, Any]:
    """
    Arguments of `app.cls` for the class that holds the model.

    Parameters:
        gpus: in place of those of the settings.
    """
    wanted = list(gpus) or settings.gpus
    options: dict[str, Any] = {
        "image": worker_image,
        "gpu": wanted or None,
        "cpu": None if wanted else 4.0,
        "memory": settings.memory_mb or None,
        "env": settings.container_env(),
        "volumes": cache_volume(settings),
        "secrets": model_secrets(settings),
        "min_containers": settings.min_containers,
        "max_containers": settings.max_containers,
        "buffer_containers": settings.buffer_containers or None,
        "scaledown_window": settings.scaledown_window_s,
        "timeout": settings.timeout_s,
        "startup_timeout": settings.startup_timeout_s,
        **regions(settings),
        "enable_memory_snapshot": settings.snapshot_mode != "off",
    }
    if settings.snapshot_mode == "gpu":
        options["experimental_options"] = {"enable_gpu_snapshot": True}
    return options


def server_options(settings: Settings, options: dict[str, Any]) -> dict[str, Any]:
    """
    Arguments of `app.server`, made of those of `app.cls`. A server has no queue: while it is cold it responds with 503.

    Parameters:
        settings: with `target_inputs`.
        options: as `worker_options` gives them.
    """
    kept = {name: value for name, value in options.items() if name not in ("timeout", *regions(settings))}
    return {
        **kept,
        "port": 8000,
        "target_concurrency": getattr(settings, "target_inputs", None),
        "exit_grace_period": 20,
        "routing_region": settings.routing_region,
        "compute_region": settings.region or None,
        "unauthenticated": not settings.wants_proxy,
    }


def endpoint_options(settings: Settings) -> dict[str, Any]:
    """Arguments of `modal.asgi_app`."""
    return {"requires_proxy_auth": settings.wants_proxy, "custom_domains": settings.domains or None}


def prefetch_options(settings: Settings, worker_image: modal.Image) -> dict[str, Any]:
    """Arguments of `app.function` for the function that fetches the model to the volume, on a CPU."""
    return {
        "image": worker_image,
        "env": settings.container_env(),
        "volumes": cache_volume(settings),
        "secrets": model_secrets(settings),
        "timeout": PREFETCH_TIMEOUT_S,
        "retries": RETRIES,
    }


@contextmanager
def reaching_worker() -> Iterator[None]:
    """
    Around a call of a Modal function.

    Raises:
        TimeoutError: the call took too long.
        BackendError: whatever else the worker raised, or what kept it from being asked; its log has the traceback.
    """
    try:
        yield
    except modal.exception.TimeoutError as error:
        raise TimeoutError(str(error)) from error
    except Exception as error:
        raise BackendError(f"{type(error).__name__}: {error}") from error


def retire_container() -> None:
    """Lets this container answer what it has and take nothing more: its GPU cannot be used again."""
    modal.experimental.stop_fetching_inputs()
