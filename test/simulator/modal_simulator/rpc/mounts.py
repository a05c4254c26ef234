"""Uploaded files: mounts, their contents, blobs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable

from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..world import Mount, new_id
from .base import RpcBase, invalid, not_found, timestamp, unary


class MountRpcs(RpcBase):
    """Mounts and blobs."""

    @unary
    async def MountGetOrCreate(
        self, request: api_pb2.MountGetOrCreateRequest
    ) -> api_pb2.MountGetOrCreateResponse:
        name = request.deployment_name
        if name and request.object_creation_type == api_pb2.OBJECT_CREATION_TYPE_UNSPECIFIED:
            return self._named_mount(name, request.namespace)
        for file in request.files:
            if not self.blobs.has_sha256(file.sha256_hex):
                raise not_found(f"The contents of '{file.filename}' have not been uploaded")
        digest = _checksum(request.files)
        for mount in self.world.mounts.values():
            # The same files again are the same mount, so that image layers made from them are found again.
            if mount.name == name and mount.checksum == digest:
                return _response(mount)
        files = {file.filename: file for file in request.files}
        mount = Mount(new_id("mo"), files, name=name, checksum=digest)
        self.world.mounts[mount.mount_id] = mount
        return _response(mount)

    @unary
    async def MountBatchedCheckExistence(
        self, request: api_pb2.MountBatchedCheckExistenceRequest
    ) -> api_pb2.MountBatchedCheckExistenceResponse:
        missing = [each for each in request.sha256_hex_hashes if not self.blobs.has_sha256(each)]
        return api_pb2.MountBatchedCheckExistenceResponse(
            missing_sha256_hex_hashes=missing, checked_at=timestamp(time.time())
        )

    @unary
    async def MountPutFile(self, request: api_pb2.MountPutFileRequest) -> api_pb2.MountPutFileResponse:
        digest = request.sha256_hex
        try:
            if request.data_blob_id:
                self.blobs.put_sha256_blob(digest, request.data_blob_id)
            elif request.HasField("data"):
                self.blobs.put_sha256(digest, request.data)
        except KeyError:
            raise not_found(f"Blob '{request.data_blob_id}' not found") from None
        except ValueError as error:
            raise invalid(str(error)) from None
        return api_pb2.MountPutFileResponse(
            exists=self.blobs.has_sha256(digest), checked_at=timestamp(time.time())
        )

    @unary
    async def BlobCreate(self, _: api_pb2.BlobCreateRequest) -> api_pb2.BlobCreateResponse:
        blob_id = new_id("bl")
        url = self.blobs.url(blob_id)
        return api_pb2.BlobCreateResponse(
            blob_id=blob_id,
            upload_url=url,
            blob_ids=[blob_id],
            upload_urls=api_pb2.UploadUrlList(items=[url]),
        )

    @unary
    async def BlobGet(self, request: api_pb2.BlobGetRequest) -> api_pb2.BlobGetResponse:
        return api_pb2.BlobGetResponse(download_url=self.blobs.url(request.blob_id))

    @unary
    async def FunctionBlobGet(self, request: api_pb2.BlobGetRequest) -> api_pb2.BlobGetResponse:
        return api_pb2.BlobGetResponse(download_url=self.blobs.url(request.blob_id))

    def _named_mount(self, name: str, namespace: int) -> api_pb2.MountGetOrCreateResponse:
        for mount in self.world.mounts.values():
            if mount.name == name:
                return _response(mount)
        if namespace != api_pb2.DEPLOYMENT_NAMESPACE_GLOBAL:
            raise GRPCError(Status.NOT_FOUND, f"Mount '{name}' not found")
        # Modal publishes its client and Python builds as global mounts; locally the installed ones serve.
        mount = Mount(new_id("mo"), name=name, checksum=_checksum([]))
        self.world.mounts[mount.mount_id] = mount
        return _response(mount)


def _checksum(files: Iterable[api_pb2.MountFile]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda each: each.filename):
        digest.update(f"{file.filename}\0{file.sha256_hex}\0{file.mode}\n".encode())
    return digest.hexdigest()


def _response(mount: Mount) -> api_pb2.MountGetOrCreateResponse:
    return api_pb2.MountGetOrCreateResponse(
        mount_id=mount.mount_id,
        handle_metadata=api_pb2.MountHandleMetadata(content_checksum_sha256_hex=mount.checksum),
    )
