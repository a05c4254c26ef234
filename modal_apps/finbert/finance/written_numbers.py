"""Numbers as people write them in statements: `(1,234)`, `1.234,56`, `USD 1.2m`, `12.5%`, `1,234(a)`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

ROUNDING = 0.005  # of a total: its parts are rounded
# Which sign comes before the decimals; `own`: what each cell proves.
Style = Literal["point", "comma", "own"]
# What one cell proves; its sign when it can be read both ways, '' when it has none.
Proof = Literal["point", "comma", ".", ",", ""]

# ISO codes by the signs that statements use.
CURRENCIES = {
    "$": "USD",
    "US$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "Rs.": "INR",
    "RMB": "CNY",
    "HK$": "HKD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "NZ$": "NZD",
    "S$": "SGD",
    "NT$": "TWD",
    "R$": "BRL",
    "CN¥": "CNY",
    "₩": "KRW",
    "₺": "TRY",
    "₽": "RUB",
    "zł": "PLN",
}
# A pattern of the ISO codes that are read as such.
CODES = (
    "USD|EUR|GBP|JPY|CHF|CAD|AUD|NZD|CNY|HKD|TWD|KRW|SGD|INR|SEK"
    "|NOK|DKK|PLN|CZK|HUF|TRY|ILS|ZAR|BRL|MXN|THB|IDR|MYR|AED|SAR"
)
SUFFIXES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mm": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9}
LONGEST = (
    80  # characters, with one blank where there are several; the pattern has parts that could share them
)
LEAST_GROUPED = 2  # cells that must agree before `1.234` is taken for a group of thousands
DASHES = "\u2212\u2013\u2014\u2012"

_CURRENCY = "|".join([*map(re.escape, sorted(CURRENCIES, key=len, reverse=True)), CODES])
_NUMBER = re.compile(
    rf"""(?P<lead>[-(]*)\s*(?P<currency>{_CURRENCY})?\s*(?P<open>[-(]*)
    (?P<digits>(?:\d[\d\s.,'\u2019]*|\.\d+)(?:e[+-]?\d+)?)
    \s*(?P<suffix>k|mm|mn|m|million|bn|billion|b)?\s*(?P<after>{_CURRENCY})?\s*(?P<percent>%)?
    (?P<trail>-?)(?P<close>\)*)\s*(?P<note>(?:\([a-z0-9]\)|\[[a-z0-9]+\]|\*+|[¹²³†])*)""",
    re.IGNORECASE | re.VERBOSE,
)
_SIGNS = {sign.upper(): code for sign, code in CURRENCIES.items()}


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
    """
    Reads one cell. None for text, for a blank cell, for a dash, which in statements means "nothing", and in the
    style `own` for a cell that can be read both ways.
    """
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
    return Number(-value if negative else value, _SIGNS.get(sign, sign or None), bool(match["percent"]))


def detect_style(texts: Iterable[str], delimiter: str = "") -> Style:
    """
    Decides for a whole file which sign comes before the decimals.

    A cell that can be read in one way only is a proof. When proofs contradict each other each cell stands for
    itself (`own`). Without any proof three digits after every sign are a group of thousands, because no statement
    gives all of its amounts to three decimals.

    Parameters:
        delimiter: between the cells; a semicolon is used where the comma comes before decimals.
    """
    proofs: set[Style] = set()
    open_points = open_commas = 0
    for text in texts:
        proof = _proof(text)
        if proof == "point" or proof == "comma":
            proofs.add(proof)
        open_points += proof == "."
        open_commas += proof == ","
    if len(proofs) == 1:
        return proofs.pop()
    if proofs or (open_points and open_commas):
        return "own"
    least = 1 if delimiter == ";" else LEAST_GROUPED
    return "comma" if open_points >= least else "point"


def _proof(text: str) -> Proof:
    if len(text) > LONGEST:
        return ""
    digits = re.sub(r"[^\d.,]", "", text).strip(".,")
    last_point, last_comma = digits.rfind("."), digits.rfind(",")
    if last_point >= 0 and last_comma >= 0:
        return "comma" if last_comma > last_point else "point"
    if last_point < 0 and last_comma < 0:
        return ""
    sign: Proof = "." if last_point >= 0 else ","
    decimal_here: Proof = "point" if sign == "." else "comma"
    group_here: Proof = "comma" if sign == "." else "point"
    whole, *rest = digits.split(sign)
    if len(rest) > 1:
        return group_here if all(len(part) == 3 for part in rest) else ""
    if len(rest[0]) == 3 and whole.isdecimal() and len(whole) <= 3 and whole.strip("0"):
        return sign
    return decimal_here


def _plain(digits: str, style: Style) -> float | None:
    """The value of digits with separators, or None when their groups make no number, as in `1,23,4`."""
    mantissa, e, exponent = digits.lower().partition("e")
    if style == "own":
        proof = _proof(mantissa)
        if proof in (".", ","):
            return None
        style = "comma" if proof == "comma" else "point"
    decimal, group = (".", ",") if style == "point" else (",", ".")
    whole, _, fraction = re.sub(r"[\s'\u2019]", "", mantissa).partition(decimal)
    groups = whole.split(group)
    wrong_groups = len(groups) > 1 and not (_thousands(groups) or _lakhs(groups))
    if wrong_groups or not (fraction.isdecimal() or not fraction) or not (whole or fraction):
        return None
    return float(f"{''.join(groups) or '0'}.{fraction or '0'}{e}{exponent}")


def _thousands(groups: list[str]) -> bool:
    return bool(groups[0]) and all(len(part) == 3 for part in groups[1:])


def _lakhs(groups: list[str]) -> bool:
    """Groups as in India: 12,34,567."""
    return (
        len(groups) > 2
        and 1 <= len(groups[0]) <= 2
        and len(groups[-1]) == 3
        and all(len(part) == 2 for part in groups[1:-1])
    )


def read_number(cell: object, style: Style) -> tuple[float | None, str | None]:
    """The number of a cell and the currency that it names; None for text, percentages and blank cells."""
    if isinstance(cell, bool):
        return None, None
    if isinstance(cell, int | float):
        try:
            value = float(cell)
        except OverflowError:
            return None, None
        return (value if abs(value) < float("inf") else None), None
    number = parse_number(cell, style) if isinstance(cell, str) else None
    if number is None or number.percent or abs(number.value) == float("inf"):
        return None, None
    return number.value, number.currency


def adds_up(total: float, parts: float) -> bool:
    """Whether the sum of parts is a total, but for rounding."""
    return abs(total - parts) <= ROUNDING * abs(total)
