"""Settings of an app: environment variables read once, at deploy, and handed to the container unchanged."""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeVar, get_type_hints

from .cost_limits import over_hour, over_month, spending_notes
from .gpu import cuda_problem, parse_gpu_list, respelled, usd_per_hour

T = TypeVar("T", bound="Settings")
Kind = Literal["string", "integer", "number", "boolean"]

KINDS: Mapping[type, Kind] = {str: "string", int: "integer", float: "number", bool: "boolean"}
WORDS: Mapping[str, bool] = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
# Beside our settings in a container, but a secret: never read as a setting.
SECRET_NAMES = ("APP_API_KEY", "APP_PROXY_TOKEN")
NAME = r"[a-z0-9-]{1,40}"
MODEL = r"[\w./-]{1,512}"
DOMAIN = r"[\w-]+(\.[\w-]+)+"
DOMAINS = rf"({DOMAIN}(,{DOMAIN})*)?"
# Where Modal lets requests in; containers run in many more regions.
ROUTING_REGIONS = ("us-east", "us-west", "ca-central", "eu-west", "ap-south")


class SettingsError(ValueError):
    """One or more settings are wrong; the text has one line for each problem."""


@dataclass(frozen=True)
class Alias:
    """An older name of a variable, honoured at deploy; its numbers are multiplied by `factor`."""

    env: str
    factor: int = 1


@dataclass(frozen=True)
class Rule:
    """What a variable may hold. Bounds are inclusive; `pattern` must match the whole text."""

    env: str
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    choices: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()

    def allowed(self, kind: Kind, factor: int = 1) -> str:
        """The range in words, for a problem line; of an alias in its own unit."""
        if kind == "boolean":
            return "one of " + ", ".join(WORDS)
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.pattern:
            return f"text that matches {self.pattern}"
        bounds = [f">= {self.minimum / factor:g}"] if self.minimum is not None else []
        bounds += [f"<= {self.maximum / factor:g}"] if self.maximum is not None else []
        return "a number " + " and ".join(bounds)


