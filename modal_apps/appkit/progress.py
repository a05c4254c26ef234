"""Progress on stdout: a readable line for people and a `::name {json}` line for the editor."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .stdio import one_line, say

RECENT = 20
LONGEST_NAME = 200


def emit(name: str, fields: dict[str, object]) -> None:
    """Prints a line that the editor parses. Texts of callers are in it as JSON, which has no line ends."""
    say(f"::{name} {json.dumps(fields)}")


@dataclass
class Phase:
    """How long a step took; 0 until it has ended."""

    seconds: float = 0.0


@contextmanager
def phase(name: str) -> Iterator[Phase]:
    """Reports how long a step of the start took, in seconds, also when it failed."""
    measured, start, ok = Phase(), time.perf_counter(), False
    try:
        yield measured
        ok = True
    finally:
        measured.seconds = time.perf_counter() - start
        emit("phase", {"name": name, "seconds": round(measured.seconds, 3), "ok": ok})


@dataclass
class Progress:
    """Counts the items of one run. A failed item is done too."""

    app: str
    run: str
    total: int
    done: int = 0
    failed: int = 0
    _seconds: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))

    def item(self, name: str, detail: str, seconds: float, *, ok: bool = True) -> None:
        """Reports that one more item is done and how long the rest will take, from the last 20 items."""
        self.done += 1
        self.failed += not ok
        self._seconds.append(seconds)
        name, detail = one_line(name, LONGEST_NAME), one_line(detail, LONGEST_NAME)
        eta = (self.total - self.done) * sum(self._seconds) / len(self._seconds)
        say(f"[{self.done}/{self.total}] {eta / 60:.1f}min remaining - {name}: {detail} in {seconds:.2f}s")
        counts = {
            "done": self.done,
            "total": self.total,
            "ok": self.done - self.failed,
            "failed": self.failed,
        }
        emit(
            "progress",
            {
                "app": self.app,
                "run": self.run,
                **counts,
                "item": name,
                "seconds": round(seconds, 3),
                "eta_s": round(eta, 1),
            },
        )
