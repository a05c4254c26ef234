"""Metric series of a function, computed from its calls and containers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from modal_proto import api_pb2

from ..world import CallRecord, Task
from .base import invalid, seconds, timestamp, unary
from .calls import CallRpcs

MAX_SPAN_SECONDS = 31 * 86400.0
MAX_POINTS = 500
BUCKETS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)


@dataclass(frozen=True)
class Metric:
    """One series: how to get a bucket's value from the calls enqueued and containers alive in it."""

    group: str
    name: str
    unit: str
    description: str
    value: Callable[[list[CallRecord], list[Task]], float]


def _execution_p50(calls: list[CallRecord]) -> float:
    times = sorted(
        each.finished_at - each.started_at for each in calls if each.finished_at and each.started_at
    )
    return times[(len(times) - 1) // 2] if times else 0.0


METRICS = (
    Metric("calls", "calls", "count", "Calls enqueued", lambda calls, _: float(len(calls))),
    Metric(
        "calls",
        "failed_calls",
        "count",
        "Calls that did not succeed",
        lambda calls, _: float(
            sum(each.status > api_pb2.FUNCTION_CALL_INPUT_STATUS_SUCCESS for each in calls)
        ),
    ),
    Metric(
        "calls", "execution_time_p50", "s", "Median execution time", lambda calls, _: _execution_p50(calls)
    ),
    Metric("containers", "containers", "count", "Containers alive", lambda _, tasks: float(len(tasks))),
)


class MetricRpcs(CallRpcs):
    """Metric series."""

    @unary
    async def FunctionGetMetrics(
        self, request: api_pb2.FunctionGetMetricsRequest
    ) -> api_pb2.FunctionGetMetricsResponse:
        self.function(request.function_id)
        since, until = seconds(request.since), seconds(request.until)
        if not 0 < until - since <= MAX_SPAN_SECONDS:
            raise invalid("The time range must be positive and cannot exceed 31 days")
        width = _bucket_seconds(until - since, request.bucket_secs)
        starts = range(int(since) // width * width, int(until), width)
        response = api_pb2.FunctionGetMetricsResponse(
            since=timestamp(starts[0]), until=timestamp(starts[-1] + width), bucket_secs=width
        )
        calls = self._calls_by_bucket(request.function_id, starts)
        tasks = [each for each in self.world.tasks.values() if each.function_id == request.function_id]
        for metric in METRICS:
            if request.groups and metric.group not in request.groups:
                continue
            series = response.series.add(name=metric.name, unit=metric.unit, description=metric.description)
            for start in starts:
                value = metric.value(calls[start], _alive(tasks, start, start + width))
                series.points.add(timestamp=timestamp(start), value=value)
        return response

    @unary
    async def MetricsGetInfo(self, request: api_pb2.MetricsGetInfoRequest) -> api_pb2.MetricsGetInfoResponse:
        span = seconds(request.until) - seconds(request.since)
        width = _bucket_seconds(span if span > 0 else 3600.0, request.bucket_secs)
        response = api_pb2.MetricsGetInfoResponse(bucket_secs=width, bucket_count=int(span // width))
        for name in ("calls", "containers"):
            if request.groups and name not in request.groups:
                continue
            group = response.groups.add(name=name, display_name=name.capitalize())
            for metric in METRICS:
                if metric.group == name:
                    group.metrics.add(name=metric.name, unit=metric.unit, description=metric.description)
        return response

    def _calls_by_bucket(self, function_id: str, starts: range) -> dict[int, list[CallRecord]]:
        buckets: dict[int, list[CallRecord]] = {start: [] for start in starts}
        for call in self.calls_of(function_id, starts[0], starts[-1] + starts.step):
            buckets[int(call.enqueued_at) // starts.step * starts.step].append(call)
        return buckets


def _alive(tasks: list[Task], start: float, end: float) -> list[Task]:
    now = time.time()
    return [
        each
        for each in tasks
        if each.started_at and each.started_at < end and (each.finished_at or now) >= start and start <= now
    ]


def _bucket_seconds(span: float, wanted: int) -> int:
    if wanted and span / wanted <= MAX_POINTS:
        return wanted
    for width in BUCKETS:
        if span / width <= 100:
            return width
    return BUCKETS[-1]