def setting(env: str, default: str | float | bool, **limits: Any) -> Any:
    """A dataclass field that is read from `env`; `limits` are those of `Rule`."""
    return dataclasses.field(default=default, metadata={"rule": Rule(env, **limits)})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings that every app has. An app subclasses it to change defaults and to add its own."""

    app_name: str = setting("APP_NAME", "", pattern=NAME)
    model_id: str = setting("APP_MODEL_ID", "", pattern=MODEL)
    model_revision: str = setting("APP_MODEL_REVISION", "", pattern=r"([0-9a-f]{40})?")
    gpu: str = setting("APP_GPU", "A10", pattern=r"[\w!+:, -]{1,80}")
    dtype: str = setting("APP_DTYPE", "auto", choices=("auto", "float32", "bfloat16", "float16"))
    memory_mb: int = setting("APP_MEMORY_MB", 0, minimum=0, maximum=344_064)
    min_containers: int = setting("APP_MIN_CONTAINERS", 0, minimum=0, maximum=8)
    max_containers: int = setting("APP_MAX_CONTAINERS", 2, minimum=1, maximum=100)
    buffer_containers: int = setting("APP_BUFFER_CONTAINERS", 0, minimum=0, maximum=8)
    scaledown_window_s: int = setting("APP_SCALEDOWN_WINDOW_S", 60, minimum=2, maximum=1200)
    timeout_s: int = setting("APP_TIMEOUT_S", 300, minimum=1, maximum=86400)
    startup_timeout_s: int = setting("APP_STARTUP_TIMEOUT_S", 300, minimum=30, maximum=3600)
    snapshot: str = setting("APP_SNAPSHOT", "cpu", choices=("off", "cpu", "gpu"))
    auth: str = setting("APP_AUTH", "key", choices=("key", "proxy", "both", "none"))
    secret: str = setting("APP_SECRET", "modal-apps-key", pattern=r"[\w.-]{1,64}")
    secret_source: str = setting("APP_SECRET_SOURCE", "named", choices=("named", "dotenv"))
    hf_secret: str = setting("APP_HF_SECRET", "", pattern=r"[\w.-]{0,64}")
    sentry_secret: str = setting("APP_SENTRY_SECRET", "", pattern=r"[\w.-]{0,64}")
    volume: str = setting("APP_VOLUME", "modal-apps-hf-cache", pattern=r"[\w.-]{1,64}")
    region: str = setting("APP_REGION", "", pattern=r"[a-z0-9-]{0,40}")
    routing_region: str = setting("APP_ROUTING_REGION", "us-east", choices=ROUTING_REGIONS)
    custom_domains: str = setting("APP_CUSTOM_DOMAINS", "", pattern=DOMAINS)
    max_body_mb: int = setting("APP_MAX_BODY_MB", 8, minimum=1, maximum=512)
    max_usd_per_hour: float = setting("APP_MAX_USD_PER_HOUR", 5.0, minimum=0.01, maximum=10000)
    max_usd_per_month: float = setting("APP_MAX_USD_PER_MONTH", 0.0, minimum=0, maximum=1_000_000)
    log_level: str = setting("APP_LOG_LEVEL", "INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
    log_format: str = setting("APP_LOG_FORMAT", "text", choices=("text", "json"))
    hub_offline: bool = setting("HF_HUB_OFFLINE", False)

    @property
    def wants_key(self) -> bool:
        """Whether the app itself checks an API key."""
        return self.auth in ("key", "both")

    @property
    def wants_proxy(self) -> bool:
        """Whether Modal's proxy checks a token before a request reaches the app."""
        return self.auth in ("proxy", "both")

    @property
    def gpus(self) -> list[str]:
        """GPU strings in order of preference, in Modal's spelling; empty for a worker without a GPU."""
        return parse_gpu_list(self.gpu)

    @property
    def gpu_count(self) -> int:
        """Cards in one container, by the first choice; 0 without a GPU."""
        if not self.gpus:
            return 0
        return int(self.gpus[0].partition(":")[2] or 1)

    @property
    def gpu_usd_per_hour(self) -> float:
        """What one GPU container costs an hour, its region counted."""
        return usd_per_hour(self.gpus, self.region)

    @property
    def container_rates(self) -> list[float]:
        """The same for each GPU class of the app: one, unless it serves several models."""
        return [self.gpu_usd_per_hour]

    @property
    def snapshot_mode(self) -> str:
        """`snapshot`, but `cpu` in place of `gpu` unless there is exactly one card."""
        return "cpu" if self.snapshot == "gpu" and self.gpu_count != 1 else self.snapshot

    @property
    def domains(self) -> list[str]:
        """Domains of the user's own under which the app is served too."""
        return [domain for domain in self.custom_domains.split(",") if domain]

    def container_env(self) -> dict[str, str]:
        """The variables for a container. `load` of them gives these same settings."""
        values = ((rule.env, getattr(self, name)) for name, rule in rules(type(self)).items())
        return {env: str(int(value)) if isinstance(value, bool) else str(value) for env, value in values}

    def problems(self) -> list[str]:
        """What is wrong with the settings together; an app adds its own."""
        try:
            gpus = self.gpus
        except ValueError as error:
            return [f"APP_GPU={self.gpu}: {error}"]
        if self.min_containers > self.max_containers:
            return ["APP_MIN_CONTAINERS must not be larger than APP_MAX_CONTAINERS."]
        found = [cuda_problem(gpus), over_hour(self), over_month(self)]
        return [problem for problem in found if problem]

    def notes(self) -> list[str]:
        """What somebody who deploys should know, one line each; an app adds its own."""
        notes = respelled(self.gpu)
        if not self.model_revision and not self.model_id.startswith("/"):
            notes.append(f"APP_MODEL_REVISION is empty: the newest commit of {self.model_id} is used.")
        if self.auth == "none":
            notes.append("APP_AUTH=none: anybody who knows the URL can use this app at your cost.")
        if self.snapshot != self.snapshot_mode:
            notes.append("APP_SNAPSHOT=gpu needs exactly one GPU: cpu is used.")
        return notes + spending_notes(self)

    def with_values(self, **changes: Any) -> Self:
        """A copy with some settings changed."""
        return dataclasses.replace(self, **changes)


