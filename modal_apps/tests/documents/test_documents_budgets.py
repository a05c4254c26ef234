"""Processor time for a document and for a batch: what is spent on each file and page adds up, and ends the rest."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import ocr.batch
import ocr.inbox
import ocr.rendering
import pytest
from appkit.bounded import Ended
from appkit.fetchguard import FetchRules
from bombing import OfChildren
from document_bombs import many_pages
from document_files import LocalBackend, options, pool_of, words_tiff
from fixed_engine import Fixed
from ocr.batch import BatchPayload, run_batch
from ocr.inbox import InboxReport, process_inbox, put_inbox
from ocr.rendering import MOST_SLOW, READERS, batch_budget, draw_pages, open_bounded
from ocr.requests import Opts
from ocr.staging import BatchDocument

DRAWING = Opts(dpi=72, max_pixels=65_536).drawing()
THREE_PAGES = words_tiff("total", "letter", "paper")


def pool() -> Any:
    engine: Any = Fixed("text")
    return pool_of(LocalBackend(engine))


async def read(*files: bytes) -> list[tuple[int, list[tuple[int, str]]]]:
    """How many pages of each file were wanted, and which failed, with their codes."""
    documents = [BatchDocument(name=f"{index}.tiff", data=data, url="") for index, data in enumerate(files)]
    payload = BatchPayload(documents=documents, options=options(), drawing=DRAWING, callback_url="")
    result = await run_batch(payload, "r-1", pool(), FetchRules())
    return [
        (one["pages"], [(page["index"], page["error"]["code"]) for page in one["failed_pages"]])
        for one in result["results"]
    ]


def batch_has(monkeypatch: pytest.MonkeyPatch, children: int) -> None:
    for module in (ocr.batch, ocr.inbox):
        monkeypatch.setattr(module, "batch_budget", lambda: OfChildren(children))


async def test_the_pages_of_a_document_spend_its_time_together_and_no_other_s(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ocr.rendering, "Budget", OfChildren)
    monkeypatch.setattr(ocr.rendering, "DOCUMENT_S", 2)
    assert await read(THREE_PAGES, words_tiff("total", "letter")) == [(3, [(3, "too_slow")]), (2, [])]


async def test_the_documents_of_a_batch_spend_its_time_together(monkeypatch: pytest.MonkeyPatch) -> None:
    batch_has(monkeypatch, 2 + 4)  # both are opened, and so many pages are drawn
    late = [(2, "batch_too_slow"), (3, "batch_too_slow")]
    assert await read(THREE_PAGES, THREE_PAGES) == [(3, []), (3, late)]


async def test_what_opening_takes_is_of_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    batch_has(monkeypatch, 2)
    none = (3, [(page, "batch_too_slow") for page in (1, 2, 3)])
    assert await read(THREE_PAGES, THREE_PAGES) == [none, none]


async def test_nothing_is_opened_for_a_batch_whose_time_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    batch_has(monkeypatch, 0)
    assert await read(THREE_PAGES) == [(0, [])]


def test_the_times_are_those_of_the_readme() -> None:
    readme = (Path(ocr.rendering.__file__).parents[1] / "README.md").read_text()
    assert f"| A document | {ocr.rendering.DOCUMENT_S // 60} minutes of processor time" in readme
    assert f"| A batch, a run of the inbox | {ocr.rendering.BATCH_S // 3600} hour of processor time" in readme


async def test_each_batch_has_a_time_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    batch_budget().spend(ocr.rendering.BATCH_S)
    assert not batch_budget().is_spent
    assert await read(THREE_PAGES) == [(3, [])]


@pytest.mark.parametrize(
    ("children", "report"),
    [
        (0, InboxReport(processed=0, failed=0, skipped=2)),
        (2, InboxReport(processed=0, failed=0, skipped=2)),
        (3, InboxReport(processed=1, failed=0, skipped=1)),
        (4, InboxReport(processed=2, failed=0, skipped=0)),
    ],
)
async def test_the_files_of_the_inbox_spend_the_time_of_a_run_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, children: int, report: InboxReport
) -> None:
    for word in ("total", "letter"):
        path = put_inbox(tmp_path, f"{word}.tiff", words_tiff(word))
        os.utime(path, (0, 0))
    batch_has(monkeypatch, children)
    assert await process_inbox(tmp_path, options(), DRAWING, pool()) == report


async def test_after_some_pages_that_are_too_slow_no_more_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    document = await open_bounded("slow.pdf", many_pages(6))
    tried = 0

    async def too_slow(*_: Any, **__: Any) -> Any:
        nonlocal tried
        tried += 1
        raise Ended("time")

    monkeypatch.setattr(READERS, "run", too_slow)
    pages = [page async for page in draw_pages(document, range(1, 7), DRAWING)]
    assert [page.error and page.error["code"] for page in pages] == ["too_slow"] * 6
    assert tried == MOST_SLOW
