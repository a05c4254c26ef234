"""Units and currencies as headings name them: `£'000`, `in TEUR`, `₹ crore`, `$ in Millions, shares in Thousands`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .written_numbers import CODES, CURRENCIES

THOUSAND, LAKH, MILLION, CRORE, BILLION = 1_000, 100_000, 1_000_000, 10_000_000, 1_000_000_000
LONGEST = 400  # characters of a text that names a unit

# Words that name a scale by themselves, and short forms that do so beside a currency only.
_WORDS = {
    THOUSAND: r"thousands?|tausend|tsd\.?|milliers|miles|'?000s?|'000|000's|thsd\.?|tusental",
    LAKH: r"lakhs?|lacs?",
    MILLION: r"millions?|millionen|millones|mio\.?|mln\.?|milj\.?|miljoner",
    CRORE: r"crores?",
    BILLION: r"billions?|milliarden|milliards?|mrd\.?",
}
_SHORT = {THOUSAND: r"k|t|th", MILLION: r"mm|mn|m", CRORE: r"cr\.?", BILLION: r"bn|b"}
_SIGN = "|".join([*map(re.escape, sorted(CURRENCIES, key=len, reverse=True))])
_MONEY = (
    rf"(?:{_SIGN}|{CODES}|rupees?|rs\b|(?:u\.?s\.?|canadian|australian|hong kong)? ?dollars?"
    r"|euros?|pounds?(?: sterling)?|yen|yuan|renminbi|swiss francs?|swedish kron(?:a|or)|kronor|pesos?)"
)
_ANY_WORD = "|".join(_WORDS.values())
_ANY_SHORT = "|".join(_SHORT.values())
_BEFORE = r"(?<![\w'.,])"
_END = r"(?![\w'])"
_OF = r"(?: of| de| d'| d\u2019)?"

_UNIT = re.compile(
    rf"{_BEFORE}(?:"
    rf"(?P<money1>{_MONEY})\s*(?:in|en)?\s*(?P<word1>{_ANY_WORD}){_END}"
    rf"|(?P<money2>{_MONEY})\s*(?:in |en )?(?P<short2>{_ANY_SHORT}){_END}"
    rf"|(?:in |en )?(?P<word3>{_ANY_WORD}){_OF}\s*(?P<money3>{_MONEY})"
    rf"|(?:in )?(?P<short4>k|t|m|mm|mn|bn)(?P<money4>{_SIGN}|eur|usd|gbp|chf|sek|nok|dkk){_END}"
    rf"|\b(?:in|en)\s+(?P<short5>k|m|mn|mm|bn){_END}"
    rf"|\b(?:in|en)\s+(?P<word6>{_ANY_WORD}){_END}"
    rf"|(?P<word7>{_ANY_WORD}) of\b"
    rf"|^\W*(?P<word8>{_ANY_WORD})(?=[,;)]| except\b| unless\b)"
    r")",
    re.IGNORECASE,
)
_LONE_WORD = re.compile(
    rf"\W*(?:all )?(?:amounts |figures |values )?(?P<word>{_ANY_WORD}|m|mn)\W*", re.IGNORECASE
)
_SHARE_SCALE = re.compile(
    r"shares?(?: data| amounts)?,?(?: which are)?"
    rf"(?: reflected| stated| presented| shown)?\s*in\s+(?P<word>{_ANY_WORD}){_END}",
    re.IGNORECASE,
)
_EXCEPT = re.compile(r"\b(?:except|unless|other than|excluding)\b([^()\n]{0,160})", re.IGNORECASE)
_PER_SHARE = re.compile(
    r"\bper[- ](?:common |ordinary )?shares?(?: data| amounts?| figures?| information)?", re.IGNORECASE
)
_BARE_CODE = re.compile(rf"(?<![A-Za-z])({CODES})(?![A-Za-z])")
_CODE_IN_UNIT = re.compile(rf"(?<![A-Za-z])[TKMk]?({CODES})(?:[km]|mn|bn)?(?![A-Za-z])")
_NAMED = (
    ("CAD", r"canadian dollars?|c\$|ca\$"),
    ("AUD", r"australian dollars?"),
    ("HKD", r"hong kong dollars?|hk dollars?"),
    ("CHF", r"swiss francs?"),
    ("SEK", r"swedish kron(?:a|or)|\bmsek\b"),
    ("INR", r"\brupees?\b|\brs\b"),
    ("CNY", r"\brenminbi\b|\byuan\b"),
    ("JPY", r"\byen\b"),
    ("GBP", r"\bpounds? sterling\b"),
    ("EUR", r"\beuros?\b"),
    ("USD", r"\bu\.?s\.? dollars?\b"),
)
_SIGN_PATTERN = re.compile(rf"[€£¥₹]|(?<![A-Za-z])(?:{_SIGN})")


@dataclass(frozen=True)
class Unit:
    """
    What a text says of the numbers under or beside it.

    Parameters:
        scale: None when it names none.
        currency: ISO code; None when it names none.
        share_scale: of numbers of shares, when it differs.
    """

    scale: int | None = None
    currency: str | None = None
    share_scale: int | None = None

    def completed(self, other: Unit) -> Unit:
        """This unit with what another one says where it is silent."""
        return Unit(
            self.scale if self.scale is not None else other.scale,
            self.currency or other.currency,
            self.share_scale if self.share_scale is not None else other.share_scale,
        )


def unit_of(text: str) -> Unit:
    """The unit that a heading names."""
    if len(text) > LONGEST:
        text = text[:LONGEST]
    text = text.replace("\u2019", "'").replace("\u2018", "'").replace("`", "'")
    share = _SHARE_SCALE.search(text)
    amounts = text[: share.start()] + text[share.end() :] if share else text
    scale = scale_of(amounts)
    share_scale = _factor(share["word"]) if share else None
    if share_scale is None and scale and _exempts_shares(text):
        share_scale = 1
    codes = list(dict.fromkeys(currencies_in(text)))
    return Unit(scale, codes[0] if len(codes) == 1 else None, share_scale)


def scale_of(text: str) -> int | None:
    """The factor that a text such as `in thousands` or `$m` names."""
    text = text.replace("\u2019", "'").replace("\u2018", "'")
    if match := _UNIT.search(text):
        found = next(
            value for name, value in match.groupdict().items() if value and not name.startswith("money")
        )
        return _factor(found)
    lone = [
        match["word"] for part in re.split(r"[\n;]", text) if (match := _LONE_WORD.fullmatch(part.strip()))
    ]
    return _factor(lone[0]) if lone else None


def without_unit(text: str) -> str:
    """The text less what names a scale or a currency: `2024 £m` is `2024`."""
    text = text.replace("\u2019", "'").replace("\u2018", "'")
    text = _UNIT.sub(" ", text)
    text = re.sub(rf"(?<!\w)(?:{_ANY_WORD}|m|mn)(?![\w'])", " ", text, flags=re.IGNORECASE)
    return _SIGN_PATTERN.sub(" ", _BARE_CODE.sub(" ", text))


def _factor(word: str) -> int:
    for table in (_WORDS, _SHORT):
        for scale, pattern in table.items():
            if re.fullmatch(pattern, word, re.IGNORECASE):
                return scale
    return 1


def _exempts_shares(text: str) -> bool:
    """`except per share data` leaves numbers of shares in the scale; `except share data` does not."""
    clause = " ".join(match[1] for match in _EXCEPT.finditer(text))
    return bool(re.search(r"\bshares?\b", _PER_SHARE.sub(" ", clause), re.IGNORECASE))


def currencies_in(heading: str) -> Iterator[str]:
    """ISO codes of the currencies that a heading names by code, sign or word; some may come twice."""
    named = [code for code, word in _NAMED if re.search(word, heading, re.IGNORECASE)]
    codes = _BARE_CODE.findall(heading) or _CODE_IN_UNIT.findall(heading)
    signs = [
        CURRENCIES.get(match[0]) or CURRENCIES[match[0].upper()] for match in _SIGN_PATTERN.finditer(heading)
    ]
    # A bare dollar sign is that of the dollar that is named.
    if any(code.endswith("D") and code != "USD" for code in (*codes, *named)):
        signs = [code for code in signs if code != "USD"]
    yield from (*codes, *signs, *named)