@dataclass(frozen=True, kw_only=True)
class SplitSettings(Settings):
    """Of an app whose HTTP API is a CPU function of its own, in front of the GPU class."""

    web_max_containers: int = setting("APP_WEB_MAX_CONTAINERS", 4, minimum=1, maximum=100)
    web_min_containers: int = setting("APP_WEB_MIN_CONTAINERS", 0, minimum=0, maximum=8)
    web_max_inputs: int = setting("APP_WEB_MAX_INPUTS", 20, minimum=1, maximum=1000)

    def problems(self) -> list[str]:
        """Adds warm containers of the front that are more than allowed."""
        found = super().problems()
        if self.web_min_containers > self.web_max_containers:
            found.append("APP_WEB_MIN_CONTAINERS must not be larger than APP_WEB_MAX_CONTAINERS.")
        return found


def rules(cls: type[Settings]) -> dict[str, Rule]:
    """The rule of each setting, by field name."""
    return {field.name: field.metadata["rule"] for field in dataclasses.fields(cls)}


def kind_of(cls: type[Settings], name: str) -> Kind:
    """The type of a setting in the words of JSON schema."""
    return KINDS[get_type_hints(cls)[name]]


def load(cls: type[T], environ: Mapping[str, str]) -> T:
    """
    Reads the settings of an app.

    Raises:
        SettingsError: values out of range, or names that look like a misspelt setting; all of them at once.
    """
    known = rules(cls)
    problems = _misspelt({rule.env for rule in known.values()}, environ)
    values: dict[str, Any] = {}
    for name, rule in known.items():
        variable = Alias(rule.env) if rule.env in environ else _used_alias(rule, environ)
        if variable is None:
            continue
        text, kind = environ[variable.env], kind_of(cls, name)
        try:
            values[name] = _read(_scaled(text, variable.factor), kind, rule)
        except ValueError:
            problems.append(f"{variable.env}={text}: must be {rule.allowed(kind, variable.factor)}")
    if not problems:
        settings = cls(**values)
        problems = settings.problems()
        if not problems:
            return settings
    raise SettingsError("\n".join(problems))


def alias_notes(cls: type[Settings], environ: Mapping[str, str]) -> list[str]:
    """One line for each older name that is in use."""
    used = [
        (alias.env, rule.env)
        for rule in rules(cls).values()
        if rule.env not in environ and (alias := _used_alias(rule, environ))
    ]
    return [f"{old} is read as {new}." for old, new in used]


def load_or_exit(cls: type[T], environ: Mapping[str, str]) -> T:
    """`load` for an entry file: ends the deploy with one line for each problem and no traceback."""
    try:
        return load(cls, environ)
    except SettingsError as error:
        sys.exit(str(error))


def _used_alias(rule: Rule, environ: Mapping[str, str]) -> Alias | None:
    return next((alias for alias in rule.aliases if alias.env in environ), None)


def _scaled(text: str, factor: int) -> str:
    """The number in the setting's own unit; half of something larger may be a whole number there."""
    if factor == 1:
        return text
    number = float(text) * factor
    if not math.isfinite(number) or abs(number - round(number)) > 1e-6:
        return text  # which is no whole number, and refused as one
    return str(round(number))


def _read(text: str, kind: Kind, rule: Rule) -> str | float | bool:
    if kind == "boolean":
        if text.lower() not in WORDS:
            raise ValueError(text)
        return WORDS[text.lower()]
    if kind == "string":
        if (rule.choices and text not in rule.choices) or (
            rule.pattern and not re.fullmatch(rule.pattern, text)
        ):
            raise ValueError(text)
        return text
    number = int(text) if kind == "integer" else float(text)
    low = float("-inf") if rule.minimum is None else rule.minimum
    high = float("inf") if rule.maximum is None else rule.maximum
    if not low <= number <= high:  # also false for nan
        raise ValueError(text)
    return number


def _misspelt(known: set[str], environ: Mapping[str, str]) -> list[str]:
    """Other programs use APP_ names too, so only those close to one of ours are a problem."""
    problems = []
    for name in sorted(environ):
        if not name.startswith("APP_") or name in known or name in SECRET_NAMES:
            continue
        if close := difflib.get_close_matches(name, known, n=1, cutoff=0.85):
            problems.append(f"{name}: no such setting; did you mean {close[0]}?")
    return problems
