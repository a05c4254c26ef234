"""Settings of the embeddings app: the common ones with its own defaults, and a few more."""

from __future__ import annotations

from dataclasses import dataclass

from appkit.settings import MODEL, NAME, Settings, setting

from .families import FAMILIES, RERANKER, TASKS, family_of


@dataclass(frozen=True, kw_only=True)
class EmbeddingSettings(Settings):
    """See `Settings`. Single topology: the HTTP server and the model share one container."""

    app_name: str = setting("APP_NAME", "embeddings", pattern=NAME)
    model_id: str = setting("APP_MODEL_ID", "hkunlp/instructor-xl", pattern=MODEL)
    family: str = setting("APP_FAMILY", "auto", choices=("auto", *FAMILIES, RERANKER))
    default_task: str = setting("APP_DEFAULT_TASK", "document", choices=("none", *TASKS))
    max_length: int = setting("APP_MAX_LENGTH", 0, minimum=0, maximum=131_072)
    max_containers: int = setting("APP_MAX_CONTAINERS", 4, minimum=1, maximum=100)
    timeout_s: int = setting("APP_TIMEOUT_S", 120, minimum=1, maximum=86400)
    startup_timeout_s: int = setting("APP_STARTUP_TIMEOUT_S", 600, minimum=30, maximum=3600)
    max_inputs: int = setting("APP_MAX_INPUTS", 64, minimum=1, maximum=1000)
    target_inputs: int = setting("APP_TARGET_INPUTS", 32, minimum=1, maximum=1000)
    auth: str = setting("APP_AUTH", "proxy", choices=("key", "proxy", "both", "none"))
    transport: str = setting("APP_TRANSPORT", "function", choices=("function", "server"))

    @property
    def model_family(self) -> str:
        """The family that is set, or the one that the model's name tells."""
        return family_of(self.model_id) if self.family == "auto" else self.family

    @property
    def is_reranker(self) -> bool:
        """Whether the model gives scores for pairs of texts, and no vectors."""
        return self.model_family == RERANKER

    def problems(self) -> list[str]:
        """Adds the target of concurrency, and the type in which some models overflow."""
        problems = super().problems()
        if self.target_inputs > self.max_inputs:
            problems.append("APP_TARGET_INPUTS must not be larger than APP_MAX_INPUTS")
        family = FAMILIES.get(self.model_family)
        if self.dtype == "float16" and family and not family.float16:
            problems.append(
                f"APP_DTYPE=float16: {self.model_family} models overflow in it; use auto, bfloat16 or float32"
            )
        return problems

    def notes(self) -> list[str]:
        """Adds what scanners without a credential could cost."""
        notes = super().notes()
        if self.auth == "key":
            notes.append(
                "APP_AUTH=key: any request starts the GPU before its key is checked; proxy does not."
            )
        return notes
