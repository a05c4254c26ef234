"""The line items that we know, with their synonyms, and which of them a row label means."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

LEAST_SCORE = 0.9
LONG_NAME = 5  # words
LONGEST = 300  # signs of a label


@dataclass(frozen=True)
class Item:
    """
    Parameters:
        kind: a flow is of a period, a stock of its last day.
        positive: stored without its sign, because statements write it both ways.
    """

    key: str
    label: str
    kind: Literal["flow", "stock"]
    positive: bool
    names: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """
    Parameters:
        rank: 3 for a total, 2 for the item's own name, 1 for a synonym, 0 for a similar name.
    """

    key: str
    rank: int


@cache
def items() -> dict[str, Item]:
    """All items by key, in the order of the file."""
    table = json.loads(Path(__file__).with_name("catalogue.json").read_text())
    return {key: _item(key, entry) for key, entry in table.items()}


def match_label(label: str) -> Match | None:
    """Finds the item that a row label names, or None."""
    name = normalize(label) if len(label) <= LONGEST else ""
    if not name:
        return None
    if (found := _names().get(name)) is not None:
        key, own = found
        return Match(key, 3 if name.startswith("total ") else 2 if own else 1)
    words = frozenset(name.split())
    if len(words) >= LONG_NAME:
        best, key = max((_similarity(words, known), key) for known, key in _word_sets().items())
        return Match(key, 0) if best >= LEAST_SCORE else None
    # Shorter names differ by too much in a single word: only another order is the same.
    found_key = _word_sets().get(words)
    return Match(found_key, 0) if found_key else None


def normalize(label: str) -> str:
    """Lower case, without notes in brackets, signs and possessives; `&` is `and`."""
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", label.lower()).replace("&", " and ")
    text = re.sub(r"['\u2019]s?\b|[*†¹²³]", "", text)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


def _item(key: str, entry: dict[str, object]) -> Item:
    synonyms = entry["synonyms"]
    assert isinstance(synonyms, list)
    names = (key.replace("_", " "), normalize(str(entry["label"])), *synonyms)
    kind = "stock" if entry["kind"] == "stock" else "flow"
    return Item(key, str(entry["label"]), kind, entry.get("sign") == "positive", names)


@cache
def _names() -> dict[str, tuple[str, bool]]:
    """Key of the item by name, and whether the name is its own."""
    return {name: (item.key, name in item.names[:2]) for item in items().values() for name in item.names}


@cache
def _word_sets() -> dict[frozenset[str], str]:
    """Key of the item by the words of a name."""
    return {frozenset(name.split()): key for name, (key, _) in _names().items()}


def _similarity(words: frozenset[str], other: frozenset[str]) -> float:
    """Twice the shared words over all words of both: 1 for the same words in another order."""
    return 2 * len(words & other) / (len(words) + len(other))
