"""Settings of the SAE app: the common ones with its own defaults, the SAE sets, and several models in one deploy."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Self

from appkit.gpu import parse_gpu_list, prices
from appkit.settings import MODEL, NAME, Alias, SplitSettings, setting

from .names import hub_id, names_of
from .releases import UnknownSetError, current_name, hub_sources, notes_of
from .source import Source

LABEL = r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?"
SET = re.compile(r"\w[\w.-]{0,127}")
OPTIONAL_MODEL = r"[\w./-]{0,512}"
ENTRY_KEYS = {"label", "model", "revision", "gpu", "sets"}


@dataclass(frozen=True)
class ModelEntry:
    """One of several models. `gpu` '' takes APP_GPU."""

    label: str
    model: str
    sets: tuple[str, ...]
    gpu: str = ""
    revision: str = ""


@dataclass(frozen=True, kw_only=True)
class InterpSettings(SplitSettings):
    """See `SplitSettings`; APP_MODEL_ID may be a short name such as `gpt2-small`."""

    app_name: str = setting("APP_NAME", "sae-inference", pattern=NAME)
    model_id: str = setting(
        "APP_MODEL_ID", "openai-community/gpt2", pattern=MODEL, aliases=(Alias("MODEL_ID"),)
    )
    override_model_id: str = setting(
        "APP_OVERRIDE_MODEL_ID", "", pattern=OPTIONAL_MODEL, aliases=(Alias("OVERRIDE_MODEL_ID"),)
    )
    custom_hf_model_id: str = setting(
        "APP_CUSTOM_HF_MODEL_ID", "", pattern=OPTIONAL_MODEL, aliases=(Alias("CUSTOM_HF_MODEL_ID"),)
    )
    wire: str = setting("APP_WIRE", "neuronpedia", choices=("neuronpedia", "legacy"))
    neuronpedia_secret: str = setting("APP_NEURONPEDIA_SECRET", "", pattern=r"[\w.-]{0,64}")
    dtype: str = setting(
        "APP_DTYPE",
        "float32",
        choices=("auto", "float32", "bfloat16", "float16"),
        aliases=(Alias("MODEL_DTYPE"),),
    )
    scaledown_window_s: int = setting("APP_SCALEDOWN_WINDOW_S", 120, minimum=2, maximum=1200)
    startup_timeout_s: int = setting("APP_STARTUP_TIMEOUT_S", 600, minimum=30, maximum=3600)
    max_body_mb: int = setting("APP_MAX_BODY_MB", 4, minimum=1, maximum=512)
    max_inputs: int = setting("APP_MAX_INPUTS", 8, minimum=1, maximum=1000)
    target_inputs: int = setting("APP_TARGET_INPUTS", 4, minimum=1, maximum=1000)
    sae_sets: str = setting("APP_SAE_SETS", '["res-jb"]', aliases=(Alias("SAE_SETS"),))
    sae_path: str = setting("APP_SAE_PATH", "", pattern=r"(/[\w./-]{0,511})?")
    sae_revision: str = setting("APP_SAE_REVISION", "", pattern=r"([0-9a-f]{40})?")
    sae_dtype: str = setting(
        "APP_SAE_DTYPE",
        "float32",
        choices=("float32", "bfloat16", "float16"),
        aliases=(Alias("SAE_DTYPE"),),
    )
    max_loaded_saes: int = setting(
        "APP_MAX_LOADED_SAES", 13, minimum=1, maximum=1000, aliases=(Alias("MAX_LOADED_SAES"),)
    )
    token_limit: int = setting("APP_TOKEN_LIMIT", 512, minimum=2, maximum=8192)
    models: str = setting("APP_MODELS", "")
    label: str = setting("APP_LABEL", "", pattern=rf"({LABEL})?")

    @property
    def checkpoint(self) -> str:
        """Hub id or absolute path of the weights that are loaded."""
        return hub_id(self.custom_hf_model_id or self.override_model_id or self.model_id)

    @property
    def speaks_neuronpedia(self) -> bool:
        """Whether responses mean what those of Neuronpedia's own server do."""
        return self.wire == "neuronpedia"

    @property
    def sae_models(self) -> list[str]:
        """Names of the model that the SAEs are of, the most telling first."""
        given = (self.custom_hf_model_id, self.model_id, self.override_model_id)
        return [name for name in given if name]

    @property
    def sets(self) -> list[str]:
        """Names of the SAE sets that this model serves."""
        names: list[str] = json.loads(self.sae_sets)
        return names if self.sae_path else [current_name(name) for name in names]

    @property
    def names(self) -> set[str]:
        """What requests may call the model."""
        return names_of(self.model_id, self.label).union(*map(names_of, self.sae_models))

    def variants(self) -> list[Self]:
        """The settings of each model of the deployment; these themselves, unless APP_MODELS lists several."""
        if not self.models:
            return [self]
        return [self._variant(entry) for entry in _entries(self.models)]

    @property
    def container_rates(self) -> list[float]:
        """USD per hour of a container of each model."""
        try:
            return [variant.gpu_usd_per_hour for variant in self.variants()]
        except ValueError:  # `problems` says what is wrong with APP_MODELS
            return [self.gpu_usd_per_hour]

    def _variant(self, entry: ModelEntry) -> Self:
        return self.with_values(
            model_id=entry.model,
            model_revision=entry.revision,
            override_model_id="",
            custom_hf_model_id="",
            gpu=entry.gpu or self.gpu,
            sae_sets=json.dumps(list(entry.sets)),
            models="",
            label=entry.label,
        )

    def notes(self) -> list[str]:
        """Adds that the SAEs may change while nobody deploys, and what may start beside the workers."""
        notes = super().notes()
        if self.gpus:
            notes.append(
                "A call of run_inference_with_config starts one more GPU container, beside APP_MAX_CONTAINERS."
            )
        if not self.sae_path and not self.sae_revision:
            repos = sorted({source.repo for one in self.variants() for source in one._hub_sources()})
            notes += [f"APP_SAE_REVISION is empty: the newest commit of {repo} is used." for repo in repos]
        if not self.sae_path:
            for one in self.variants():
                for name in json.loads(one.sae_sets):
                    notes += notes_of(name, one.sae_models)
        return notes

    def problems(self) -> list[str]:
        found = super().problems()
        if self.target_inputs > self.max_inputs:
            found.append("APP_TARGET_INPUTS must not be larger than APP_MAX_INPUTS.")
        try:
            variants = self.variants()
        except ValueError as error:
            return [*found, f"APP_MODELS={self.models}: {error}"]
        for variant in variants:
            found += variant._set_problems()
        return found or self._cost_problems(variants)

    def _set_problems(self) -> list[str]:
        try:
            names = json.loads(self.sae_sets)
        except ValueError:
            names = None
        if not isinstance(names, list) or not all(
            isinstance(name, str) and SET.fullmatch(name) for name in names
        ):
            return [f'APP_SAE_SETS={self.sae_sets}: must be a JSON list of names, such as ["res-jb"]']
        found = []
        for name in [] if self.sae_path else names:
            try:
                hub_sources(name, self.sae_models)
            except UnknownSetError as error:
                found.append(
                    f"APP_SAE_SETS: {error}. SAEs of your own need APP_SAE_PATH, the folder that holds them"
                )
        return found

    def _hub_sources(self) -> list[Source]:
        return [source for name in self.sets for source in hub_sources(name, self.sae_models)]

    def _cost_problems(self, variants: list[Self]) -> list[str]:
        """The limit holds for all models together."""
        rates = [variant.gpu_usd_per_hour for variant in variants]
        total = sum(rates) * self.max_containers
        if len(rates) < 2 or total <= self.max_usd_per_hour:
            return []
        parts = " + ".join(f"${rate:.2f}" for rate in rates)
        return [
            f"APP_MAX_USD_PER_HOUR={self.max_usd_per_hour:g}: {self.max_containers} containers x ({parts}) = "
            f"${total:.2f} an hour (prices of {prices().as_of}). "
            "Lower APP_MAX_CONTAINERS, choose other GPUs, or raise the limit"
        ]


