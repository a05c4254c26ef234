"""Which statement a row belongs to: balance sheet, income statement, cash flow, or a note, which is none of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from .grid import is_sentence
from .labels import is_change
from .line_items import all_items, match_any
from .tables import Row, Table, is_side_head

StatementKind = Literal["balance", "income", "cash_flow", "note", "unknown"]

# Words of titles, in the order in which they are tried.
_TITLE_WORDS: tuple[tuple[str, StatementKind], ...] = (
    (
        r"\((?:details?|tables?|policies|parenthetical|pa?r?e?n?)\b|\((?:de|det|deta|detai|ta|tab|tabl|pa|par|pare|paren)\.?$"
        r"|\bparenthetical\b|\bnotes to\b|^\W*notes? \d|^\W*notes?\W*$"
        r"|\bschedule\b|\bsegments?\b|\bparent[- ]company\b|\bregistrant\b"
        r"|\bpro[- ]forma\b|\binvestees?\b|\bunconsolidated\b"
        r"|\bequity[- ]method\b|\bjoint ventures?\b|\bassociates\b"
        r"|\bsummari[sz]ed\b|\bdiscontinued\b|\breconciliation"
        r"|\bguarantor|\bquarterly (?:financial )?(?:data|results)\b"
        r"|\bcomponents of\b|\bmaturities\b|\bfair value\b|\blong-?lived\b|\bby (?:geograph|region|segment|product)"
        r"|\banhang\b|\bsegmentbericht|\bannexes?\b|\bnotas?\b|\bmemoria\b",
        "note",
    ),
    (
        r"cash[- ]?flows?\b|kapitalfluss|cashflow(?:s|rechnung)?\b|flux de tr[ée]sorerie"
        r"|flujos? de (?:efectivo|caja)|statements? of cash\b|tableaux? (?:de|des) (?:flux|financement)"
        r"|(?:geld|mittel)flussrechnung"
        r"|^\W*cf\W*$|(?:operating|investing|financing) activities\b|rendiconto finanziario|flux financiers",
        "cash_flow",
    ),
    (
        r"changes in (?:\w+ ){0,3}equity|equity changes"
        r"|statements? of (?:\w+ ){0,2}(?:stock|share)holders['\u2019]? ?(?:equity|deficit)"
        r"|eigenkapitalver[äa]nderung|variation des capitaux"
        r"|cambios en el patrimonio|^\W*(?:statements? of )?equity\W*$",
        "note",
    ),
    (
        r"balance[- ]?sheet|financial (?:position|condition)"
        r"|\bbilanz|konzernbilanz|\bbilan\b|situation financi[èe]re|balances? general"
        r"|estados? de situaci[óo]n|balances? de situaci[óo]n|balances? (?:consolidad|abreviad|a \d|al \d)"
        r"|assets and liabilities|^\W*bs\W*$|^\W*balance\W*$|stato patrimoniale",
        "balance",
    ),
    (
        r"income statement|statements? of (?:\w+ ){0,2}(?:income|operations|earnings|loss|profit)"
        r"|profit (?:and|&|or) loss|profits? and loss|statement of profit|\bp ?& ?l\b"
        r"|^\W*(?:is|pl|guv|income|earnings|operations)\W*$|gewinn-? ?(?:und|u\.) verlust"
        r"|comptes? de r[ée]sultat|cuentas? de (?:p[ée]rdidas|resultados)|compte de produits et charges"
        r"|estados? (?:de|del) (?:resultados?|p[ée]rdidas)|conto economico|ergebnisrechnung|erfolgsrechnung"
        r"|financial results\b|^\W*p ?y ?g\W*$"
        r"|results? of operations",
        "income",
    ),
)
_TITLES = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _TITLE_WORDS)
_COMPREHENSIVE = re.compile(
    r"comprehensive (?:income|loss|\(loss)|gesamtergebnis|r[ée]sultat global|resultado global", re.IGNORECASE
)
_INCOME_TOO = re.compile(
    r"operations|profit|earnings|income statement|statements? of income|income and", re.IGNORECASE
)
_HEAD_OF_BALANCE = re.compile(
    r"\W*(?:total )?(?:current |non-?current |fixed )?(?:assets|liabilities)\b.{0,60}"
    r"|\W*(?:aktiva|passiva|actif|passif|activo|pasivo)\W*",
    re.IGNORECASE,
)
_HEAD_OF_CASH_FLOW = re.compile(
    r"\bcash flows?\b|(?:operating|investing|financing) activities"
    r"|adjustments (?:to reconcile|for)|changes in (?:\w+ ){0,4}(?:assets|liabilities|capital)"
    r"|supplement(?:al|ary) (?:disclosure|cash)|kapitalfluss|cash-?flow|flux de tr|flujos? de",
    re.IGNORECASE,
)
_HEAD_OF_NOTE = re.compile(
    r"\bnotes to\b|^\W*notes? \d|\bsegment|\bsupplement(?:al|ary) (?:information|data|schedule)|\banhang\b",
    re.IGNORECASE,
)
_NOTE = _TITLES[0][0]
LEAST_OF_INCOME = 2  # what revenue alone counts
LEAST_OF_SIDE = 4  # what two totals of a balance sheet count
LONGEST_TITLE = 25  # words
TITLED, BY_CONTENT, UNSURE = 2, 1, 0


@dataclass(frozen=True)
class RowKind:
    """
    Parameters:
        kind: the statement that the row belongs to.
        sureness: 2 when a title says so, 1 when the rows do, 0 when nothing does.
    """

    kind: StatementKind
    sureness: int


def title_kind(text: str) -> StatementKind | None:
    """The statement that a title names, or None."""
    if len(text) > 400 or len(text.split()) > LONGEST_TITLE or is_sentence(text):
        return None
    if _COMPREHENSIVE.search(text) and not _INCOME_TOO.search(_COMPREHENSIVE.sub("", text)):
        return "note"
    return next((kind for pattern, kind in _TITLES if pattern.search(text)), None)


def row_kinds(table: Table) -> list[RowKind]:
    """For each row of a table the statement that it belongs to."""
    titled = _titled(table)
    content = _by_content(table)
    if titled == "note" and content["income"] >= LEAST_OF_INCOME and _is_whole_income(table):
        titled = "income"  # one statement for all of the income
    if (titled == "balance" and content["income"] > 1) or (titled == "income" and content["balance"] > 1):
        titled = None  # a table of several statements under one title
    if titled is None and table.named:
        return [RowKind("unknown", UNSURE)] * len(table.rows)
    start = RowKind(titled, TITLED) if titled else _whole(content, table.titles)
    kinds = _along_sections(table.rows, start)
    if start.kind == "unknown":
        for index in _cash_flow_rows(table.rows):
            if kinds[index].sureness == UNSURE:
                kinds[index] = RowKind("cash_flow", BY_CONTENT)
    return kinds


def _is_whole_income(table: Table) -> bool:
    """Whether the nearest title of a statement is that of comprehensive income, and not of a note."""
    nearest = next((text for text in reversed(table.titles) if title_kind(text)), "")
    return bool(_COMPREHENSIVE.search(nearest)) and not _NOTE.search(nearest)


def _titled(table: Table) -> StatementKind | None:
    """By the nearest title above, then by the name of the sheet."""
    kinds = [kind for text in reversed(table.titles) if (kind := title_kind(text))]
    sheet = (
        title_kind(table.grid.sheet.replace("_", " ")) if table.grid.sheet and not table.grid.lines else None
    )
    if sheet == "note" and (not kinds or kinds[0] == "note"):
        return "note"
    if kinds and kinds[0] == "note" and sheet not in (None, "note"):
        return sheet if "note" not in kinds[:1] or sheet in kinds else "note"
    return kinds[0] if kinds else sheet


def _along_sections(rows: list[Row], start: RowKind) -> list[RowKind]:
    """Follows the heads of sections: `Cash flows from operating activities`, `Current assets`, `Notes to …`."""
    kinds = []
    now = start
    for row in rows:
        if row.is_head and row.label:
            now = _after_head(row.label, now)
        kinds.append(now)
    return kinds


def _after_head(label: str, now: RowKind) -> RowKind:
    named = title_kind(label)
    explicit = named in ("balance", "income", "cash_flow") and not _HEAD_OF_CASH_FLOW.search(label)
    if (
        explicit
        and named is not None
        and re.search(r"statement|sheet|bilanz|bilan|rechnung|compte|cuenta|position", label, re.IGNORECASE)
    ):
        return RowKind(named, TITLED)
    if now.kind == "note":
        return now
    if _HEAD_OF_CASH_FLOW.search(label):
        return RowKind("cash_flow", TITLED)
    if _HEAD_OF_NOTE.search(label) and now.kind != "cash_flow":
        return RowKind("note", TITLED)
    if _HEAD_OF_BALANCE.fullmatch(label) and now.kind != "balance":
        return RowKind("balance", BY_CONTENT)
    return now


def _by_content(table: Table) -> Counter[str]:
    """What the labels of the rows speak for."""
    found: Counter[str] = Counter()
    for row in table.rows:
        if _HEAD_OF_CASH_FLOW.search(row.label) and row.is_head:
            found["cash_flow"] += 2
        match = match_any(row.label, table.sector)
        if match is None:
            continue
        home = all_items()[match.key].home
        found["profit"] += match.key == "net_income"
        if match.key in _STRONG:
            found[_STRONG[match.key]] += 2
        elif home != "any" and home != "balance":
            found[home] += 1
    return found


_STRONG = {
    **dict.fromkeys(
        ("total_assets", "liabilities_and_equity", "current_assets", "current_liabilities"), "balance"
    ),
    **dict.fromkeys(
        ("operating_cash_flow", "investing_cash_flow", "financing_cash_flow", "change_in_cash"), "cash_flow"
    ),
    **dict.fromkeys(("revenue", "gross_profit", "pretax_income", "tax_expense"), "income"),
}


def _whole(content: Counter[str], titles: list[str]) -> RowKind:
    """The kind of a table whose rows are all of one."""
    kinds = [kind for kind, count in content.items() if count and kind != "profit"]
    if kinds == ["balance"] and content["profit"]:
        # The profit of the year stands among the equity too, below the head of that side.
        is_side = bool(titles) and is_side_head(titles[-1]) and content["balance"] >= LEAST_OF_SIDE
        return RowKind("balance", BY_CONTENT) if is_side else RowKind("unknown", UNSURE)
    if len(kinds) == 1 and content[kinds[0]] > 1:
        return RowKind(kinds[0], BY_CONTENT)  # type: ignore[arg-type]
    return RowKind("unknown", UNSURE)


_ENDS_OTHERS = {
    "total_assets",
    "liabilities_and_equity",
    "current_assets",
    "current_liabilities",
    "total_liabilities",
    "equity",
    "revenue",
    "gross_profit",
    "tax_expense",
    "pretax_income",
    "shares_outstanding",
}


def _cash_flow_rows(rows: list[Row]) -> set[int]:
    """
    Rows of a cash-flow statement within a longer table without titles: those between its first line, which is a profit
    or a depreciation, and the total of operating activities.
    """
    keys = [match.key if (match := match_any(row.label)) else "" for row in rows]
    found: set[int] = set()
    for end, key in enumerate(keys):
        if key != "operating_cash_flow":
            continue
        start = end
        while start and keys[start - 1] not in _ENDS_OTHERS:
            start -= 1
        first = next(
            (at for at in range(start, end) if keys[at] in ("net_income", "depreciation_amortization")), None
        )
        if first is not None:
            found |= set(range(first, end + 1))
    return found | {index for index, row in enumerate(rows) if is_change(row.label)}
