"""Public statements that were read by hand, against what the app says of them."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from corpus_files import statements
from corpus_score import Score
from corpus_table import measure, table

LEAST_FOUND = 0.99  # 1611 of 1626
ROUNDED = 0.005  # of the whole: rounding, or a minority that a vendor leaves out
IDENTITIES = {
    "assets are liabilities and equity": ("total_assets", "total_liabilities", "equity"),
    "revenue is cost and gross profit": ("revenue", "cost_of_revenue", "gross_profit"),
    "profit before tax is tax and net income": ("pretax_income", "tax_expense", "net_income"),
}
CORPUS = [*statements(), *statements(held_out=True)]


@pytest.fixture(scope="module")
def scores() -> list[Score]:
    return asyncio.run(measure())


@pytest.mark.parametrize("statement", CORPUS, ids=lambda statement: statement["id"])
def test_the_values_by_hand_fulfil_the_identities_of_accounting(statement: dict[str, Any]) -> None:
    values = {
        (entry["item"], entry["end"], entry["months"]): entry["values"] for entry in statement["expected"]
    }
    checked = 0
    for name, items in IDENTITIES.items():
        for end, months in {(end, months) for _, end, months in values}:
            parts = [values.get((item, end, months)) for item in items]
            if not all(parts):
                continue
            gaps = [abs(whole - one - two) for whole, one, two in itertools.product(*parts)]
            assert min(gaps) <= ROUNDED * abs(parts[0][0]), f"{name} {end}"
            checked += 1
    assert checked or not values, "no identity can be checked, so nothing bears these values out"


def test_no_value_and_no_ratio_of_a_statement_is_wrong(scores: list[Score]) -> None:
    wrong = [f"{one.id}: {text}" for one in scores for text in one.wrong]
    assert not wrong, "\n".join([table(scores), *wrong])


def test_nearly_all_line_items_of_statements_are_found(scores: list[Score]) -> None:
    found, wanted = sum(one.found for one in scores), sum(one.wanted for one in scores)
    missing = [f"{one.id}: {text}" for one in scores for text in one.missing]
    assert found >= LEAST_FOUND * wanted, "\n".join([table(scores), *missing])
