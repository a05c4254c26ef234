"""The line items that we know, with their names, and which of them a row label means."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from .labels import normalize

TOTAL, OWN, SYNONYM, WEAK = 3, 2, 1, 0  # ranks of a match
DEBTS = ("long_term_debt", "short_term_debt")

Kind = Literal["flow", "stock"]
Home = Literal["income", "balance", "cash_flow", "any"]
Sector = Literal["", "bank", "insurer"]  # whose statements have a form of their own; '' for all others

# Names in the charts of accounts of countries and in the exports of vendors, beside those of `line_items.json`.
_CHARTS = ("de", "es", "fr", "in_uk", "vendors")
_FOLDER = Path(__file__).parent

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
_EDGES = (" net", " consolidated", " group", " at fair value", " at amortized cost")
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
        sector: the only one whose statements have it; '' for an item of all.
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
    sector: Sector


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
    """The items that responses list, by key, in the order of the file."""
    return {key: item for key, item in all_items().items() if not item.internal}


@cache
def all_items() -> dict[str, Item]:
    """Those of `items()` and what checks need beside them."""
    table = _table("line_items.json")
    charts = [_table(f"names/{chart}.json")["items"] for chart in _CHARTS]
    return {
        key: _item(key, entry, [chart[key] for chart in charts if key in chart])
        for key, entry in table.items()
    }


def _table(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return table


@cache
def sector_table(sector: Sector) -> dict[str, Any]:
    """What is known of a sector: `items` with names that mean something else there, `markers`, `meaningless` ratios."""
    return _table(f"names/{sector}.json")


def match_label(label: str, sector: Sector = "") -> Match | None:
    """The item of responses that a row label names, or None."""
    found = match_any(label, sector)
    return None if found is None or all_items()[found.key].internal else found


def match_any(label: str, sector: Sector = "") -> Match | None:
    """As `match_label`, internal items included."""
    found = _match(label, sector)
    return None if found and found.key == "shares_outstanding" and _AVERAGE.search(label) else found


def _match(label: str, sector: Sector) -> Match | None:
    name = normalize(label)
    if not name or "%" in label or (" per " in f" {name} " and "shares" not in name):
        return None
    names = _names(sector)
    for variant in _variants(name):
        if (found := names.get(variant)) is not None:
            total = name.startswith(("total ", "summe ")) and found.rank > WEAK and not found.part
            return Match(found.key, TOTAL, "") if total else found
    for pattern, key, rank in _FAMILIES:
        if pattern.fullmatch(name):
            return Match(key, rank)
    # Only another order of all the words is the same.
    same_words = _word_sets(sector).get(frozenset(name.split()))
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


def _item(key: str, entry: dict[str, Any], charts: Sequence[dict[str, Any]]) -> Item:
    listed = [entry, *charts]
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
        names=tuple(dict.fromkeys((*own, *_plain_names(listed, "names")))),
        weak=_plain_names(listed, "weak"),
        parts=_plain_parts(listed),
        internal=bool(entry.get("internal")),
        sector=entry.get("sector", ""),
    )


def _plain_names(listed: Sequence[dict[str, Any]], field: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalize(name) for one in listed for name in one.get(field, [])))


def _plain_parts(listed: Sequence[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    parts: dict[str, tuple[str, ...]] = {}
    for one in listed:
        for part, names in one.get("parts", {}).items():
            parts[part] = (*parts.get(part, ()), *(normalize(name) for name in names))
    return parts


@cache
def _names(sector: Sector) -> dict[str, Match]:
    """What each name means in the statements of a sector; its own table comes before those of all."""
    found: dict[str, Match] = {}
    for item in all_items().values():
        if item.sector not in ("", sector):
            continue
        for name in item.weak:
            found.setdefault(name, Match(item.key, WEAK))
        for part, names in item.parts.items():
            found.update({name: Match(item.key, SYNONYM, part) for name in names})
        own = (normalize(item.label),)
        for name in item.names:
            if name in found and found[name].key == item.key and found[name].part:
                continue
            found[name] = Match(item.key, OWN if name in own else SYNONYM)
    for key, entry in sector_table(sector)["items"].items() if sector else ():
        found.update({name: Match(key, SYNONYM) for name in _plain_names([entry], "names")})
        for part, names in _plain_parts([entry]).items():
            found.update({name: Match(key, SYNONYM, part) for name in names})
    return found


@cache
def _word_sets(sector: Sector) -> dict[frozenset[str], Match]:
    return {frozenset(name.split()): match for name, match in _names(sector).items()}


def prepare() -> None:
    """Makes the tables of names now, and not in each child that reads a file."""
    for sector in get_args(Sector):
        _word_sets(sector)
