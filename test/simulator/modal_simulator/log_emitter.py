"""Numbered log lines at a steady rate, for benches."""

from __future__ import annotations

import asyncio
import time

from .log_store import LogStore

TICK_SECONDS = 0.01


async def emit_lines(logs: LogStore, app_id: str, lines: int, per_second: float, text: str) -> None:
    """Appends ``<number> <text>`` lines, numbered from 0, until all are there.

    A late tick catches up, so the number of lines and their order never depend on the machine's load.
    """
    begun = time.monotonic()
    done = 0
    while done < lines:
        due = min(lines, int((time.monotonic() - begun) * per_second) + 1)
        for number in range(done, due):
            logs.append(app_id, task_id="ta-emitter", data=_line(number, text))
        done = due
        if done < lines:
            await asyncio.sleep(TICK_SECONDS)


def _line(number: int, text: str) -> str:
    return f"{number:08d} {text}\n" if text else f"{number:08d}\n"
