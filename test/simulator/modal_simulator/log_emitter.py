"""Numbered log lines at a steady rate, for tests and benches."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from .log_store import LogStore

TICK_SECONDS = 0.01


@dataclass(frozen=True)
class Emission:
    """What is printed.

    Parameters:
        lines: how many, over all containers, which take turns.
        chunk_characters: where the text of a container is cut, whatever its lines; 0 = each line is a chunk.
    """

    app_id: str
    lines: int
    per_second: float
    text: str = ""
    containers: int = 1
    chunk_characters: int = 0

    def line(self, number: int) -> str:
        return f"{number:08d} {self.text}\n" if self.text else f"{number:08d}\n"

    def container(self, number: int) -> str:
        return "ta-emitter" if self.containers == 1 else f"ta-emitter{number % self.containers}"


async def emit_lines(logs: LogStore, emission: Emission) -> None:
    """Appends ``<number> <text>`` lines, numbered from 0, until all are there.

    A late tick catches up, so the number of lines and their order never depend on the machine's load.
    """
    begun = time.monotonic()
    done = 0
    open_text: dict[str, str] = {}
    while done < emission.lines:
        due = min(emission.lines, int((time.monotonic() - begun) * emission.per_second) + 1)
        for number in range(done, due):
            task_id = emission.container(number)
            text = open_text.pop(task_id, "") + emission.line(number)
            size = emission.chunk_characters or len(text)
            whole = len(text) // size * size
            for at in range(0, whole, size):
                logs.append(emission.app_id, task_id=task_id, data=text[at : at + size])
            if whole < len(text):
                open_text[task_id] = text[whole:]
        done = due
        if done < emission.lines:
            await asyncio.sleep(TICK_SECONDS)
    for task_id, text in open_text.items():
        logs.append(emission.app_id, task_id=task_id, data=text)
