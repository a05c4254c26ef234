"""Which sections of the response a question asks for. A table of words; no language model is involved."""

from __future__ import annotations

import re
from typing import Literal, get_args

RatioSection = Literal["liquidity", "profitability", "leverage", "efficiency", "cash", "growth"]
Section = Literal["summary", RatioSection, "sentiment", "forecast", "checks"]
SECTIONS: tuple[Section, ...] = get_args(Section)
RATIO_SECTIONS: tuple[Section, ...] = get_args(RatioSection)

# Beginnings of words; the first that fits decides.
WORDS: tuple[tuple[str, tuple[Section, ...]], ...] = (
    (r"cash.?flow|free cash|capex|fcf", ("cash",)),
    (r"ratio", RATIO_SECTIONS),
    (r"liquid|current ratio|quick|solven|working capital", ("liquidity",)),
    (r"profit|margin|return|earning|roe|roa|roic", ("profitability",)),
    (r"leverag|debt|interest|gearing", ("leverage",)),
    (r"efficien|turnover|inventor|receivable|payable|days", ("efficiency",)),
    (r"grow|trend", ("growth",)),
    (r"sentiment|tone|mood|commentary", ("sentiment",)),
    (r"forecast|outlook|predict|project|next year", ("forecast", "growth")),
    (r"risk", ("liquidity", "leverage", "sentiment")),
    (r"check|consisten|balance|audit", ("checks",)),
    (r"summar|overview", ("summary",)),
)


def sections_for(query: str) -> list[Section]:
    """The sections in their fixed order; all of them for a question with none of our words."""
    text = query.lower()
    asked = {section for pattern, found in WORDS if re.search(rf"\b(?:{pattern})", text) for section in found}
    return (
        [section for section in SECTIONS if section in asked or section == "summary"]
        if asked
        else list(SECTIONS)
    )
