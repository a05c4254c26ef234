"""Volumes: records, listings, uploads and downloads."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2

from .. import volume_files
from ..world import USER, Volume, new_id
from .base import RpcBase, check_name, not_found, page, unary

LIST_CHUNK = 500
Result = TypeVar("Result")


class VolumeRpcs(RpcBase):
    """Volumes and their files."""

    @unary
    async def VolumeGetOrCreate(
        self, request: api_pb2.VolumeGetOrCreateRequest
    ) -> api_pb2.VolumeGetOrCreateResponse:
        environment = self.environment(request.environment_name).name
        kind = request.object_creation_type
        name = request.deployment_name
        if kind in (
            api_pb2.OBJECT_CREATION_TYPE_EPHEMERAL,
            api_pb2.OBJECT_CREATION_TYPE_ANONYMOUS_OWNED_BY_APP,
        ):
            return _response(self._add_volume("", environment, request.version))
        volume = self._find_volume(name, environment)
        if volume is None:
            if kind == api_pb2.OBJECT_CREATION_TYPE_UNSPECIFIED:
                raise not_found(f"Volume '{name}' not found in environment '{environment}'")
            check_name("Volume", name)
            volume = self._add_volume(name, environment, request.version)
        elif kind == api_pb2.OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS:
            raise GRPCError(Status.ALREADY_EXISTS, f"Volume '{name}' already exists")
        return _response(volume)

    @unary
    async def VolumeGetById(self, request: api_pb2.VolumeGetByIdRequest) -> api_pb2.VolumeGetByIdResponse:
        volume = self._volume_by_id(request.volume_id)
        return api_pb2.VolumeGetByIdResponse(volume_id=volume.volume_id, metadata=_metadata(volume))

    @unary
    async def VolumeList(self, request: api_pb2.VolumeListRequest) -> api_pb2.VolumeListResponse:
        environment = self.environment(request.environment_name).name
        named = [
            each for each in self.world.volumes.values() if each.name and each.environment == environment
        ]
        items = [
            api_pb2.VolumeListItem(
                label=each.name,
                volume_id=each.volume_id,
                created_at=each.created_at,
                metadata=_metadata(each),
            )
            for each in page(named, request.pagination)
        ]
        return api_pb2.VolumeListResponse(items=items, environment_name=environment)

    @unary
    async def VolumeDelete(self, request: api_pb2.VolumeDeleteRequest) -> Empty:
        volume = self._volume_by_id(request.volume_id)
        del self.world.volumes[volume.volume_id]
        shutil.rmtree(volume.path, ignore_errors=True)
        return Empty()

    @unary
    async def VolumeRename(self, request: api_pb2.VolumeRenameRequest) -> Empty:
        volume = self._volume_by_id(request.volume_id)
        check_name("Volume", request.name)
        if self._find_volume(request.name, volume.environment) is not None:
            raise GRPCError(Status.ALREADY_EXISTS, f"Volume '{request.name}' already exists")
        volume.name = request.name
        return Empty()

    @unary
    async def VolumeHeartbeat(self, _: api_pb2.VolumeHeartbeatRequest) -> Empty:
        return Empty()

    @unary
    async def VolumeCommit(self, request: api_pb2.VolumeCommitRequest) -> api_pb2.VolumeCommitResponse:
        self._volume_by_id(request.volume_id)
        # Containers work in the volume's own folder, so there is nothing to bring over.
        return api_pb2.VolumeCommitResponse(skip_reload=True)

    @unary
    async def VolumeReload(self, request: api_pb2.VolumeReloadRequest) -> Empty:
        self._volume_by_id(request.volume_id)
        return Empty()

    async def VolumeListFiles(self, stream: Any) -> None:
        await self._list_files(stream, api_pb2.VolumeListFilesResponse)

    async def VolumeListFiles2(self, stream: Any) -> None:
        await self._list_files(stream, api_pb2.VolumeListFiles2Response)

    @unary
    async def VolumeGetFile2(self, request: api_pb2.VolumeGetFile2Request) -> api_pb2.VolumeGetFile2Response:
        volume = self._volume_by_id(request.volume_id)
        place = _checked(lambda: volume_files.resolve(Path(volume.path), request.path))
        if not place.is_file():
            raise not_found(f"No such file: '{request.path}'")
        size = place.stat().st_size
        start = min(request.start, size)
        length = min(request.len or size, size - start)
        base = f"{self.blobs.base_url}/volumes/{volume.volume_id}"
        path = quote(request.path.lstrip("/"))
        urls = [f"{base}/{at}-{count}/{path}" for at, count in volume_files.blocks(start, length)]
        return api_pb2.VolumeGetFile2Response(get_urls=urls, size=size, start=start, len=length)

    @unary
    async def VolumeRemoveFile(self, request: api_pb2.VolumeRemoveFileRequest) -> Empty:
        return self._remove_files(request)

    @unary
    async def VolumeRemoveFile2(self, request: api_pb2.VolumeRemoveFile2Request) -> Empty:
        return self._remove_files(request)

    @unary
    async def VolumeCopyFiles(self, request: api_pb2.VolumeCopyFilesRequest) -> Empty:
        return self._copy_files(request)

    @unary
    async def VolumeCopyFiles2(self, request: api_pb2.VolumeCopyFiles2Request) -> Empty:
        return self._copy_files(request)

    @unary
    async def VolumePutFiles(self, request: api_pb2.VolumePutFilesRequest) -> Empty:
        volume = self._volume_by_id(request.volume_id)
        targets = [self._upload_target(volume, each.filename, request) for each in request.files]
        for file, target in zip(request.files, targets, strict=True):
            source = self.blobs.sha256_path(file.sha256_hex)
            if source is None:
                raise not_found(f"The contents of '{file.filename}' have not been uploaded")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            if file.mode:
                target.chmod(file.mode & 0o777)
        return Empty()

    @unary
    async def VolumePutFiles2(
        self, request: api_pb2.VolumePutFiles2Request
    ) -> api_pb2.VolumePutFiles2Response:
        volume = self._volume_by_id(request.volume_id)
        targets = [self._upload_target(volume, each.path, request) for each in request.files]
        response = api_pb2.VolumePutFiles2Response()
        for file_index, file in enumerate(request.files):
            for block_index, block in enumerate(file.blocks):
                digest = block.contents_sha256.hex()
                if not self.blobs.has_sha256(digest):
                    url = f"{self.blobs.base_url}/blocks/{digest}"
                    response.missing_blocks.add(file_index=file_index, block_index=block_index, put_url=url)
        if response.missing_blocks:
            return response
        for file, target in zip(request.files, targets, strict=True):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as out:
                for index, block in enumerate(file.blocks):
                    # Clients leave out zero bytes at the end of a block.
                    out.seek(index * volume_files.BLOCK_BYTES)
                    out.write(self.blobs.by_sha256(block.contents_sha256.hex()) or b"")
                out.truncate(file.size)
            if file.mode:
                target.chmod(file.mode & 0o777)
        return response

    def _volume_by_id(self, volume_id: str) -> Volume:
        volume = self.world.volumes.get(volume_id)
        if volume is None:
            raise not_found(f"Volume '{volume_id}' not found")
        return volume

    def _find_volume(self, name: str, environment: str) -> Volume | None:
        for volume in self.world.volumes.values():
            if volume.name == name and volume.environment == environment:
                return volume
        return None

    def _add_volume(self, name: str, environment: str, version: int) -> Volume:
        volume = Volume(new_id("vo"), name, environment, version or api_pb2.VOLUME_FS_VERSION_V1)
        folder = self.work_dir / "volumes" / volume.volume_id
        folder.mkdir(parents=True)
        volume.path = str(folder)
        self.world.volumes[volume.volume_id] = volume
        return volume

    def _upload_target(self, volume: Volume, path: str, request: Any) -> Path:
        target = _checked(lambda: volume_files.resolve(Path(volume.path), path))
        if request.disallow_overwrite_existing_files and target.exists():
            raise GRPCError(Status.ALREADY_EXISTS, f"'{path}' already exists")
        return target

    async def _list_files(self, stream: Any, response_type: Callable[..., Any]) -> None:
        request = await stream.recv_message()
        root = Path(self._volume_by_id(request.volume_id).path)
        found = _checked(lambda: list(volume_files.entries(root, request.path, request.recursive)))
        if request.HasField("max_entries"):
            found = found[: request.max_entries]
        for start in range(0, len(found), LIST_CHUNK):
            await stream.send_message(response_type(entries=found[start : start + LIST_CHUNK]))

    def _remove_files(self, request: Any) -> Empty:
        root = Path(self._volume_by_id(request.volume_id).path)
        _checked(lambda: volume_files.remove(root, request.path, request.recursive))
        return Empty()

    def _copy_files(self, request: Any) -> Empty:
        root = Path(self._volume_by_id(request.volume_id).path)
        sources = list(request.src_paths)
        _checked(lambda: volume_files.copy(root, sources, request.dst_path, request.recursive))
        return Empty()


def _checked(action: Callable[[], Result]) -> Result:
    try:
        return action()
    except volume_files.VolumePathError as error:
        raise not_found(str(error)) from None


def _metadata(volume: Volume) -> api_pb2.VolumeMetadata:
    return api_pb2.VolumeMetadata(
        version=volume.version,
        name=volume.name,
        creation_info=api_pb2.CreationInfo(created_at=volume.created_at, created_by=USER),
    )


def _response(volume: Volume) -> api_pb2.VolumeGetOrCreateResponse:
    return api_pb2.VolumeGetOrCreateResponse(
        volume_id=volume.volume_id, version=volume.version, metadata=_metadata(volume)
    )
