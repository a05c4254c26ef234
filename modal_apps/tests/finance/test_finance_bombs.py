"""Files that would take all memory or all time: each costs its own request an answer with the cause, and no other."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator

import finance_bombs
import httpx
import openpyxl
import pytest
from bombing import SOON_S, blast, check_bounded, leave, limited, running, soon_ended
from finance.analysis import READERS
from finance.api import create_app
from finance.parse_xlsx import parse_xlsx
from finance.settings import FinbertSettings
from finance_backend import upload
from loopback import until
from served import served

HONEST = ("/ratios", {"files": [upload("a.csv", b"Item,FY2024,FY2023\nRevenue,12,11\n")]})


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(create_app(FinbertSettings(), None, None)) as url:  # type: ignore[arg-type]
        yield url


@pytest.mark.parametrize("bomb", finance_bombs.BOMBS, ids=lambda bomb: bomb.name)
async def test_a_bomb_costs_one_request_and_no_other(url: str, bomb: finance_bombs.Bomb) -> None:
    body = {"files": [upload("bomb", bomb.make())]}
    with soon_ended(READERS, bomb.codes):
        done = await blast(url, READERS, ("/ratios", body), HONEST)
    check_bounded(done, bomb.codes, READERS.limits.memory_mb)


async def test_a_bomb_among_files_is_named(url: str) -> None:
    files = [*HONEST[1]["files"], upload("late.csv", finance_bombs.HEADING * 3900)]
    async with httpx.AsyncClient(base_url=url, timeout=300) as client:
        with limited(READERS, SOON_S):
            spun = await client.post("/ratios", json={"files": files})
        rows = upload("rows.xlsx", finance_bombs.XLSX[1].make())
        mixed = await client.post("/ratios", json={"files": [*HONEST[1]["files"], rows]})
    assert (spun.status_code, spun.json()["error"]["code"]) == (422, "too_slow")
    assert mixed.status_code == 200
    assert "has 2,000,000,000 rows; at most 20,000 are read" in mixed.json()["warnings"][0]


async def test_the_child_of_a_caller_who_leaves_is_ended(url: str) -> None:
    body = {"files": [upload("a.csv", finance_bombs.HEADING * 3900)]}
    with limited(READERS, 600):
        await leave(url, READERS, "/ratios", body)
        await asyncio.to_thread(until, lambda: not running(READERS))
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        assert (await client.post(HONEST[0], json=HONEST[1])).status_code == 200


def test_a_real_workbook_of_10_000_rows_is_read_as_openpyxl_reads_it() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Item", "FY2024", None, "FY2023"])
    for number in range(2, 10_001):
        book.active.append([f"item {number}", number / 4, None, -number] if number % 7 else [])
    book.create_sheet("Empty")
    out = io.BytesIO()
    book.save(out)
    wanted = openpyxl.load_workbook(out, data_only=True)
    grids, warnings = parse_xlsx("a.xlsx", out.getvalue())
    for sheet, grid in zip(wanted.worksheets, grids, strict=True):
        rows = [without_end(list(row)) for row in sheet.iter_rows(values_only=True)]
        assert [without_end(row) for row in grid.rows] == (rows if any(rows) else [])
    assert warnings == []


def without_end(row: list[object]) -> list[object]:
    while row and row[-1] is None:
        row = row[:-1]
    return row
