"""Sends a bomb to an app over HTTP, and an honest request beside it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import psutil
from appkit.bounded import Children

MOST_GROWTH_MB = 150  # of the app's own process, for one request


@dataclass(frozen=True)
class Blast:
    """The answer to a bomb, what its child took, and what the app's own process grew by."""

    answer: httpx.Response
    peak_mb: int
    growth_mb: int

    @property
    def code(self) -> str:
        return self.answer.json().get("error", {}).get("code", "")


async def blast(url: str, children: Children, bomb: tuple[str, Any], honest: tuple[str, Any]) -> Blast:
    """
    Parameters:
        bomb: path and body of the request that is too much; `honest` is one that must be served meanwhile.
    """
    me = psutil.Process()
    children.peak_kb = 0
    before = me.memory_info().rss
    async with httpx.AsyncClient(base_url=url, timeout=300) as client:
        sent = asyncio.create_task(client.post(bomb[0], json=bomb[1]))
        await asyncio.sleep(0.01)
        meanwhile = await client.post(honest[0], json=honest[1])
        assert meanwhile.status_code == 200, meanwhile.text
        answer = await sent
    return Blast(answer, children.peak_kb >> 10, (me.memory_info().rss - before) >> 20)


def check_bounded(blast: Blast, codes: str, limit_mb: int) -> None:
    """Fails unless the bomb had one of the answers and cost its child no more than the limit, and the app nothing."""
    answer = blast.answer
    assert blast.code in codes.split("|"), (answer.status_code, answer.text[:400])
    assert answer.status_code == 200 if not blast.code else answer.status_code in (413, 422)
    if blast.code:
        assert len(answer.json()["error"]["message"]) > 20
    assert blast.peak_mb <= limit_mb + 100  # what is loaded counts too
    assert blast.growth_mb < MOST_GROWTH_MB
