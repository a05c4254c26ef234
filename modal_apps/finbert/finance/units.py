"""Units and currencies as the headings of a table name them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .numbers import CODES, CURRENCIES

_PREFIX = r"(?:\b(?:in|usd|eur|gbp)\s*|[$€£]\s*)"
_SCALES = (
    (re.compile(rf"{_PREFIX}(?:billions?|bn)\b|\bbillions? of\b", re.IGNORECASE), 1_000_000_000),
    (re.compile(rf"{_PREFIX}(?:millions?|mm?|mn)\b|\bmillions? of\b", re.IGNORECASE), 1_000_000),
    (re.compile(rf"{_PREFIX}(?:thousands?|000)\b|\bthousands? of\b|\b000'?s\b", re.IGNORECASE), 1_000),
)
_SHARES_EXEMPT = re.compile(r"except (?:for )?(?:per[- ]share|share|number of shares)", re.IGNORECASE)
_CODE = re.compile(rf"\b({'|'.join(CODES)})\b")
_WORDS = {"USD": r"\bU\.?S\.? dollars?\b", "EUR": r"\beuros?\b"}


def scale_of(heading: str) -> int:
    """The factor that a heading such as `in thousands` or `$ millions` names; 1 when it names none."""
    return next((scale for pattern, scale in _SCALES if pattern.search(heading)), 1)


def shares_are_exempt(heading: str) -> bool:
    """Whether the scale does not hold for numbers of shares."""
    return bool(_SHARES_EXEMPT.search(heading))


def currencies_in(heading: str) -> Iterator[str]:
    """ISO codes of the currencies that a heading names by code, sign or word; some may come twice."""
    yield from _CODE.findall(heading)
    yield from (code for sign, code in CURRENCIES.items() if sign in heading)
    yield from (code for code, word in _WORDS.items() if re.search(word, heading, re.IGNORECASE))
