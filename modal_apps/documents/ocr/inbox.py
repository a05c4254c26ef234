"""
A folder that is read on a schedule: `inbox/` to `results/`, then to `processed/` or `failed/`.

Safe to run twice and safe to end at any moment: results are written beside their place and renamed, a file's hash
is kept when its results are there, and it is moved last. The next run continues where an interrupted one stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from appkit.progress import Progress
from appkit.stdio import say

from .batch import DocumentResult, Pool, Tracker, Work, count_items, read_documents
from .prompts import prompt_name
from .reading import ReadOptions, ReadReply
from .rendering import BATCH_SPENT, Drawing, batch_budget
from .responses import count_words
from .spending import cost_line, gpu_seconds
from .staging import Staged, look_at

FOLDERS = ("inbox", "results", "processed", "failed", "index")
YOUNGEST_S = 60.0
COMMIT_EVERY = 10
TEMPORARY = ".tmp"


@dataclass(frozen=True)
class InboxReport:
    """Files of one run: read, failed, and those known already by their content or left for the next run."""

    processed: int
    failed: int
    skipped: int


@dataclass(frozen=True)
class _Entry:
    """A file that waits, and the hash of its content."""

    path: Path
    sha256: str

    @property
    def result_stem(self) -> str:
        return f"{self.path.stem}-{self.sha256[:8]}"


def prepare_folders(root: Path) -> None:
    """Makes the folders and removes what an ended run left half-written."""
    for name in FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
        for leftover in (root / name).glob(f".*{TEMPORARY}"):
            leftover.unlink()


def put_inbox(root: Path, name: str, data: bytes) -> Path:
    """
    Puts a file in, whole at once.

    Parameters:
        name: without a folder.
    """
    prepare_folders(root)
    path = root / "inbox" / Path(name).name
    _write(path, data)
    return path


async def _nothing() -> None:
    """Where there is nothing to commit."""


@asynccontextmanager
async def _commit_at_end(commit: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await commit()


async def process_inbox(
    root: Path,
    options: ReadOptions,
    drawing: Drawing,
    pool: Pool,
    *,
    most: int = 500,
    commit: Callable[[], Awaitable[None]] = _nothing,
    run: str = "inbox",
    model: str = "",
    now: Callable[[], float] = time.time,
) -> InboxReport:
    """
    Reads the files that have been in the inbox for a minute or more, oldest name first.

    Parameters:
        most: files of one run.
        commit: makes what was written last; called after every ten files and at the end, also of a failed run.
        model: its name, for the results.
    """
    prepare_folders(root)
    async with _commit_at_end(commit):
        entries, twins, skipped = _new_entries(root, most, now())
        budget = batch_budget()
        staged = [
            await look_at(index, entry.path.name, entry.path, "", budget)
            for index, entry in enumerate(entries)
        ]
        tracker = Tracker(Progress("documents", run, count_items(staged)))
        replies: list[ReadReply] = []
        done = failed = 0
        left: set[str] = set()
        work = Work(staged, options, drawing, budget)
        results = read_documents(work, pool, tracker, replies)
        async with aclosing(results) as stream:
            async for result in stream:
                entry, document = entries[result["index"]], staged[result["index"]]
                if _is_for_next_run(document, result):
                    left.add(entry.sha256)
                    continue
                if result["success"]:
                    _keep(root, entry, result, options, model)
                else:
                    _fail(root, entry, document, result)
                    failed += 1
                done += 1
                if done % COMMIT_EVERY == 0:
                    await commit()
        for twin in twins:
            if twin.sha256 in left:
                continue  # as the file that it is like
            known = (root / "index" / twin.sha256).exists()
            _move(twin.path, root / ("processed" if known else "failed"), twin.sha256)
        say(cost_line(tracker.progress.done, gpu_seconds(replies, pool.window_s), pool.usd_per_hour))
        return InboxReport(done - failed, failed, skipped + len(twins) + len(left))


def _is_for_next_run(document: Staged, result: DocumentResult) -> bool:
    """Whether it was not read because those before it took all the time of this run."""
    errors = [document.error, *(page["error"] for page in result["failed_pages"])]
    return any(error and error["code"] == BATCH_SPENT for error in errors)


def _new_entries(root: Path, most: int, now: float) -> tuple[list[_Entry], list[_Entry], int]:
    """The files to read, those like one of them, and how many were only moved: their content is known."""
    waiting = [
        path
        for path in sorted((root / "inbox").iterdir())
        if path.is_file() and not path.name.startswith(".") and now - path.stat().st_mtime >= YOUNGEST_S
    ]
    entries: dict[str, _Entry] = {}
    twins: list[_Entry] = []
    skipped = 0
    for path in waiting[:most]:
        entry = _Entry(path, hashlib.sha256(path.read_bytes()).hexdigest())
        if (root / "index" / entry.sha256).exists():
            _move(path, root / "processed", entry.sha256)
            skipped += 1
        elif entry.sha256 in entries:
            twins.append(entry)
        else:
            entries[entry.sha256] = entry
    return list(entries.values()), twins, skipped


def _keep(root: Path, entry: _Entry, result: DocumentResult, options: ReadOptions, model: str) -> None:
    """Results first, then the hash, then the move: whatever is missing is done again."""
    stem = entry.result_stem
    about = {
        "filename": entry.path.name,
        "sha256": entry.sha256,
        "format": options["format"],
        "prompt": prompt_name(options),
        "model": model,
        "pages": result["pages"],
        "word_count": count_words(result["content"]),
        "content_length": result["content_length"],
        "content": result["content"],
    }
    _write(root / "results" / f"{stem}.md", result["content"].encode())
    _write(root / "results" / f"{stem}.json", json.dumps(about, ensure_ascii=False, indent=2).encode())
    _write(root / "index" / entry.sha256, stem.encode())
    _move(entry.path, root / "processed", entry.sha256)


def _fail(root: Path, entry: _Entry, document: Staged, result: DocumentResult) -> None:
    """The reason first, then the move: a run that is ended in between does both again."""
    code = document.error["code"] if document.error else "page_failed"
    target = _target(entry.path, root / "failed", entry.sha256)
    _write(target.with_name(target.name + ".error.txt"), f"{code}: {result['error']}\n".encode())
    os.replace(entry.path, target)


def _move(path: Path, folder: Path, sha256: str) -> None:
    os.replace(path, _target(path, folder, sha256))


def _target(path: Path, folder: Path, sha256: str) -> Path:
    """Where a file goes; one of another content that has its name there keeps it."""
    target = folder / path.name
    if target.exists() and hashlib.sha256(target.read_bytes()).hexdigest() != sha256:
        return folder / f"{path.stem}-{sha256[:8]}{path.suffix}"
    return target


def _write(path: Path, data: bytes) -> None:
    """Writes a file so that it is there whole or not at all."""
    beside = path.with_name(f".{path.name}{TEMPORARY}")
    beside.write_bytes(data)
    os.replace(beside, path)
