"""Settings of the financial analyst: the common ones with its own defaults."""

from __future__ import annotations

from dataclasses import dataclass

from appkit.settings import MODEL, NAME, SplitSettings, setting

from .model_labels import CLASSES

_CLASS = f"({'|'.join(CLASSES)})"


@dataclass(frozen=True, kw_only=True)
class FinbertSettings(SplitSettings):
    """
    See `SplitSettings`; APP_MODEL_ID is a Hub id or the absolute path of a checkpoint, APP_LABELS says what its
    classes are where the checkpoint does not.
    """

    app_name: str = setting("APP_NAME", "finbert-analyst", pattern=NAME)
    model_id: str = setting("APP_MODEL_ID", "yiyanghkust/finbert-tone", pattern=MODEL)
    labels: str = setting("APP_LABELS", "", pattern=f"({_CLASS},{_CLASS},{_CLASS})?")
    max_body_mb: int = setting("APP_MAX_BODY_MB", 48, minimum=1, maximum=512)

    def problems(self) -> list[str]:
        """See `Settings`."""
        problems = super().problems()
        if self.labels and len(set(self.labels.split(","))) < len(CLASSES):
            problems.append(f"APP_LABELS={self.labels}: name each of {', '.join(CLASSES)} once.")
        return problems

    def notes(self) -> list[str]:
        """See `Settings`."""
        notes = super().notes()
        for gpu in self.gpus:
            name, _, cards = gpu.partition(":")
            if cards:
                notes.append(
                    f"APP_GPU={gpu}: FinBERT runs on one card, so the other {int(cards) - 1} would only cost. Use "
                    f"{name}; for more requests at once raise APP_MAX_CONTAINERS, each of which has a card."
                )
        return notes
