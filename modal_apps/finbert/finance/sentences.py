"""Splits texts into sentences by rules that know abbreviations, decimals and quarters."""

from __future__ import annotations

import re

LEAST_WORDS = 4
LONGEST_WORD = 40  # of which an abbreviation is looked for

_ABBREVIATIONS = {
    *(
        "inc",
        "ltd",
        "co",
        "corp",
        "llc",
        "plc",
        "mr",
        "mrs",
        "ms",
        "dr",
        "vs",
        "no",
        "approx",
        "est",
        "fig",
        "st",
    ),
    *(
        "e.g",
        "i.e",
        "u.s",
        "u.k",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    ),
}
# Begins only where a run of stops begins: else each stop of a long run would be tried as the first.
_END = re.compile(r"(?<![.!?])[.!?]+[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]?[A-Z0-9])")
_BULLET = re.compile(r"\s*(?:[-*•▪]\s+|\(?\d{1,2}[.)]\s+)")


def split_sentences(text: str) -> list[str]:
    """The sentences of a text in order, without bullets; shorter than four words is a label and left out."""
    sentences = []
    for line in re.split(r"[\r\n]+", text):
        line = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
        sentences += _split_line(re.sub(r"\s+", " ", line).strip())
    return [sentence for sentence in sentences if len(sentence.split()) >= LEAST_WORDS]


def _split_line(line: str) -> list[str]:
    parts, start = [], 0
    for match in _END.finditer(line):
        before = line.rfind(" ", start, match.start()) + 1
        word = line[max(before, start, match.start() - LONGEST_WORD) : match.start()].lower().lstrip("(\"'")
        if match[0].startswith(".") and (word in _ABBREVIATIONS or re.fullmatch(r"[a-z]", word)):
            continue
        parts.append(line[start : match.end()].strip())
        start = match.end()
    return [*parts, line[start:]] if line[start:] else parts
