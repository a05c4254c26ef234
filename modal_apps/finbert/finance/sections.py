"""The sections of a balance sheet: a loan is short-term or long-term by the section that it stands in."""

from __future__ import annotations

import re
from typing import Literal

from .labels import normalize
from .line_items import Match, match_any
from .tables import Row
from .written_numbers import Style, read_number

SLACK = 0.002  # of rounded rows against their total

Section = Literal["current", "noncurrent", ""]

_CURRENT = re.compile(
    r"(?:total )?(?:current (?:assets|liabilities)|kurzfristige|umlaufverm"
    r"|actifs? (?:courant|circulant)|passifs? courant"
    r"|activos? (?:corriente|circulante)|pasivos? (?:corriente|circulante)"
    r"|creditors amounts falling current|assets current|liabilities current).{0,60}"
)
_NONCURRENT = re.compile(
    r"(?:total )?(?:noncurrent|long term (?:assets|liabilities)"
    r"|fixed assets|langfristige|anlageverm|actifs? non courant"
    r"|passifs? non courant|activos? no corriente|pasivos? no corriente|creditors amounts falling noncurrent"
    r"|assets noncurrent|liabilities noncurrent).{0,60}"
)
_ENDS = ("total_assets", "total_liabilities", "equity", "liabilities_and_equity")
_AFTER = {"current_assets": "noncurrent", "current_liabilities": "noncurrent"}

# Debt that a label does not date: the section does.
_UNDATED = re.compile(
    r"(?:total )?(?:interest bearing )?(?:bank |other )?"
    r"(?:loans?|borrowings?|debt|loans and borrowings|bank borrowings and other loans"
    r"|borrowings and other financial liabilities|loans and other borrowings|bank loans and other borrowings"
    r"|interest bearing liabilities|financial debt"
    r"|(?<!other )financial liabilities|financial debts|bank debt|loans from banks"
    r"|finanzverbindlichkeiten|finanzschulden"
    r"|verbindlichkeiten gegenuber kreditinstituten|emprunts et dettes financieres"
    r"|dettes financieres|deudas financieras|deuda financiera"
    r"|deudas con entidades de credito|pasivos financieros|prestamos)"
)
_LIKE_DEBT = re.compile(
    r"\b(?:debts?|borrowings?|loans?|notes payable|notes|bonds?|debentures?|credit facilit\w*"
    r"|overdrafts?|financial liabilit\w*|commercial paper"
    r"|finanzschuld\w*|finanzverbindlich\w*|emprunts?|dettes financ\w*"
    r"|deudas?|prestamos?|kreditinstitut\w*)\b"
)
_NO_DEBT = re.compile(
    r"\b(?:notes? \d+|receivables?|securities|investments?|to customers"
    r"|held for|allowance|costs?|loss|deferred|discount|lease\w*"
    r"|excluding|total|net debt|expense|interest|fees?|available)\b"
)
_WIDER = re.compile(
    r"(?:(?:non ?)?current )?financial liabilities(?: (?:non ?)?current)?|pasivos financieros(?: (?:no )?corrientes)?"
    r"|passifs financiers(?: (?:non )?courants)?"
)
LIKE_INVESTMENTS = re.compile(
    r"\b(?:investments?|securities|deposits?|financial assets"
    r"|wertpapiere|placements|inversiones|certificates of deposit)\b"
)


def sections_of(rows: list[Row]) -> list[Section]:
    """
    For each row of a balance sheet the section that it stands in; '' where none can be told. A total ends its section,
    or begins it where totals stand above their parts, as in the Spanish form.
    """
    found: list[Section] = []
    now: Section = ""
    start = 0
    above = _begins_with_total(rows)
    for index, row in enumerate(rows):
        name = normalize(row.label)
        match = match_any(row.label)
        if row.is_head and name:
            now = _head(name, now)
            start = index if name.startswith(("liabilities", "equity", "assets")) else start
        found.append(now)
        if row.is_head or match is None:
            continue
        own: Section = "current" if match.key in _AFTER else "noncurrent"
        is_part = match.key in _AFTER or match.key.startswith("noncurrent_")
        if is_part and above:
            now = own
        elif is_part:
            for place in range(start, index):
                found[place] = found[place] or own
            now = "noncurrent" if match.key in _AFTER else ""
        if match.key in _ENDS or is_part:
            start = index + 1
        if match.key in _ENDS:
            now = ""
    return found


def _begins_with_total(rows: list[Row]) -> bool:
    """Whether totals stand above their parts, as the first row of figures shows."""
    first = next((row for row in rows if row.cells), None)
    match = match_any(first.label) if first else None
    return bool(match and (match.key in (*_AFTER, "equity") or match.key.startswith("noncurrent_")))


def _head(name: str, now: Section) -> Section:
    if _NONCURRENT.fullmatch(name):
        return "noncurrent"
    if _CURRENT.fullmatch(name):
        return "current"
    if name.startswith(
        ("equity", "shareholders equity", "eigenkapital", "capitaux", "patrimonio", "liabilities", "assets")
    ):
        return ""
    return now


