"""What else there is for sandboxes: tokens for requests to them, statistics, containers beside their own."""

from __future__ import annotations

import time
from decimal import Decimal

from modal_proto import api_pb2

from ..pricing import cores_and_gib, cost_between
from .base import seconds, timestamp, unary
from .sandboxes import SandboxRpcs
from .sidecars import create


class SandboxExtraRpcs(SandboxRpcs):
    """More of sandboxes."""

    @unary
    async def SandboxCreateConnectToken(
        self, request: api_pb2.SandboxCreateConnectTokenRequest
    ) -> api_pb2.SandboxCreateConnectTokenResponse:
        process = self._sandbox(request.sandbox_id)
        connect = self.scheduler.ingress.connect
        url, token = await connect.grant(process, request.port, request.user_metadata)
        return api_pb2.SandboxCreateConnectTokenResponse(url=url, token=token)

    @unary
    async def SandboxGetStats(
        self, request: api_pb2.SandboxGetStatsRequest
    ) -> api_pb2.SandboxGetStatsResponse:
        task = self._sandbox(request.sandbox_id).task
        end = task.finished_at or time.time()
        since = (
            max(seconds(request.since), task.enqueued_at) if request.HasField("since") else task.enqueued_at
        )
        until = min(seconds(request.until), end) if request.HasField("until") else end
        life = max(0.0, until - since)
        costs = cost_between(self.world, task, since, until)
        cores, gib = cores_and_gib(self.world.sandboxes[task.sandbox_id].definition.resources)
        # How much of its cores and memory a sandbox really uses is not measured here.
        return api_pb2.SandboxGetStatsResponse(
            since=timestamp(since),
            until=timestamp(max(since, until)),
            duration_hours=life / 3600,
            cost=f"{sum(costs.values(), Decimal(0)):f}",
            cost_by_resource={name: f"{cost:f}" for name, cost in costs.items()},
            billed_cpu_core_seconds=float(cores) * life,
            billed_memory_gib_seconds=float(gib) * life,
        )

    @unary
    async def SandboxContainerCreateV2(
        self, request: api_pb2.SandboxContainerCreateV2Request
    ) -> api_pb2.SandboxContainerCreateV2Response:
        process = self._sandbox(request.sandbox_id)
        await process.started.wait()
        definition = request.definition
        self._check_definition(definition)
        env = self.secret_variables(request.secret_sources, definition.secret_ids)
        env |= dict(definition.environment_variables.contents) | dict(request.ephemeral_secrets.contents)
        made = await create(self.scheduler.sandboxes, process, request.container_name, definition, env)
        return api_pb2.SandboxContainerCreateV2Response(
            container_id=made.container_id, container_name=made.name
        )

    SandboxCreateConnectTokenV2 = SandboxCreateConnectToken
    SandboxGetStatsV2 = SandboxGetStats
