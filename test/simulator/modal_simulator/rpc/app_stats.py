"""Statistics of an app over a time range: functions, servers and sandboxes apart from each other."""

from __future__ import annotations

from modal_proto import api_pb2

from ..world import App, FunctionRecord, Task
from .apps import lifecycle
from .base import seconds, unary
from .calls import CallRpcs
from .servers import ServerRpcs
from .stats import FAILED_STATUSES, count_calls

ERRORS = (
    api_pb2.GenericResult.GENERIC_STATUS_FAILURE,
    api_pb2.GenericResult.GENERIC_STATUS_TIMEOUT,
    api_pb2.GenericResult.GENERIC_STATUS_INIT_FAILURE,
    api_pb2.GenericResult.GENERIC_STATUS_INTERNAL_FAILURE,
)


class AppStatsRpcs(CallRpcs, ServerRpcs):
    """Statistics of apps."""

    @unary
    async def AppGetTimeRangeStats(
        self, request: api_pb2.AppGetTimeRangeStatsRequest
    ) -> api_pb2.AppGetTimeRangeStatsResponse:
        app = self.app(request.app_id)
        since, until = seconds(request.since), seconds(request.until)
        response = api_pb2.AppGetTimeRangeStatsResponse(
            since=request.since,
            until=request.until,
            lifecycle=lifecycle(app),
            deployment_count=sum(1 for each in app.history if since <= each.deployed_at < until),
            sandboxes=self._sandbox_counts(app, since, until),
        )
        for tag, function_id in app.function_ids.items():
            record = self.world.functions[function_id]
            if record.definition is not None and record.definition.is_server:
                server = response.servers.by_name[tag]
                server.object_id = function_id
                server.counts.CopyFrom(self._server_counts(record, since, until))
                _add(response.servers.total, server.counts)
            else:
                function = response.functions.by_name[tag]
                function.object_id = function_id
                function.counts.CopyFrom(self._function_counts(record, since, until))
                _add(response.functions.total, function.counts)
        return response

    def _function_counts(
        self, record: FunctionRecord, since: float, until: float
    ) -> api_pb2.AppFunctionCounts:
        calls = [
            each
            for each in self.world.calls.values()
            if each.function_id == record.function_id and since <= each.finished_at < until
        ]
        counts = api_pb2.AppFunctionCounts()
        counts.calls.total = len(calls)
        counts.calls.succeeded = count_calls(calls, api_pb2.FUNCTION_CALL_INPUT_STATUS_SUCCESS)
        counts.calls.failed = count_calls(calls, *FAILED_STATUSES)
        tasks = self._tasks_of(record, since, until)
        counts.containers.container_active_count = len(tasks)
        counts.containers.container_errors = _errors(tasks, since, until)
        return counts

    def _server_counts(self, record: FunctionRecord, since: float, until: float) -> api_pb2.AppServerCounts:
        requests = self.requests_of(record.function_id, since, until)
        counts = api_pb2.AppServerCounts()
        counts.requests.total = len(requests)
        counts.requests.ok = sum(1 for each in requests if each.status < 400)
        counts.requests.failed = counts.requests.total - counts.requests.ok
        tasks = self._tasks_of(record, since, until)
        counts.containers.container_active_count = len(tasks)
        counts.containers.container_errors = _errors(tasks, since, until)
        return counts

    def _sandbox_counts(self, app: App, since: float, until: float) -> api_pb2.AppSandboxCounts:
        tasks = [each for each in self.world.tasks.values() if each.sandbox_id and each.app_id == app.app_id]
        live = sum(1 for each in tasks if each.enqueued_at < until <= (each.finished_at or until))
        finished = sum(1 for each in tasks if since <= each.finished_at < until)
        return api_pb2.AppSandboxCounts(total=live + finished, finished=finished, live=live)

    def _tasks_of(self, record: FunctionRecord, since: float, until: float) -> list[Task]:
        """Returns the containers with activity in the range."""
        return [
            each
            for each in self.world.tasks.values()
            if each.function_id == record.function_id
            and each.enqueued_at < until
            and (not each.finished_at or each.finished_at >= since)
        ]


def _errors(tasks: list[Task], since: float, until: float) -> int:
    return sum(
        1
        for each in tasks
        if since <= each.finished_at < until and each.result is not None and each.result.status in ERRORS
    )


def _add(
    total: api_pb2.AppFunctionCounts | api_pb2.AppServerCounts,
    more: api_pb2.AppFunctionCounts | api_pb2.AppServerCounts,
) -> None:
    """Adds all numbers of a group to the total."""
    for group, numbers in more.ListFields():
        sums = getattr(total, group.name)
        for field, value in numbers.ListFields():
            setattr(sums, field.name, getattr(sums, field.name) + value)
