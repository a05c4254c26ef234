"""Dicts: named key-value stores, whose keys and values are pickled by the client and never read here."""

from __future__ import annotations

from typing import Any

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..world import USER, StoredDict, new_id
from .base import RpcBase, check_name, not_found, page, unary

ANONYMOUS = (
    api_pb2.OBJECT_CREATION_TYPE_EPHEMERAL,
    api_pb2.OBJECT_CREATION_TYPE_ANONYMOUS_OWNED_BY_APP,
)


class DictRpcs(RpcBase):
    """Dicts."""

    @unary
    async def DictGetOrCreate(
        self, request: api_pb2.DictGetOrCreateRequest
    ) -> api_pb2.DictGetOrCreateResponse:
        environment = self.environment(request.environment_name).name
        name, kind = request.deployment_name, request.object_creation_type
        found = None if kind in ANONYMOUS else self._find_dict(name, environment)
        if found is None and kind == api_pb2.OBJECT_CREATION_TYPE_UNSPECIFIED:
            raise not_found(f"Dict '{name}' not found in environment '{environment}'")
        if found and kind == api_pb2.OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS:
            raise GRPCError(Status.ALREADY_EXISTS, f"Dict '{name}' already exists")
        if found is None:
            found = self._add_dict("" if kind in ANONYMOUS else name, environment, request.data)
        return api_pb2.DictGetOrCreateResponse(dict_id=found.dict_id, metadata=_metadata(found))

    @unary
    async def DictGetById(self, request: api_pb2.DictGetByIdRequest) -> api_pb2.DictGetByIdResponse:
        stored = self._dict(request.dict_id)
        return api_pb2.DictGetByIdResponse(dict_id=stored.dict_id, metadata=_metadata(stored))

    @unary
    async def DictHeartbeat(self, request: api_pb2.DictHeartbeatRequest) -> Empty:
        self._dict(request.dict_id)
        return Empty()

    @unary
    async def DictGet(self, request: api_pb2.DictGetRequest) -> api_pb2.DictGetResponse:
        value = self._dict(request.dict_id).entries.get(request.key)
        return api_pb2.DictGetResponse(found=value is not None, value=value or b"")

    @unary
    async def DictContains(self, request: api_pb2.DictContainsRequest) -> api_pb2.DictContainsResponse:
        return api_pb2.DictContainsResponse(found=request.key in self._dict(request.dict_id).entries)

    @unary
    async def DictLen(self, request: api_pb2.DictLenRequest) -> api_pb2.DictLenResponse:
        return api_pb2.DictLenResponse(len=len(self._dict(request.dict_id).entries))

    @unary
    async def DictUpdate(self, request: api_pb2.DictUpdateRequest) -> api_pb2.DictUpdateResponse:
        entries = self._dict(request.dict_id).entries
        if request.if_not_exists and any(update.key in entries for update in request.updates):
            return api_pb2.DictUpdateResponse(created=False)
        entries |= {update.key: update.value for update in request.updates}
        return api_pb2.DictUpdateResponse(created=True)

    @unary
    async def DictPop(self, request: api_pb2.DictPopRequest) -> api_pb2.DictPopResponse:
        value = self._dict(request.dict_id).entries.pop(request.key, None)
        return api_pb2.DictPopResponse(found=value is not None, value=value or b"")

    @unary
    async def DictClear(self, request: api_pb2.DictClearRequest) -> Empty:
        self._dict(request.dict_id).entries.clear()
        return Empty()

    async def DictContents(self, stream: Any) -> None:
        request: api_pb2.DictContentsRequest = await stream.recv_message()
        for key, value in list(self._dict(request.dict_id).entries.items()):
            entry = api_pb2.DictEntry(
                key=key if request.keys else b"", value=value if request.values else b""
            )
            await stream.send_message(entry)

    @unary
    async def DictDelete(self, request: api_pb2.DictDeleteRequest) -> Empty:
        del self.world.dicts[self._dict(request.dict_id).dict_id]
        return Empty()

    @unary
    async def DictList(self, request: api_pb2.DictListRequest) -> api_pb2.DictListResponse:
        environment = self.environment(request.environment_name).name
        named = [each for each in self.world.dicts.values() if each.name and each.environment == environment]
        response = api_pb2.DictListResponse(environment_name=environment)
        for each in page(named, request.pagination):
            response.dicts.add(
                name=each.name, created_at=each.created_at, dict_id=each.dict_id, metadata=_metadata(each)
            )
        return response

    def _find_dict(self, name: str, environment: str) -> StoredDict | None:
        for each in self.world.dicts.values():
            if each.name and (each.name, each.environment) == (name, environment):
                return each
        return None

    def _add_dict(self, name: str, environment: str, data: Any) -> StoredDict:
        if name:
            check_name("Dict", name)
        stored = StoredDict(new_id("di"), name, environment)
        stored.entries |= {entry.key: entry.value for entry in data}
        self.world.dicts[stored.dict_id] = stored
        return stored

    def _dict(self, dict_id: str) -> StoredDict:
        stored = self.world.dicts.get(dict_id)
        if stored is None:
            raise not_found(f"Dict {dict_id} not found")
        return stored


def _metadata(stored: StoredDict) -> api_pb2.DictMetadata:
    creation = api_pb2.CreationInfo(created_at=stored.created_at, created_by=USER)
    return api_pb2.DictMetadata(name=stored.name, creation_info=creation)
