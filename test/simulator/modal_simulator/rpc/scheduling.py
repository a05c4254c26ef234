"""How many containers a function keeps: current numbers and settings."""

from __future__ import annotations

import time

from google.protobuf.descriptor import FieldDescriptor
from modal_proto import api_pb2

from ..world import FunctionRecord
from .base import RpcBase, invalid, unary
from .publishing import static_autoscaler

SERVER_ONLY = ("scaleup_window", "target_concurrency", "target_concurrency_float", "scaledown_rate_limit")
DEFAULTS = api_pb2.AutoscalerSettings(
    min_containers=0, max_containers=100, buffer_containers=0, scaleup_window=0, scaledown_window=60
)


class SchedulingRpcs(RpcBase):
    """Numbers of containers."""

    @unary
    async def FunctionGetCurrentStats(
        self, request: api_pb2.FunctionGetCurrentStatsRequest
    ) -> api_pb2.FunctionStats:
        return self.scheduler.stats(self.function(request.function_id).function_id)

    @unary
    async def FunctionUpdateSchedulingParams(
        self, request: api_pb2.FunctionUpdateSchedulingParamsRequest
    ) -> api_pb2.FunctionUpdateSchedulingParamsResponse:
        record = self.function(request.function_id)
        changes = _set_fields(request.settings)
        is_server = record.definition is not None and record.definition.is_server
        for field in changes:
            if field.name in SERVER_ONLY and not is_server:
                raise invalid(f"{field.name} can only be set on a server")
        _check_bounds(record, request.settings)
        record.autoscaler.MergeFrom(request.settings)
        record.autoscaler_overrides.MergeFrom(request.settings)
        for field in changes:
            record.autoscaler_events[field.name] = time.time()
        self.scheduler.apply_autoscaler(record.function_id)
        return api_pb2.FunctionUpdateSchedulingParamsResponse(current_settings=_in_force(record))

    @unary
    async def FunctionGetSchedulingParams(
        self, request: api_pb2.FunctionGetSchedulingParamsRequest
    ) -> api_pb2.FunctionGetSchedulingParamsResponse:
        record = self.function(request.function_id)
        static = static_autoscaler(record.definition) if record.definition else api_pb2.AutoscalerSettings()
        configuration = api_pb2.AutoscalerConfiguration(
            settings=_in_force(record),
            default_settings=DEFAULTS,
            static_settings=static,
            override_settings=record.autoscaler_overrides,
        )
        for name, changed_at in record.autoscaler_events.items():
            configuration.override_events[name].CopyFrom(
                api_pb2.UserActionInfo(user_id="us-local", timestamp=changed_at, requested_by=self.world.user)
            )
        return api_pb2.FunctionGetSchedulingParamsResponse(autoscaler_configuration=configuration)


def _set_fields(settings: api_pb2.AutoscalerSettings) -> list[FieldDescriptor]:
    return [field for field, _ in settings.ListFields()]


def _in_force(record: FunctionRecord) -> api_pb2.AutoscalerSettings:
    settings = api_pb2.AutoscalerSettings()
    settings.CopyFrom(DEFAULTS)
    settings.MergeFrom(record.autoscaler)
    return settings


def _check_bounds(record: FunctionRecord, changes: api_pb2.AutoscalerSettings) -> None:
    merged = _in_force(record)
    merged.MergeFrom(changes)
    low, high = merged.min_containers, merged.max_containers
    if high and low > high:
        raise invalid(f"min_containers ({low}) must not exceed max_containers ({high})")
