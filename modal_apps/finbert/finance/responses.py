"""Response bodies."""

from __future__ import annotations

from dataclasses import dataclass

from .figures import Check, Notice, Value, Withheld
from .forecast import Forecast
from .ratios import Ratio
from .sentiment import Label, Probabilities, Sentiment

DISCLAIMER = "Computed from the files as given. Not investment advice; forecasts are extrapolations."


@dataclass(frozen=True)
class ModelRef:
    """`revision` is '' when the newest commit is used."""

    id: str
    revision: str


@dataclass(frozen=True)
class FileOut:
    """`kind` is '' for a file that could not be read; the warning says why."""

    name: str
    kind: str
    bytes: int
    sha256: str
    tables: int
    line_items: int
    text_chars: int
    warnings: list[str]


@dataclass(frozen=True)
class RatiosOut:
    """
    `periods` are newest first, with their last days in `period_ends` ('' when unknown); values are in units of
    `currency`. `withheld` are numbers that stand in the files and are in no line item and no ratio; `warning_details`
    say which figures a warning is about.
    """

    ratios: list[Ratio]
    line_items: dict[str, list[Value]]
    periods: list[str]
    currency: str | None
    unit_scale: int
    files: list[FileOut]
    checks: list[Check]
    warnings: list[str]
    warning_details: list[Notice]
    withheld: list[Withheld]
    period_ends: dict[str, str]
    request_id: str
    timing_ms: dict[str, float]


@dataclass(frozen=True)
class AnalyzeOut:
    """As `RatiosOut`. `response` is Markdown; `logs` are the log lines of this request; times are in milliseconds."""

    response: str
    logs: str
    request_id: str
    sections: list[str]
    files: list[FileOut]
    periods: list[str]
    currency: str | None
    unit_scale: int
    line_items: dict[str, list[Value]]
    ratios: list[Ratio]
    sentiment: Sentiment | None
    forecast: list[Forecast]
    checks: list[Check]
    warnings: list[str]
    warning_details: list[Notice]
    withheld: list[Withheld]
    period_ends: dict[str, str]
    timing_ms: dict[str, float]
    model: ModelRef
    disclaimer: str = DISCLAIMER


@dataclass(frozen=True)
class TextSentiment:
    """`score` is the probability of `label`."""

    label: Label
    score: float
    probabilities: Probabilities | None


@dataclass(frozen=True)
class SentimentOut:
    """Results in the order of the texts; times are in milliseconds."""

    results: list[TextSentiment]
    model: ModelRef
    request_id: str
    timing_ms: dict[str, float]
