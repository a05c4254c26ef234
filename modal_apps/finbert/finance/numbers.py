"""Numbers as people write them in statements: `(1,234)`, `1.234,56`, `USD 1.2m`, `12.5%`, `1,234(a)`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Style = Literal["point", "comma"]  # which sign comes before the decimals

CURRENCIES = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
CODES = ("USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "CNY", "INR", "SEK", "NOK", "DKK")
SUFFIXES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mm": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9}
LONGEST = 80  # signs, with one blank where there are several; the pattern has parts that could share them
DASHES = "\u2212\u2013\u2014\u2012"

_CURRENCY = "|".join([*map(re.escape, sorted(CURRENCIES, key=len, reverse=True)), *CODES])
_NUMBER = re.compile(
    rf"""(?P<lead>[-(]*)\s*(?P<currency>{_CURRENCY})?\s*(?P<open>[-(]*)
    (?P<digits>(?:\d[\d\s.,'\u2019]*|\.\d+)(?:e[+-]?\d+)?)
    \s*(?P<suffix>k|mm|mn|m|million|bn|billion|b)?\s*(?P<after>{_CURRENCY})?\s*(?P<percent>%)?
    (?P<trail>-?)(?P<close>\)*)\s*(?P<note>(?:\([a-z0-9]\)|\[[a-z0-9]+\]|\*+|[¹²³†])*)""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Number:
    """
    Parameters:
        value: as written, before the scale of its table; 12.5 for `12.5%`.
        currency: ISO code when the cell names one.
    """

    value: float
    currency: str | None = None
    percent: bool = False


def parse_number(text: str, style: Style = "point") -> Number | None:
    """Reads one cell. None for text, for a blank cell and for a dash, which in statements means "nothing"."""
    if len(text) > LONGEST and len(text := " ".join(text.split())) > LONGEST:
        return None
    cleaned = " ".join(text.translate({ord(dash): "-" for dash in DASHES}).split())
    match = _NUMBER.fullmatch(cleaned)
    if match is None:
        return None
    value = _plain(match["digits"], style)
    if value is None:
        return None
    signs = match["lead"] + match["open"] + match["trail"]
    opened = signs.count("(")
    if opened != len(match["close"]) or opened > 1:
        return None
    negative = opened == 1 or signs.count("-") % 2 == 1
    value *= SUFFIXES.get((match["suffix"] or "").lower(), 1.0)
    sign = (match["currency"] or match["after"] or "").upper()
    return Number(-value if negative else value, CURRENCIES.get(sign, sign or None), bool(match["percent"]))


def detect_style(texts: Iterable[str]) -> Style:
    """Decides for a column which sign comes before the decimals; a point unless a cell proves otherwise."""
    for text in texts:
        digits = re.sub(r"[^\d.,]", "", text)
        last_point, last_comma = digits.rfind("."), digits.rfind(",")
        if last_point >= 0 and last_comma >= 0:
            return "comma" if last_comma > last_point else "point"
        if digits.count(".") > 1:
            return "comma"
        if digits.count(",") == 1 and not re.search(r",\d{3}$", digits):
            return "comma"
    return "point"


def _plain(digits: str, style: Style) -> float | None:
    """The value of digits with separators, or None when their groups make no number, as in `1,23,4`."""
    mantissa, e, exponent = digits.lower().partition("e")
    decimal, group = (".", ",") if style == "point" else (",", ".")
    whole, _, fraction = re.sub(r"[\s'\u2019]", "", mantissa).partition(decimal)
    groups = whole.split(group)
    wrong_groups = len(groups) > 1 and (not groups[0] or any(len(part) != 3 for part in groups[1:]))
    if wrong_groups or not (fraction.isdecimal() or not fraction) or not (whole or fraction):
        return None
    return float(f"{''.join(groups) or '0'}.{fraction or '0'}{e}{exponent}")
