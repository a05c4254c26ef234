"""The model's files on the cache volume: fetched ahead, completed after an interrupted fetch, read offline."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path, PurePosixPath

from .progress import Progress, phase

TEXTS = (".json", ".txt", ".model", ".jinja")
TENSORS = ".safetensors"
PICKLE = ".bin"  # fetched only where a folder has nothing else; torch reads nothing but data of it

log = logging.getLogger(__name__)


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
    Fetches a model into the Hub cache, with a progress line for each file. What is there in full is not fetched again.

    Returns:
        the folder of the snapshot.

    Raises:
        Exception: no such model, or no network; the Hub's client has many kinds.
    """
    from huggingface_hub import HfApi, hf_hub_download, snapshot_download

    info = HfApi().model_info(model_id, revision=revision or None, files_metadata=True)
    sizes = {sibling.rfilename: sibling.size for sibling in info.siblings or []}
    names = wanted_files(list(sizes))
    progress = Progress("prefetch", (info.sha or "")[:8], len(names))
    for name in names:
        start = time.perf_counter()
        path = hf_hub_download(model_id, name, revision=info.sha)
        if sizes[name] not in (None, os.path.getsize(path)):  # cut short by whatever copied the volume
            path = hf_hub_download(model_id, name, revision=info.sha, force_download=True)
        size = os.path.getsize(path) / 2**20
        progress.item(name, f"{size:.1f} MiB", time.perf_counter() - start)
    # Fetches nothing more, but notes the list of files beside them: by it `is_complete` can tell.
    return snapshot_download(model_id, revision=info.sha, allow_patterns=names)


def is_complete(model_id: str, commit: str) -> bool:
    """Whether the cache has every file of a commit that serving needs, in full. Asks nobody."""
    from huggingface_hub import constants, get_cached_repo_tree
    from huggingface_hub.errors import CachedRepoTreeNotFoundError
    from huggingface_hub.file_download import repo_folder_name

    try:
        tree = get_cached_repo_tree(model_id, revision=commit)
    except CachedRepoTreeNotFoundError:  # a folder alone does not tell what is missing in it
        return False
    sizes = {file.path: file.size for file in tree}
    model = Path(constants.HF_HUB_CACHE) / repo_folder_name(repo_id=model_id, repo_type="model")
    folder = model / "snapshots" / commit
    return all(_has(folder / name, sizes[name]) for name in wanted_files(list(sizes)))


def fetch_if_pinned(model_id: str, revision: str) -> bool:
    """
    Fetches what the volume lacks of a pinned model, and turns the Hub off for this process.

    Without a pinned commit only the Hub knows which one is the newest, so it is asked each time.

    Returns:
        whether the Hub is off. When it cannot be reached either, what loads the model says what is missing.
    """
    if not revision or model_id.startswith("/"):
        return False
    from huggingface_hub import constants

    with phase("check_cache"):
        complete = is_complete(model_id, revision)
    if not complete:
        try:
            download(model_id, revision)
        except (
            Exception
        ) as error:  # the Hub's client passes on those of its HTTP library, which it may change
            log.warning("%s could not be completed on the volume: %s", model_id, type(error).__name__)
            return False
    constants.HF_HUB_OFFLINE = True
    os.environ["HF_HUB_OFFLINE"] = "1"  # for child processes
    return True


def _has(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
