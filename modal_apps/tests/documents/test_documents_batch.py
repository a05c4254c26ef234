"""Batches and the inbox, with the tiny model."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import ocr.batch
import ocr.inbox
import ocr.rendering
import pytest
from appkit.fetchguard import FetchRules
from appkit.progress import Progress
from bombing import SOON_S, OfChildren, limited
from document_bombs import tiled_pdf
from document_files import LocalBackend, options, png, pool_of, word_png, words_tiff
from ocr.batch import BatchPayload, BatchResult, Pool, Tracker, run_batch
from ocr.inbox import InboxReport, process_inbox, put_inbox
from ocr.preprocess import Picture
from ocr.reading import PageIn, ReadOptions, ReadReply, failed_page
from ocr.rendering import READERS, ReadyPage
from ocr.requests import Opts
from ocr.responses import page_out
from ocr.spending import cost_line, gpu_seconds
from ocr.staging import BatchDocument
from PIL import Image
from support import marked
from tiny_qwen3_vl import WORDS, word_image

DRAWING = Opts().drawing()
BLANK = png(Image.new("RGB", (256, 256), "white"))


def payload(*files: tuple[str, bytes], **changes: Any) -> BatchPayload:
    documents = [BatchDocument(name=name, data=data, url="") for name, data in files]
    return BatchPayload(documents=documents, options=options(**changes), drawing=DRAWING, callback_url="")


class Watcher:
    """Keeps the counts."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int, int, float | None]] = []

    def progress(self, done: int, total: int, failed: int, eta_s: float | None) -> None:
        self.seen.append((done, total, failed, eta_s))


async def run(
    pool: Pool, *files: tuple[str, bytes], watcher: Watcher | None = None, **changes: Any
) -> BatchResult:
    return await run_batch(payload(*files, **changes), "r-1", pool, FetchRules(), watcher=watcher)


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("backwards", [False, True])
async def test_results_are_in_the_order_of_the_documents(
    backend: LocalBackend, size: int, backwards: bool
) -> None:
    files = [(f"{word}.png", word_png(word)) for word in WORDS]
    files.insert(3, ("two.tiff", words_tiff("total", "letter")))
    result = await run(pool_of(backend, backwards=backwards, pages_per_call=size), *files)
    expected = [*WORDS[:3], "total\n\nletter", *WORDS[3:]]
    assert [one["content"] for one in result["results"]] == expected
    assert [one["index"] for one in result["results"]] == list(range(9))
    assert [one["name"] for one in result["results"]] == [name for name, _ in files]
    assert max(map(len, backend.calls)) == size
    assert result["results"][3] == {
        **{
            "index": 3,
            "name": "two.tiff",
            "success": True,
            "pages": 2,
            "word_count": 2,
            "content_length": 13,
        },
        **{"content": "total\n\nletter", "error": None, "failed_pages": [], "notes": []},
    }


async def test_one_bad_page_fails_alone(backend: LocalBackend, capsys: pytest.CaptureFixture[str]) -> None:
    class OneBad:
        async def read(self, pages: list[PageIn], options: ReadOptions) -> ReadReply:
            if pages[0]["key"] == "1.2":
                raise ConnectionError("the container went away")
            return await backend.read(pages, options)

    watcher = Watcher()
    files = [
        ("a.png", word_png("total")),
        ("b.tiff", words_tiff("letter", "paper", "report")),
        ("c.png", b"no"),
    ]
    result = await run(pool_of(OneBad()), *files, watcher=watcher)
    assert (result["num_images"], result["succeeded"], result["failed"], result["num_pages"]) == (3, 1, 2, 4)
    first, second, third = result["results"]
    assert (first["success"], first["content"]) == (True, "total")
    assert (second["success"], second["content"]) == (False, "letter\n\nreport")
    assert second["failed_pages"][0]["index"] == 2
    assert "ConnectionError" in str(second["error"])
    assert "1 of 3 pages failed; page 2" in str(second["error"])
    assert (third["success"], third["error"]) == (
        False,
        "c.png is none of png, jpeg, webp, tiff, bmp, gif, heic, avif, pdf, docx.",
    )
    lines = marked(capsys.readouterr().out, "progress")
    assert (lines[-1]["done"], lines[-1]["total"], lines[-1]["failed"]) == (5, 5, 2)
    assert watcher.seen[-1][:3] == (5, 5, 2)  # four pages, and a document without one


