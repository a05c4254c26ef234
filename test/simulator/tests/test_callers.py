"""Who may talk to the ports: tricks with hosts and origins, addresses that are guessed, tokens that are missing."""

from __future__ import annotations

import re

import aiohttp
import pytest
from clients import connect, credentials
from grpclib import GRPCError, Status
from modal_proto import api_pb2
from modal_proto.api_grpc import ModalClientStub
from modal_simulator.callers import names_port
from modal_simulator.server import Simulator
from tricks import FOREIGN_HOSTS, FOREIGN_ORIGINS, RIGHT_HOST, answer, let_in

pytestmark = pytest.mark.asyncio


def bearer(simulator: Simulator) -> str:
    return f"Authorization: Bearer {simulator.admin_token}"


async def test_the_admin_api_answers_no_other_host_or_origin(simulator: Simulator) -> None:
    url = f"{simulator.admin_url}/streams/cut"
    assert (await answer(url, [RIGHT_HOST, bearer(simulator)], "POST"))[0] == 200
    assert await let_in(url, "POST", more=[bearer(simulator)]) == []
    for lines in FOREIGN_ORIGINS:
        status, text = await answer(
            url, [RIGHT_HOST, *lines, "Access-Control-Request-Method: POST"], "OPTIONS"
        )
        assert (status >= 400, "Access-Control-Allow" in text) == (True, False), lines


async def test_the_admin_api_needs_its_token_everywhere(simulator: Simulator) -> None:
    tries = [
        ("GET", "/state"),
        ("POST", "/faults"),
        ("POST", "/token-flow/tf-x/approve"),
        ("GET", "/nothing"),
    ]
    given = [
        "",
        simulator.admin_token,
        "Bearer",
        "Bearer ",
        f"Basic {simulator.admin_token}",
        "Bearer \udcff",
    ]
    async with aiohttp.ClientSession() as session:
        for method, path in tries:
            for value in given:
                headers = {"Authorization": value} if value.isascii() and value else {}
                async with session.request(method, simulator.admin_url + path, headers=headers) as response:
                    assert response.status == 401, (method, path, value)
                    assert simulator.admin_token not in await response.text()


async def test_files_answer_no_other_host_or_origin(simulator: Simulator) -> None:
    url = simulator.blobs.url(simulator.blobs.put(b"content"))
    assert (await answer(url, [RIGHT_HOST]))[1].endswith("content")
    assert await let_in(url) == []
    assert await let_in(url, "PUT") == []


async def test_files_have_addresses_that_cannot_be_guessed(simulator: Simulator) -> None:
    blob = simulator.blobs.put(b"content")
    root = re.match(r"http://[^/]+", simulator.blobs.base_url)[0]  # type: ignore[index]
    for path in (
        f"/blobs/{blob}",
        f"//blobs/{blob}",
        f"/x/blobs/{blob}",
        f"/x/../blobs/{blob}",
        "/blocks/0",
        "/",
    ):
        for method in ("GET", "PUT", "OPTIONS"):
            assert (await answer(root + path, [RIGHT_HOST], method))[0] >= 400, path
    assert simulator.blobs.get(blob) == b"content"


async def test_pages_answer_no_other_host_or_origin(simulator: Simulator, stub: ModalClientStub) -> None:
    flow = await stub.TokenFlowCreate(api_pb2.TokenFlowCreateRequest())
    pages = simulator.servicer.pages
    for url in (flow.web_url, f"{pages.dashboard_url}/environments/main"):
        assert (await answer(url, [RIGHT_HOST]))[0] == 200
        assert (await answer(url, [RIGHT_HOST, "Origin: http://127.0.0.1:PORT"]))[0] == 200
        assert await let_in(url) == []


async def test_a_login_needs_the_code_of_who_started_it(simulator: Simulator) -> None:
    """Whoever can reach the port can ask for a login; with its token one can run code."""
    channel = connect(simulator, {"x-modal-client-type": "1"})
    client = ModalClientStub(channel)
    flow = await client.TokenFlowCreate(api_pb2.TokenFlowCreateRequest())
    wait = api_pb2.TokenFlowWaitRequest(token_flow_id=flow.token_flow_id, wait_secret=flow.wait_secret)
    async with aiohttp.ClientSession() as session:
        for code in ("", "guessed", simulator.admin_token[:-1], flow.wait_secret):
            async with session.post(f"{flow.web_url}/approve", data={"code": code}) as response:
                assert response.status == 403
                assert simulator.admin_token not in await response.text()
            assert (await client.TokenFlowWait(wait)).timeout
        async with session.post(f"{flow.web_url}/approve", data={"code": simulator.admin_token}) as response:
            assert response.status == 200
    assert (await client.TokenFlowWait(wait)).token_id == simulator.tokens[0]
    channel.close()


async def test_what_is_deployed_is_shown_to_clients_with_a_token_only(
    simulator: Simulator, stub: ModalClientStub
) -> None:
    known = await stub.WorkspaceDashboardUrlGet(api_pb2.WorkspaceDashboardUrlRequest())
    root = re.match(r"http://[^/]+", known.url)[0]  # type: ignore[index]
    async with aiohttp.ClientSession() as session:
        async with session.get(known.url) as response:
            assert "Environment main" in await response.text()
        for path in ("/environments/main", "//environments/main", "/x/environments/main"):
            async with session.get(root + path) as response:
                assert response.status == 404


async def test_the_control_plane_answers_no_other_authority(simulator: Simulator) -> None:
    port = int(simulator.server_url.rpartition(":")[2])
    values = [line[0].removeprefix("Host:").strip() for line in FOREIGN_HOSTS if len(line) == 1]
    authorities = [value.replace("PORT", str(port)).replace("NEXT", str(port + 1)) for value in values]
    assert len(authorities) > 15
    for authority in [f"127.0.0.1:{port}", f"localhost:{port}", *authorities]:
        channel = connect(simulator, credentials(simulator))
        channel._authority = authority
        call = ModalClientStub(channel).AppList(api_pb2.AppListRequest())
        if authority in (f"127.0.0.1:{port}", f"localhost:{port}"):
            await call
        else:
            with pytest.raises(GRPCError) as caught:
                await call
            assert caught.value.status is not Status.OK
        channel.close()
    assert len(simulator.servicer.dispatcher.calls) == 2


async def test_the_control_plane_answers_no_second_name(simulator: Simulator) -> None:
    """Of an authority and a host, a proxy and a server may read one each."""
    port = int(simulator.server_url.rpartition(":")[2])
    channel = connect(simulator, credentials(simulator))
    client = ModalClientStub(channel)
    await client.AppList(api_pb2.AppListRequest(), metadata={"host": f"127.0.0.1:{port}"})
    for host in ("evil.example", f"localhost:{port}"):
        with pytest.raises(GRPCError):
            await client.AppList(api_pb2.AppListRequest(), metadata={"host": host})
    channel.close()
    assert len(simulator.servicer.dispatcher.calls) == 1


async def test_of_two_names_none_counts() -> None:
    for first, second in (("127.0.0.1:81", "evil.example"), ("127.0.0.1:81", "127.0.0.1:81")):
        assert not names_port([first, second], 81)
        assert not names_port([second, first], 81)
    assert names_port(["LOCALHOST:81"], 81)
    assert names_port(["localhost"], 80)
    assert not names_port([], 80)
