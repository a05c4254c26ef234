"""Image builds: looked up by definition, played back as a build log."""

from __future__ import annotations

import asyncio
import hashlib
import time
from typing import Any

from modal_proto import api_pb2

from ..image_build import build_lines, installs_packages, until_last_step
from ..log_store import StreamCut
from ..runtime import python
from ..world import Image, new_id
from .base import DEFAULT_BUILDER_VERSION, RpcBase, not_found, timestamp, unary


class ImageRpcs(RpcBase):
    """Images."""

    builds: dict[str, asyncio.Task[None]]  # running builds by image id

    @unary
    async def ImageGetOrCreate(
        self, request: api_pb2.ImageGetOrCreateRequest
    ) -> api_pb2.ImageGetOrCreateResponse:
        version = request.builder_version or DEFAULT_BUILDER_VERSION
        key = _definition_key(request.image, version)
        image = None if request.force_build or request.ignore_cache else self._find_image(key)
        if image is not None and image.built:
            return _found(image)
        if image is None:
            prebuilt = request.namespace == api_pb2.DEPLOYMENT_NAMESPACE_GLOBAL
            image = Image(new_id("im"), request.image, version, app_id=request.app_id, key=key)
            self.world.images[image.image_id] = image
            if prebuilt:
                # Modal publishes its own base images; nobody waits for their build.
                image.built = True
                self.logs.close(image.image_id)
                return _found(image)
            self.builds[image.image_id] = asyncio.create_task(self._build_image(image))
        return api_pb2.ImageGetOrCreateResponse(image_id=image.image_id)

    async def ImageJoinStreaming(self, stream: Any) -> None:
        request = await stream.recv_message()
        image = self._image_by_id(request.image_id)
        try:
            async for batch in self.logs.follow(image.image_id, request.last_entry_id, request.timeout):
                if batch.items:
                    await stream.send_message(
                        api_pb2.ImageJoinStreamingResponse(task_logs=batch.items, entry_id=batch.entry_id)
                    )
        except StreamCut:
            return
        if image.built or image.error:
            await stream.send_message(_result(image))

    @unary
    async def ImageFromId(self, request: api_pb2.ImageFromIdRequest) -> api_pb2.ImageFromIdResponse:
        image = self._image_by_id(request.image_id)
        return api_pb2.ImageFromIdResponse(image_id=image.image_id, metadata=_metadata(image))

    @unary
    async def ImageListTags(self, request: api_pb2.ImageListTagsRequest) -> api_pb2.ImageListTagsResponse:
        # Images cannot be published under a name here, so there are none.
        environment = self.environment(request.environment_name).name
        return api_pb2.ImageListTagsResponse(environment_name=environment)

    @unary
    async def ImageBuildChainGet(
        self, request: api_pb2.ImageBuildChainGetRequest
    ) -> api_pb2.ImageBuildChainGetResponse:
        steps: list[api_pb2.ImageBuildStep] = []
        image: Image | None = self._image_by_id(request.image_id)
        while image is not None:
            steps.append(_build_step(image))
            bases = [base.image_id for base in image.definition.base_images]
            image = self.world.images.get(bases[0]) if bases else None
        return api_pb2.ImageBuildChainGetResponse(build_steps=reversed(steps))

    def _image_by_id(self, image_id: str) -> Image:
        image = self.world.images.get(image_id)
        if image is None:
            raise not_found(f"Could not find image with ID '{image_id}'")
        return image

    def _find_image(self, key: str) -> Image | None:
        found = [each for each in self.world.images.values() if each.key == key and not each.error]
        return found[-1] if found else None

    async def _build_image(self, image: Image) -> None:
        image.started_at = time.time()
        error, self.faults.build_error = self.faults.build_error, ""
        if not error and installs_packages(image.definition):
            error = await self._wait_for_packages(image)
        lines = list(build_lines(image.image_id, image.definition))
        if error:
            lines = [*until_last_step(lines), f"{error}\n"]
        pause = self.faults.build_seconds / len(lines)
        for number, line in enumerate(lines):
            await asyncio.sleep(pause)
            failed = error and number == len(lines) - 1
            self.logs.append(image.image_id, image_id=image.image_id, data=line, fd=2 if failed else 1)
        image.finished_at = time.time()
        image.error = error
        image.built = not error
        if image.built:
            took = image.finished_at - image.started_at
            self.logs.append(
                image.image_id,
                image_id=image.image_id,
                data=f"\nBuilt image {image.image_id} in {took:.2f}s\n\n\n",
            )
        self.logs.close(image.image_id)
        self.builds.pop(image.image_id, None)

    async def _wait_for_packages(self, image: Image) -> str:
        """Waits for the Python of the bundled apps. Returns why it will not come; empty if it is there."""
        if python.is_awaited():
            self.logs.append(image.image_id, image_id=image.image_id, data=python.WAITING, fd=1)
        return await python.arrival()


def _definition_key(image: api_pb2.Image, version: str) -> str:
    definition = api_pb2.Image()
    definition.CopyFrom(image)
    # Secrets made from dictionaries get a new id each time; Modal does not rebuild for that.
    definition.ClearField("secret_ids")
    return hashlib.sha256(version.encode() + definition.SerializeToString(deterministic=True)).hexdigest()


def _found(image: Image) -> api_pb2.ImageGetOrCreateResponse:
    return api_pb2.ImageGetOrCreateResponse(
        image_id=image.image_id,
        result=api_pb2.GenericResult(status=api_pb2.GenericResult.GENERIC_STATUS_SUCCESS),
        metadata=_metadata(image),
    )


def _metadata(image: Image) -> api_pb2.ImageMetadata:
    return api_pb2.ImageMetadata(
        python_version_info="Python 3.11",
        workdir="/root",
        libc_version_info="glibc 2.36",
        image_builder_version=image.builder_version,
    )


def _result(image: Image) -> api_pb2.ImageJoinStreamingResponse:
    status = api_pb2.GenericResult.GENERIC_STATUS_SUCCESS
    if image.error:
        status = api_pb2.GenericResult.GENERIC_STATUS_FAILURE
    return api_pb2.ImageJoinStreamingResponse(
        result=api_pb2.GenericResult(status=status, exception=image.error),
        metadata=_metadata(image),
        eof=True,
    )


def _build_step(image: Image) -> api_pb2.ImageBuildStep:
    step = api_pb2.ImageBuildStep(
        image_id=image.image_id, started_at=timestamp(image.started_at), builder_app_id=image.app_id
    )
    if image.finished_at:
        step.finished_at.CopyFrom(timestamp(image.finished_at))
    return step
