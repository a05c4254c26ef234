"""Images made from the files of a running container."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..world import Image, new_id
from .base import DEFAULT_BUILDER_VERSION, RpcBase, not_found, unary

if TYPE_CHECKING:
    from ..runtime.scheduler import Place, Scheduler

Result = TypeVar("Result")


class SnapshotRpcs(RpcBase):
    """The older way to a snapshot, and the end of images."""

    @unary
    async def SandboxSnapshotFs(
        self, request: api_pb2.SandboxSnapshotFsRequest
    ) -> api_pb2.SandboxSnapshotFsResponse:
        record = self.world.sandboxes.get(request.sandbox_id)
        place = self.scheduler.place(record.task_id) if record else None
        if place is None:
            raise not_found(f"Sandbox '{request.sandbox_id}' is not running")
        image = await snapshot_of(self.scheduler, place, "")
        result = api_pb2.GenericResult(status=api_pb2.GenericResult.GENERIC_STATUS_SUCCESS)
        return api_pb2.SandboxSnapshotFsResponse(image_id=image.image_id, result=result)

    @unary
    async def ImageDelete(self, request: api_pb2.ImageDeleteRequest) -> Empty:
        if self.world.images.pop(request.image_id, None) is None:
            raise not_found(f"No Image with ID '{request.image_id}'")
        return Empty()


async def snapshot_of(scheduler: Scheduler, place: Place, key: str, path: str = "/") -> Image:
    """Returns a new image of a container's files, or the one that was made for the same key.

    Raises FAILED_PRECONDITION if there is nothing to copy.
    """
    images = scheduler.world.images
    made = next((each for each in images.values() if key and each.key == key), None)
    if made is not None:
        return made
    assert place.view is not None
    started = time.time()
    folder = await checked(scheduler.views.snapshot, place.view, path)
    definition = api_pb2.Image()
    if path == "/" and place.image_id in images:
        definition.base_images.add(image_id=place.image_id, docker_tag="base")  # for its variables
    image = Image(new_id("im"), definition, DEFAULT_BUILDER_VERSION, built=True, key=key, started_at=started)
    image.folder, image.finished_at = str(folder), time.time()
    images[image.image_id] = image
    scheduler.logs.close(image.image_id)
    return image


async def checked(action: Callable[..., Result], *arguments: object) -> Result:
    """Returns the action's result. Raises FAILED_PRECONDITION where it raises OSError or ValueError."""
    try:
        return await asyncio.to_thread(action, *arguments)
    except (OSError, ValueError) as error:
        text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise GRPCError(Status.FAILED_PRECONDITION, text) from None