async def test_a_page_that_cannot_be_drawn_fails_alone(backend: LocalBackend) -> None:
    broken = words_tiff("total", "letter")[:-3000]
    result = await run(pool_of(backend), ("a.tiff", broken), ("b.png", word_png("paper")))
    first, second = result["results"]
    assert (first["success"], first["content"], second["content"]) == (False, "total", "paper")
    assert first["failed_pages"][0]["index"] == 2
    assert first["failed_pages"][0]["error"]["code"] == "bad_image"


async def test_a_document_of_slow_pages_is_given_up(backend: LocalBackend) -> None:
    with limited(READERS, SOON_S):
        result = await run(pool_of(backend), ("slow.pdf", tiled_pdf(6)), ("b.png", word_png("paper")))
    slow, other = result["results"]
    assert [page["error"]["code"] for page in slow["failed_pages"]] == ["too_slow"] * 6
    given_up = [
        "The rest of slow.pdf was not drawn" in page["error"]["message"] for page in slow["failed_pages"]
    ]
    assert given_up == [False] * 3 + [True] * 3
    assert other["content"] == "paper"


async def test_a_document_has_a_limit_of_processor_time(
    backend: LocalBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr.rendering, "DOCUMENT_S", 1e-6)
    result = await run(
        pool_of(backend), ("a.tiff", words_tiff("total", "letter")), ("b.png", word_png("paper"))
    )
    first, second = result["results"]
    assert (first["content"], first["success"], second["content"]) == ("total", False, "paper")
    [failed] = first["failed_pages"]
    assert (failed["index"], failed["error"]["code"]) == (2, "too_slow")
    assert "the limit of a document" in failed["error"]["message"]


async def test_a_batch_has_a_limit_of_processor_time(
    backend: LocalBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr.rendering, "BATCH_S", 0)
    result = await run(pool_of(backend), ("a.png", word_png("total")))
    [document] = result["results"]
    assert (document["success"], document["pages"]) == (False, 0)
    assert "the limit of a batch" in (document["error"] or "")


