"""Proxy tokens: pairs that open web functions with requires_proxy_auth."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from google.protobuf.empty_pb2 import Empty
from modal_proto import api_pb2

from ..world import ProxyToken, new_id
from .base import RpcBase, not_found, unary


class ProxyTokenRpcs(RpcBase):
    """Proxy tokens."""

    @unary
    async def WebhookTokenCreate(
        self, request: api_pb2.WebhookTokenCreateRequest
    ) -> api_pb2.TokenCreateResponse:
        token = ProxyToken(
            token_id=new_id("wk"),
            token_secret=f"ws-{secrets.token_hex(11)}",
            name=request.name,
            scoped=request.scoped,
        )
        self.world.proxy_tokens[token.token_id] = token
        return api_pb2.TokenCreateResponse(token_id=token.token_id, token_secret=token.token_secret)

    @unary
    async def WebhookTokenList(self, _: Empty) -> api_pb2.WebhookTokenListResponse:
        return self._listed_tokens(self.world.proxy_tokens.values())

    @unary
    async def WebhookTokenListForEnvironment(
        self, request: api_pb2.WebhookTokenListForEnvironmentRequest
    ) -> api_pb2.WebhookTokenListResponse:
        environment_id = self.environment(request.environment_name).environment_id
        return self._listed_tokens(
            each for each in self.world.proxy_tokens.values() if environment_id in each.environment_ids
        )

    @unary
    async def WebhookTokenDelete(self, request: api_pb2.TokenDeleteRequest) -> Empty:
        self._proxy_token(request.token_id)
        del self.world.proxy_tokens[request.token_id]
        return Empty()

    @unary
    async def WebhookTokenUpdate(self, request: api_pb2.WebhookTokenUpdateRequest) -> api_pb2.WebhookToken:
        token = self._proxy_token(request.token_id)
        if request.HasField("name"):
            token.name = request.name
        return self._shown_token(token)

    @unary
    async def WebhookTokenEnvironmentAdd(self, request: api_pb2.WebhookTokenEnvironmentAddRequest) -> Empty:
        token = self._proxy_token(request.token_id)
        token.environment_ids.add(self.environment_by_id(request.environment_id).environment_id)
        token.scoped = True
        return Empty()

    @unary
    async def WebhookTokenEnvironmentRemove(
        self, request: api_pb2.WebhookTokenEnvironmentRemoveRequest
    ) -> Empty:
        self._proxy_token(request.token_id).environment_ids.discard(request.environment_id)
        return Empty()

    @unary
    async def WebhookTokenEnvironmentList(
        self, request: api_pb2.WebhookTokenEnvironmentListRequest
    ) -> api_pb2.WebhookTokenEnvironmentListResponse:
        ids = sorted(self._proxy_token(request.token_id).environment_ids)
        return api_pb2.WebhookTokenEnvironmentListResponse(environment_ids=ids)

    def _proxy_token(self, token_id: str) -> ProxyToken:
        token = self.world.proxy_tokens.get(token_id)
        if token is None:
            raise not_found(f"Proxy token '{token_id}' not found")
        return token

    def _listed_tokens(self, tokens: Iterable[ProxyToken]) -> api_pb2.WebhookTokenListResponse:
        return api_pb2.WebhookTokenListResponse(tokens=[self._shown_token(each) for each in tokens])

    def _shown_token(self, token: ProxyToken) -> api_pb2.WebhookToken:
        return api_pb2.WebhookToken(
            token_id=token.token_id,
            created_at=token.created_at,
            scoped=token.scoped,
            name=token.name,
            created_by=api_pb2.UserIdentity(user_id="us-local", username=self.world.user),
        )
