"""Whether the tables of a request are of one company."""

from __future__ import annotations

import re

from .reading import Reading

_FORMS = (
    r"inc|incorporated|corp|corporation|co|company|ltd|limited|plc|ag|se|gmbh|kgaa|s\.?a\.?s?|n\.?v|b\.?v|llc|l\.?p|ab|asa|oyj"
    r"|a/s|s\.?p\.?a|s\.?l|pty|bhd|holdings?|group|& co"
)
_NAME = re.compile(
    rf"(?P<name>[^\d:;()|]{{2,60}}?),? (?:{_FORMS})\.?(?:,? (?:{_FORMS})\.?){{0,2}}"
    r"(?:,? and (?:its )?(?:consolidated )?subsidiaries)?(?: and subsidiary)?",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\b(?:attributable|statements?|balance|income|consolidated|total|parent|the|equity|ended)\b",
    re.IGNORECASE,
)
LEAST_ROWS = 3


def several_companies(readings: list[Reading]) -> str:
    """Why the figures may be of several companies, in words; '' when nothing speaks for it."""
    found: dict[str, str] = {}
    for reading in readings:
        if len({candidate.row for candidate in reading.candidates}) < LEAST_ROWS:
            continue
        for text in reading.table.titles:
            if name := company_of(text):
                found.setdefault(name, text.strip())
                break
    names = list(found)
    apart = [name for name in names[1:] if not (name.startswith(names[0]) or names[0].startswith(name))]
    if not apart:
        return ""
    return (
        f"The files hold statements of several companies, {found[names[0]]} and {found[apart[0]]}. "
        "Send one at a time."
    )


def company_of(text: str) -> str:
    """The name in a title that is the name of a company, without its legal form; '' for another title."""
    line = " ".join(text[:120].split())
    match = _NAME.fullmatch(line)
    if match is None or _NO_NAME.search(match["name"]):
        return ""
    return re.sub(r"[^\w ]", "", match["name"]).lower().strip()
