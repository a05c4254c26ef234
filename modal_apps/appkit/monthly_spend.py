"""
What the GPU containers of an app cost this month, by their own clocks, with an error in the log at 80 and 100 percent
of the limit.

An app cannot read the bill. So each container notes how long it has run, in a file of its own on a volume that all
share; the sum at the price of the deploy is an estimate, of the GPUs alone, and ends nothing.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

from .cost import SECONDS_PER_HOUR
from .cost_limits import BUDGETS

log = logging.getLogger(__name__)

ALERTS = (80, 100)  # percent of the limit
EVERY_S = 60


class Month(TypedDict):
    """
    Keys:
        month: in UTC, as 2026-12.
        gpu_usd: an estimate; None when it is not known.
        alert: the highest percentage that was passed; None for none, and while the sum is not known.
        counted_at: seconds since 1970; None before the first count.
    """

    month: str
    gpu_usd: float | None
    limit_usd: float
    percent: float | None
    alert: int | None
    counted_at: float | None


@dataclass(frozen=True)
class Shared:
    """
    A folder that all containers of the app share.

    Parameters:
        refresh: makes what others have written seen here.
        keep: makes what was written here seen by others.
    """

    folder: Path
    refresh: Callable[[], object]
    keep: Callable[[], object]


class MonthlySpend:
    """
    Parameters:
        began_at: seconds since 1970, when this container began to cost.
        now: tells the time; another clock in tests.
    """

    def __init__(
        self,
        shared: Shared,
        usd_per_hour: float,
        limit_usd: float,
        began_at: float,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._shared = shared
        self._rate = usd_per_hour
        self._limit = limit_usd
        self._began_at = began_at
        self._now = now
        self._own = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._last: Month | None = None

    def start(self) -> None:
        """Counts every minute, in a thread, until `stop`."""
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """Counts for the last time."""
        self._over.set()
        self.count()

    def month(self) -> Month:
        """What was last counted, for the month that it is now."""
        name = _month(self._now())
        if self._last and self._last["month"] == name:
            return self._last
        return Month(
            month=name, gpu_usd=None, limit_usd=self._limit, percent=None, alert=None, counted_at=None
        )

    def count(self) -> None:
        """Notes this container's time and adds up everybody's. What fails is logged, and costs no request."""
        with self._lock:
            try:
                self._count()
            except Exception as error:  # of the volume: whatever it raises, the server must go on
                self._last = None
                log.warning("this month's cost is not known: %s: %s", type(error).__name__, error)

    def _run(self) -> None:
        self.count()
        while not self._over.wait(EVERY_S):
            self.count()

    def _count(self) -> None:
        now = self._now()
        name = _month(now)
        folder = self._shared.folder / name
        self._shared.refresh()
        folder.mkdir(parents=True, exist_ok=True)
        began = max(self._began_at, datetime.strptime(name, "%Y-%m").replace(tzinfo=UTC).timestamp())
        usd = (now - began) / SECONDS_PER_HOUR * self._rate
        # In USD: a later deploy may have another GPU.
        part = folder / f"{self._own}.part"
        part.write_text(f"{usd:.6f}")
        part.replace(part.with_suffix(".usd"))  # whole or not at all: the others read it
        total = sum(float(path.read_text()) for path in folder.glob("*.usd"))
        percent = total / self._limit * 100
        passed = [alert for alert in ALERTS if percent >= alert]
        # Of several that were passed at once, only the highest is told.
        fresh = [alert for alert in passed if self._is_fresh(folder, alert)]
        self._shared.keep()
        self._last = Month(
            month=name,
            gpu_usd=round(total, 2),
            limit_usd=self._limit,
            percent=round(percent, 1),
            alert=max(passed, default=None),
            counted_at=round(now, 3),
        )
        if fresh and max(fresh) == max(passed):
            self._tell(max(fresh), total, name)

    def _is_fresh(self, folder: Path, alert: int) -> bool:
        """Whether nobody told it this month, for this limit; from now on somebody did."""
        try:
            (folder / f"told-{alert}-of-{self._limit:g}").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _tell(self, alert: int, total: float, name: str) -> None:
        # An error, so that it reaches Sentry, where a deploy names a secret for it.
        log.error(
            "%d %% of this month's limit: the GPU containers cost about $%.2f in %s, of APP_MAX_USD_PER_MONTH=%g. "
            "Nothing is stopped by this; a budget of the workspace does: %s",
            alert,
            total,
            name,
            self._limit,
            BUDGETS,
        )


def _month(now: float) -> str:
    return time.strftime("%Y-%m", time.gmtime(now))
