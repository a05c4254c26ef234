"""Containers beside a sandbox's own, as the command router and the control plane offer them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping

from grpclib import GRPCError, Status
from modal_proto import api_pb2
from modal_proto import task_command_router_pb2 as router_pb2

from ..runtime.sandboxes import Sandboxes, SandboxProcess, terminated
from ..runtime.sidecars import Sidecar
from .base import check_name, invalid, not_found

MAIN = "main"
RUNNING, ENDED = "running", "terminated"


def definition_of(request: router_pb2.TaskContainerCreateRequest) -> api_pb2.Sandbox:
    """Returns the sidecar that is asked for as a sandbox of its own would be defined."""
    return api_pb2.Sandbox(
        entrypoint_args=request.args,
        image_id=request.image_id,
        workdir=request.workdir,
        volume_mounts=request.volume_mounts,
        pty_info=request.pty_info,
    )


async def create(
    sandboxes: Sandboxes,
    process: SandboxProcess,
    name: str,
    definition: api_pb2.Sandbox,
    env: Mapping[str, str],
) -> Sidecar:
    """Starts a sidecar. Raises INVALID_ARGUMENT, ALREADY_EXISTS or FAILED_PRECONDITION."""
    check_name("container", name)
    if name == MAIN:
        raise invalid(f"The name '{MAIN}' is the sandbox's own container")
    if any(each.name == name and not each.ended.is_set() for each in process.sidecars):
        raise GRPCError(Status.ALREADY_EXISTS, f"Container '{name}' already exists")
    try:
        return await sandboxes.add_sidecar(process, name, definition, dict(env))
    except (OSError, ValueError) as error:
        raise GRPCError(Status.FAILED_PRECONDITION, f"The container could not be started: {error}") from None


def by_name(process: SandboxProcess, name: str, include_terminated: bool) -> Sidecar:
    """Returns the newest sidecar of that name. Raises NOT_FOUND."""
    found = [each for each in listed(process, include_terminated) if each.name == name]
    if not found:
        raise not_found(f"Container '{name}' not found")
    return found[-1]


def by_id(process: SandboxProcess, container_id: str) -> Sidecar:
    """Returns the sidecar with that id. Raises NOT_FOUND."""
    for each in process.sidecars:
        if each.container_id == container_id:
            return each
    raise not_found(f"Container '{container_id}' not found")


def listed(process: SandboxProcess, include_terminated: bool) -> Iterable[Sidecar]:
    """Returns the sidecars, oldest first."""
    return [each for each in process.sidecars if include_terminated or not each.ended.is_set()]


def info(sidecar: Sidecar) -> router_pb2.TaskContainerInfo:
    """Returns what is told of a sidecar."""
    ended = sidecar.ended.is_set()
    return router_pb2.TaskContainerInfo(
        container_id=sidecar.container_id,
        container_name=sidecar.name,
        status=ENDED if ended else RUNNING,
        result=sidecar.result if ended else None,
    )


async def result_within(sidecar: Sidecar, seconds: float) -> api_pb2.GenericResult | None:
    """Returns how it ended, or None if it has not within that time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await sidecar.ended.wait()
    return sidecar.result if sidecar.ended.is_set() else None


async def terminate(sidecar: Sidecar) -> None:
    """Ends a sidecar."""
    sidecar.end(terminated())
    await sidecar.ended.wait()
