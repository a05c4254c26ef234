"""Who is calling: tokens, browser logins, workspace."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import time
from typing import Any

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..world import TokenFlow, new_id
from .base import DEFAULT_BUILDER_VERSION, RpcBase, invalid, timestamp, unary

JWT_SECONDS = 3600
STARTED_AT = time.time()


def unsigned_jwt(claims: dict[str, Any]) -> str:
    """Returns a three-part token that clients can read; nobody checks its signature here."""
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, "local"])


class IdentityRpcs(RpcBase):
    """Tokens and workspace."""

    @unary
    async def ClientHello(self, _: Empty) -> api_pb2.ClientHelloResponse:
        return api_pb2.ClientHelloResponse(image_builder_version=DEFAULT_BUILDER_VERSION)

    @unary
    async def AuthTokenGet(self, _: api_pb2.AuthTokenGetRequest) -> api_pb2.AuthTokenGetResponse:
        now = int(time.time())
        token = unsigned_jwt({"iat": now, "exp": now + JWT_SECONDS, "sub": self.world.workspace})
        return api_pb2.AuthTokenGetResponse(token=token)

    @unary
    async def TokenInfoGet(self, _: api_pb2.TokenInfoGetRequest) -> api_pb2.TokenInfoGetResponse:
        return api_pb2.TokenInfoGetResponse(
            token_id=self.tokens[0],
            token_name="local",
            workspace_id="ac-local",
            workspace_name=self.world.workspace,
            user_identity=api_pb2.UserIdentity(user_id="us-local", username=self.world.user),
            created_at=timestamp(STARTED_AT),
        )

    @unary
    async def TokensList(self, _: Empty) -> api_pb2.TokensListResponse:
        token = api_pb2.TokensListResponse.Token(
            token_id=self.tokens[0], created_at=STARTED_AT, user_id="us-local", name="local"
        )
        return api_pb2.TokensListResponse(tokens=[token])

    @unary
    async def WorkspaceNameLookup(self, _: Empty) -> api_pb2.WorkspaceNameLookupResponse:
        return api_pb2.WorkspaceNameLookupResponse(
            username=self.world.workspace, workspace_name=self.world.workspace
        )

    @unary
    async def WorkspaceMembersList(self, _: Empty) -> api_pb2.WorkspaceMembersListResponse:
        member = api_pb2.WorkspaceMembersListItem(
            member_id="us-local",
            user_id="us-local",
            member_displayname=self.world.user,
            joined_at=STARTED_AT,
            member_role=api_pb2.MEMBER_ROLE_OWNER,
        )
        return api_pb2.WorkspaceMembersListResponse(members=[member])

    @unary
    async def ServiceUserList(self, _: Empty) -> api_pb2.ServiceUserListResponse:
        return api_pb2.ServiceUserListResponse()

    @unary
    async def WorkspaceSettings(self, _: Empty) -> api_pb2.WorkspaceSettingsResponse:
        return api_pb2.WorkspaceSettingsResponse(
            default_environment_name=self.environment("").name, image_builder_version=DEFAULT_BUILDER_VERSION
        )

    @unary
    async def WorkspaceDashboardUrlGet(
        self, request: api_pb2.WorkspaceDashboardUrlRequest
    ) -> api_pb2.WorkspaceDashboardUrlResponse:
        name = self.environment(request.environment_name).name
        return api_pb2.WorkspaceDashboardUrlResponse(url=f"{self.pages.dashboard_url}/environments/{name}")

    @unary
    async def TokenFlowCreate(self, _: api_pb2.TokenFlowCreateRequest) -> api_pb2.TokenFlowCreateResponse:
        flow = TokenFlow(new_id("tf"), secrets.token_urlsafe(16))
        self.world.token_flows[flow.flow_id] = flow
        return api_pb2.TokenFlowCreateResponse(
            token_flow_id=flow.flow_id,
            web_url=self.pages.login_url(flow.flow_id),
            wait_secret=flow.wait_secret,
        )

    @unary
    async def TokenFlowWait(self, request: api_pb2.TokenFlowWaitRequest) -> api_pb2.TokenFlowWaitResponse:
        flow = self.world.token_flows.get(request.token_flow_id)
        if flow is None:
            raise invalid(f"Token flow '{request.token_flow_id}' not found")
        if not secrets.compare_digest(flow.wait_secret, request.wait_secret):
            raise GRPCError(Status.PERMISSION_DENIED, "Wrong wait secret for this token flow")
        deadline = time.monotonic() + request.timeout
        while not (flow.approved or self.faults.auto_approve_tokens):
            if time.monotonic() >= deadline:
                return api_pb2.TokenFlowWaitResponse(timeout=True)
            await asyncio.sleep(0.05)
        return api_pb2.TokenFlowWaitResponse(
            token_id=self.tokens[0],
            token_secret=self.tokens[1],
            workspace_username=self.world.workspace,
        )
