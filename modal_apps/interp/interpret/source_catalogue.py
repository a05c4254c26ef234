"""Where the files of each SAE are. A source is one SAE, such as `5-res-jb`; a set is one for each layer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .releases import UnknownSetError, current_name, hub_sources, order_of
from .source import Source

# By format: the file that tells it, in this order, since two of them have a config.json.
MARKS = {
    "saelens": "cfg.json",
    "gemma_2": "params.npz",
    "gemma_3": "params.safetensors",
    "llama_scope": "hyperparams.json",
    "dictionary_learning_1": "ae.pt",
    "llama_scope_r1_distill": "sae_weights.safetensors",
}


def catalogue(
    sets: Sequence[str], path: str, revision: str = "", models: Sequence[str] = ()
) -> dict[str, Source]:
    """
    Every source of the sets by its id, layers in order.

    Parameters:
        path: folder that holds a folder for each set; '' takes the sets from the Hub.
        revision: commit of the sets on the Hub; '' for the newest.
        models: names of the model that is served.

    Raises:
        FileNotFoundError: a set's folder is missing or has no SAE.
        UnknownSetError: a set that is not on the Hub.
    """
    return {
        source.id: source
        for name in sets
        for source in (_local(name, path, models) if path else hub_sources(name, models, revision))
    }


def _local(name: str, path: str, models: Sequence[str]) -> list[Source]:
    folders = {
        folder: kind
        for kind, mark in reversed(MARKS.items())
        for folder in (found.parent for found in Path(path, name).glob(f"*/{mark}"))
    }
    if not folders:
        raise FileNotFoundError(f"There is no SAE in {Path(path, name)} in this container.")
    known = _known_on_hub(name, models)
    return [
        Source(
            folder.name,
            name,
            str(folder),
            overrides=known[folder.name].overrides if folder.name in known else {},
            format=folders[folder],
        )
        for folder in sorted(folders, key=lambda folder: order_of(folder.name))
    ]


def _known_on_hub(name: str, models: Sequence[str]) -> dict[str, Source]:
    """Copies of sets on the Hub: their files do not say all of what SAELens' list does."""
    try:
        named = [model for model in models if not model.startswith("/")]  # a folder does not tell whose it is
        return {source.id: source for source in hub_sources(name, named)}
    except UnknownSetError:
        return {}


def known_sources(sets: Sequence[str], path: str, models: Sequence[str] = ()) -> dict[str, list[str]]:
    """Ids by set as far as they are known without the worker's files: those of sets on the Hub."""
    if path:
        return {}
    return {current_name(name): [source.id for source in hub_sources(name, models)] for name in sets}
