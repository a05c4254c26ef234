"""What usage costs: rates, reports, summaries. Costs follow from the containers' lives here."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from modal_proto import api_pb2

from ..pricing import RATES, cost_between, formatted_rates
from ..world import App, Task
from .base import RpcBase, invalid, seconds, timestamp, unary

RESOLUTION_SECONDS = {"h": 3600, "d": 86400}


class BillingRpcs(RpcBase):
    """Rates and costs."""

    @unary
    async def WorkspaceBillingRates(
        self, _: api_pb2.WorkspaceBillingRatesRequest
    ) -> api_pb2.WorkspaceBillingRatesResponse:
        return api_pb2.WorkspaceBillingRatesResponse(rates=RATES, formatted=formatted_rates())

    async def WorkspaceBillingReport(self, stream: Any) -> None:
        request = await stream.recv_message()
        width = RESOLUTION_SECONDS.get(request.resolution or "d")
        if width is None:
            raise invalid(f"Invalid resolution: '{request.resolution}'")
        start, end = seconds(request.start_timestamp), seconds(request.end_timestamp)
        apps = [each for each in self.world.apps.values() if self._is_reported(each, request)]
        # The start is rounded down to the interval that it lies in; an interval that has not ended is left out.
        first = int(start // width) * width
        for interval in range(first, int(end) // width * width, width):
            for app in apps:
                item = self._report_item(app, interval, interval + width, request)
                if item is not None:
                    await stream.send_message(item)

    @unary
    async def WorkspaceBillingSummary(
        self, request: api_pb2.WorkspaceBillingSummaryRequest
    ) -> api_pb2.WorkspaceBillingSummaryResponse:
        start, end = _month(seconds(request.start_timestamp))
        costs = self._billed_costs(self.world.tasks.values(), start, end)
        total = sum(costs.values(), Decimal(0))
        return api_pb2.WorkspaceBillingSummaryResponse(
            start_timestamp=timestamp(start),
            end_timestamp=timestamp(end),
            metered_cost=_text(total),
            billed_cost=_text(Decimal(0)),
            metered_cost_breakdown={"Apps": _text(total)} if total else {},
            adjustments={"Credits Applied": _text(-total)} if total else {},
        )

    @unary
    async def EnvironmentBillingSummary(
        self, request: api_pb2.EnvironmentBillingSummaryRequest
    ) -> api_pb2.EnvironmentBillingSummaryResponse:
        name = self.environment_by_id(request.environment_id).name
        start, end = _month(seconds(request.start_timestamp))
        total = sum(self._billed_costs(self._tasks_in(name), start, end).values(), Decimal(0))
        return api_pb2.EnvironmentBillingSummaryResponse(
            start_timestamp=timestamp(start),
            end_timestamp=timestamp(end),
            metered_cost=_text(total),
            metered_cost_breakdown={"Apps": _text(total)} if total else {},
        )

    def spent(self, environment: str) -> float:
        """Returns what the environment has cost since the month began, in USD."""
        start, end = _month(time.time())
        return float(sum(self._billed_costs(self._tasks_in(environment), start, end).values(), Decimal(0)))

    def _tasks_in(self, environment: str) -> Iterator[Task]:
        apps = self.world.apps
        for task in self.world.tasks.values():
            if task.app_id in apps and apps[task.app_id].environment == environment:
                yield task

    def _billed_costs(self, tasks: Any, start: float, end: float) -> dict[str, Decimal]:
        costs: dict[str, Decimal] = defaultdict(Decimal)
        for task in tasks:
            for resource, cost in cost_between(self.world, task, start, end).items():
                costs[resource] += cost
        return costs

    def _is_reported(self, app: App, request: api_pb2.WorkspaceBillingReportRequest) -> bool:
        if request.app_ids and app.app_id not in request.app_ids:
            return False
        if not request.environment_ids:
            return True
        environment = self.world.environments.get(app.environment)
        return environment is not None and environment.environment_id in request.environment_ids

    def _report_item(
        self, app: App, start: int, end: int, request: api_pb2.WorkspaceBillingReportRequest
    ) -> api_pb2.WorkspaceBillingReportItem | None:
        tasks = [each for each in self.world.tasks.values() if each.app_id == app.app_id]
        costs = self._billed_costs(tasks, start, end)
        if not costs:
            return None
        every = "*" in request.tag_names
        return api_pb2.WorkspaceBillingReportItem(
            object_id=app.app_id,
            description=app.description,
            environment_name=app.environment,
            interval=timestamp(start),
            cost=_text(sum(costs.values(), Decimal(0))),
            tags={key: value for key, value in app.tags.items() if every or key in request.tag_names},
            cost_by_resource={resource: _text(cost) for resource, cost in costs.items()},
        )


def _month(moment: float) -> tuple[float, float]:
    """Returns begin and end of the calendar month (UTC) of that time."""
    day = datetime.fromtimestamp(moment, UTC)
    start = datetime(day.year, day.month, 1, tzinfo=UTC)
    end = datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=UTC)
    return start.timestamp(), end.timestamp()


def _text(cost: Decimal) -> str:
    return format(cost.quantize(Decimal("0.00000001")), "f")
