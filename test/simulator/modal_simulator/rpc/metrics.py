"""Metric series of functions and servers, computed from their calls, requests and containers.

Names: those that Modal documents; the others are known only to its own ``MetricsGetInfo`` and have none here.
"""

from __future__ import annotations

import time

from google.protobuf.timestamp_pb2 import Timestamp
from modal_proto import api_pb2

from .base import RpcBase, invalid, seconds, timestamp, unary

MAX_SPAN_SECONDS = 31 * 86400.0
MAX_POINTS = 500
AUTO_POINTS = 100
MIN_BUCKET_SECONDS = 60
MINUTES = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 480, 720, 1440)
SUCCESSFUL_CALLS = api_pb2.MetricDefinition(
    name="successful_calls_count",
    unit="calls",
    description="Calls that succeeded, by the time at which they ended",
)


class MetricRpcs(RpcBase):
    """Metric series."""

    @unary
    async def FunctionGetMetrics(
        self, request: api_pb2.FunctionGetMetricsRequest
    ) -> api_pb2.FunctionGetMetricsResponse:
        self.function(request.function_id)
        buckets = _buckets(request.since, request.until, request.bucket_secs)
        response = api_pb2.FunctionGetMetricsResponse(
            since=timestamp(buckets.start), until=timestamp(buckets.stop), bucket_secs=buckets.step
        )
        if "calls" in (request.groups or ["calls"]):
            response.series.append(self._successful_calls(request.function_id, buckets))
        return response

    @unary
    async def ServerGetMetrics(
        self, request: api_pb2.ServerGetMetricsRequest
    ) -> api_pb2.ServerGetMetricsResponse:
        self.function(request.function_id)
        buckets = _buckets(request.since, request.until, request.bucket_secs)
        return api_pb2.ServerGetMetricsResponse(
            since=timestamp(buckets.start), until=timestamp(buckets.stop), bucket_secs=buckets.step
        )

    @unary
    async def MetricsGetInfo(self, request: api_pb2.MetricsGetInfoRequest) -> api_pb2.MetricsGetInfoResponse:
        buckets = _buckets(request.since, request.until, request.bucket_secs)
        response = api_pb2.MetricsGetInfoResponse(bucket_secs=buckets.step, bucket_count=len(buckets))
        server = request.target_type == api_pb2.MetricsGetInfoRequest.METRICS_TARGET_TYPE_SERVER
        if not server and "calls" in (request.groups or ["calls"]):
            response.groups.add(name="calls", display_name="Calls", metrics=[SUCCESSFUL_CALLS])
        return response

    def _successful_calls(self, function_id: str, buckets: range) -> api_pb2.FunctionMetricSeries:
        """Returns the series; a bucket in which no call ended has a point without a value."""
        counts: dict[int, int] = {}
        for call in self.world.calls.values():
            if call.function_id == function_id and call.finished_at:
                start = int(call.finished_at) // buckets.step * buckets.step
                succeeded = call.status == api_pb2.FUNCTION_CALL_INPUT_STATUS_SUCCESS
                counts[start] = counts.get(start, 0) + succeeded
        series = api_pb2.FunctionMetricSeries(
            name=SUCCESSFUL_CALLS.name, unit=SUCCESSFUL_CALLS.unit, description=SUCCESSFUL_CALLS.description
        )
        for start in buckets:
            point = series.points.add(timestamp=timestamp(start))
            if start in counts:
                point.value = counts[start]
        return series


def _buckets(since: Timestamp, until: Timestamp, wanted: int) -> range:
    """Returns the starts of the buckets; bounds are rounded down, so the one at ``until`` is left out."""
    now = time.time()
    last = seconds(until) or now
    first = seconds(since) or last - 3600
    if not 0 < last - first <= MAX_SPAN_SECONDS + 1:
        raise invalid("The time range must be positive and cannot exceed 31 days")
    if wanted and wanted < MIN_BUCKET_SECONDS:
        raise invalid(f"bucket_secs must be at least {MIN_BUCKET_SECONDS}")
    width = wanted or _automatic_width(last - first)
    buckets = range(int(first) // width * width, int(last) // width * width, width)
    if len(buckets) > MAX_POINTS:
        raise invalid(f"Metrics are limited to {MAX_POINTS} points per series")
    return buckets


def _automatic_width(span: float) -> int:
    """Returns the width that divides the span into about a hundred buckets, in seconds."""
    return min((each * 60 for each in MINUTES), key=lambda width: abs(span / width - AUTO_POINTS))
