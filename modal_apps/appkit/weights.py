"""The model's files on the cache volume: fetched ahead, and read without the network when all there."""

from __future__ import annotations

import os
import time
from pathlib import PurePosixPath

from .progress import Progress, phase

TEXTS = (".json", ".txt", ".model", ".jinja")
TENSORS = ".safetensors"
PICKLE = ".bin"  # fetched only where a folder has nothing else; torch reads nothing but data of it


def wanted_files(names: list[str]) -> list[str]:
    """Which of a model's files serving needs: configuration, tokenizer, and the weights of each folder once."""
    with_tensors = {PurePosixPath(name).parent for name in names if name.endswith(TENSORS)}

    def is_wanted(name: str) -> bool:
        if name.endswith(PICKLE):
            return PurePosixPath(name).parent not in with_tensors
        return name.endswith((*TEXTS, TENSORS))

    return [name for name in names if is_wanted(name)]


def download(model_id: str, revision: str) -> str:
    """
    Fetches a model into the Hub cache, with a progress line for each file.

    Returns:
        the folder of the snapshot.

    Raises:
        OSError: no such model, or no network.
    """
    from huggingface_hub import HfApi, hf_hub_download

    info = HfApi().model_info(model_id, revision=revision or None)
    names = wanted_files([sibling.rfilename for sibling in info.siblings or []])
    progress = Progress("prefetch", (info.sha or "")[:8], len(names))
    folder = ""
    for name in names:
        start = time.perf_counter()
        path = hf_hub_download(model_id, name, revision=info.sha)
        folder = path[: -len(name)].rstrip("/")
        size = os.path.getsize(path) / 2**20
        progress.item(name, f"{size:.1f} MiB", time.perf_counter() - start)
    return folder


def use_offline_if_cached(model_id: str, revision: str) -> bool:
    """
    Turns the Hub off for this process when a pinned model is already on the volume.

    Without a pinned commit only the Hub knows which one is the newest, so it is asked.

    Returns:
        whether it did.
    """
    if not revision or model_id.startswith("/"):
        return False
    from huggingface_hub import constants, snapshot_download

    with phase("check_cache"):
        try:
            snapshot_download(model_id, revision=revision, local_files_only=True)
        except OSError:  # LocalEntryNotFoundError among them
            return False
    constants.HF_HUB_OFFLINE = True
    os.environ["HF_HUB_OFFLINE"] = "1"  # for child processes
    return True
