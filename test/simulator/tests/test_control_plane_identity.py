"""Who is let in, browser logins, and what is not offered."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from clients import connect, credentials
from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2
from modal_proto.api_grpc import ModalClientStub
from modal_simulator.runtime.environment import TASK_HEADER
from modal_simulator.server import Simulator

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    "change",
    [
        {"x-modal-token-id": None},
        {"x-modal-token-id": "ak-unknown"},
        {"x-modal-token-secret": None},
        {"x-modal-token-secret": "as-wrong"},
    ],
)
async def test_unknown_credentials_are_refused(simulator: Simulator, change: dict[str, str | None]) -> None:
    metadata = {key: value for key, value in (credentials(simulator) | change).items() if value}
    channel = connect(simulator, metadata)
    with pytest.raises(GRPCError) as caught:
        await ModalClientStub(channel).AppList(api_pb2.AppListRequest())
    channel.close()
    assert caught.value.status is Status.UNAUTHENTICATED


async def test_known_credentials_tell_who_one_is(simulator: Simulator, stub: ModalClientStub) -> None:
    await stub.ClientHello(Empty())
    info = await stub.TokenInfoGet(api_pb2.TokenInfoGetRequest())
    name = await stub.WorkspaceNameLookup(Empty())
    token = await stub.AuthTokenGet(api_pb2.AuthTokenGetRequest())
    assert (info.token_id, info.workspace_name) == (simulator.tokens[0], name.username)
    assert len(token.token.split(".")) == 3


async def test_a_login_waits_for_its_approval(simulator: Simulator, admin: aiohttp.ClientSession) -> None:
    channel = connect(simulator, {"x-modal-client-type": "1"})
    client = ModalClientStub(channel)
    flow = await client.TokenFlowCreate(api_pb2.TokenFlowCreateRequest(localhost_port=1))

    def wait(seconds: float, secret: str = flow.wait_secret) -> api_pb2.TokenFlowWaitRequest:
        return api_pb2.TokenFlowWaitRequest(
            token_flow_id=flow.token_flow_id, wait_secret=secret, timeout=seconds
        )

    assert (await client.TokenFlowWait(wait(0))).timeout
    with pytest.raises(GRPCError):
        await client.TokenFlowWait(wait(0, "guessed"))
    waiting = asyncio.create_task(client.TokenFlowWait(wait(30)))
    async with aiohttp.request("GET", flow.web_url) as page:
        assert "Approve" in await page.text()
    async with admin.post(f"/token-flow/{flow.token_flow_id}/approve") as answer:
        assert answer.status == 200
    approved = await asyncio.wait_for(waiting, 10)
    channel.close()
    assert (approved.token_id, approved.token_secret) == simulator.tokens


async def test_rpcs_that_are_not_offered_say_so(stub: ModalClientStub) -> None:
    with pytest.raises(GRPCError) as caught:
        await stub.SandboxSnapshot(api_pb2.SandboxSnapshotRequest())
    assert caught.value.status is Status.UNIMPLEMENTED


async def test_no_two_groups_of_rpcs_define_the_same_name() -> None:
    from modal_simulator.rpc.base import RpcBase
    from modal_simulator.server import ModalServicer

    owners: dict[str, set[str]] = {}
    for group in ModalServicer.__mro__[1:]:
        if not group.__module__.startswith("modal_simulator.rpc") or group is RpcBase:
            continue
        for name, value in vars(group).items():
            if callable(value) and name != "__init__":
                owners.setdefault(name, set()).add(group.__name__)
    assert {name: groups for name, groups in owners.items() if len(groups) > 1} == {}


@pytest.mark.parametrize("task_id", ["", "ta-unknown"])
async def test_a_container_nobody_started_is_refused(simulator: Simulator, task_id: str) -> None:
    metadata = {"x-modal-client-type": "3"} | ({TASK_HEADER: task_id} if task_id else {})
    channel = connect(simulator, metadata)
    with pytest.raises(GRPCError) as caught:
        await ModalClientStub(channel).ClientHello(Empty())
    channel.close()
    assert caught.value.status is Status.UNAUTHENTICATED
