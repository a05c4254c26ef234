"""Settings of the financial analyst: the common ones with its own defaults."""

from __future__ import annotations

from dataclasses import dataclass

from appkit.gpu import over_budget
from appkit.settings import Settings, setting


@dataclass(frozen=True, kw_only=True)
class FinbertSettings(Settings):
    """See `Settings`; APP_MODEL_ID is a Hub id or the absolute path of a checkpoint."""

    app_name: str = setting("APP_NAME", "finbert-analyst", pattern=r"[a-z0-9-]{1,40}")
    model_id: str = setting("APP_MODEL_ID", "yiyanghkust/finbert-tone", pattern=r"[\w./-]{1,512}")
    max_body_mb: int = setting("APP_MAX_BODY_MB", 48, minimum=1, maximum=512)

    def problems(self) -> list[str]:
        """Adds that the containers together must stay within the hourly limit."""
        problems = super().problems()
        if not problems and (text := over_budget(self.gpus, self.max_containers, self.max_usd_per_hour)):
            problems = [text]
        return problems
