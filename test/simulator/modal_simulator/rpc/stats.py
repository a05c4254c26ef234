"""Numbers that the statistics of functions, servers and apps share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modal_proto import api_pb2

from ..world import CallRecord, World

PERCENTILES = (5000, 7500, 9000, 9500, 9900)  # basis points
MAX_TAIL = 1000
MAX_RANGE = 20_000
FAILED_STATUSES = (
    api_pb2.FUNCTION_CALL_INPUT_STATUS_FAILURE,
    api_pb2.FUNCTION_CALL_INPUT_STATUS_INIT_FAILURE,
    api_pb2.FUNCTION_CALL_INPUT_STATUS_INTERNAL_FAILURE,
)


def distribution(unit: str, values: Sequence[float]) -> api_pb2.StatsPercentileDistribution:
    """Returns the percentiles of at least one value (nearest rank)."""
    ordered = sorted(values)
    result = api_pb2.StatsPercentileDistribution(unit=unit)
    for basis_points in PERCENTILES:
        rank = max(0, -(-len(ordered) * basis_points // 10_000) - 1)
        result.percentiles.add(percentile_basis_points=basis_points, value=ordered[rank])
    return result


def count_calls(calls: Iterable[CallRecord], *statuses: int) -> int:
    """Returns how many of the calls have one of the statuses."""
    return sum(1 for each in calls if each.status in statuses)


def task_counts(
    world: World, function_id: str, since: float, until: float, task_id: str = ""
) -> dict[str, int]:
    """Returns the numbers of containers in [since, until), as the statistics of functions and servers name them."""
    tasks = [
        each
        for each in world.tasks.values()
        if each.function_id == function_id
        and task_id in ("", each.task_id)
        and each.enqueued_at < until
        and (not each.finished_at or each.finished_at >= since)
    ]
    return {
        "container_started_count": sum(1 for each in tasks if since <= each.started_at < until),
        "container_error_count": sum(
            1
            for each in tasks
            if each.result is not None
            and each.result.status > api_pb2.GenericResult.GENERIC_STATUS_SUCCESS
            and each.result.status != api_pb2.GenericResult.GENERIC_STATUS_TERMINATED
        ),
        "container_creating_at_end_count": sum(
            1 for each in tasks if not each.started_at and not each.finished_at
        ),
        "container_total_count": len(tasks),
    }
