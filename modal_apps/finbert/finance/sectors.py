"""Banks and insurers, whose statements have a form of their own: the rows that tell them, and what misleads there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal

from .labels import normalize
from .line_items import Sector, match_any, sector_table
from .tables import Table

SECTORS: tuple[Literal["bank", "insurer"], ...] = ("bank", "insurer")
LEAST_SIGNS = 2  # deposits and loans, say; one of them has an industrial company too
_PARTED = ("current_assets", "current_liabilities")


def sector_of(tables: Iterable[Table]) -> Sector:
    """
    Whose statements the tables of a request are, by the kinds of rows that only banks, or only insurers, have.

    A balance sheet that has a current part is not theirs, whatever its subsidiaries do: its ratios mean what they
    mean elsewhere.
    """
    labels = {row.label for table in tables for row in table.rows if row.label and row.cells}
    if any((match := match_any(label)) and match.key in _PARTED for label in labels):
        return ""
    names = {form for label in labels for form in _forms(normalize(label))}
    signs = {sector: sum(bool(names & kind) for kind in _markers(sector)) for sector in SECTORS}
    most = max(SECTORS, key=lambda sector: signs[sector])
    return most if signs[most] >= LEAST_SIGNS else ""


def _forms(name: str) -> tuple[str, str]:
    return name, name.removesuffix(" net")


@cache
def _markers(sector: Sector) -> tuple[frozenset[str], ...]:
    """For each kind of row its names."""
    return tuple(
        frozenset(normalize(name) for name in names) for names in sector_table(sector)["markers"].values()
    )


def meaningless_reason(sector: Sector, ratio: str) -> str:
    """Why a ratio says nothing of a company of a sector; '' when it does."""
    if not sector or ratio not in sector_table(sector)["meaningless"]:
        return ""
    reason: str = sector_table(sector)["reason"]
    return reason


def sector_words(sector: Sector) -> str:
    """What the warning calls a sector: `a bank`."""
    word: str = sector_table(sector)["word"]
    return word
