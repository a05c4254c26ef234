"""Numbers as people write them."""

from __future__ import annotations

import pytest
from finance.written_numbers import Number, Style, detect_style, parse_number
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0),
        ("7", 7.0),
        ("1234", 1234.0),
        ("1,234", 1234.0),
        ("1,234,567", 1234567.0),
        ("1,234.56", 1234.56),
        (".5", 0.5),
        ("12.", 12.0),
        ("1 234", 1234.0),
        ("1\xa0234.5", 1234.5),
        ("1'234'567", 1234567.0),
        ("1\u2019234", 1234.0),
        ("-1,234", -1234.0),
        ("\u22121,234", -1234.0),
        ("\u20131,234", -1234.0),
        ("1,234-", -1234.0),
        ("(1,234)", -1234.0),
        ("( 1,234 )", -1234.0),
        ("1.5e6", 1.5e6),
        ("1e-3", 0.001),
        ("2.5E+2", 250.0),
        ("1.2m", 1.2e6),
        ("1.2 mn", 1.2e6),
        ("3 million", 3e6),
        ("4bn", 4e9),
        ("4.5 billion", 4.5e9),
        ("12k", 12e3),
        ("1,234(a)", 1234.0),
        ("1,234 [2]", 1234.0),
        ("1,234*", 1234.0),
        ("1,234†", 1234.0),
        ("(1,234)(b)", -1234.0),
        ("  42  ", 42.0),
    ],
)
def test_plain_numbers(text: str, value: float) -> None:
    assert parse_number(text) == Number(value)


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("$1,234", 1234.0, "USD"),
        ("US$ 12", 12.0, "USD"),
        ("USD 1.2m", 1.2e6, "USD"),
        ("1.2m USD", 1.2e6, "USD"),
        ("€5", 5.0, "EUR"),
        ("5 €", 5.0, "EUR"),
        ("EUR 5", 5.0, "EUR"),
        ("eur 5", 5.0, "EUR"),
        ("£3.50", 3.5, "GBP"),
        ("CHF 1'000", 1000.0, "CHF"),
        ("(€1,000)", -1000.0, "EUR"),
        ("€(1,000)", -1000.0, "EUR"),
        ("-$1,234", -1234.0, "USD"),
    ],
)
def test_currencies(text: str, value: float, currency: str) -> None:
    assert parse_number(text) == Number(value, currency)


def test_percentages_are_marked() -> None:
    assert parse_number("12.5%") == Number(12.5, percent=True)
    assert parse_number("(3%)") == Number(-3.0, percent=True)
    assert parse_number("-3 %") == Number(-3.0, percent=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "\u2013",
        "\u2014",
        "n/a",
        "N.A.",
        "nil",
        "abc",
        "FY2024",
        "Q3 2024",
        "12 apples",
        "1,23,4",
        "1.2.3",
        "(1,234",
        "1,234)",
        "((5))",
        "31 Dec 2024",
        "2024-12-31",
        "1,2345",
        ",5",
        "$",
        "%",
        "e5",
        "(-5)x",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56", 1234.56),
        ("1.234.567", 1234567.0),
        ("12,5", 12.5),
        ("(1.234,5)", -1234.5),
        ("1.234", 1234.0),
    ],
)
def test_decimal_comma(text: str, value: float) -> None:
    assert parse_number(text, "comma") == Number(value)


@pytest.mark.parametrize(
    ("column", "style"),
    [
        (["1,234.56", "7"], "point"),
        (["1.234,56", "7"], "comma"),
        (["1.234", "12,5"], "comma"),
        (["1.234.567"], "comma"),
        (["1,234", "1,235"], "point"),
        (["1,234,567"], "point"),
        (["", "\u2013"], "point"),
    ],
)
def test_style_of_a_column(column: list[str], style: Style) -> None:
    assert detect_style(column) == style


@given(st.integers(-(10**12), 10**12))
def test_formatted_integers_come_back(value: int) -> None:
    assert parse_number(f"{value:,}") == Number(float(value))
    assert parse_number(f"({abs(value):,})") == Number(float(-abs(value)))
    assert parse_number(f"{value:,}".replace(",", "."), "comma") == Number(float(value))


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_none(text: str) -> None:
    parsed = parse_number(text)
    assert parsed is None or isinstance(parsed.value, float)
