"""Files that would take all memory or all time: each costs its own request an answer with the cause, and no other."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator

import finance_bombs
import httpx
import openpyxl
import pytest
from bombing import SOON_S, blast, check_bounded, check_fits, leave, limited, running, soon_ended
from entry_files import load_entry
from finance.analysis import READERS
from finance.api import create_app
from finance.parse_xlsx import parse_xlsx
from finance.settings import FinbertSettings
from finance_backend import upload
from loopback import until
from pdf_writer import write_pdf
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
    with limited(READERS, 30):
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


async def test_an_annual_report_and_a_workbook_of_20_sheets_pass_the_limits(url: str) -> None:
    lines = ["(in millions)".ljust(60) + "FY2024".rjust(12) + "FY2023".rjust(12)]
    lines += [f"Revenue of segment {n}".ljust(60) + f"{n * 977:,}".rjust(12) * 2 for n in range(20)]
    lines += ["The company reported stable results for the year, and expects the same of the next."] * 35
    book = openpyxl.Workbook()
    for number in range(20):
        sheet = book.create_sheet(f"Note {number}")
        sheet.append(["Item", *(f"FY{year}" for year in range(2024, 2014, -1))])
        for row in range(150):
            sheet.append([f"item {row}", *range(row, row + 10)])
    out = io.BytesIO()
    book.save(out)
    files = [upload("10k.pdf", write_pdf([lines] * 200)), upload("notes.xlsx", out.getvalue())]
    async with httpx.AsyncClient(base_url=url, timeout=300) as client:
        answer = await client.post("/ratios", json={"files": files})
    assert answer.status_code == 200, answer.text[:400]
    assert [file["kind"] for file in answer.json()["files"]] == ["pdf", "xlsx"]


def without_end(row: list[object]) -> list[object]:
    while row and row[-1] is None:
        row = row[:-1]
    return row


async def test_the_largest_bodies_at_once_fit_into_the_container(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory_mb = load_entry(monkeypatch, "finbert").WEB_MEMORY_MB
    await check_fits(url, "/ratios", READERS, FinbertSettings(), memory_mb)
