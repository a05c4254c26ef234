"""Which pages of a document are wanted: `1-3,7`."""

from __future__ import annotations

import re

PATTERN = r"\s*\d{1,6}(-\d{1,6})?\s*(,\s*\d{1,6}(-\d{1,6})?\s*)*"
_PART = re.compile(r"(\d+)(?:-(\d+))?")


class BadPages(ValueError):
    """The range cannot be read, or names a page that the document does not have."""


def select_pages(text: str, count: int) -> list[int]:
    """
    Page numbers in the order of the text, each once.

    Parameters:
        text: numbers from 1 and ranges, such as `1-3,7`; '' for all pages.
        count: pages of the document.

    Raises:
        BadPages: see there.
    """
    if not text.strip():
        return list(range(1, count + 1))
    if not re.fullmatch(PATTERN, text):
        raise BadPages(f"{text!r} is no page range; write it like 1-3,7.")
    chosen: dict[int, None] = {}
    for part in text.split(","):
        match = _PART.fullmatch(part.strip())
        assert match is not None
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last:
            raise BadPages(f"{part.strip()} is no page range: pages count from 1, upwards.")
        if last > count:
            raise BadPages(f"Page {last} was asked for; the document has {count}.")
        chosen |= dict.fromkeys(range(first, last + 1))
    return list(chosen)
