"""Logs: live streams, ranges, counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..log_store import Accept, PlaceUnknown, Source, StreamCut
from .base import RpcBase, invalid, not_found, seconds, timestamp, unary

MAX_FETCH = 20_000
MAX_RANGE_SECONDS = 35 * 86400.0


class LogRpcs(RpcBase):
    """Logs of apps, functions, calls and containers."""

    async def AppGetLogs(self, stream: Any) -> None:
        request = await stream.recv_message()
        if time.monotonic() < self.faults.log_streams_down_until:
            raise GRPCError(Status.UNAVAILABLE, "The log service is starting")
        app_id = self._log_owner(request)
        task_id = self._task_of(request)
        accept = _accept(
            task_id,
            request.function_id,
            request.parametrized_function_id,
            request.function_call_id,
            request.file_descriptor,
            request.input_id,
        )
        try:
            batches = self.logs.follow(
                app_id, request.last_entry_id, request.timeout, accept, self._task_ended(task_id)
            )
            async for batch in batches:
                await stream.send_message(batch)
        except StreamCut:
            raise GRPCError(Status.UNAVAILABLE, "The log stream was cut") from None
        except PlaceUnknown:
            raise invalid(f"Unknown log entry '{request.last_entry_id}'") from None

    @unary
    async def AppFetchLogs(self, request: api_pb2.AppFetchLogsRequest) -> api_pb2.AppFetchLogsResponse:
        self.app(request.app_id)
        since, until = seconds(request.since), seconds(request.until)
        if until - since > MAX_RANGE_SECONDS + 1:
            raise invalid("The time range cannot exceed 35 days")
        limit = min(request.limit or MAX_FETCH, MAX_FETCH)
        batches = self.logs.range(
            request.app_id, since, until, limit, self._accept_query(request), request.search_text
        )
        return api_pb2.AppFetchLogsResponse(batches=batches)

    @unary
    async def AppCountLogs(self, request: api_pb2.AppCountLogsRequest) -> api_pb2.AppCountLogsResponse:
        self.app(request.app_id)
        buckets = self.logs.count(
            request.app_id,
            seconds(request.since),
            seconds(request.until),
            request.bucket_secs,
            self._accept_query(request),
            request.search_text,
        )
        response = api_pb2.AppCountLogsResponse(app_id=request.app_id)
        for start, (stdout, stderr, system) in sorted(buckets.items()):
            response.buckets.add(
                bucket_start_at=timestamp(start), stdout_logs=stdout, stderr_logs=stderr, system_logs=system
            )
        return response

    async def SandboxGetLogs(self, stream: Any) -> None:
        request = await stream.recv_message()
        if time.monotonic() < self.faults.log_streams_down_until:
            raise GRPCError(Status.UNAVAILABLE, "The log service is starting")
        sandbox = self.world.sandboxes.get(request.sandbox_id)
        if sandbox is None:
            raise not_found(f"Sandbox '{request.sandbox_id}' not found")

        def accept(source: Source) -> bool:
            ours = source.task_id == sandbox.task_id and not source.task_state
            return ours and request.file_descriptor in (0, source.fd)

        ended = self._task_ended(sandbox.task_id)
        try:
            async for batch in self.logs.follow(
                sandbox.app_id, request.last_entry_id, request.timeout, accept, ended
            ):
                batch.eof, batch.app_done = batch.app_done, False
                await stream.send_message(batch)
        except StreamCut:
            raise GRPCError(Status.UNAVAILABLE, "The log stream was cut") from None

    def _task_of(
        self, request: api_pb2.AppGetLogsRequest | api_pb2.AppFetchLogsRequest | api_pb2.AppCountLogsRequest
    ) -> str:
        """Returns the container that is asked for, by its id or by that of its sandbox; '' for all."""
        if not request.sandbox_id:
            return request.task_id
        sandbox = self.world.sandboxes.get(request.sandbox_id)
        if sandbox is None:
            raise not_found(f"Sandbox '{request.sandbox_id}' not found")
        return sandbox.task_id

    def _accept_query(self, request: api_pb2.AppFetchLogsRequest | api_pb2.AppCountLogsRequest) -> Accept:
        return _accept(
            self._task_of(request),
            request.function_id,
            request.parametrized_function_id,
            request.function_call_id,
            request.source,
        )

    def _log_owner(self, request: api_pb2.AppGetLogsRequest) -> str:
        task_id = self._task_of(request)
        if task_id and not request.app_id:
            task = self.world.tasks.get(task_id)
            if task is None:
                raise not_found(f"Container '{task_id}' not found")
            return task.app_id
        return self.app(request.app_id).app_id

    def _task_ended(self, task_id: str) -> Callable[[], bool] | None:
        """Returns a question whether the container has ended, or None if the stream is not of a container."""
        task = self.world.tasks.get(task_id)
        return (lambda: bool(task.finished_at)) if task else None


def _accept(
    task_id: str, function_id: str, variant_id: str, call_id: str, fd: int, input_id: str = ""
) -> Accept:
    """Returns a filter; empty arguments accept everything. States pass any stream filter."""

    def accept(source: Source) -> bool:
        return (
            (not task_id or source.task_id == task_id)
            and (not function_id or function_id in (source.function_id, source.root_function_id))
            and (not variant_id or source.function_id == variant_id)
            and (not call_id or source.function_call_id == call_id)
            and (not input_id or source.input_id == input_id)
            and (not fd or source.fd == fd or bool(source.task_state))
        )

    return accept
