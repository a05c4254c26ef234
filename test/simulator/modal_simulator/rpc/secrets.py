"""Secrets; their values go in and never come out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..world import Secret, new_id
from .base import RpcBase, check_name, invalid, not_found, page, unary

KEY_PATTERN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class SecretRpcs(RpcBase):
    """Secrets."""

    @unary
    async def SecretGetOrCreate(
        self, request: api_pb2.SecretGetOrCreateRequest
    ) -> api_pb2.SecretGetOrCreateResponse:
        environment = self.environment(request.environment_name).name
        kind = request.object_creation_type
        if kind in (
            api_pb2.OBJECT_CREATION_TYPE_ANONYMOUS_OWNED_BY_APP,
            api_pb2.OBJECT_CREATION_TYPE_EPHEMERAL,
        ):
            return _response(self._add_secret("", environment, request.env_dict))
        name = request.deployment_name
        secret = self._find_secret(name, environment)
        if kind == api_pb2.OBJECT_CREATION_TYPE_UNSPECIFIED:
            if secret is None:
                raise not_found(f"Secret '{name}' not found in environment '{environment}'")
            _check_required(secret, list(request.required_keys))
            secret.last_used_at = time.time()
            return _response(secret)
        check_name("Secret", name)
        _check_keys(request.env_dict)
        if secret is None:
            return _response(self._add_secret(name, environment, request.env_dict))
        if kind == api_pb2.OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS:
            raise GRPCError(Status.ALREADY_EXISTS, f"Secret '{name}' already exists")
        if kind == api_pb2.OBJECT_CREATION_TYPE_CREATE_OVERWRITE_IF_EXISTS:
            secret.values = dict(request.env_dict)
        _check_required(secret, list(request.required_keys))
        return _response(secret)

    @unary
    async def SecretList(self, request: api_pb2.SecretListRequest) -> api_pb2.SecretListResponse:
        environment = self.environment(request.environment_name).name
        named = [
            each for each in self.world.secrets.values() if each.name and each.environment == environment
        ]
        items = [
            api_pb2.SecretListItem(
                label=each.name,
                secret_id=each.secret_id,
                created_at=each.created_at,
                last_used_at=each.last_used_at,
                environment_name=environment,
                metadata=_metadata(each),
            )
            for each in page(named, request.pagination)
        ]
        return api_pb2.SecretListResponse(items=items, environment_name=environment)

    @unary
    async def SecretGetInfo(self, request: api_pb2.SecretGetInfoRequest) -> api_pb2.SecretGetInfoResponse:
        return api_pb2.SecretGetInfoResponse(metadata=_metadata(self._secret_by_id(request.secret_id)))

    @unary
    async def SecretUpdate(self, request: api_pb2.SecretUpdateRequest) -> Empty:
        secret = self._secret_by_id(request.secret_id)
        _check_keys(update.key for update in request.updates)
        for update in request.updates:
            if update.HasField("value"):
                secret.values[update.key] = update.value
            else:
                secret.values.pop(update.key, None)
        return Empty()

    @unary
    async def SecretDelete(self, request: api_pb2.SecretDeleteRequest) -> Empty:
        self._secret_by_id(request.secret_id)
        del self.world.secrets[request.secret_id]
        return Empty()

    def _secret_by_id(self, secret_id: str) -> Secret:
        secret = self.world.secrets.get(secret_id)
        if secret is None:
            raise not_found(f"Secret '{secret_id}' not found")
        return secret

    def _find_secret(self, name: str, environment: str) -> Secret | None:
        for secret in self.world.secrets.values():
            if secret.name == name and secret.environment == environment:
                return secret
        return None

    def _add_secret(self, name: str, environment: str, values: Mapping[str, str]) -> Secret:
        secret = Secret(new_id("st"), name, environment, dict(values), created_by=self.world.user)
        self.world.secrets[secret.secret_id] = secret
        return secret


def _check_keys(keys: Iterable[str]) -> None:
    for key in keys:
        if not KEY_PATTERN.fullmatch(key):
            raise invalid(f"Invalid secret key: '{key}'. Keys are names of environment variables.")


def _check_required(secret: Secret, required: list[str]) -> None:
    missing = [key for key in required if key not in secret.values]
    if missing:
        raise not_found(f"Secret is missing key(s): {', '.join(missing)}")


def _metadata(secret: Secret) -> api_pb2.SecretMetadata:
    return api_pb2.SecretMetadata(
        name=secret.name,
        creation_info=api_pb2.CreationInfo(created_at=secret.created_at, created_by=secret.created_by),
        keys=sorted(secret.values),
        environment_name=secret.environment,
        last_used_at=secret.last_used_at,
    )


def _response(secret: Secret) -> api_pb2.SecretGetOrCreateResponse:
    return api_pb2.SecretGetOrCreateResponse(secret_id=secret.secret_id, metadata=_metadata(secret))
