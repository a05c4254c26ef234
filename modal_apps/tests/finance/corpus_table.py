"""`python corpus_table.py [--held-out] [-v] [ID…]`: what the app finds of each statement of the corpus, as a table."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import sys
from pathlib import Path
from typing import Any

import httpx

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE.parent, HERE.parents[1], HERE.parents[1] / "finbert"):
    sys.path.insert(0, str(folder))  # as pytest.ini does

from corpus_files import build, statements  # noqa: E402
from corpus_score import Score, score  # noqa: E402
from finance.api import create_app  # noqa: E402
from finance.settings import FinbertSettings  # noqa: E402


class NoBackend:
    """The ratios need no model."""

    async def score(self, texts: list[str]) -> Any:
        raise AssertionError("the ratios asked for a sentiment")

    async def runners(self) -> int:
        return 0


async def ratios_of(client: httpx.AsyncClient, statement: dict[str, Any]) -> dict[str, Any]:
    """The body of /ratios for the files of a statement."""
    files = [
        {"name": file["name"], "content_b64": base64.b64encode(build(file)).decode()}
        for file in statement["files"]
    ]
    body: dict[str, Any] = (await client.post("/ratios", json={"files": files})).json()
    return body


async def measure(*, held_out: bool = False, only: tuple[str, ...] = ()) -> list[Score]:
    """Every statement through the app's own route."""
    app = create_app(FinbertSettings(), NoBackend(), None)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://app", timeout=120) as client:
        return [
            score(statement, await ratios_of(client, statement))
            for statement in statements(held_out=held_out)
            if not only or statement["id"] in only
        ]


def table(scores: list[Score]) -> str:
    """One line a statement, and their sum."""
    head = (
        f"{'statement':<34}{'found':>7}{'of':>6}{'%':>6}{'wrong':>7}{'ratios':>8}{'withheld':>10}{'lost':>6}"
    )
    lines = [head]
    total = Score("all")
    for one in scores:
        lines.append(_line(one))
        total.wanted += one.wanted
        total.found += one.found
        total.wrong += one.wrong
        total.ratios += one.ratios
        total.withheld += one.withheld
        total.lost += one.lost
    return "\n".join([*lines, _line(total)])


def _line(one: Score) -> str:
    share = 100 * one.found / one.wanted if one.wanted else 100.0
    return (
        f"{one.id:<34}{one.found:>7}{one.wanted:>6}{share:>6.1f}{len(one.wrong):>7}"
        f"{one.ratios:>8}{one.withheld:>10}{len(one.lost):>6}"
    )


def main(arguments: list[str]) -> None:
    only = tuple(argument for argument in arguments if not argument.startswith("-"))
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # the app's own progress
        scores = asyncio.run(measure(held_out="--held-out" in arguments, only=only))
    print(table(scores))
    if "-v" in arguments:
        for one in scores:
            for kind in ("wrong", "missing", "lost"):
                for text in getattr(one, kind):
                    print(f"{one.id}: {kind}: {text}")


if __name__ == "__main__":
    main(sys.argv[1:])
