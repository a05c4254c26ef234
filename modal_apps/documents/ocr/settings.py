"""Settings of the document reader: the common ones with its own defaults, and its own."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import available_timezones

from appkit.settings import MODEL, NAME, SplitSettings, setting
from appkit.vllm_server.settings import VllmSettings

from .token_budget import DEFAULT_PIXELS, most_pixels

# The app counts on what it gives to these itself.
OWN_FLAGS = frozenset(
    {
        "--served-model-name",
        "--max-model-len",
        "--revision",
        "--limit-mm-per-prompt",
        "--mm-processor-kwargs",
        "--generation-config",
        "--enable-sleep-mode",
    }
)


@dataclass(frozen=True, kw_only=True)
class DocumentsSettings(SplitSettings, VllmSettings):
    """See `SplitSettings`; APP_MODEL_ID is the Hub id or the absolute path of a Qwen3-VL."""

    app_name: str = setting("APP_NAME", "documents-ocr", pattern=NAME)
    model_id: str = setting("APP_MODEL_ID", "Qwen/Qwen3-VL-8B-Instruct", pattern=MODEL)
    gpu: str = setting("APP_GPU", "L40S", pattern=r"[\w!+:, -]{1,80}")
    max_containers: int = setting("APP_MAX_CONTAINERS", 4, minimum=1, maximum=100)
    scaledown_window_s: int = setting("APP_SCALEDOWN_WINDOW_S", 120, minimum=2, maximum=1200)
    timeout_s: int = setting("APP_TIMEOUT_S", 1800, minimum=1, maximum=86400)
    startup_timeout_s: int = setting("APP_STARTUP_TIMEOUT_S", 1200, minimum=30, maximum=3600)
    max_body_mb: int = setting("APP_MAX_BODY_MB", 64, minimum=1, maximum=512)
    max_usd_per_hour: float = setting("APP_MAX_USD_PER_HOUR", 10.0, minimum=0.01, maximum=10000)
    snapshot: str = setting("APP_SNAPSHOT", "gpu", choices=("off", "cpu", "gpu"))
    engine: str = setting("APP_ENGINE", "vllm", choices=("vllm", "transformers"))
    sync_pages: int = setting("APP_SYNC_PAGES", 8, minimum=1, maximum=64)
    max_inputs: int = setting("APP_MAX_INPUTS", 16, minimum=1, maximum=1000)
    target_inputs: int = setting("APP_TARGET_INPUTS", 8, minimum=1, maximum=1000)
    max_model_len: int = setting("APP_MAX_MODEL_LEN", 16_384, minimum=1024, maximum=262_144)
    text_layer: str = setting("APP_TEXT_LAYER", "auto", choices=("auto", "off", "only"))
    allow_http: bool = setting("APP_ALLOW_HTTP", False)
    inbox: bool = setting("APP_INBOX", False)
    inbox_cron: str = setting("APP_INBOX_CRON", "0 2 * * *", pattern=r"[\d*/,-]+( [\d*/,A-Za-z-]+){4}")
    inbox_tz: str = setting("APP_INBOX_TZ", "UTC", pattern=r"[\w/+-]{1,64}")
    inbox_max: int = setting("APP_INBOX_MAX", 500, minimum=1, maximum=100_000)
    inbox_volume: str = setting("APP_INBOX_VOLUME", "documents-inbox", pattern=r"[\w.-]{1,64}")

    @property
    def pages_per_call(self) -> int:
        """Pages of a batch in one call of a worker: vLLM joins calls itself, transformers does not."""
        return 1 if self.engine == "vllm" else 4

    @property
    def own_flags(self) -> frozenset[str]:
        return OWN_FLAGS

    def notes(self) -> list[str]:
        notes = super().notes()
        if (most := most_pixels(self.max_model_len)) < DEFAULT_PIXELS:
            notes.append(
                f"APP_MAX_MODEL_LEN={self.max_model_len}: pages are scaled down to {most:,} pixels, where "
                f"{DEFAULT_PIXELS:,} are usual."
            )
        return notes

    def problems(self) -> list[str]:
        problems = super().problems()
        if self.target_inputs > self.max_inputs:
            problems.append("APP_TARGET_INPUTS must not be larger than APP_MAX_INPUTS.")
        zones = available_timezones() if self.inbox_tz != "UTC" else set()  # none on a machine without tzdata
        if zones and self.inbox_tz not in zones:
            problems.append(f"APP_INBOX_TZ={self.inbox_tz}: no such time zone")
        if self.engine == "vllm" and self.gpu.strip().lower() == "none":
            problems.append("APP_GPU=none needs APP_ENGINE=transformers: vLLM is installed for GPUs here.")
        return problems
