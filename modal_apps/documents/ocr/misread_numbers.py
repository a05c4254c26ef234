"""Numbers of an answer that the page's own text does not have: digits that a model misread, or made up."""

from __future__ import annotations

import re
import unicodedata

from .reading import Format

FEWEST_DIGITS = 2  # lists and headings get numbers of one digit that no page has
MOST_NAMED = 12
MOST_JOINED = 50_000  # characters; looking for each number in all of a longer text would take seconds
_TOKEN = re.compile(r"\d[\d.,'\u2019\u066b\u066c]*")  # with Swiss and Arabic separators
_TAG = re.compile(r"<[^<>]{0,500}>")
_SEPARATOR = re.compile(r"[^\d]+")
_DIGIT = re.compile(r"[^\D0-9]")  # of another script


def unknown_numbers(answer: str, own_text: str, form: Format) -> list[str]:
    r"""
    Numbers of an answer that are not in a page's own text, as they are written, each once.

    `1,234.50`, `1.234,5` and `1 234.50` are alike, since a format may ask for another way to write a number, and so are
    digits of other scripts: \u0664\u0660\u0667 and 407.

    Parameters:
        form: of the answer; what is in HTML tags is no text.
    """
    own_text = _in_ascii(own_text)
    known = set().union(*(_meanings(token) for token in _numbers(own_text)))
    # A number may be in parts: 1 234, or an identifier in groups of four.
    joined = {_digits(line) for line in own_text[:MOST_JOINED].splitlines()}
    unknown: dict[str, None] = {}
    for token in _numbers(_TAG.sub(" ", answer) if form in ("html", "markdown") else answer):
        written = _in_ascii(token)
        digits = _digits(written)
        if len(digits) < FEWEST_DIGITS or known & _meanings(written):
            continue
        if len(digits) >= 4 and any(digits in line for line in joined):
            continue
        unknown[token] = None
    return list(unknown)


def warning_of(unknown: list[str]) -> str:
    """What a page says of them."""
    named = ", ".join(unknown[:MOST_NAMED])
    more = f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
    return f"Not in the PDF's own text: {named}{more}. Compare these numbers with the page."


def _numbers(text: str) -> list[str]:
    return [token.rstrip(".,'\u2019") for token in _TOKEN.findall(text)]


def _in_ascii(text: str) -> str:
    return _DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)


def _digits(text: str) -> str:
    return _SEPARATOR.sub("", text)


def _meanings(token: str) -> set[str]:
    """What a number can mean: its last separator may begin the decimals, or part thousands."""
    whole, _, decimals = re.sub(r"[^\d]", ".", token).rpartition(".")
    both = {_digits(token)}
    if whole:
        kept = decimals.rstrip("0")
        both.add(_digits(whole) + (f".{kept}" if kept else ""))
    return both