def _entries(text: str) -> list[ModelEntry]:
    """
    Raises:
        ValueError: no list of models with a label of its own each.
    """
    try:
        items = json.loads(text)
    except ValueError as error:
        raise ValueError("must be JSON") from error
    if not isinstance(items, list) or not items:
        raise ValueError("must be a list of {label, model, gpu, sets}")
    entries = [_entry(item) for item in items]
    names = [entry.label.replace("-", "_") for entry in entries]
    if len(set(names)) < len(names):
        raise ValueError("two models have the same label")
    return entries


def _entry(item: Any) -> ModelEntry:
    if not isinstance(item, dict) or not {"label", "model", "sets"} <= set(item) <= ENTRY_KEYS:
        raise ValueError("each model needs label, model and sets, and may have gpu and revision")
    label, model, sets = item["label"], item["model"], item["sets"]
    gpu, revision = item.get("gpu", ""), item.get("revision", "")
    if not isinstance(label, str) or not re.fullmatch(LABEL, label):
        raise ValueError(f"{label} is no label: lower-case letters, digits and hyphens, at most 40")
    if not isinstance(model, str) or not re.fullmatch(MODEL, model):
        raise ValueError(f"{model} is no model")
    if not isinstance(sets, list) or not all(isinstance(name, str) for name in sets):
        raise ValueError(f"the sets of {label} must be a list of names")
    if not isinstance(gpu, str) or not isinstance(revision, str):
        raise ValueError(f"gpu and revision of {label} must be text")
    if gpu:
        parse_gpu_list(gpu)
    return ModelEntry(label, model, tuple(sets), gpu, revision)
