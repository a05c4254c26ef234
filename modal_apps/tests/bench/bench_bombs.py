"""
`python bench_bombs.py`: sends each bomb of the tests to its app and prints a row for it: bytes, status, seconds, what
its child took at most, and what the app's own process grew by. Then twenty at once, with what all processes took.
"""

from __future__ import annotations

import asyncio
import base64
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

TESTS = Path(__file__).resolve().parent.parent
ROOT = TESTS.parent
APPS = ("finbert", "documents")
sys.path[:0] = [
    str(ROOT),
    *(str(ROOT / app) for app in APPS),
    *(str(TESTS / folder) for folder in ("", "finance", "documents")),
]


def app_of_finance() -> Any:
    from finance.api import create_app
    from finance.settings import FinbertSettings

    return create_app(FinbertSettings(), None, None)  # type: ignore[arg-type]


def app_of_documents() -> Any:
    from ocr.api import create_app
    from ocr.settings import DocumentsSettings
    from test_documents_bombs import Fixed, LocalBackend

    engine: Any = Fixed("text")
    return create_app(DocumentsSettings(engine="transformers"), LocalBackend(engine), None, None)  # type: ignore[arg-type]


def packed(data: bytes) -> dict[str, str]:
    return {"name": "bomb", "content_b64": base64.b64encode(data).decode()}


async def row(client: httpx.AsyncClient, children: Any, name: str, size: int, path: str, body: Any) -> None:
    """Sends one and prints what became of it."""
    me, start = psutil.Process(), time.perf_counter()
    children.peak_kb, before = 0, me.memory_info().rss
    answer = await client.post(path, json=body)
    seconds, grown = time.perf_counter() - start, (me.memory_info().rss - before) >> 20
    code = answer.json().get("error", {}).get("code", "read")
    peak = children.peak_kb >> 10
    print(
        f"| {name} | {size:,} | {answer.status_code} {code} | {seconds:.2f} | {peak} | {grown} |", flush=True
    )


def tree_mb() -> int:
    """What this process and all of its children take, each shared page once."""
    me = psutil.Process()
    taken = 0
    for process in [me, *me.children(recursive=True)]:
        try:
            taken += process.memory_full_info().pss
        except psutil.Error:
            continue
    return taken >> 20


async def twenty(client: httpx.AsyncClient, title: str, path: str, body: Any) -> None:
    """Sends the same twenty times at once."""
    before, most = tree_mb(), 0
    sent = [asyncio.create_task(client.post(path, json=body)) for _ in range(20)]
    start = time.perf_counter()
    while not all(one.done() for one in sent):
        most = max(most, tree_mb())
        await asyncio.sleep(0.1)
    codes = sorted({one.result().status_code for one in sent})
    print(
        f"20 at once, {title}: {codes}, all processes {before} MB before, {most} MB at most, "
        f"{time.perf_counter() - start:.1f} s",
        flush=True,
    )


def client_for(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app", timeout=900)


async def main() -> None:
    import document_bombs
    import finance_bombs
    from finance.analysis import READERS as finance
    from ocr.rendering import READERS as documents
    from ocr.structured import CHECKERS
    from word_bombs import WORD

    print("| Bomb | Bytes | Answer | Seconds | Peak of its child, MB | Growth of the app, MB |")
    print("| --- | --- | --- | --- | --- | --- |")
    async with client_for(app_of_finance()) as client:
        for bomb in finance_bombs.BOMBS:
            data = bomb.make()
            await row(client, finance, bomb.name, len(data), "/ratios", {"files": [packed(data)]})
    async with client_for(app_of_documents()) as client:
        for one in [*document_bombs.FILES, *WORD]:
            data = one.make()
            await row(client, documents, one.name, len(data), "/extract", {"document": packed(data)})
        for name, schema, _ in document_bombs.SCHEMAS:
            body = {"url": "https://192.0.2.1/", "format": "json", "schema": schema}
            await row(client, CHECKERS, name, len(str(schema)), "/extract_from_url", body)
        alpha = document_bombs.FILES[0]
        await twenty(client, alpha.name, "/extract", {"document": packed(alpha.make())})
    async with client_for(app_of_finance()) as client:
        merged = next(bomb for bomb in finance_bombs.BOMBS if "merged" in bomb.name)
        await twenty(client, merged.name, "/ratios", {"files": [packed(merged.make())]})


if __name__ == "__main__":
    asyncio.run(main())
