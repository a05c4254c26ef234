"""The response in Markdown, made of the sections that the question asks for."""

from __future__ import annotations

from collections.abc import Sequence

from .analysis import Numbers
from .figures import Check, Statement
from .forecast import Forecast
from .ratios import Ratio
from .response_sections import RATIO_SECTIONS, Section
from .sentiment import SentenceScore, Sentiment

TITLES = {
    "liquidity": "Liquidity",
    "profitability": "Profitability",
    "leverage": "Leverage",
    "efficiency": "Efficiency",
    "cash": "Cash flow",
    "growth": "Growth",
}
HEADLINES = (
    "revenue",
    "gross_profit",
    "operating_income",
    "net_income",
    "operating_cash_flow",
    "total_assets",
    "equity",
)
NOTHING = "\u2013"
REASONS = {
    "missing_input": NOTHING,
    "division_by_zero": "n/a",
    "not_meaningful": "n/m",
    "incomplete": "incomplete",
    "withheld": "withheld",
}
MOST_PERIODS = 5


def render(numbers: Numbers, sentiment: Sentiment | None, sections: Sequence[Section]) -> str:
    """
    Puts sections into Markdown.

    Parameters:
        sentiment: None when it was not asked for, or when there is none.
        sections: in the order in which they are wanted; one without content is left out.
    """
    parts = ["# Financial analysis"]
    for section in sections:
        if section == "summary":
            parts.append(_summary(numbers.statement))
        elif section in RATIO_SECTIONS:
            parts.append(_ratios(section, numbers.ratios, numbers.statement))
        elif section == "sentiment" and sentiment:
            parts.append(_sentiment(sentiment))
        elif section == "forecast" and numbers.forecasts:
            parts.append(_forecast(numbers.forecasts))
        elif section == "checks" and numbers.checks:
            parts.append(_checks(numbers.checks))
    return "\n\n".join(part for part in parts if part)


def format_amount(value: float) -> str:
    """Millions and billions with one decimal, smaller amounts in full."""
    for limit, suffix in ((1e9, "B"), (1e6, "M")):
        if abs(value) >= limit:
            return f"{value / limit:,.1f}{suffix}"
    return f"{value:,.0f}"


def format_ratio(ratio: Ratio) -> str:
    """The value with its unit, or a short reason for its absence."""
    if ratio.value is None:
        return REASONS[ratio.status]
    if ratio.unit == "percent":
        return f"{ratio.value:.1f}%"
    if ratio.unit == "currency":
        return format_amount(ratio.value)
    return f"{ratio.value:.0f} days" if ratio.unit == "days" else f"{ratio.value:.2f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def _summary(statement: Statement) -> str:
    periods = statement.periods[:MOST_PERIODS]
    rows = []
    for key in HEADLINES:
        values = [statement.value(key, period) for period in periods]
        if any(value is not None for value in values):
            cells = [NOTHING if value is None else format_amount(value) for value in values]
            rows.append([key.replace("_", " ").capitalize(), *cells])
    if not rows:
        return "## Summary\n\nThe files hold no line items that are known."
    unit = f" ({statement.currency})" if statement.currency else ""
    return f"## Summary{unit}\n\n" + _table(["Item", *(period.label for period in periods)], rows)


def _ratios(group: str, ratios: Sequence[Ratio], statement: Statement) -> str:
    periods = [period.label for period in statement.periods[:MOST_PERIODS]]
    values = {(ratio.key, ratio.period): ratio for ratio in ratios if ratio.group == group}
    labels = {ratio.key: ratio.label for ratio in values.values()}
    rows = []
    for key, label in labels.items():
        found = [values.get((key, period)) for period in periods]
        if any(ratio and ratio.value is not None for ratio in found):
            rows.append([label, *(format_ratio(ratio) if ratio else NOTHING for ratio in found)])
    return f"## {TITLES[group]}\n\n" + _table(["Ratio", *periods], rows) if rows else ""


def _sentiment(sentiment: Sentiment) -> str:
    lines = [
        "## Sentiment",
        f"**{sentiment.label.capitalize()}** ({sentiment.score:+.2f} on a scale from -1 to 1) over "
        f"{sentiment.sentences} sentences.",
    ]
    for title, sentences in (
        ("Most positive", sentiment.top_positive),
        ("Most negative", sentiment.top_negative),
    ):
        if sentences:
            lines.append(f"{title}:\n\n" + "\n".join(_quote(sentence) for sentence in sentences))
    return "\n\n".join(lines)


def _quote(sentence: SentenceScore) -> str:
    return f"- {sentence.text} ({sentence.score:+.2f})"


def _forecast(forecasts: Sequence[Forecast]) -> str:
    rows = [
        [
            forecast.key.replace("_", " ").capitalize(),
            forecast.method,
            forecast.period,
            format_amount(forecast.value),
            f"{format_amount(forecast.low)} to {format_amount(forecast.high)}",
        ]
        for forecast in forecasts
    ]
    head = ["Item", "Method", "Period", "Value", "80% interval"]
    return "## Forecast\n\nExtrapolated from past years.\n\n" + _table(head, rows)


def _checks(checks: Sequence[Check]) -> str:
    lines = [
        f"- {'OK' if check.ok else 'DIFFERS'} {check.period}: {check.name} ({check.detail})"
        for check in checks
    ]
    return "## Checks\n\n" + "\n".join(lines)
