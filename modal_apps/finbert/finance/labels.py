"""
Row labels in one form: lower case, without accents, notes and remarks, and with one word for each of several that mean
the same. `Trade receivables, net (note 12)` and `TradeReceivablesNet` both become `trade receivables net`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .units import without_unit

LONGEST = 300  # characters of a label

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOTE_END = re.compile(r"\bnotes? \d{1,2}(?: ?[a-z])?(?: (?:and )?\d{1,2})*$")
_NUMBERED = re.compile(r"^(?:(?:[ivx]{1,4}|[a-h]|\d{1,2})(?:[.)]\s*|\s?[-\u2013]\s+))+")
_PREFIX = re.compile(r"^(?:less|add|plus|thereof|our|the|minus)(?=[ :]) ?:? ?")
_CHANGE = re.compile(
    r"^\(?(?:net )?(?:changes?|increases?|decreases?|movements?|veranderung(?:en)?|zunahme|abnahme|variations?"
    r"|augmentation|diminution|variacion(?:es)?|aumento|disminucion)\b"
)
_ALLOWANCE = re.compile(
    r" (?:net of|less|net) (?:estimated |the )?(?:allowances?|provisions?|reserves?|expected)\b.*$"
)

# Words that mean the same in a statement, longest first.
_SAME: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"\bamorti[sz]ation\b", "amortization"),
        (r"\bnon current\b", "noncurrent"),
        (r"\blong lived\b", "long lived"),
        (r"\blongterm\b", "long term"),
        (r"\bshortterm\b", "short term"),
        (r"\bnon ?controlling\b", "noncontrolling"),
        (r"\b(?:stock|share)(?:holder|owner)s?\b", "shareholders"),
        (r"\b(?:members|partners|shareholder)\b(?= (?:equity|deficit|capital))", "shareholders"),
        (r"\bproperty plant and equipment\b", "ppe"),
        (r"\bproperty(?: and)? plants? and equipments?\b", "ppe"),
        (r"\bproperty and equipment\b", "ppe"),
        (r"\bplant property and equipment\b", "ppe"),
        (r"\bproperties plant and equipment\b", "ppe"),
        (r"\bplant and equipment\b", "ppe"),
        (r"\bpp and e\b", "ppe"),
        (
            r"\b(?:less|excluding|exclusive of) (?:the )?current (?:portion|maturities|installments|amounts?)\b",
            "net of current portion",
        ),
        (r"\bnet of current (?:maturities|installments|portions?)\b", "net of current portion"),
        (r"\bless (?:amounts?|portion) due within one year\b", "net of current portion"),
        (r"\bcurrent (?:maturities|installments|instalments|portions?)\b", "current portion"),
        (r"\b(?:amounts? )?(?:due|maturing|payable) within (?:one|1) year\b", "current"),
        (r"\b(?:amounts? )?(?:due|maturing|payable) after (?:more than )?(?:one|1) year\b", "noncurrent"),
        (r"\bcosts? and expenses\b", "costs and expenses"),
        (r"\bmarketable debt securities\b", "marketable securities"),
        (r"\bmarketable securities and other short term investments\b", "short term investments"),
        (r"\bcommon stock holders\b", "common shareholders"),
        (r"\btax(?:es)? on income\b", "taxes on income"),
        (r"\b(?:federal|u s federal|federal and state) income tax", "income tax"),
        (r"\bcash flow aus\b", "cash flow aus"),
    )
)


def normalize(label: str) -> str:
    """The label in its plain form; '' for one that is too long."""
    return _normalize(label) if len(label) <= LONGEST else ""


@lru_cache(maxsize=4096)
def _normalize(label: str) -> str:
    text = _CAMEL.sub(" ", label) if " " not in label.strip() else label
    text = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    text = "".join(sign for sign in text if not unicodedata.combining(sign)).lower()
    text = _without_brackets(text).replace("&", " and ").replace("+", " and ").replace("\u2019", "'")
    text = (
        re.sub(r"'s?\b(?!0)|[*†‡¹²³⁴]", "", text)
        if "d'" not in text and "l'" not in text
        else text.replace("'", " ")
    )
    text = re.sub(r",? (?:in|en) (?:thousands?|millions?|billions?)(?: of [a-z. ]{2,20})?$", "", text.strip())
    text = _NUMBERED.sub("", text)
    text = " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())
    text = _NOTE_END.sub("", _PREFIX.sub("", text)).strip()
    text = _ALLOWANCE.sub(" net", text)
    for pattern, plain in _SAME:
        text = pattern.sub(plain, text)
    return " ".join(text.split())


def _without_brackets(text: str) -> str:
    """
    Brackets hold remarks: a note, a unit, the other sign of `income (loss)`. What tells one debt from another stays.
    """
    kept = re.sub(
        r"\((?=less current|net of current|excluding current|current portion|current\)|non-?current)([^()]*)\)",
        r" \1 ",
        text,
    )
    return re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", kept)


def is_change(label: str) -> bool:
    """Whether a row tells by how much something changed; `increase in cash` is one too."""
    text = unicodedata.normalize("NFKD", label[:LONGEST]).lower().strip()
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return bool(_CHANGE.match(re.sub(r"[()/]", " ", text).strip()))


def unit_in(label: str) -> str:
    """The part of a label that may name a unit: what stands in brackets or after a comma."""
    return "\n".join([*re.findall(r"\(([^()]*)\)", label[:LONGEST]), label[:LONGEST].rpartition(", ")[2]])


def plain_label(label: str) -> str:
    """A label without its unit."""
    return without_unit(label)
