"""
The sets of SAEs that SAELens knows on the Hub, by the names of Neuronpedia (`gemmascope-res-16k`, which several
models have) and of SAELens' releases (`gemma-scope-2b-pt-res-canonical`). `releases.json` is made of SAELens' own
list by tests/interp/make_releases.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from .names import hub_id
from .source import Source

# Names of older guides, and the set of today that is meant.
RENAMED = {"llamascope-r1-res-32k": "llamascope-slimpj-openr1-res-32k"}
# Formats whose sources are single files, not folders.
FILES = ("connor_rob_hook_z", "deepseek_r1", "goodfire", "qwen_scope")
MOST_SUGGESTED = 3
DEFAULT_MODEL = "openai-community/gpt2"


class UnknownSetError(ValueError):
    """There is no such set for the model, or none that can be served; the text says why."""


@dataclass(frozen=True)
class Release:
    """One entry of SAELens' list; rows are [id, path or '', name on Neuronpedia, normalization factor]."""

    name: str
    raw: dict[str, Any]

    @property
    def model(self) -> str:
        """Hub id of the model that it was trained on."""
        return hub_id(self.raw["model"])

    def sources(self, set_name: str, rows: Sequence[tuple[str, list[Any]]], revision: str) -> list[Source]:
        """
        Parameters:
            rows: with the id that each source shall have.
            revision: commit of the repository; '' for the newest.
        """
        return [self._source(set_name, identifier, row, revision) for identifier, row in rows]

    def _source(self, set_name: str, identifier: str, row: list[Any], revision: str) -> Source:
        sae, path, _, factor = [*row, "", "", 0][:4] if len(row) < 4 else row
        path = path or sae
        folder, _, file = path.rpartition("/") if self.raw["format"] in FILES else (path, "", "")
        overrides = dict(self.raw.get("overrides", {}))
        if factor:
            overrides["norm_scaling_factor"] = factor
        return Source(
            id=identifier,
            set=set_name,
            folder=folder,
            repo=self.raw["repo"],
            revision=revision,
            overrides=overrides,
            format=self.raw["format"],
            file=file,
        )


@cache
def _releases() -> dict[str, Release]:
    listed = json.loads(Path(__file__).with_name("releases.json").read_text())["releases"]
    return {name: Release(name, raw) for name, raw in listed.items()}


def _named(row: list[Any]) -> str:
    return row[2] if len(row) > 2 else ""


@cache
def _by_set() -> dict[str, dict[str, list[tuple[Release, list[Any]]]]]:
    """By set of Neuronpedia and Hub id of the model: release and row of each of its SAEs."""
    found: dict[str, dict[str, list[tuple[Release, list[Any]]]]] = {}
    for release in _releases().values():
        for row in release.raw["saes"]:
            if name := _named(row):
                model, set_name = parts_of(name)
                found.setdefault(set_name, {}).setdefault(hub_id(model), []).append((release, row))
    return found


def parts_of(name: str) -> tuple[str, str]:
    """`gpt2-small/0-res-jb` to the model and the set: `gpt2-small`, `res-jb`."""
    model, _, source = name.partition("/")
    return model, source.partition("-")[2]


def current_name(name: str) -> str:
    """The name that a set has today."""
    return RENAMED.get(name, name)


def hub_sources(name: str, models: Sequence[str], revision: str = "") -> list[Source]:
    """
    The sources of a set on the Hub, layers in order.

    Parameters:
        name: of Neuronpedia or of a release of SAELens.
        models: names and Hub ids of the model that is served, the most telling first.
        revision: commit of the repository; '' for the newest.

    Raises:
        UnknownSetError: there is no such set for the model, or it cannot be served.
    """
    name = current_name(name)
    if release := _releases().get(name):
        # Ids of a release are not unique among releases: they name hooks and widths.
        rows = [(f"{name}/{row[0]}", row) for row in release.raw["saes"]]
        if not rows:
            raise UnknownSetError(f"{name} holds {_reason(release)}, which cannot be served")
        return release.sources(name, rows, revision)
    models_of_set = _by_set().get(name, {})
    wanted = [hub_id(model) for model in models]
    match = next((model for model in wanted if model in models_of_set), None)
    if match is None and models_of_set and wanted and all(model.startswith("/") for model in wanted):
        match = _of_a_folder(models_of_set)
    if match is None:
        raise UnknownSetError(_why_unknown(name, wanted, sorted(models_of_set)))
    found = {
        source.id: source
        for release, row in models_of_set[match]
        for source in release.sources(name, [(_named(row).partition("/")[2], row)], revision)
    }
    return sorted(found.values(), key=lambda source: order_of(source.id))


def _of_a_folder(models: Iterable[str]) -> str:
    """A folder does not tell whose model it is: the app's own default, or else the first."""
    known = sorted(models)
    return DEFAULT_MODEL if DEFAULT_MODEL in known else known[0]


def _why_unknown(name: str, wanted: Sequence[str], models: Sequence[str]) -> str:
    if models:
        has = ", ".join(models)
        other = wanted[0] if wanted else "this model"
        return (
            f"{name} is a set of {has}, not of {other}; name the model that the SAEs are of in APP_MODEL_ID"
        )
    for release in _releases().values():
        for reason, names in release.raw.get("refused", {}).items():
            if any(parts_of(one)[1] == name for one in names):
                return f"{name} holds {_words(reason)}, which cannot be served"
    close = get_close_matches(name, [*_by_set(), *_releases()], MOST_SUGGESTED)
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    return f"{name} is no set that Neuronpedia or SAELens has on the Hub{hint}"


def _reason(release: Release) -> str:
    return _words(next(iter(release.raw.get("refused", {"nothing": []}))))


def _words(reason: str) -> str:
    return {"transcoder": "transcoders", "temporal": "temporal SAEs"}.get(reason, reason)


def notes_of(name: str, models: Sequence[str]) -> Iterator[str]:
    """What somebody who deploys should know of a set on the Hub."""
    if (current := current_name(name)) != name:
        yield f"APP_SAE_SETS: {name} is read as {current}."
    of_set = _by_set().get(current, {})
    if len(of_set) > 1 and models and all(model.startswith("/") for model in models):
        yield (
            f"APP_SAE_SETS: {current} is taken to be that of {_of_a_folder(of_set)}, since a folder does not tell. "
            "Else name the model in APP_MODEL_ID, and the folder in APP_OVERRIDE_MODEL_ID."
        )
    release = _releases().get(current)
    if release and release.model not in [hub_id(model) for model in models]:
        yield f"APP_SAE_SETS: {current} was trained on {release.model}, not on {models[0]}."


def order_of(identifier: str) -> list[int | str]:
    """Sorts `10-x` behind `9-x`. Text and numbers alternate, so that like is compared with like."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", identifier)]
