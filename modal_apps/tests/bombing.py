"""Sends a bomb to an app over HTTP, and an honest request beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import httpx
import psutil
from appkit import bounded
from appkit.bodies import BODIES
from appkit.bounded import Budget, Children
from appkit.settings import Settings
from loopback import until

SOON_S = 1
APP_MB = 350  # of an app at rest with what its children share, at most
AT_IT_S = 0.5  # of processor time
PART = 1 << 16
COPIES = 4  # of a body while it is read, measured
LONG = 60  # times the processor time by the clock, so that a busy machine ends nothing too soon
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


class OfChildren(Budget):
    """Counts children and not their time."""

    def spend(self, seconds: float) -> None:
        super().spend(1)


@contextmanager
def soon_ended(children: Children, codes: str) -> Iterator[None]:
    """Inside, what may be too slow is ended soon; all else has the limits of the app."""
    seconds = SOON_S if "too_slow" in codes.split("|") else children.limits.seconds
    with limited(children, seconds):
        yield


@contextmanager
def limited(children: Children, seconds: int) -> Iterator[None]:
    """Another limit of processor time inside, for the first try already."""
    kept = children.limits, bounded.WALL_FACTOR, bounded.FIRST_S
    children.limits = replace(children.limits, seconds=seconds)
    bounded.WALL_FACTOR, bounded.FIRST_S = LONG, seconds
    try:
        yield
    finally:
        children.limits, bounded.WALL_FACTOR, bounded.FIRST_S = kept


def running(children: Children) -> list[psutil.Process]:
    """The children that live now."""
    server = psutil.Process(children.server()._process.pid)
    return [child for child in server.children() if child.status() != psutil.STATUS_ZOMBIE]


def is_at_it(child: psutil.Process) -> bool:
    """Whether a child is at what takes long, and not at a first look at the file."""
    with suppress(psutil.NoSuchProcess):
        return child.cpu_times().user > AT_IT_S
    return False


async def leave(url: str, children: Children, path: str, body: Any) -> None:
    """Sends as many requests as there are children at a time, and leaves once all of them are at work."""
    async with httpx.AsyncClient(base_url=url, timeout=300) as client:
        sent = [asyncio.create_task(client.post(path, json=body)) for _ in range(children.at_once)]
        await asyncio.to_thread(until, lambda: sum(map(is_at_it, running(children))) == children.at_once, 60)
        assert not any(one.done() for one in sent)
        for one in sent:
            one.cancel()
        await asyncio.gather(*sent, return_exceptions=True)


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
    assert answer.status_code == 200 if not blast.code else answer.status_code in (400, 413, 422)
    if blast.code:
        assert len(answer.json()["error"]["message"]) > 20
    assert blast.peak_mb <= limit_mb + 100  # what is loaded counts too
    assert blast.growth_mb < MOST_GROWTH_MB


async def crowd(url: str, path: str, body: bytes, count: int) -> tuple[dict[int, int], int]:
    """Sends a body many times at once. Returns how many got each status, and what all processes grew by, in MB."""
    headers = {"Content-Type": "application/json"}

    async def parts() -> AsyncIterator[bytes]:  # as a whole, each connection would have a copy of it
        for start in range(0, len(body), PART):
            yield body[start : start + PART]

    before = most = tree_mb()
    async with httpx.AsyncClient(base_url=url, timeout=300) as client:
        sent = [
            asyncio.create_task(client.post(path, content=parts(), headers=headers)) for _ in range(count)
        ]
        while not all(one.done() for one in sent):
            most = max(most, await asyncio.to_thread(tree_mb))
            await asyncio.sleep(0.05)
    statuses = [one.result().status_code for one in sent]
    return {status: statuses.count(status) for status in set(statuses)}, most - before


def tree_mb() -> int:
    """What this process and all of its children take, each shared page once."""
    taken = 0
    for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
        with suppress(psutil.Error):
            taken += process.memory_full_info().pss
    return taken >> 20


async def check_fits(url: str, path: str, children: Children, settings: Settings, memory_mb: int) -> None:
    """Fails unless readers at their limits, bodies of the largest size and the app fit into the container together."""
    bodies_mb = COPIES * BODIES * settings.max_body_mb
    assert children.at_once * children.limits.memory_mb + bodies_mb + APP_MB <= memory_mb
    body = b'{"x": "' + b"x" * ((settings.max_body_mb << 20) - 100) + b'"}'
    statuses, grown_mb = await crowd(url, path, body, 20)
    assert statuses[503] >= 10
    assert statuses[422] >= 1, "one that fits is read"
    assert grown_mb <= bodies_mb
