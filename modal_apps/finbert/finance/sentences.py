"""Splits texts into sentences by rules that know abbreviations, decimals and quarters."""

from __future__ import annotations

import re

LEAST_WORDS = 4
LONGEST_WORD = 40  # of which an abbreviation is looked for

# What a full stop follows without ending a sentence; a single letter is an initial.
_ABBREVIATION = re.compile(
    r"inc|ltd|co|corp|llc|plc|mr|mrs|ms|dr|vs|no|approx|est|fig|st"
    r"|e\.g|i\.e|u\.s|u\.k|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|[a-z]"
)
# Begins only where a run of stops begins: else each stop of a long run would be tried as the first.
_END = re.compile(r"(?<![.!?])[.!?]+[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]?[A-Z0-9])")
_BULLET = re.compile(r"\s*(?:[-*•▪]\s+|\(?\d{1,2}[.)]\s+)")


def split_sentences(text: str) -> list[str]:
    """The sentences of a text in order, without bullets; shorter than four words is a label and left out."""
    sentences = []
    for line in re.split(r"[\r\n]+", text):
        bullet = _BULLET.match(line)
        words = line[bullet.end() :] if bullet else line
        sentences += _split_line(" ".join(words.split()))
    return [sentence for sentence in sentences if len(sentence.split()) >= LEAST_WORDS]


def _split_line(line: str) -> list[str]:
    parts, start = [], 0
    for match in _END.finditer(line):
        before = line.rfind(" ", start, match.start()) + 1
        word = line[max(before, start, match.start() - LONGEST_WORD) : match.start()].lower().lstrip("(\"'")
        if match[0].startswith(".") and _ABBREVIATION.fullmatch(word):
            continue
        parts.append(line[start : match.end()].strip())
        start = match.end()
    return [*parts, line[start:]] if line[start:] else parts
