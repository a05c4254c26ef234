"""Settings of the vLLM app: the common ones with its own defaults, and those of the engine."""

from __future__ import annotations

import json
from dataclasses import dataclass

from appkit.settings import MODEL, NAME, Alias, setting
from appkit.vllm_server.command import split_names
from appkit.vllm_server.settings import VllmSettings

from .routes import GROUPS, OPEN_BY_DEFAULT

WORD = r"[\w.-]{0,64}"


@dataclass(frozen=True, kw_only=True)
class LlmSettings(VllmSettings):
    """See `Settings`. Single topology: gateway and engine share one GPU container."""

    app_name: str = setting("APP_NAME", "vllm-server", pattern=NAME)
    model_id: str = setting(
        "APP_MODEL_ID", "Qwen/Qwen2.5-7B-Instruct", pattern=MODEL, aliases=(Alias("MODAL_MODEL"),)
    )
    gpu: str = setting("APP_GPU", "L40S", pattern=r"[\w!+:, -]{1,80}", aliases=(Alias("MODAL_GPU_TYPE"),))
    max_containers: int = setting("APP_MAX_CONTAINERS", 1, minimum=1, maximum=100)
    scaledown_window_s: int = setting(
        "APP_SCALEDOWN_WINDOW_S",
        300,
        minimum=2,
        maximum=1200,
        aliases=(Alias("MODAL_SCALEDOWN_WINDOW_MINUTES", 60),),
    )
    timeout_s: int = setting("APP_TIMEOUT_S", 900, minimum=1, maximum=86400)
    startup_timeout_s: int = setting("APP_STARTUP_TIMEOUT_S", 1200, minimum=30, maximum=3600)
    max_inputs: int = setting("APP_MAX_INPUTS", 64, minimum=1, maximum=1000)
    target_inputs: int = setting("APP_TARGET_INPUTS", 32, minimum=1, maximum=1000)
    snapshot: str = setting("APP_SNAPSHOT", "gpu", choices=("off", "cpu", "gpu"))
    auth: str = setting("APP_AUTH", "proxy", choices=("key", "proxy", "both", "none"))
    transport: str = setting("APP_TRANSPORT", "function", choices=("function", "server"))
    served_name: str = setting("APP_SERVED_NAME", "", pattern=r"[\w./-]{0,256}")
    max_model_len: int = setting("APP_MAX_MODEL_LEN", 8192, minimum=16, maximum=10_000_000)
    max_num_seqs: int = setting("APP_MAX_NUM_SEQS", 64, minimum=1, maximum=4096)
    fast_boot: bool = setting("APP_FAST_BOOT", False)
    quantization: str = setting("APP_QUANTIZATION", "", pattern=WORD)
    tool_parser: str = setting("APP_TOOL_PARSER", "", pattern=WORD)
    reasoning_parser: str = setting("APP_REASONING_PARSER", "", pattern=WORD)
    chat_template: str = setting("APP_CHAT_TEMPLATE", "", pattern=r"[\w./-]{0,512}")
    speculative: str = setting("APP_SPECULATIVE", "", pattern=r".{0,2000}")
    media_hosts: str = setting(
        "APP_MEDIA_HOSTS", "", pattern=r"([a-z0-9.-]{1,253}(, ?[a-z0-9.-]{1,253}){0,31})?"
    )
    routes: str = setting("APP_ROUTES", OPEN_BY_DEFAULT, pattern=r"[a-z]{1,16}(, ?[a-z]{1,16}){0,15}")

    @property
    def served_names(self) -> list[str]:
        """
        What a request may give as `model`: the names of `--served-model-name` among the engine's arguments, else the
        served name, else the model's id; and always `llm`.
        """
        given = split_names(self.extra_arguments)[0]
        return list(dict.fromkeys([*(given or [self.served_name or self.model_id]), "llm"]))

    @property
    def engine_args(self) -> tuple[str, ...]:
        """The user's arguments of the engine without the served names, which `served_names` has."""
        return split_names(self.extra_arguments)[1]

    @property
    def route_groups(self) -> list[str]:
        """Names of the groups of routes that are let through."""
        return list(dict.fromkeys(self.routes.replace(",", " ").split()))

    @property
    def media_host_names(self) -> tuple[str, ...]:
        """Hosts from which the engine may fetch what a request names."""
        return tuple(self.media_hosts.replace(",", " ").split())

    def problems(self) -> list[str]:
        """Adds the target of concurrency and what is no JSON."""
        problems = super().problems()
        if self.target_inputs > self.max_inputs:
            problems.append("APP_TARGET_INPUTS must not be larger than APP_MAX_INPUTS")
        if unknown := [name for name in self.route_groups if name not in GROUPS]:
            problems.append(f"APP_ROUTES: there is no {', '.join(unknown)}, only {', '.join(GROUPS)}")
        try:
            json.loads(self.speculative or "{}")
        except json.JSONDecodeError as error:
            problems.append(f"APP_SPECULATIVE={self.speculative}: is no JSON ({error.msg} at {error.pos})")
        return problems

    def notes(self) -> list[str]:
        """Adds what scanners without a credential could cost."""
        notes = super().notes()
        if self.auth == "key":
            notes.append(
                "APP_AUTH=key: any request starts the GPU before its key is checked; proxy does not."
            )
        return notes
