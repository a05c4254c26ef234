"""The shipped statement from upload to answer."""

from __future__ import annotations

import io
from typing import Any

import httpx
import make_samples
import openpyxl
import pytest
from finance_backend import SAMPLES, upload

QUERY = "How are margins, debt and cash flow developing, and what is the tone and the outlook?"


def cells(book: openpyxl.Workbook) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_the_files_are_those_of_the_script() -> None:
    made = io.BytesIO()
    make_samples.workbook().save(made)
    assert cells(openpyxl.load_workbook(SAMPLES / "statement.xlsx")) == cells(openpyxl.load_workbook(made))
    assert (SAMPLES / "statement.csv").read_text() == make_samples.csv_text()
    assert (SAMPLES / "statement.pdf").read_bytes() == make_samples.pdf_bytes()


async def analyze(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    files = [upload("statement.xlsx", (SAMPLES / "statement.xlsx").read_bytes())]
    answer = await client.post("/analyze_financials", json={"files": files, **body})
    assert answer.status_code == 200
    return answer.json()


async def test_numbers(client: httpx.AsyncClient) -> None:
    answer = await analyze(client)
    assert answer["periods"] == ["FY2025", "FY2024", "FY2023", "FY2022"]
    assert (answer["currency"], answer["unit_scale"], answer["warnings"]) == ("USD", 1000, [])
    assert len(answer["line_items"]) == 28
    newest = {ratio["key"]: ratio["value"] for ratio in reversed(answer["ratios"])}
    expected = {
        **{"current": 77_433 / 31_200, "quick": 50_333 / 31_200, "gross_margin": 100 * 83_100 / 184_600},
        **{
            "roe": 100 * 17_633 / 102_233,
            "debt_to_equity": 34_000 / 102_233,
            "net_debt_to_ebitda": 22_967 / 32_800,
        },
        **{
            "free_cash_flow": 12_333_000,
            "interest_coverage": 25_000 / 2_100,
            "revenue_growth": 100 * (184_600 / 168_200 - 1),
        },
    }
    for key, value in expected.items():
        assert newest[key] == pytest.approx(value, rel=1e-9), key
    assert all(ratio["status"] == "ok" for ratio in answer["ratios"])
    assert all(check["ok"] for check in answer["checks"])
    assert len(answer["checks"]) == 12


async def test_sources(client: httpx.AsyncClient) -> None:
    answer = await analyze(client)
    capex = answer["line_items"]["capex"][0]
    source = {"file": "statement.xlsx", "sheet": "Cash flow", "ref": "B5"}
    assert {key: capex[key] for key in ("period", "value", "source", "scale", "unit", "statement")} == {
        **{"period": "FY2025", "value": 10_900_000.0, "source": source},
        **{"scale": 1000, "unit": "USD", "statement": "cash_flow"},
    }
    assert (capex["label"], capex["written"]) == ("Purchases of property, plant and equipment", "-10900")


async def test_sentiment_and_report(client: httpx.AsyncClient) -> None:
    answer = await analyze(client, query=QUERY)
    sentiment = answer["sentiment"]
    assert (sentiment["sentences"], sentiment["truncated"]) == (8, False)
    assert {item["text"] for item in sentiment["top_positive"]} <= set(make_samples.COMMENTARY)
    assert len(sentiment["top_negative"]) == 2
    assert answer["sections"] == [
        "summary",
        "profitability",
        "leverage",
        "cash",
        "growth",
        "sentiment",
        "forecast",
    ]
    report = answer["response"]
    for heading in (
        "Summary (USD)",
        "Profitability",
        "Leverage",
        "Cash flow",
        "Growth",
        "Sentiment",
        "Forecast",
    ):
        assert f"\n## {heading}\n" in report
    assert "## Liquidity" not in report
    assert "| Net margin | 9.6% | 8.1% | 6.3% | 5.0% |" in report
    assert {forecast["period"] for forecast in answer["forecast"]} == {"FY2026"}


async def test_twice_the_same_but_for_times(client: httpx.AsyncClient) -> None:
    answers = [await analyze(client, query=QUERY) for _ in range(2)]
    for answer in answers:
        for changing in ("timing_ms", "request_id", "logs"):
            del answer[changing]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", ["statement.csv", "statement.pdf"])
async def test_other_files_and_the_workbook_say_the_same(client: httpx.AsyncClient, name: str) -> None:
    from_book = await analyze(client, query="ratios")
    files = [upload(name, (SAMPLES / name).read_bytes())]
    from_other = (await client.post("/ratios", json={"files": files})).json()

    def values(answer: dict[str, Any]) -> dict[str, list[float]]:
        return {key: [item["value"] for item in items] for key, items in answer["line_items"].items()}

    assert values(from_other) == values(from_book)

    def shown(answer: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {key: value for key, value in ratio.items() if key != "sources"} for ratio in answer["ratios"]
        ]

    assert shown(from_other) == shown(from_book)


async def test_the_commentary_of_a_pdf_is_read_too(client: httpx.AsyncClient) -> None:
    files = [upload("statement.pdf", (SAMPLES / "statement.pdf").read_bytes())]
    answer = (await client.post("/analyze_financials", json={"files": files, "query": QUERY})).json()
    assert answer["sentiment"]["sentences"] == len(make_samples.COMMENTARY)
    assert answer["files"][0]["kind"] == "pdf"
    assert answer["line_items"]["revenue"][0]["source"]["sheet"] == "page 1"
