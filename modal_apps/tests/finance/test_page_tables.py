"""What the page shows of an answer: marks, reasons and places beside each figure, from the app's own answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio
from corpus_files import statements
from corpus_table import NoBackend, ratios_of
from finance.api import create_app
from finance.page_tables import figure_table, ratio_table, warning_table
from finance.settings import FinbertSettings
from finance_backend import upload

CORPUS = {statement["id"]: statement for statement in statements()}
EVIL = "<img src=x onerror=alert(1)> [a](javascript:b) \u202edesrever\n| a | b |"


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(FinbertSettings(), NoBackend(), None)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://app", timeout=120) as client:
        yield client


async def csv(client: httpx.AsyncClient, text: str) -> dict[str, Any]:
    answer = await client.post("/ratios", json={"files": [upload("a.csv", text.encode())]})
    body: dict[str, Any] = answer.json()
    return body


def row(table: dict[str, Any], *start: str) -> list[str]:
    [found] = [row for row in table["data"] if row[: len(start)] == list(start)]
    return found


async def test_each_figure_has_its_place_label_and_unit(client: httpx.AsyncClient) -> None:
    body = await ratios_of(client, CORPUS["us-apple-2025q2-10q"])
    shown = figure_table(body)
    assert shown["headers"][:3] == ["Item", "Period", "Value"]
    cash = next(row for row in shown["data"] if row[0] == "Cash" and row[2] == "28,162,000,000")
    assert cash[3:8] == [
        "USD",
        "Cash and cash equivalents",
        "28162 x1,000,000",
        "Mar. 29, 2025",
        "Financial_Report.xlsx, CONDENSED CONSOLIDATED BALANCE , B3",
    ]
    every = [value for values in body["line_items"].values() for value in values]
    assert len(shown["data"]) == len(every) + len(body["withheld"])


async def test_flows_of_a_part_of_a_year_are_marked(client: httpx.AsyncClient) -> None:
    body = await ratios_of(client, CORPUS["us-apple-2025q2-10q"])
    marked = [ratio for ratio in body["ratios"] if ratio["annualised"]]
    assert marked
    shown = ratio_table(body)
    for ratio in marked:
        column = shown["headers"].index(ratio["period"])
        found = row(shown, ratio["label"])
        assert f"(flows x{ratio['annualised']:g})" in found[column]
        assert ratio["note"] in found[-1]


async def test_a_ratio_without_a_value_says_why(client: httpx.AsyncClient) -> None:
    body = await ratios_of(client, CORPUS["us-boeing-2024-10k"])
    shown = ratio_table(body)
    found = row(shown, "Return on equity")
    [roe] = [ratio for ratio in body["ratios"] if ratio["key"] == "roe" and ratio["period"] == "FY2024"]
    assert (roe["value"], bool(roe["reason"])) == (None, True)
    assert found[shown["headers"].index("FY2024")] == roe["status"].replace("_", " ")
    assert roe["reason"].removeprefix("FY2024: ") in found[-1]
    assert found[-1].count(roe["reason"].removeprefix("FY2024: ")) == 1  # for all periods at once


async def test_a_warning_stands_beside_its_figure(client: httpx.AsyncClient) -> None:
    body = await csv(
        client,
        "Balance sheet,FY2024,FY2023\nTotal assets,100,90\nTotal liabilities,30,40\nTotal equity,50,50\n"
        "Net income,5,4\n",
    )
    assert body["warning_details"]
    shown = figure_table(body), ratio_table(body), warning_table(body)
    everything = "\n".join(" ".join(row) for table in shown[:2] for row in table["data"])
    for notice in body["warning_details"]:
        if notice["items"] or notice["ratios"]:
            [period] = notice["periods"]
            assert notice["message"].removeprefix(f"{period}: ") in everything
        row(shown[2], notice["message"])
    for entry in body["withheld"]:
        assert entry["reason"].removeprefix(f"{entry['period']}: ") in everything


async def test_texts_of_files_stay_texts_of_one_line(client: httpx.AsyncClient) -> None:
    body = await csv(client, f'Item,FY2024,FY2023\nRevenue,100,90\n"{EVIL}",1,2\nNet income,5,4\n')
    value = body["line_items"]["revenue"][0]
    value["label"] = value["written"] = value["heading"] = EVIL
    value["source"]["file"] = value["source"]["sheet"] = EVIL
    body["warnings"].append(EVIL)
    body["warning_details"].append(
        {
            **{"code": "x", "message": EVIL, "items": ["revenue"], "ratios": [], "periods": []},
            "sources": [value["source"]],
        }
    )
    for table in (figure_table(body), ratio_table(body), warning_table(body)):
        for cell in (cell for row in table["data"] for cell in row):
            assert isinstance(cell, str)
            assert "\n" not in cell
            assert "\u202e" not in cell
