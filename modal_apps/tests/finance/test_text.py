"""Questions to sections, and texts to sentences."""

from __future__ import annotations

import pytest
from finance.response_sections import RATIO_SECTIONS, SECTIONS, sections_for
from finance.sentences import split_sentences


@pytest.mark.parametrize(
    ("query", "sections"),
    [
        ("Advanced ratio analysis", ["summary", *RATIO_SECTIONS]),
        ("Cash flow analysis", ["summary", "cash"]),
        ("What is the tone of the commentary?", ["summary", "sentiment"]),
        ("Is their debt a risk?", ["summary", "liquidity", "leverage", "sentiment"]),
        ("outlook", ["summary", "growth", "forecast"]),
        ("Margins and leverage", ["summary", "profitability", "leverage"]),
        ("Give me a summary", ["summary"]),
        ("hello", list(SECTIONS)),
        ("", list(SECTIONS)),
        ("ERRATIC", list(SECTIONS)),
    ],
)
def test_sections(query: str, sections: list[str]) -> None:
    assert sections_for(query) == sections


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "Sales rose by ten percent. Costs fell by two percent.",
            ["Sales rose by ten percent.", "Costs fell by two percent."],
        ),
        ("Acme Inc. sold its unit to Beta Corp. in May.", ["Acme Inc. sold its unit to Beta Corp. in May."]),
        (
            "It grew 2.5 percent in Q3. Demand was weak in Europe.",
            ["It grew 2.5 percent in Q3.", "Demand was weak in Europe."],
        ),
        ("The U.S. market grew again strongly.", ["The U.S. market grew again strongly."]),
        (
            "Did margins improve this year? They did not improve!",
            ["Did margins improve this year?", "They did not improve!"],
        ),
        (
            "- Orders rose in the year\n2. Prices fell in the year",
            ["Orders rose in the year", "Prices fell in the year"],
        ),
        (
            'He said "it was a good year." Then he left early.',
            ['He said "it was a good year."', "Then he left early."],
        ),
        ("Outlook\nNot yet known", []),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences
