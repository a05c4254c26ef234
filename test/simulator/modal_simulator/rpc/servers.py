"""Servers: their requests as the web edge saw them, statistics of these, and their containers."""

from __future__ import annotations

import time
from collections import Counter

from modal_proto import api_pb2

from ..world import FunctionRecord, RequestRecord
from .base import RpcBase, invalid, seconds, timestamp, unary
from .stats import MAX_RANGE, MAX_TAIL, distribution, task_counts

MAX_STATS_SECONDS = 7 * 86400.0


class ServerRpcs(RpcBase):
    """Servers."""

    @unary
    async def ServerGetTimeRangeStats(
        self, request: api_pb2.ServerGetTimeRangeStatsRequest
    ) -> api_pb2.ServerGetTimeRangeStatsResponse:
        record = self._server(request.function_id)
        since, until = seconds(request.since), seconds(request.until)
        if not 0 < until - since <= MAX_STATS_SECONDS + 1:
            raise invalid("The time range must be positive and cannot exceed 7 days")
        found = self.requests_of(record.function_id, since, until, request.container_id)
        # One number for each hundred, by its lowest code.
        by_code = Counter(each.status // 100 * 100 for each in found)
        response = api_pb2.ServerGetTimeRangeStatsResponse(
            since=request.since,
            until=request.until,
            request_count=len(found),
            request_count_by_status_code=[
                api_pb2.ServerGetTimeRangeStatsResponse.ServerStatusCodeCount(status_code=code, count=count)
                for code, count in sorted(by_code.items())
            ],
            request_rate_per_second=len(found) / (until - since),
            **task_counts(self.world, record.function_id, since, until, request.container_id),
        )
        if found:
            latencies = distribution("s", [each.seconds for each in found])
            response.request_percentile_stats["request_latency"].CopyFrom(latencies)
        return response

    @unary
    async def ServerRequestFetch(
        self, request: api_pb2.ServerRequestFetchRequest
    ) -> api_pb2.ServerRequestFetchResponse:
        record = self._server(request.function_id)
        if request.HasField("range"):
            if not 1 <= request.range.limit <= MAX_RANGE:
                raise invalid(f"limit must be between 1 and {MAX_RANGE}")
            since, until = seconds(request.range.since), seconds(request.range.until)
            found = self.requests_of(record.function_id, since, until)[: request.range.limit]
        else:
            if not 1 <= request.tail.count <= MAX_TAIL:
                raise invalid(f"count must be between 1 and {MAX_TAIL}")
            found = self.requests_of(record.function_id, 0, time.time() + 1)
            found = found[: -request.tail.count - 1 : -1]
        return api_pb2.ServerRequestFetchResponse(
            requests=[
                api_pb2.ServerRequestInfo(
                    route=each.route,
                    timestamp=timestamp(each.at),
                    container_id=each.task_id,
                    duration_seconds=each.seconds,
                    status=each.status,
                )
                for each in found
            ]
        )

    @unary
    async def ServerCountRequests(
        self, request: api_pb2.ServerCountRequestsRequest
    ) -> api_pb2.ServerCountRequestsResponse:
        record = self._server(request.function_id)
        since, until = seconds(request.since), seconds(request.until)
        width = max(1, request.bucket_secs)
        counts = {start: 0 for start in range(int(since) // width * width, int(-(-until // 1)), width)}
        for each in self.requests_of(record.function_id, since, until):
            counts[int(each.at) // width * width] += 1
        response = api_pb2.ServerCountRequestsResponse()
        for start, count in sorted(counts.items()):
            response.buckets.add(bucket_start_at=timestamp(start), count=count)
        return response

    @unary
    async def FlashContainerList(
        self, request: api_pb2.FlashContainerListRequest
    ) -> api_pb2.FlashContainerListResponse:
        record = self._server(request.function_id)
        assert record.definition is not None
        response = api_pb2.FlashContainerListResponse()
        for task in self.world.active_tasks(record.app_id):
            if task.function_id == record.function_id and task.started_at:
                port = record.definition.http_config.port
                response.containers.add(task_id=task.task_id, host="127.0.0.1", port=port)
        return response

    def requests_of(
        self, function_id: str, since: float, until: float, task_id: str = ""
    ) -> list[RequestRecord]:
        """Returns the requests that came to a server in [since, until), oldest first."""
        return [
            each
            for each in self.world.requests
            if each.function_id == function_id and since <= each.at < until and task_id in ("", each.task_id)
        ]

    def _server(self, function_id: str) -> FunctionRecord:
        record = self.function(function_id)
        if record.definition is None or not record.definition.is_server:
            raise invalid(f"'{function_id}' is not a server")
        return record
