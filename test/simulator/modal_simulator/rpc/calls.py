"""Calls of a function: lists, counts, statistics over a time range."""

from __future__ import annotations

import time
from collections.abc import Iterable

from modal_proto import api_pb2

from ..world import CallRecord
from .base import RpcBase, invalid, seconds, timestamp, unary
from .stats import FAILED_STATUSES, MAX_RANGE, MAX_TAIL, count_calls, distribution, task_counts

TAIL_SECONDS = 7 * 86400.0


class CallRpcs(RpcBase):
    """Calls of functions."""

    @unary
    async def FunctionCallFetch(
        self, request: api_pb2.FunctionCallFetchRequest
    ) -> api_pb2.FunctionCallFetchResponse:
        self.function(request.function_id)
        if request.HasField("range"):
            if not 1 <= request.range.limit <= MAX_RANGE:
                raise invalid(f"limit must be between 1 and {MAX_RANGE}")
            since, until = seconds(request.range.since), seconds(request.range.until)
            calls = self.calls_of(request.function_id, since, until)[: request.range.limit]
        else:
            if not 1 <= request.tail.count <= MAX_TAIL:
                raise invalid(f"count must be between 1 and {MAX_TAIL}")
            now = time.time()
            calls = self.calls_of(request.function_id, now - TAIL_SECONDS, now + 1)
            calls = calls[: -request.tail.count - 1 : -1]
        return api_pb2.FunctionCallFetchResponse(function_call_inputs=[_call_info(each) for each in calls])

    @unary
    async def FunctionCallCount(
        self, request: api_pb2.FunctionCallCountRequest
    ) -> api_pb2.FunctionCallCountResponse:
        self.function(request.function_id)
        since, until = seconds(request.since), seconds(request.until)
        width = max(1, request.bucket_secs)
        counts = {start: 0 for start in range(int(since) // width * width, int(until) + 1, width)}
        for call in self.calls_of(request.function_id, since, until):
            counts[int(call.enqueued_at) // width * width] += 1
        response = api_pb2.FunctionCallCountResponse()
        for start, count in sorted(counts.items()):
            response.buckets.add(bucket_start_at=timestamp(start), count=count)
        return response

    @unary
    async def FunctionGetTimeRangeStats(
        self, request: api_pb2.FunctionGetTimeRangeStatsRequest
    ) -> api_pb2.FunctionGetTimeRangeStatsResponse:
        self.function(request.function_id)
        since, until = seconds(request.since), seconds(request.until)
        calls = self.calls_of(request.function_id, since, until)
        if request.container_id:
            calls = [each for each in calls if each.task_id == request.container_id]
        response = api_pb2.FunctionGetTimeRangeStatsResponse(
            since=request.since,
            until=request.until,
            input_success_count=count_calls(calls, api_pb2.FUNCTION_CALL_INPUT_STATUS_SUCCESS),
            input_failure_count=count_calls(calls, *FAILED_STATUSES),
            input_timeout_count=count_calls(calls, api_pb2.FUNCTION_CALL_INPUT_STATUS_TIMEOUT),
            input_running_at_end_count=count_calls(calls, api_pb2.FUNCTION_CALL_INPUT_STATUS_RUNNING),
            **task_counts(self.world, request.function_id, since, until, request.container_id),
            variant_count=1 if request.rollup else 0,
        )
        for name, values in call_durations(calls).items():
            if values:
                response.input_percentile_stats[name].CopyFrom(distribution("s", values))
        return response

    def calls_of(self, function_id: str, since: float, until: float) -> list[CallRecord]:
        """Returns the calls of the function enqueued in [since, until), oldest first."""
        return [
            call
            for call in self.world.calls.values()
            if call.function_id == function_id and since <= call.enqueued_at < until
        ]


def call_durations(calls: Iterable[CallRecord]) -> dict[str, list[float]]:
    """Returns the finished calls' execution times and end-to-end latencies in seconds."""
    finished = [each for each in calls if each.finished_at and each.started_at]
    return {
        "execution_time": [each.finished_at - each.started_at for each in finished],
        "end_to_end_latency": [each.finished_at - each.enqueued_at for each in finished],
    }


def _call_info(call: CallRecord) -> api_pb2.FunctionCallInputInfo:
    info = api_pb2.FunctionCallInputInfo(
        enqueued_at=timestamp(call.enqueued_at), status=call.status, function_call_id=call.call_id
    )
    if call.task_id:
        info.container_id = call.task_id
    if call.method:
        info.service_method_name = call.method
    if call.started_at:
        info.started_at.CopyFrom(timestamp(call.started_at))
        info.startup_time_seconds = call.startup_seconds
    if call.started_at and call.finished_at:
        info.execution_time_seconds = call.finished_at - call.started_at
    return info
