"""Brings the SAEs of a model to the cache volume."""

from __future__ import annotations

import time
from pathlib import Path

from appkit.progress import Progress

from .formats import files_of, weights_file
from .settings import InterpSettings
from .source import Source
from .source_catalogue import catalogue


def fetch(source: Source, *, offline: bool = False) -> Path:
    """
    The folder with a source's files; those of the Hub come to the cache volume first.

    Parameters:
        offline: take only what is there.

    Raises:
        OSError: no such files, or no network.
        InterpretError: 422 `unsupported_source`, as `files_of`.
    """
    names = files_of(source)
    if not source.repo:
        return Path(source.folder)
    from huggingface_hub import hf_hub_download

    paths = [
        hf_hub_download(
            source.repo,
            f"{source.folder}/{name}".lstrip("/"),
            revision=source.revision or None,
            local_files_only=offline,
        )
        for name in names
    ]
    return Path(paths[0]).parent


def is_fetched(sources: dict[str, Source]) -> bool:
    """Whether all files are there already."""
    try:
        for source in sources.values():
            fetch(source, offline=True)
    except OSError:
        return False
    return True


def fetch_sets(settings: InterpSettings) -> None:
    """Fetches every source of the model's sets, with a progress line for each."""
    if settings.sae_path:
        return
    sources = catalogue(settings.sets, settings.sae_path, settings.sae_revision, settings.sae_models)
    progress = Progress("prefetch", "-".join(settings.sets), len(sources))
    for source in sources.values():
        start = time.perf_counter()
        size = weights_file(source, fetch(source)).stat().st_size / 2**20
        progress.item(source.id, f"{size:.1f} MiB", time.perf_counter() - start)
