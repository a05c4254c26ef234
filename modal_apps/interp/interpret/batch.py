"""A model that is chosen by a call, for programs that bring their own configuration."""

from __future__ import annotations

import gc
import json
from collections.abc import Mapping
from typing import Any

from appkit.settings import SettingsError, load

from .engine import Engine
from .settings import InterpSettings

_kept: dict[str, Engine] = {}


def run_with_config(
    settings: InterpSettings, values: Mapping[str, Any], prompts: list[str], num_results: int
) -> tuple[dict[str, Any], bool]:
    """
    Parameters:
        settings: of the deployment.
        values: fields of the settings in place of those; `sae_sets` as a list.
        prompts: empty to load the model and its SAEs' configurations alone.

    Returns:
        what was loaded and what fires on each prompt; and whether this process' GPU can be used no more.

    Raises:
        ValueError: a value, a set or a prompt that is wrong.
    """
    chosen = settings_of(settings, values)
    key = json.dumps(chosen.container_env(), sort_keys=True)
    if key not in _kept:
        _kept.clear()  # one model at a time fits on the GPU
        gc.collect()
        engine = Engine(chosen)
        engine.load()
        engine.to_device()
        _kept[key] = engine
    engine = _kept[key]
    results = engine.run_inference(prompts, [], num_results) if prompts else []
    return {
        "status": "success",
        "model_id": chosen.model_id,
        "checkpoint": chosen.checkpoint,
        "sae_sets": chosen.sets,
        "sources": engine.store.by_set(),
        "max_loaded_saes": chosen.max_loaded_saes,
        "results": results,
    }, engine.poisoned


def settings_of(settings: InterpSettings, values: Mapping[str, Any]) -> InterpSettings:
    """
    The settings of a call.

    Raises:
        ValueError: with every problem, one on a line.
    """
    changed = {**values, "sae_sets": json.dumps(list(values["sae_sets"]))}
    # Read as at a deploy, so that the same values are refused.
    try:
        wanted = settings.with_values(models="", label="", override_model_id="", **changed)
        return load(InterpSettings, wanted.container_env())
    except SettingsError as error:
        raise ValueError(str(error)) from error
