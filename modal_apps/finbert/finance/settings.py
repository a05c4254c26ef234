"""Settings of the financial analyst: the common ones with its own defaults."""

from __future__ import annotations

from dataclasses import dataclass

from appkit.settings import MODEL, NAME, SplitSettings, setting


@dataclass(frozen=True, kw_only=True)
class FinbertSettings(SplitSettings):
    """See `SplitSettings`; APP_MODEL_ID is a Hub id or the absolute path of a checkpoint."""

    app_name: str = setting("APP_NAME", "finbert-analyst", pattern=NAME)
    model_id: str = setting("APP_MODEL_ID", "yiyanghkust/finbert-tone", pattern=MODEL)
    max_body_mb: int = setting("APP_MAX_BODY_MB", 48, minimum=1, maximum=512)
