"""Holds an answer of the app against values that were read by hand."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus_periods import Span, span_of
from corpus_ratios import DERIVED, GROWTH, REFERENCE

SAME = 1e-9
SAME_RATIO = 1e-6
Expected = dict[str, Any]


@dataclass
class Score:
    """
    Parameters:
        wanted: how many values the statement has of the items that the app knows.
        found: how many of them the answer has, right.
        missing: the others, in words.
        wrong: values and ratios that are given as good and are not.
        ratios: how many ratios are given.
        withheld: how many are not, for a reason.
        lost: ratios that the values by hand allow and the answer does not give.
    """

    id: str
    wanted: int = 0
    found: int = 0
    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    ratios: int = 0
    withheld: int = 0
    lost: list[str] = field(default_factory=list)


def score(statement: dict[str, Any], answer: dict[str, Any]) -> Score:
    """
    Parameters:
        statement: of the corpus.
        answer: the body of /ratios, or an error's body, which has nothing right and nothing wrong.
    """
    result = Score(statement["id"])
    by_hand: list[Expected] = statement["expected"]
    ends: dict[str, str] = answer.get("period_ends") or {}
    spans = {label: span_of(label, ends, statement["labels"]) for label in answer.get("periods", [])}
    given = [
        (item, value["period"], value["value"])
        for item, values in answer.get("line_items", {}).items()
        for value in values
    ]
    for entry in by_hand:
        right = any(
            item == entry["item"] and fits(entry, spans[period]) and _among(value, entry["values"])
            for item, period, value in given
        )
        if entry.get("optional"):
            continue
        result.wanted += 1
        result.found += right
        if not right:
            result.missing.append(f"{entry['item']} {entry['months']}@{entry['end']}")
    for item, period, value in given:
        allowed = allowed_values(by_hand, item, spans[period])
        if not _among(value, allowed):
            result.wrong.append(f"{item} {period} = {value:,.6g}, by hand {allowed}")
    for ratio in answer.get("ratios", []):
        _score_ratio(statement, ratio, spans, result)
    return result


def fits(entry: Expected, span: Span) -> bool:
    """Whether a value by hand belongs to a period of the answer: a balance to each that ends on its day."""
    return span.is_at(entry["end"]) and entry["months"] in (0, span.months)


def allowed_values(by_hand: list[Expected], item: str, span: Span) -> list[float]:
    """The readings by hand of an item in a period; several where the statement allows them."""
    return [
        value for entry in by_hand if entry["item"] == item and fits(entry, span) for value in entry["values"]
    ]


def _score_ratio(
    statement: dict[str, Any], ratio: dict[str, Any], spans: dict[str, Span], result: Score
) -> None:
    name = f"{ratio['key']} {ratio['period']}"
    wanted = [] if ratio["key"] in statement["withheld"] else list(right_ratios(statement, ratio, spans))
    if ratio["value"] is None:
        result.withheld += 1
        if wanted:
            result.lost.append(f"{name}: {ratio['status']}")
        return
    result.ratios += 1
    if not any(abs(ratio["value"] - value) <= SAME_RATIO * max(1, abs(value)) for value in wanted):
        shown = [float(f"{value:.5g}") for value in wanted[:4]]
        result.wrong.append(f"{name} = {ratio['value']:.5g}, by hand {shown}")


def right_ratios(statement: dict[str, Any], ratio: dict[str, Any], spans: dict[str, Span]) -> Iterator[float]:
    """What a ratio may be: one value for each choice among the readings of its inputs."""
    by_hand, span = statement["expected"], spans[ratio["period"]]
    if ratio["key"] in GROWTH:
        yield from _growths(by_hand, GROWTH[ratio["key"]], span)
        return
    needs, compute = REFERENCE[ratio["key"]]
    names = [*needs, *(["short_term_investments"] if ratio["key"] in ("quick", "cash_ratio") else [])]
    choices = [_readings(by_hand, name, span) for name in names]
    if len(names) > len(needs):
        choices[-1] = choices[-1] or [0.0]
    yearly = 12 / span.months if span.months else 1.0
    if ratio["key"] == "free_cash_flow":
        yearly = 1.0  # an amount of the period itself
    for choice in itertools.product(*choices):
        amounts = {
            name: value if _is_balance(by_hand, name) else value * yearly
            for name, value in zip(names, choice, strict=True)
        }
        value = compute(amounts)
        if value is not None:
            yield value


def _readings(by_hand: list[Expected], name: str, span: Span) -> list[float]:
    if name == "total_debt":
        parts = [allowed_values(by_hand, part, span) for part in ("long_term_debt", "short_term_debt")]
        known = [part for part in parts if part]
        return [sum(choice) for choice in itertools.product(*known)] if known else []
    values = allowed_values(by_hand, name, span)
    if name in DERIVED:
        first, second, sign = DERIVED[name]
        pairs = itertools.product(allowed_values(by_hand, first, span), allowed_values(by_hand, second, span))
        values = [*values, *(one + sign * two for one, two in pairs)]
    return values


def _is_balance(by_hand: list[Expected], name: str) -> bool:
    return name in ("total_debt", "total_liabilities") or any(
        entry["item"] == name and entry["months"] == 0 for entry in by_hand
    )


def _growths(by_hand: list[Expected], item: str, span: Span) -> Iterator[float]:
    for now in by_hand:
        if now["item"] != item or not fits(now, span):
            continue
        for before in by_hand:
            same = before["item"] == item and before["months"] == now["months"]
            if not same or not _is_a_year_before(before["end"], now["end"]):
                continue
            for one, two in itertools.product(now["values"], before["values"]):
                if two > 0:
                    yield 100 * (one / two - 1)


def _is_a_year_before(before: str, now: str) -> bool:
    year, rest = int(now[:4]) - 1, now[4:]
    day = f"{year}{rest}" if rest != "-02-29" else f"{year}-02-28"
    return Span(12, year, datetime.date.fromisoformat(day)).is_at(before)


def _among(value: float, allowed: list[float]) -> bool:
    return any(abs(value - other) <= SAME * max(abs(value), abs(other)) for other in allowed)
