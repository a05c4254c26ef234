"""
`python make_releases.py PRETRAINED_SAES.YAML VERSION`: writes interp/interpret/releases.json from SAELens' own list.

The list is `sae_lens/pretrained_saes.yaml` in the package sae-lens, under the MIT licence. Its package cannot be in
the apps' images: it needs a second transformer library, data set tools and plotting, and takes longer to import
than a model to load. So what it knows is kept as data, and a test compares the two.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

TARGET = Path(__file__).resolve().parents[2] / "interp" / "interpret" / "releases.json"
LICENCE = "MIT License, Copyright (c) 2023 Joseph Bloom"
SAELENS = "saelens"
# By the name of SAELens' converter: what cannot be served, and why.
REFUSED = {
    "gemma_2_transcoder": "transcoder",
    "mwhanna_transcoder": "transcoder",
    "mntss_clt_layer_transcoder": "transcoder",
    "temporal": "temporal",
}
KEPT_OVERRIDES = ("model_from_pretrained_kwargs", "normalize_activations")


def releases(listed: Mapping[str, Any], version: str) -> dict[str, Any]:
    """
    Parameters:
        listed: SAELens' list as it is in its file.
        version: of sae-lens.

    Returns:
        by release: repository, model, format, overrides, and its SAEs as [id, path ('' for the id), name on
        Neuronpedia, normalization factor], cut after the last that is there. `refused` has instead the names on
        Neuronpedia of what cannot be served, by the reason.
    """
    found = {name: _release(release) for name, release in listed.items()}
    return {"origin": f"sae-lens {version}, pretrained_saes.yaml", "licence": LICENCE, "releases": found}


def _release(release: Mapping[str, Any]) -> dict[str, Any]:
    converter = release.get("conversion_func") or SAELENS
    overrides = {key: value for key, value in (release.get("config_overrides") or {}).items()}
    made: dict[str, Any] = {"repo": release["repo_id"], "model": release["model"], "format": converter}
    if kept := {key: overrides[key] for key in KEPT_OVERRIDES if key in overrides}:
        made["overrides"] = kept
    saes, refused = [], {}
    for sae in release["saes"]:
        if why := REFUSED.get(converter) or _is_transcoder(str(sae["path"])):
            refused.setdefault(why, []).append(sae.get("neuronpedia") or "")
        else:
            saes.append(_row(sae))
    made["saes"] = saes
    if refused:
        made["refused"] = {why: sorted({name for name in names if name}) for why, names in refused.items()}
    return made


def _is_transcoder(path: str) -> str:
    return "transcoder" if "transcoder" in path or path.startswith("clt") else ""


def _row(sae: Mapping[str, Any]) -> list[Any]:
    path = str(sae["path"])
    row = [
        "" if path == sae["id"] else path,
        sae.get("neuronpedia") or "",
        sae.get("norm_scaling_factor") or 0,
    ]
    while row and not row[-1]:
        row.pop()
    return [sae["id"], *row]


def text_of(made: Mapping[str, Any]) -> str:
    """JSON with a line for each release."""
    head = {key: value for key, value in made.items() if key != "releases"}
    lines = [
        f"    {json.dumps(name)}: {json.dumps(release, separators=(',', ':'))}"
        for name, release in sorted(made["releases"].items())
    ]
    body = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items())
    return "{\n" + body + ',\n  "releases": {\n' + ",\n".join(lines) + "\n  }\n}\n"


if __name__ == "__main__":
    listed = yaml.load(Path(sys.argv[1]).read_text(), Loader=yaml.CSafeLoader)
    TARGET.write_text(text_of(releases(listed, sys.argv[2])))
