"""Where the files of each SAE are. A source is one SAE, such as `5-res-jb`; a set is one for each layer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONFIG = "cfg.json"
WEIGHTS = "sae_weights.safetensors"
SPARSITY = "sparsity.safetensors"


@dataclass(frozen=True)
class Source:
    """
    Parameters:
        folder: absolute path, or path within `repo`.
        repo: Hub id; '' for a local folder.
        revision: commit of the repository; '' for the newest.
        overrides: what its `cfg.json` does not say.
    """

    id: str
    set: str
    folder: str
    repo: str = ""
    revision: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HubSet:
    """A set on the Hub: folder of each source within the repository."""

    repo: str
    folders: Mapping[str, str]
    overrides: Mapping[str, Any]


HUB_SETS = {
    "res-jb": HubSet(
        "jbloom/GPT2-Small-SAEs-Reformatted",
        {f"{layer}-res-jb": f"blocks.{layer}.hook_resid_pre" for layer in range(12)}
        | {"12-res-jb": "blocks.11.hook_resid_post"},
        # Trained on a model whose writing weights were centred, which its files do not say.
        {"model_from_pretrained_kwargs": {"center_writing_weights": True}},
    ),
}


def catalogue(sets: Sequence[str], path: str, revision: str = "") -> dict[str, Source]:
    """
    Every source of the sets by its id, layers in order.

    Parameters:
        path: folder that holds a folder for each set; '' takes the sets from the Hub.
        revision: commit of the sets on the Hub; '' for the newest.

    Raises:
        FileNotFoundError: a set's folder is missing or has no SAE.
    """
    found = [source for name in sets for source in (_local(name, path) if path else _hub(name, revision))]
    return {source.id: source for source in found}


def _hub(name: str, revision: str) -> list[Source]:
    known = HUB_SETS[name]
    return [
        Source(source, name, folder, known.repo, revision, known.overrides)
        for source, folder in known.folders.items()
    ]


def _local(name: str, path: str) -> list[Source]:
    folders = [config.parent for config in Path(path, name).glob(f"*/{CONFIG}")]
    if not folders:
        raise FileNotFoundError(f"There is no SAE in {Path(path, name)} in this container.")
    overrides = HUB_SETS[name].overrides if name in HUB_SETS else {}
    return [
        Source(folder.name, name, str(folder), overrides=overrides) for folder in sorted(folders, key=_order)
    ]


def _order(folder: Path) -> list[int | str]:
    """Sorts `10-x` behind `9-x`. Text and numbers alternate, so that like is compared with like."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", folder.name)]


def known_sources(sets: Sequence[str], path: str) -> dict[str, list[str]]:
    """Ids by set as far as they are known without the worker's files: those of sets on the Hub."""
    return {} if path else {name: list(HUB_SETS[name].folders) for name in sets}
