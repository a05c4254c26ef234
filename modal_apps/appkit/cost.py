"""What a GPU app costs: a container is billed for its start, work and idle time, not the work alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class Usage:
    """Seconds of GPU containers over a run of requests. `gpu_seconds` is all of it together."""

    gpu_seconds: float
    cold_starts: int
    busy_s: float
    idle_s: float


@dataclass
class _Container:
    ready_at: float
    ends: list[float] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)

    def free_slots(self, now: float, max_inputs: int) -> int:
        return max_inputs - sum(end > now for end in self.ends)

    def next_start(self, now: float, max_inputs: int) -> float:
        """When one more request could begin: when the container is ready and has a slot."""
        latest = sorted(self.ends, reverse=True)[:max_inputs]
        return max(now, self.ready_at, latest[-1] if len(latest) == max_inputs else now)

    def serve(self, start: float, service_s: float) -> None:
        self.ends.append(start + service_s)
        self.spans.append((start, start + service_s))


def simulate(
    arrivals_s: Sequence[float],
    service_s: float,
    cold_start_s: float,
    window_s: float,
    *,
    max_inputs: int = 1,
    max_containers: int | None = None,
) -> Usage:
    """
    Plays requests against containers that start on demand and end after an idle window. Where no more containers may
    start, a request waits for the slot that is free first.

    Parameters:
        arrivals_s: when each request comes, in seconds, ascending.
        service_s: seconds that one takes in a warm container.
        cold_start_s: seconds that a new container needs first.
        window_s: seconds for which an idle container is kept.
        max_inputs: requests that one container serves at once.
        max_containers: None for as many as it takes.
    """
    live: list[_Container] = []
    ended: list[_Container] = []
    for now in arrivals_s:
        gone = [container for container in live if max(container.ends) + window_s < now]
        ended += gone
        live = [container for container in live if container not in gone]
        container = next((one for one in live if one.free_slots(now, max_inputs) > 0), None)
        if container is None and max_containers is not None and len(live) >= max_containers:
            container = min(live, key=lambda one: one.next_start(now, max_inputs))
        if container is None:
            container = _Container(now + cold_start_s)
            live.append(container)
        container.serve(container.next_start(now, max_inputs), service_s)
    every = ended + live
    total = sum(cold_start_s + max(one.ends) + window_s - one.ready_at for one in every)
    busy = sum(_union(one.spans) for one in every)
    return Usage(total, len(every), busy, total - busy - cold_start_s * len(every))


def _union(spans: list[tuple[float, float]]) -> float:
    """Length of what the spans cover together."""
    covered, reached = 0.0, float("-inf")
    for start, end in sorted(spans):
        covered += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return covered


def spread_arrivals(requests_per_day: int) -> list[float]:
    """A day's requests at even distances, the dearest way for an app that scales to zero."""
    return [index * SECONDS_PER_DAY / requests_per_day for index in range(requests_per_day)]


def usd(gpu_seconds: float, usd_per_hour: float) -> float:
    """What these seconds cost."""
    return gpu_seconds / SECONDS_PER_HOUR * usd_per_hour


@dataclass(frozen=True)
class Rung:
    """Cost of one item when `batch` of them share a start."""

    batch: int
    usd_per_item: float


def ladder(
    load_s: float, item_s: float, usd_per_hour: float, batches: Sequence[int] = (1, 5, 10, 50, 100)
) -> list[Rung]:
    """What an item costs by the size of its batch; it falls, because the load is shared."""
    return [Rung(batch, usd(load_s + batch * item_s, usd_per_hour) / batch) for batch in batches]