async def test_what_a_run_of_the_inbox_has_no_time_for_is_read_by_the_next(
    tmp_path: Path, backend: LocalBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inbox").mkdir()
    for name in ("a.tiff", "twin.tiff"):
        (tmp_path / "inbox" / name).write_bytes(words_tiff("total", "letter"))
        age(tmp_path / "inbox" / name)
    with monkeypatch.context() as patch:
        # Enough to open the file and to draw its first page.
        patch.setattr(ocr.inbox, "batch_budget", lambda: OfChildren(2))
        assert await process(tmp_path, backend) == InboxReport(processed=0, failed=0, skipped=2)
    assert sorted(path.name for path in (tmp_path / "inbox").iterdir()) == ["a.tiff", "twin.tiff"]
    assert await process(tmp_path, backend) == InboxReport(processed=1, failed=0, skipped=1)


async def test_progress_lines(backend: LocalBackend, capsys: pytest.CaptureFixture[str]) -> None:
    await run(pool_of(backend), ("a.tiff", words_tiff("total", "letter")), ("blank.png", BLANK))
    printed = capsys.readouterr().out
    lines = marked(printed, "progress")
    assert [line["done"] for line in lines] == [1, 2, 3]
    assert {line["item"] for line in lines} == {"a.tiff#1", "a.tiff#2", "blank.png#1"}
    assert (lines[-1]["total"], lines[-1]["eta_s"], lines[-1]["run"]) == (3, 0.0, "r-1")
    assert "min remaining - a.tiff#1: 1 words in " in printed
    assert printed.rstrip().splitlines()[-1].startswith("Cost: 3 pages, ")


async def test_nothing_to_read_divides_by_nothing(
    backend: LocalBackend, capsys: pytest.CaptureFixture[str]
) -> None:
    watcher = Watcher()
    result = await run(pool_of(backend), ("a.png", b"junk"), watcher=watcher)
    assert (result["num_pages"], result["failed"], result["gpu_seconds"]) == (0, 1, 0.0)
    printed = capsys.readouterr().out
    assert [(line["done"], line["total"], line["failed"]) for line in marked(printed, "progress")] == [
        (1, 1, 1)
    ]
    assert watcher.seen[-1][:3] == (1, 1, 1)
    assert backend.calls == []
    empty = Watcher()
    Tracker(Progress("documents", "r", 0), empty).begin()
    assert capsys.readouterr().out.splitlines()[0] == "[0/0] no pages to read"
    assert empty.seen == [(0, 0, 0, 0.0)]


def test_the_eta_is_of_the_last_twenty(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(ocr.batch.time, "perf_counter", lambda: clock[0])
    watcher = Watcher()
    tracker = Tracker(Progress("documents", "r", 100), watcher)
    tracker.begin()
    assert watcher.seen == [(0, 100, 0, None)]
    page = ReadyPage("1", 1, "a#1", None)
    for index in range(50):
        clock[0] += 10.0 if index < 30 else 2.0
        reply = failed_page("1", 503, "x", "") if index % 2 else None
        tracker.page(page_out(page, reply, "markdown"))
    done, total, failed, eta_s = watcher.seen[-1]
    assert (done, total, failed, eta_s) == (50, 100, 25, 100.0), "50 left, of 2 s each; failed ones count"
    assert watcher.seen[30][3] == pytest.approx(69 * (19 * 10 + 2) / 20, abs=700)


async def test_not_more_calls_than_wanted_are_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, most = 0, 0

    async def at_once(
        document: Any, numbers: Any, drawing: Any, prefix: str = "", batch: Any = None
    ) -> AsyncIterator[ReadyPage]:
        """Pages that take no time to draw, however busy the machine is."""
        for number in numbers:
            yield ReadyPage(f"{prefix}{number}", number, document.name, Picture(256, 256, b"a picture"))

    monkeypatch.setattr(ocr.batch, "draw_pages", at_once)

    async def fan_out(
        calls: AsyncIterator[list[PageIn]], _: ReadOptions
    ) -> AsyncIterator[ReadReply | BaseException]:
        nonlocal waiting, most
        done: asyncio.Queue[BaseException] = asyncio.Queue()

        async def feed() -> None:
            nonlocal waiting, most
            async for _call in calls:
                waiting += 1
                most = max(most, waiting)
                asyncio.get_running_loop().call_later(0.2, done.put_nowait, ConnectionError())

        feeding = asyncio.create_task(feed())
        while not feeding.done() or waiting:
            yield await done.get()
            waiting -= 1

    files = [(f"{index}.png", word_png("total")) for index in range(20)]
    result = await run(Pool(fan_out, most_calls=3), *files)
    assert most == 3
    assert result["failed"] == 20


def reply_of(worker: str, began: float, ended: float, first: bool) -> ReadReply:
    report: Any = {"load_s": 60.0, "first_call": first}
    return ReadReply(pages=[], worker=report, worker_id=worker, began=began, ended=ended)


def test_the_cost_of_a_batch() -> None:
    replies = [reply_of("a", 0, 10, True), reply_of("a", 2, 12, False), reply_of("b", 5, 25, False)]
    assert gpu_seconds(replies, 120) == 12 + 60 + 120 + 20
    assert gpu_seconds([], 120) == 0
    assert (
        cost_line(1000, 3600, 1.95) == "Cost: 1000 pages, 3600.0 GPU seconds, $1.9500, $1.95 per 1,000 pages"
    )
    assert cost_line(0, 0, 1.95) == "Cost: 0 pages, 0.0 GPU seconds, $0.0000"


# the inbox


def fill(root: Path) -> None:
    files = {
        "a.png": word_png("total"),
        "b.tiff": words_tiff("letter", "paper"),
        "again.png": word_png("total"),
        "broken.pdf": b"%PDF-1.4 x",
        "a.txt": b"no picture",
    }
    for name, data in files.items():
        age(put_inbox(root, name, data))


def age(path: Path, seconds: float = 100) -> None:
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


async def process(root: Path, backend: Any, **more: Any) -> InboxReport:
    return await process_inbox(root, options(), DRAWING, pool_of(backend), **more)


async def test_the_inbox_twice_is_the_inbox_once(tmp_path: Path, backend: LocalBackend) -> None:
    fill(tmp_path)
    assert await process(tmp_path, backend, model="m") == InboxReport(processed=2, failed=2, skipped=1)
    first = tree(tmp_path)
    calls = len(backend.calls)
    assert await process(tmp_path, backend, model="m") == InboxReport(0, 0, 0)
    assert tree(tmp_path) == first
    assert len(backend.calls) == calls == 3
    names = {name for name in first if not name.startswith("index/")}
    stems = {name.removesuffix(".md") for name in names if name.endswith(".md")}
    assert {stem.rpartition("-")[0] for stem in stems} == {"results/a", "results/b"}
    assert all(len(stem.rpartition("-")[2]) == 8 for stem in stems)
    assert names - {f"{stem}{end}" for stem in stems for end in (".md", ".json")} == {
        "processed/a.png",
        "processed/again.png",
        "processed/b.tiff",
        "failed/broken.pdf",
        "failed/broken.pdf.error.txt",
        "failed/a.txt",
        "failed/a.txt.error.txt",
    }
    [json_name] = [name for name in names if name.startswith("results/b-") and name.endswith(".json")]
    kept = json.loads(first[json_name])
    assert (kept["content"], kept["word_count"], kept["filename"], kept["model"]) == (
        "letter\n\npaper",
        2,
        "b.tiff",
        "m",
    )
    assert first["failed/broken.pdf.error.txt"].startswith(b"bad_pdf: ")


async def test_a_known_file_is_not_read_again(tmp_path: Path, backend: LocalBackend) -> None:
    fill(tmp_path)
    await process(tmp_path, backend)
    calls = len(backend.calls)
    age(put_inbox(tmp_path, "renamed.png", word_png("total")))
    assert await process(tmp_path, backend) == InboxReport(0, 0, 1)
    assert len(backend.calls) == calls
    assert (tmp_path / "processed" / "renamed.png").exists()


async def test_another_file_of_the_same_name_keeps_its_place(tmp_path: Path, backend: LocalBackend) -> None:
    for word in ("total", "letter"):
        age(put_inbox(tmp_path, "scan.png", word_png(word)))
        await process(tmp_path, backend)
    assert (tmp_path / "processed" / "scan.png").read_bytes() == word_png("total")
    assert len(list((tmp_path / "processed").iterdir())) == 2
    assert {path.read_text() for path in (tmp_path / "results").glob("scan-*.md")} == {"total", "letter"}


async def test_young_and_hidden_files_wait(tmp_path: Path, backend: LocalBackend) -> None:
    age(put_inbox(tmp_path, "young.png", word_png("total")), 30)
    age(put_inbox(tmp_path, ".hidden.png", word_png("total")))
    assert await process(tmp_path, backend) == InboxReport(0, 0, 0)
    assert (tmp_path / "inbox" / "young.png").exists()


async def test_no_more_files_than_wanted(tmp_path: Path, backend: LocalBackend) -> None:
    for word in WORDS[:3]:
        age(put_inbox(tmp_path, f"{word}.png", word_png(word)))
    assert (await process(tmp_path, backend, most=2)).processed == 2
    assert len(list((tmp_path / "inbox").iterdir())) == 1


async def test_commits(tmp_path: Path, backend: LocalBackend) -> None:
    for index in range(23):
        image = word_image("total")
        image.putpixel((index, 0), (0, 0, 0))
        age(put_inbox(tmp_path, f"{index:02}.png", png(image)))
    left: list[int] = []

    async def commit() -> None:
        left.append(len(list((tmp_path / "inbox").iterdir())))

    await process(tmp_path, backend, commit=commit)
    assert left == [13, 3, 0]


@pytest.mark.parametrize("step", range(1, 15))
async def test_a_crash_anywhere_is_made_good(
    tmp_path: Path, backend: LocalBackend, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    whole, ended = tmp_path / "whole", tmp_path / "ended"
    for root in (whole, ended):
        fill(root)
    await process(whole, backend)
    replace, count, commits = os.replace, 0, 0

    def ends_at_once(source: Any, target: Any) -> None:
        nonlocal count
        count += 1
        if count == step:
            raise KeyboardInterrupt
        replace(source, target)

    async def commit() -> None:
        nonlocal commits
        commits += 1

    monkeypatch.setattr("ocr.inbox.os.replace", ends_at_once)
    crashed = False
    try:
        await process(ended, backend, commit=commit)
    except KeyboardInterrupt:
        crashed = True
    assert crashed is (step <= 13)
    assert commits == 1
    monkeypatch.setattr("ocr.inbox.os.replace", replace)
    if crashed:
        assert tree(ended) != tree(whole)
    await process(ended, backend)
    assert tree(ended) == tree(whole)


def test_a_name_with_a_folder_stays_in_the_inbox(tmp_path: Path) -> None:
    assert put_inbox(tmp_path / "root", "../../evil.png", b"x") == tmp_path / "root" / "inbox" / "evil.png"
