"""Queues and proxies, as the official Python SDK and the real ``modal`` command see them."""

from __future__ import annotations

import json

import pytest
from clients import run_python
from conftest import RunModal
from google.protobuf.empty_pb2 import Empty
from modal_proto import api_pb2
from modal_proto.api_grpc import ModalClientStub
from modal_simulator.server import Simulator

pytestmark = pytest.mark.asyncio

# One process for all, as each start of the SDK takes a second.
STORY = """
import json, queue, threading, time, modal
q = modal.Queue.from_name("tasks", create_if_missing=True)
told = {}
q.put_many([1, 2, 3]); q.put("red", partition="colours")
told["lengths"] = [q.len(), q.len(partition="colours"), q.len(total=True)]
told["peeked"] = list(q.iterate())
told["order"] = [q.get(), *q.get_many(5)]
told["emptied"] = q.get(block=False)
try:
    q.get(timeout=0.2)
except queue.Empty:
    told["waited"] = "Empty"
threading.Timer(0.5, lambda: q.put("late")).start()
told["late"] = q.get(timeout=20)
q.put_many(list(range(5000)))
try:
    q.put(1, block=False)
except queue.Full:
    told["full"] = "Full"
told["all"] = len(list(q.iterate()))
q.clear()
told["cleared"] = [q.len(), q.len(total=True)]
q.clear(all=True)
told["all cleared"] = q.len(total=True)
with modal.Queue.ephemeral() as other:
    other.put(b"own")
    told["ephemeral"] = [other.get().decode(), q.len()]
told["by id"] = modal.Queue.from_id(q.object_id).hydrate().info().name
modal.Queue.objects.delete("tasks")
try:
    modal.Queue.from_name("tasks").hydrate()
except modal.exception.NotFoundError as error:
    told["deleted"] = str(error)
print(json.dumps(told))
"""


async def test_the_python_sdk_finds_queues_as_documented(simulator: Simulator) -> None:
    assert json.loads(await run_python(simulator, STORY)) == {
        "lengths": [3, 1, 4],
        "peeked": [1, 2, 3],
        "order": [1, 2, 3],
        "emptied": None,
        "waited": "Empty",
        "late": "late",
        "full": "Full",
        "all": 5000,
        "cleared": [0, 1],
        "all cleared": 0,
        "ephemeral": ["own", 0],
        "by id": "tasks",
        "deleted": "Queue 'tasks' not found in environment 'main'",
    }


async def test_the_command_line_lists_the_queues_of_an_environment(
    simulator: Simulator, stub: ModalClientStub, run_modal: RunModal
) -> None:
    await stub.EnvironmentCreate(api_pb2.EnvironmentCreateRequest(name="other"))
    for name, environment in (("of-main", "main"), ("tasks", "other")):
        request = api_pb2.QueueGetOrCreateRequest(
            deployment_name=name,
            environment_name=environment,
            object_creation_type=api_pb2.OBJECT_CREATION_TYPE_CREATE_IF_MISSING,
        )
        queue_id = (await stub.QueueGetOrCreate(request)).queue_id
    for key in (b"", b"a"):
        await stub.QueuePut(
            api_pb2.QueuePutRequest(queue_id=queue_id, partition_key=key, values=[b"1", b"2"])
        )
    listed = json.loads((await run_modal("queue", "list", "-e", "other", "--json")).stdout)
    assert [(row["name"], row["partitions"], row["total_size"]) for row in listed] == [("tasks", 2, 4)]


async def test_proxies_are_listed_with_their_addresses_and_go_with_their_environment(
    stub: ModalClientStub,
) -> None:
    await stub.EnvironmentCreate(api_pb2.EnvironmentCreateRequest(name="other"))
    await stub.ProxyCreate(api_pb2.ProxyCreateRequest(name="a", region="eu-west"))
    other = await stub.ProxyCreate(api_pb2.ProxyCreateRequest(name="b", environment_name="other"))
    added = await stub.ProxyAddIp(api_pb2.ProxyAddIpRequest(proxy_id=other.proxy.proxy_id))
    listed = (await stub.ProxyList(Empty())).proxies
    assert [(each.name, each.region, each.environment_name, len(each.proxy_ips)) for each in listed] == [
        ("a", "eu-west", "main", 1),
        ("b", "us-east", "other", 2),
    ]
    addresses = {address.proxy_ip for each in listed for address in each.proxy_ips}
    assert len(addresses) == 3
    assert added.proxy_ip.proxy_ip in addresses
    await stub.EnvironmentDelete(api_pb2.EnvironmentDeleteRequest(name="other"))
    listed = (await stub.ProxyList(Empty())).proxies
    assert [each.name for each in listed] == ["a"]
