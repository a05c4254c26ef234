"""Sandboxes: creation, state, names, tags, lists. Calls that end in V2 do the same for the second kind."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..gpus import gpu_problem
from ..runtime.sandboxes import SandboxProcess, terminated
from ..world import Sandbox, new_id
from .base import RpcBase, check_name, invalid, no_buckets, not_found, unary
from .functions import CLOUDS
from .lifecycle import ENDED

PAGE = 100
# Letters of the ids of the second kind, which are longer.
SECOND_KIND_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REGION = re.compile(r"(us|eu|ap|uk|ca|me|sa|af|mx|jp|au)(-[a-z]+)*(-\d)?")
DOMAIN = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*", re.IGNORECASE)


class SandboxRpcs(RpcBase):
    """Sandboxes."""

    @unary
    async def SandboxCreate(self, request: api_pb2.SandboxCreateRequest) -> api_pb2.SandboxCreateResponse:
        sandbox_id = new_id("sb")
        process = self._create_sandbox(sandbox_id, request.app_id, request.definition, request.tags, {})
        return api_pb2.SandboxCreateResponse(sandbox_id=sandbox_id, metadata=_metadata(process))

    @unary
    async def SandboxCreateV2(
        self, request: api_pb2.SandboxCreateV2Request
    ) -> api_pb2.SandboxCreateV2Response:
        letters = "".join(secrets.choice(SECOND_KIND_ALPHABET) for _ in range(24))
        env = dict(request.ephemeral_secrets.contents) | self.secret_variables(request.secret_sources)
        process = self._create_sandbox(
            f"sb-01{letters}", request.app_id, request.definition, request.tags, env, second_kind=True
        )
        return api_pb2.SandboxCreateV2Response(
            sandbox_id=process.record.sandbox_id,
            task_id=process.record.task_id,
            tunnels=_tunnels(process.record),
            metadata=_metadata(process),
        )

    @unary
    async def SandboxGetTaskId(
        self, request: api_pb2.SandboxGetTaskIdRequest
    ) -> api_pb2.SandboxGetTaskIdResponse:
        process = self._sandbox(request.sandbox_id)
        if request.wait_until_ready:
            await _within(request.timeout or PAGE, process.ready.wait(), process.ended.wait())
        result = process.record.result if process.ended.is_set() else None
        return api_pb2.SandboxGetTaskIdResponse(task_id=process.record.task_id, task_result=result)

    @unary
    async def SandboxWait(self, request: api_pb2.SandboxWaitRequest) -> api_pb2.SandboxWaitResponse:
        process = self._sandbox(request.sandbox_id)
        await _within(request.timeout, process.ended.wait())
        result = process.record.result if process.ended.is_set() else None
        return api_pb2.SandboxWaitResponse(result=result, metadata=_metadata(process))

    @unary
    async def SandboxWaitUntilReady(
        self, request: api_pb2.SandboxWaitUntilReadyRequest
    ) -> api_pb2.SandboxWaitUntilReadyResponse:
        ready_at = await until_ready(self._sandbox(request.sandbox_id), request.timeout)
        return api_pb2.SandboxWaitUntilReadyResponse(ready_at=ready_at)

    @unary
    async def SandboxTerminate(
        self, request: api_pb2.SandboxTerminateRequest
    ) -> api_pb2.SandboxTerminateResponse:
        process = self._sandbox(request.sandbox_id)
        if process.ended.is_set():
            return api_pb2.SandboxTerminateResponse(existing_result=process.record.result)
        await self.scheduler.sandboxes.end(process, terminated())
        return api_pb2.SandboxTerminateResponse()

    @unary
    async def SandboxStdinWrite(
        self, request: api_pb2.SandboxStdinWriteRequest
    ) -> api_pb2.SandboxStdinWriteResponse:
        process = self._sandbox(request.sandbox_id)
        await process.started.wait()
        if request.index > process.inputs:  # else it was sent again
            process.inputs = request.index
            process.active_at = time.monotonic()
            await process.main.write(process.main.written, request.input, request.eof)
        return api_pb2.SandboxStdinWriteResponse()

    @unary
    async def SandboxGetTunnels(
        self, request: api_pb2.SandboxGetTunnelsRequest
    ) -> api_pb2.SandboxGetTunnelsResponse:
        record = self._sandbox(request.sandbox_id).record
        result = api_pb2.GenericResult(status=api_pb2.GenericResult.GENERIC_STATUS_SUCCESS)
        return api_pb2.SandboxGetTunnelsResponse(result=result, tunnels=_tunnels(record))

    @unary
    async def SandboxTagsGet(self, request: api_pb2.SandboxTagsGetRequest) -> api_pb2.SandboxTagsGetResponse:
        return api_pb2.SandboxTagsGetResponse(tags=_tags(self._sandbox(request.sandbox_id).record))

    @unary
    async def SandboxTagsSet(self, request: api_pb2.SandboxTagsSetRequest) -> Empty:
        self._sandbox(request.sandbox_id).record.tags = _tag_names(request.tags)
        return Empty()

    @unary
    async def SandboxSetName(self, request: api_pb2.SandboxSetNameRequest) -> api_pb2.SandboxSetNameResponse:
        record = self._sandbox(request.sandbox_id).record
        self._check_free(request.name, record.app_id)
        record.name = request.name
        return api_pb2.SandboxSetNameResponse()

    @unary
    async def SandboxGetFromName(
        self, request: api_pb2.SandboxGetFromNameRequest
    ) -> api_pb2.SandboxGetFromNameResponse:
        return self._named(request, both_kinds=False)

    @unary
    async def SandboxGetFromNameV2(
        self, request: api_pb2.SandboxGetFromNameRequest
    ) -> api_pb2.SandboxGetFromNameResponse:
        return self._named(request, both_kinds=True)

    @unary
    async def SandboxList(self, request: api_pb2.SandboxListRequest) -> api_pb2.SandboxListResponse:
        return self._listed(request, both_kinds=False)

    @unary
    async def SandboxListV2(self, request: api_pb2.SandboxListRequest) -> api_pb2.SandboxListResponse:
        return self._listed(request, both_kinds=True)

    SandboxGetTaskIdV2 = SandboxGetTaskId
    SandboxWaitV2 = SandboxWait
    SandboxTerminateV2 = SandboxTerminate
    SandboxGetTunnelsV2 = SandboxGetTunnels
    SandboxTagsGetV2 = SandboxTagsGet
    SandboxTagsSetV2 = SandboxTagsSet

    def secret_variables(
        self, sources: Iterable[api_pb2.SecretSource], secret_ids: Iterable[str] = ()
    ) -> dict[str, str]:
        """Returns the variables of secrets, given by id or in full. Raises NOT_FOUND."""
        variables: dict[str, str] = {}
        for source in [*(api_pb2.SecretSource(secret_id=each) for each in secret_ids), *sources]:
            if not source.HasField("secret_id"):
                variables |= dict(source.env.contents)
                continue
            secret = self.world.secrets.get(source.secret_id)
            if secret is None:
                raise not_found(f"Secret '{source.secret_id}' not found")
            secret.last_used_at = time.time()
            variables |= secret.values
        return variables

    def _create_sandbox(
        self,
        sandbox_id: str,
        app_id: str,
        definition: api_pb2.Sandbox,
        tags: Iterable[api_pb2.SandboxTag],
        env: Mapping[str, str],
        second_kind: bool = False,
    ) -> SandboxProcess:
        app = self.app(app_id)
        if app.state in ENDED:
            raise GRPCError(Status.FAILED_PRECONDITION, f"App '{app_id}' is stopped")
        if self.faults.budget_exhausted:
            raise GRPCError(Status.RESOURCE_EXHAUSTED, "Workspace billing cycle spend limit reached")
        self._check_definition(definition)
        if definition.name:
            self._check_free(definition.name, app_id)
        variables = self.secret_variables([], definition.secret_ids)
        variables |= dict(definition.environment_variables.contents) | dict(env)
        record = Sandbox(sandbox_id, app_id, "", definition, second_kind, variables)
        record.tags, record.name = _tag_names(tags), definition.name
        return self.scheduler.sandboxes.create(record)

    def _check_definition(self, definition: api_pb2.Sandbox) -> None:
        gpu = definition.resources.gpu_config
        if gpu.count and (problem := gpu_problem(gpu.gpu_type, gpu.count, self.faults.refused_gpus)):
            raise invalid(problem)
        if definition.cloud_provider_str.lower() not in CLOUDS:
            raise invalid(f"Not a valid cloud provider: '{definition.cloud_provider_str}'")
        for region in definition.scheduler_placement.regions:
            if not REGION.fullmatch(region):
                raise invalid(f"Not a valid region: '{region}'")
        for cidr in (*definition.network_access.allowed_cidrs, *definition.inbound_cidr_allowlist):
            try:
                ipaddress.ip_network(cidr, strict=False)
            except ValueError:
                raise invalid(f"Invalid CIDR: {cidr}") from None
        for domain in definition.network_access.allowed_domains:
            if not DOMAIN.fullmatch(domain):
                raise invalid(f"Invalid domain: {domain}")
        no_buckets(definition.cloud_bucket_mounts)
        for mount in definition.volume_mounts:
            if mount.volume_id not in self.world.volumes:
                raise not_found(f"Volume '{mount.volume_id}' not found")

    def _check_free(self, name: str, app_id: str) -> None:
        check_name("Sandbox", name)
        for process in self.scheduler.sandboxes.processes.values():
            record = process.record
            if (record.name, record.app_id) == (name, app_id) and not process.ended.is_set():
                raise GRPCError(Status.ALREADY_EXISTS, f"Sandbox with name '{name}' already exists")

    def _named(
        self, request: api_pb2.SandboxGetFromNameRequest, both_kinds: bool
    ) -> api_pb2.SandboxGetFromNameResponse:
        app = self.world.deployed_app(request.app_name, self.environment(request.environment_name).name)
        for record in reversed(self.world.sandboxes.values()):
            if app is None or (record.app_id, record.name) != (app.app_id, request.sandbox_name):
                continue
            process = self._sandbox(record.sandbox_id)
            if (both_kinds or not record.second_kind) and (
                request.include_terminated or not process.ended.is_set()
            ):
                return api_pb2.SandboxGetFromNameResponse(
                    sandbox_id=record.sandbox_id, metadata=_metadata(process)
                )
        raise not_found(f"Sandbox with name '{request.sandbox_name}' not found")

    def _listed(self, request: api_pb2.SandboxListRequest, both_kinds: bool) -> api_pb2.SandboxListResponse:
        environment = "" if request.app_id else self.environment(request.environment_name).name
        wanted = _tag_names(request.tags).items()
        response = api_pb2.SandboxListResponse()
        for record in reversed(self.world.sandboxes.values()):
            app = self.world.apps.get(record.app_id)
            ours = request.app_id in ("", record.app_id) and app and environment in ("", app.environment)
            before = not request.before_timestamp or record.created_at < request.before_timestamp
            if not ours or not before or (record.second_kind and not both_kinds):
                continue
            process = self._sandbox(record.sandbox_id)
            if not wanted <= record.tags.items() or (process.ended.is_set() and not request.include_finished):
                continue
            response.sandboxes.append(_info(process))
            if len(response.sandboxes) == PAGE:
                break
        return response

    def _sandbox(self, sandbox_id: str) -> SandboxProcess:
        record = self.world.sandboxes.get(sandbox_id)
        if record is None:
            raise not_found(f"Sandbox '{sandbox_id}' not found")
        return self.scheduler.sandboxes.processes[record.task_id]


async def until_ready(process: SandboxProcess, seconds: float) -> float:
    """Returns when the sandbox was ready. Raises DEADLINE_EXCEEDED, or FAILED_PRECONDITION if it has ended."""
    await _within(seconds, process.ready.wait(), process.ended.wait())
    if process.ended.is_set():
        raise GRPCError(Status.FAILED_PRECONDITION, "The sandbox has ended")
    if not process.ready.is_set():
        raise GRPCError(Status.DEADLINE_EXCEEDED, "The sandbox was not ready in time")
    return process.record.ready_at


async def _within(seconds: float, *events: Any) -> None:
    """Waits for the first of the events, at most so long."""
    waits = [asyncio.ensure_future(each) for each in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*waits, return_exceptions=True)


def _tag_names(tags: Iterable[api_pb2.SandboxTag]) -> dict[str, str]:
    return {each.tag_name: each.tag_value for each in tags}


def _tags(record: Sandbox) -> list[api_pb2.SandboxTag]:
    return [api_pb2.SandboxTag(tag_name=name, tag_value=value) for name, value in record.tags.items()]


def _tunnels(record: Sandbox) -> list[api_pb2.TunnelData]:
    """Returns the ports of the sandbox: it runs on this machine, so each is where its process listens."""
    tunnels = []
    for spec in record.definition.open_ports.ports:
        tunnel = api_pb2.TunnelData(host="127.0.0.1", port=spec.port, container_port=spec.port)
        if spec.unencrypted:
            tunnel.unencrypted_host, tunnel.unencrypted_port = tunnel.host, tunnel.port
        tunnels.append(tunnel)
    return tunnels


def _metadata(process: SandboxProcess) -> api_pb2.SandboxHandleMetadata:
    result = process.record.result if process.ended.is_set() else None
    return api_pb2.SandboxHandleMetadata(result=result, app_id=process.record.app_id)


def _info(process: SandboxProcess) -> api_pb2.SandboxInfo:
    record, task, definition = process.record, process.task, process.record.definition
    gpu, resources = definition.resources.gpu_config, definition.resources
    info = api_pb2.SandboxInfo(
        id=record.sandbox_id,
        created_at=record.created_at,
        app_id=record.app_id,
        tags=_tags(record),
        name=record.name,
        image_id=definition.image_id,
        timeout_secs=definition.timeout_secs,
        regions=definition.scheduler_placement.regions,
        resource_info=api_pb2.ResourceInfo(
            memory_mb=_resource(resources.memory_mb),
            milli_cpu=_resource(resources.milli_cpu),
            gpu_type=gpu.gpu_type,
            memory_mb_max=resources.memory_mb_max,
            milli_cpu_max=resources.milli_cpu_max,
        ),
        tunnels=_tunnels(record),
        metadata=_metadata(process),
        task_info=api_pb2.TaskInfo(
            id=task.task_id,
            started_at=task.started_at,
            finished_at=task.finished_at,
            enqueued_at=task.enqueued_at,
            gpu_type=task.gpu_type,
            sandbox_id=record.sandbox_id,
            result=task.result,
        ),
    )
    if gpu.count:
        info.task_info.gpu_config.CopyFrom(gpu)
    if definition.HasField("idle_timeout_secs"):
        info.idle_timeout_secs = definition.idle_timeout_secs
    if definition.HasField("readiness_probe"):
        info.readiness_probe.CopyFrom(definition.readiness_probe)
    if record.ready_at:
        info.ready_at = record.ready_at
    return info


def _resource(value: int) -> api_pb2.ResourceInfo.ResourceValue:
    return api_pb2.ResourceInfo.ResourceValue(value=value or 0, is_default=not value)
