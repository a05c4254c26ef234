"""The sides of a balance sheet: loans among the assets are money lent, and no debt."""

from __future__ import annotations

import re
from typing import Literal

from .labels import normalize
from .line_items import Match, all_items, match_any
from .tables import Row

Side = Literal["asset", "liability", ""]

_ASSETS = re.compile(
    r"(?:total )?(?:(?:non ?)?current |fixed |long term |other )?(?:assets|actifs?|activos?)\b.{0,40}"
    r"|aktiva|aktivseite|(?:summe )?(?:anlageverm|umlaufverm).{0,40}|(?:kurzfristige|langfristige) vermogens.{0,40}"
    r"|assets (?:current|noncurrent)"
)
_LIABILITIES = re.compile(
    r"(?:total )?(?:(?:non ?)?current |long term |short term |other )?(?:liabilities|passifs?|pasivos?)\b.{0,60}"
    r"|(?:shareholders |stockholders |owners )?(?:equity|deficit)\b.{0,60}|creditors\b.{0,60}|capital and reserves"
    r"|passiva|passivseite|(?:kurzfristige |langfristige )?(?:schulden|verbindlichkeiten)\b.{0,40}|fremdkapital"
    r"|eigenkapital.{0,40}|capitaux propres.{0,40}|dettes.{0,40}|patrimonio.{0,40}|deudas.{0,40}|equity and liabilities"
)
_ENDS = ("total_assets", "liabilities_and_equity")
# Items that stand among others of their side; totals may follow the other side, as in a British balance sheet.
_COMPONENTS = (
    "cash",
    "short_term_investments",
    "receivables",
    "inventory",
    "payables",
    "short_term_debt",
    "long_term_debt",
    "total_debt_line",
)


def sides_of(rows: list[Row]) -> list[Side]:
    """
    For each row of a balance sheet its side; '' where none can be told. A head opens a side, the total of all assets
    or of all liabilities closes it; the rows above a total, back to the last head, are of its side.
    """
    found: list[Side] = []
    now: Side = ""
    start = 0
    for index, row in enumerate(rows):
        if row.is_head and (side := _side_of_head(row.label)):
            now, start = side, index
        found.append(now)
        match = None if row.is_head else match_any(row.label)
        side = _side_of_total(match)
        if not side or match is None:
            continue
        for above in range(start, index + 1):
            found[above] = found[above] or side
        start = index + 1
        if match.key in _ENDS or side != now:
            now = ""
    return found


def _side_of_head(label: str) -> Side:
    name = normalize(label)
    if _LIABILITIES.fullmatch(name):
        return "liability"
    return "asset" if _ASSETS.fullmatch(name) else ""


def _side_of_total(match: Match | None) -> Side:
    """The side of the rows above a total."""
    if match is None:
        return ""
    if match.key in ("total_assets", "current_assets", "noncurrent_assets"):
        return "asset"
    totals = ("total_liabilities", "current_liabilities", "noncurrent_liabilities", "liabilities_and_equity")
    return "liability" if match.key in totals else ""


def on_side(match: Match | None, side: Side) -> Match | None:
    """What a row means on its side: nothing that belongs to the other one."""
    if match is None or not side or match.key not in _COMPONENTS:
        return match
    return match if all_items()[match.key].side == side else None