def in_section(match: Match | None, label: str, section: Section) -> Match | None:
    """What a label of a balance sheet means in its section."""
    name = normalize(label)
    if match is None or match.key == "total_debt_line":
        if not _UNDATED.fullmatch(name) or not section:
            return match
        key = "short_term_debt" if section == "current" else "long_term_debt"
        return Match(key, 1, name)
    if match.key == "long_term_debt" and match.part and section == "current":
        return Match("short_term_debt", 1, f"current {match.part}")
    if (
        match.key == "short_term_debt"
        and match.part == "borrowings"
        and section == "noncurrent"
        and "short" not in name
    ):
        return Match("long_term_debt", 1, "borrowings")
    if (
        match.key in ("receivables", "payables", "short_term_investments", "cash", "inventory")
        and section == "noncurrent"
    ):
        return None
    return match


def is_wider_than_debt(label: str) -> bool:
    """Whether a row may hold derivatives and the like beside debt, or nothing but these."""
    return bool(_WIDER.fullmatch(normalize(label)))


def is_like_debt(label: str) -> bool:
    """Whether a row that no item was found for may be debt all the same."""
    name = normalize(label)
    return bool(_LIKE_DEBT.search(name)) and not _NO_DEBT.search(name)


_TOTAL = re.compile(r"(?:(?:grand )?total(?: general| generale?)?|summe|gesamt|suma|somme|totale|insgesamt)?")
_WHOLE_SIDES = (
    (
        re.compile(
            r"(?:bilan |bilanz |balance |total )?"
            r"(?:assets|actifs?|aktiva|aktiven|aktivseite|activos?|application of funds)"
        ),
        "total_assets",
    ),
    (
        re.compile(
            r"(?:bilan |bilanz |balance )?(?:(?:capital|equity|shareholders equity|eigenkapital|capitaux propres"
            r"|patrimonio(?: neto)?) (?:and|und|et|y) (?:liabilities|verbindlichkeiten|schulden|passifs?|pasivos?)"
            r"|(?:liabilities|passif|pasivos?) (?:and|et|y) (?:shareholders )?(?:equity|capital|capitaux propres"
            r"|patrimonio(?: neto)?)|passif|passiva|passiven|passivseite|sources of funds)"
        ),
        "liabilities_and_equity",
    ),
)
_EQUITY_HEAD = re.compile(
    r"(?:shareholders |total )?equity|eigenkapital|capitaux propres|patrimonio neto|capital and reserves"
)
_SUBTOTALS = (
    "current_assets",
    "noncurrent_assets",
    "current_liabilities",
    "noncurrent_liabilities",
    "total_liabilities",
    "equity",
)


class _Sums:
    """Running sums below a head, by column; `key` is the item that their total is."""

    def __init__(self, key: str = "") -> None:
        self.key = key
        self._sums: dict[int, float] = {}

    def add(self, numbers: dict[int, float]) -> None:
        self._sums = {
            place: self._sums.get(place, 0.0) + numbers.get(place, 0.0) for place in {*self._sums, *numbers}
        }

    def are(self, numbers: dict[int, float]) -> bool:
        """Whether a row has these sums."""
        return bool(self.key and numbers) and all(
            abs(self._sums.get(place, 0.0) - value) <= SLACK * abs(value) for place, value in numbers.items()
        )


def unlabelled_totals(rows: list[Row], style: Style, titles: list[str]) -> dict[int, Match]:
    """
    Totals that are called nothing but that, or nothing at all: sums of what stands below the head of a section, or of
    all of one side.

    Parameters:
        titles: those above the rows, the nearest last.
    """
    found: dict[int, Match] = {}
    side = _Sums(next((key for text in reversed(titles[-2:]) if (key := _side_of(normalize(text)))), ""))
    section = _Sums()
    last: tuple[int, Match] | None = None  # total of the side so far; only the last one is that of all of it
    for index, row in enumerate(rows):
        name = normalize(row.label)
        if row.is_head:
            if key := _side_of(name):
                found.update([last] if last else [])
                side, section, last = _Sums(key), _Sums(), None
            elif key := _total_of(name):
                section = _Sums(key)
            continue
        values = {place: read_number(cell[0], style)[0] for place, cell in row.cells.items()}
        numbers = {place: value for place, value in values.items() if value is not None}
        if not _TOTAL.fullmatch(name):
            match = match_any(row.label)
            if match is None or match.key not in _SUBTOTALS:
                section.add(numbers)
                side.add(numbers)
        elif section.are(numbers):
            found[index] = Match(section.key, 2)
            section, last = _Sums(), None
        else:
            last = (index, Match(side.key, 2)) if side.are(numbers) else None
    return found | dict([last] if last else [])


def _side_of(name: str) -> str:
    return next((key for pattern, key in _WHOLE_SIDES if pattern.fullmatch(name)), "")


def _total_of(name: str) -> str:
    if _EQUITY_HEAD.fullmatch(name):
        return "equity"
    if not (_CURRENT.fullmatch(name) or _NONCURRENT.fullmatch(name)):
        return ""
    liabilities = re.search(r"liab|schuld|verbindlich|passi|pasivo|creditors", name)
    prefix = "current" if _CURRENT.fullmatch(name) else "noncurrent"
    return f"{prefix}_{'liabilities' if liabilities else 'assets'}"
