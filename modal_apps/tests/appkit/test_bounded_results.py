"""What a child says is read as data: it changes no class, imports nothing and calls no function."""

from __future__ import annotations

import pickle
import sys
from collections import Counter
from datetime import date, datetime

import pytest
from appkit.bounded_results import load_result
from finance.statement import Statement
from finance.xlsx_survey import __name__ as LOADED

NOT_LOADED = "finance.finbert_of_nobody"
BUILD_ON_A_CLASS = b"cfinance.statement\nStatement\nN}S'taken_over'\nI1\ns\x86b."


@pytest.mark.parametrize(
    "data",
    [
        BUILD_ON_A_CLASS,
        b"cfinance.statement\nStatement\n}S'taken_over'\nI1\nsb.",
        b"cfinance.statement\nStatement\np0\n0g0\nN}S'taken_over'\nI1\ns\x86b.",
        b"(cfinance.statement\nStatement\nN}S'taken_over'\nI1\ns\x86bl.",
        b"cfinance.ui\nmain\n.",
        b"cfinance.xlsx_survey\nDTDForbidden\n.",
        b"cantigravity\nfly_geohashes\n.",
        b"cfinance.smoke\nSmoke\n.",
        b"cos\nsystem\n(S'true'\ntR.",
        b"\x80\x04\x8c\x11finance.statement\x8c\x12Statement.__init__\x93.",
        b"b.",
        b"I1\nb.",
        b"",
        b"\x80\x04}h\x07.",
    ],
)
def test_what_is_no_result_is_refused_and_changes_nothing(data: bytes) -> None:
    before = dict(vars(Statement)), set(sys.modules)
    with pytest.raises(pickle.UnpicklingError):
        load_result(data, ("finance",))
    assert (dict(vars(Statement)), set(sys.modules)) == before


def test_what_a_child_gives_is_read() -> None:
    assert LOADED in sys.modules
    value = [Counter("aab"), date(2024, 1, 2), datetime(2024, 1, 2, 3), {"a": (1, 2.5, None, b"x")}]
    assert load_result(pickle.dumps(value, 5), ("finance",)) == value
