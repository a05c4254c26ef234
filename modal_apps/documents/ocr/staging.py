"""A batch's documents on disk: a thousand pages of a few hundred files do not fit into memory."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from appkit.bounded import Budget
from appkit.fetchguard import FetchError, FetchRules, fetch

from .documents import DocumentError
from .page_ranges import BadPages, select_pages
from .reading import PageError
from .rendering import open_bounded

AT_ONCE = 8


class BatchDocument(TypedDict):
    """A file's content, or the URL where it is."""

    name: str
    data: bytes
    url: str


@dataclass(frozen=True)
class Staged:
    """A document that was looked at. `pages` are the numbers of those wanted; empty when it has an error."""

    index: int
    name: str
    path: Path
    pages: tuple[int, ...]
    error: PageError | None = None
    kind: str = ""


async def stage_all(
    documents: Sequence[BatchDocument], pages: str, folder: Path, rules: FetchRules, budget: Budget
) -> list[Staged]:
    """
    Writes the documents to a folder, fetching those that are URLs, a few at a time.

    Parameters:
        pages: the range that is wanted of each.
        budget: for opening all of them.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(index: int, document: BatchDocument) -> Staged:
        path = folder / str(index)
        async with turns:
            try:
                data = (await fetch(document["url"], rules)).data if document["url"] else document["data"]
            except FetchError as error:
                reason = PageError(status=error.status, code=error.code, message=str(error))
                return Staged(index, document["name"], path, (), reason)
            await asyncio.to_thread(path.write_bytes, data)
            return await look_at(index, document["name"], path, pages, budget)

    return list(await asyncio.gather(*(one(index, document) for index, document in enumerate(documents))))


async def look_at(index: int, name: str, path: Path, pages: str, budget: Budget) -> Staged:
    """A file on disk and which of its pages are wanted."""
    try:
        document = await open_bounded(name, await asyncio.to_thread(path.read_bytes), budget)
        return Staged(index, name, path, tuple(select_pages(pages, document.pages)), kind=document.kind)
    except DocumentError as error:
        reason = PageError(status=422, code=error.code, message=str(error))
    except BadPages as error:
        reason = PageError(status=422, code="bad_pages", message=str(error))
    return Staged(index, name, path, (), reason)
