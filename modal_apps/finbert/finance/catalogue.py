"""The line items that we know, with their names, and which of them a row label means."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from .labels import normalize

TOTAL, OWN, SYNONYM, WEAK = 3, 2, 1, 0  # ranks of a match
DEBTS = ("long_term_debt", "short_term_debt")

Kind = Literal["flow", "stock"]
Home = Literal["income", "balance", "cash_flow", "any"]

# Whole families of names, too many to list: `net cash (used in) provided by operating activities`.
_CASH_FLOW = (
    r"(?:total )?(?:net )?cash (?:in ?flows? |out ?flows? |flows? )?(?:and cash equivalents )?"
    r"(?:provided (?:by )?|used (?:in |for |by )?|generated (?:by |from |in )?|from |arising from |absorbed by "
    r"|required (?:for |by )|received from |in |out |inflow |outflow |flows? |net |for |by |or |and |utilized in )*"
    r"(?:continuing )?%s(?: activities)?(?: continuing operations)?"
)
_EXCHANGE = (
    r"(?:effects? of )?(?:foreign )?(?:exchange|currency)(?: rates?)?"
    r"(?: changes| translation| differences)? on cash.{0,60}"
)
_OWNERS = r"(?!(?:the )?(?:non|minority|redeemable|participating|preferred|discontinued)).{1,60}"
_FAMILIES: tuple[tuple[re.Pattern[str], str, int], ...] = tuple(
    (re.compile(pattern), key, rank)
    for pattern, key, rank in (
        (_CASH_FLOW % "(?:operating|operations)", "operating_cash_flow", SYNONYM),
        (_CASH_FLOW % "financing", "financing_cash_flow", SYNONYM),
        (_CASH_FLOW % "investing", "investing_cash_flow", SYNONYM),
        (_EXCHANGE, "fx_effect", SYNONYM),
        (
            rf"(?:net )?(?:income|earnings|profit|loss|income loss|loss income) attributable to {_OWNERS}",
            "net_income",
            WEAK,
        ),
        (
            r"(?:cash |common |common stock |stock )*"
            r"dividends?(?: and dividend equivalents)?(?: paid| paid out)? (?:to|on) "
            r"(?!(?:the )?(?:non|minority)).{1,60}",
            "dividends",
            WEAK,
        ),
        (
            r"depreciation (?:and )?amortization (?:of |and )(?!.{0,80}\bdebt\b).{1,120}",
            "depreciation_amortization",
            WEAK,
        ),
        (
            r"(?:purchases?|acquisitions?|additions?|payments?|expenditures?) "
            r"(?:and construction )?(?:of |for |to |on )?(?:ppe|property equipment) and .{1,60}",
            "capex",
            WEAK,
        ),
    )
)
# A count over a period, for the earnings per share, is no number of shares on a day; brackets may be all that says so.
_AVERAGE = re.compile(
    r"\b(?:average|basic|undiluted|diluted|dilution|earnings|verwässert|unverwässert|moyen|medio|promedio|dilué)"
    r"|durchschnitt",
    re.IGNORECASE,
)
_EDGES = (" net", " consolidated", " group")
_STARTS = ("total ", "net ", "consolidated ", "group ", "gesamte ", "summe ")


@dataclass(frozen=True)
class Item:
    """
    Parameters:
        kind: a flow is of a period, a stock of its last day.
        home: the statement that it stands in.
        positive: stored without its sign, because statements write it both ways.
        side: of the balance sheet, '' for other items.
        names: plain forms of labels that mean it.
        weak: names that are taken when no better one is there, such as the share of one group of owners.
        parts: names of the components that it may be given in, by component.
        internal: needed by checks only, and in no answer.
    """

    key: str
    label: str
    kind: Kind
    home: Home
    positive: bool
    side: str
    names: tuple[str, ...]
    weak: tuple[str, ...]
    parts: dict[str, tuple[str, ...]]
    internal: bool


@dataclass(frozen=True)
class Match:
    """
    Parameters:
        rank: 3 for a total, 2 for the item's own name, 1 for a synonym, 0 for a name that is only better than none.
        part: the component that the label names; '' when it names the whole item.
    """

    key: str
    rank: int
    part: str = ""


@cache
def items() -> dict[str, Item]:
    """The items that answers list, by key, in the order of the file."""
    return {key: item for key, item in all_items().items() if not item.internal}


@cache
def all_items() -> dict[str, Item]:
    """Those of `items()` and what checks need beside them."""
    table = json.loads(Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8"))
    return {key: _item(key, entry) for key, entry in table.items()}


def match_label(label: str) -> Match | None:
    """Finds the item of answers that a row label names, or None."""
    found = match_any(label)
    return None if found is None or all_items()[found.key].internal else found


def match_any(label: str) -> Match | None:
    """As `match_label`, internal items included."""
    found = _match(label)
    return None if found and found.key == "shares_outstanding" and _AVERAGE.search(label) else found


def _match(label: str) -> Match | None:
    name = normalize(label)
    if not name or "%" in label or (" per " in f" {name} " and "shares" not in name):
        return None
    for variant in _variants(name):
        if (found := _names().get(variant)) is not None:
            total = name.startswith(("total ", "summe ")) and found.rank > WEAK and not found.part
            return Match(found.key, TOTAL, "") if total else found
    for pattern, key, rank in _FAMILIES:
        if pattern.fullmatch(name):
            return Match(key, rank)
    # Only another order of all the words is the same.
    same_words = _word_sets().get(frozenset(name.split()))
    return same_words if same_words and len(name.split()) > 1 else None


def _variants(name: str) -> list[str]:
    """The name, and what is left of it without words that add nothing."""
    found = [name]
    for edge in _EDGES:
        if name.endswith(edge):
            found.append(name.removesuffix(edge))
    for start in _STARTS:
        if name.startswith(start):
            rest = name.removeprefix(start)
            # `net assets` is not `assets`, nor `net debt` debt.
            if start != "net " or rest in _NET_ADDS_NOTHING:
                found.append(rest)
                found += [rest.removesuffix(edge) for edge in _EDGES if rest.endswith(edge)]
    return found


_NET_ADDS_NOTHING = (
    "receivables",
    "accounts receivable",
    "trade receivables",
    "inventories",
    "inventory",
    "long term debt",
)


def _item(key: str, entry: dict[str, object]) -> Item:
    def names_of(field: str) -> tuple[str, ...]:
        listed = entry.get(field, [])
        assert isinstance(listed, list)
        return tuple(dict.fromkeys(normalize(str(name)) for name in listed))

    parts = entry.get("parts") or {}
    assert isinstance(parts, dict)
    own = (key.replace("_", " "), normalize(str(entry["label"])))
    home = str(entry["statement"])
    assert home in ("income", "balance", "cash_flow", "any")
    return Item(
        key=key,
        label=str(entry["label"]),
        kind="stock" if entry["kind"] == "stock" else "flow",
        home=home,  # type: ignore[arg-type]
        positive=entry.get("sign") == "positive",
        side=str(entry.get("side", "")),
        names=tuple(dict.fromkeys((*own, *names_of("names")))),
        weak=names_of("weak"),
        parts={part: tuple(normalize(name) for name in names) for part, names in parts.items()},
        internal=bool(entry.get("internal")),
    )


@cache
def _names() -> dict[str, Match]:
    """What each name means."""
    found: dict[str, Match] = {}
    for item in all_items().values():
        for name in item.weak:
            found.setdefault(name, Match(item.key, WEAK))
        for part, names in item.parts.items():
            found.update({name: Match(item.key, SYNONYM, part) for name in names})
        own = (normalize(item.label),)
        for name in item.names:
            if name in found and found[name].key == item.key and found[name].part:
                continue
            found[name] = Match(item.key, OWN if name in own else SYNONYM)
    return found


@cache
def _word_sets() -> dict[frozenset[str], Match]:
    return {frozenset(name.split()): match for name, match in _names().items()}


def prepare() -> None:
    """Makes the tables of names now, and not in each child that reads a file."""
    _names()
    _word_sets()
