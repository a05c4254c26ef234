"""Queues: named, partitioned; values are serialized by the client and never read here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from itertools import islice

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..world import USER, StoredQueue, new_id
from .base import RpcBase, check_name, invalid, not_found, page, unary
from .dicts import ANONYMOUS

MAX_ITEMS = 5_000  # of a partition
MAX_ITEM_BYTES = 1 << 20
MAX_PAGE = 100


class QueueRpcs(RpcBase):
    """Queues."""

    @unary
    async def QueueGetOrCreate(
        self, request: api_pb2.QueueGetOrCreateRequest
    ) -> api_pb2.QueueGetOrCreateResponse:
        environment = self.environment(request.environment_name).name
        name, kind = request.deployment_name, request.object_creation_type
        found = None if kind in ANONYMOUS else self._find_queue(name, environment)
        if found is None and kind == api_pb2.OBJECT_CREATION_TYPE_UNSPECIFIED:
            raise not_found(f"Queue '{name}' not found in environment '{environment}'")
        if found and kind == api_pb2.OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS:
            raise GRPCError(Status.ALREADY_EXISTS, f"Queue '{name}' already exists")
        if found is None:
            if kind not in ANONYMOUS:
                check_name("Queue", name)
            found = StoredQueue(new_id("qu"), "" if kind in ANONYMOUS else name, environment)
            self.world.queues[found.queue_id] = found
        return api_pb2.QueueGetOrCreateResponse(queue_id=found.queue_id, metadata=_metadata(found))

    @unary
    async def QueueGetById(self, request: api_pb2.QueueGetByIdRequest) -> api_pb2.QueueGetByIdResponse:
        queue = self._queue(request.queue_id)
        return api_pb2.QueueGetByIdResponse(queue_id=queue.queue_id, metadata=_metadata(queue))

    @unary
    async def QueueHeartbeat(self, request: api_pb2.QueueHeartbeatRequest) -> Empty:
        self._queue(request.queue_id)
        return Empty()

    @unary
    async def QueuePut(self, request: api_pb2.QueuePutRequest) -> Empty:
        queue = self._queue(request.queue_id)
        if any(len(value) > MAX_ITEM_BYTES for value in request.values):
            raise invalid("An item of a queue cannot be larger than 1 MiB")
        held = queue.partitions.setdefault(request.partition_key, {})
        if len(held) + len(request.values) > MAX_ITEMS:
            raise GRPCError(Status.RESOURCE_EXHAUSTED, f"A partition of a queue holds {MAX_ITEMS} items")
        for value in request.values:
            queue.entries += 1
            held[queue.entries] = value
        queue.grown.set()
        queue.grown = asyncio.Event()
        return Empty()

    @unary
    async def QueueGet(self, request: api_pb2.QueueGetRequest) -> api_pb2.QueueGetResponse:
        queue, key = self._queue(request.queue_id), request.partition_key
        await _wait_until(queue, lambda: bool(queue.partitions.get(key)), request.timeout)
        held = queue.partitions.get(key, {})
        taken = list(islice(held, max(1, request.n_values)))
        response = api_pb2.QueueGetResponse(values=[held.pop(number) for number in taken])
        if not held:
            queue.partitions.pop(key, None)
        return response

    @unary
    async def QueueNextItems(self, request: api_pb2.QueueNextItemsRequest) -> api_pb2.QueueNextItemsResponse:
        queue = self._queue(request.queue_id)
        last = int(request.last_entry_id) if request.last_entry_id.isdecimal() else 0

        def later() -> list[tuple[int, bytes]]:
            held = queue.partitions.get(request.partition_key, {})
            return list(islice((item for item in held.items() if item[0] > last), MAX_PAGE))

        await _wait_until(queue, lambda: bool(later()), request.item_poll_timeout)
        items = [api_pb2.QueueItem(value=value, entry_id=str(number)) for number, value in later()]
        return api_pb2.QueueNextItemsResponse(items=items)

    @unary
    async def QueueLen(self, request: api_pb2.QueueLenRequest) -> api_pb2.QueueLenResponse:
        queue = self._queue(request.queue_id)
        if request.total:
            return api_pb2.QueueLenResponse(len=_size(queue))
        return api_pb2.QueueLenResponse(len=len(queue.partitions.get(request.partition_key, {})))

    @unary
    async def QueueClear(self, request: api_pb2.QueueClearRequest) -> Empty:
        queue = self._queue(request.queue_id)
        if request.all_partitions:
            queue.partitions.clear()
        queue.partitions.pop(request.partition_key, None)
        return Empty()

    @unary
    async def QueueDelete(self, request: api_pb2.QueueDeleteRequest) -> Empty:
        del self.world.queues[self._queue(request.queue_id).queue_id]
        return Empty()

    @unary
    async def QueueList(self, request: api_pb2.QueueListRequest) -> api_pb2.QueueListResponse:
        environment = self.environment(request.environment_name).name
        named = [each for each in self.world.queues.values() if each.name and each.environment == environment]
        response = api_pb2.QueueListResponse(environment_name=environment)
        for each in page(named, request.pagination):
            response.queues.add(
                name=each.name,
                created_at=each.created_at,
                num_partitions=len(each.partitions),
                total_size=min(_size(each), request.total_size_limit or MAX_ITEMS),
                queue_id=each.queue_id,
                metadata=_metadata(each),
            )
        return response

    def _find_queue(self, name: str, environment: str) -> StoredQueue | None:
        for each in self.world.queues.values():
            if each.name and (each.name, each.environment) == (name, environment):
                return each
        return None

    def _queue(self, queue_id: str) -> StoredQueue:
        queue = self.world.queues.get(queue_id)
        if queue is None:
            raise not_found(f"Queue {queue_id} not found")
        return queue


async def _wait_until(queue: StoredQueue, condition: Callable[[], bool], seconds: float) -> None:
    """Waits until the condition holds, at most so long."""
    deadline = time.monotonic() + seconds
    while not condition():
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return
        try:
            await asyncio.wait_for(queue.grown.wait(), remaining)
        except TimeoutError:
            return


def _size(queue: StoredQueue) -> int:
    return sum(len(held) for held in queue.partitions.values())


def _metadata(queue: StoredQueue) -> api_pb2.QueueMetadata:
    creation = api_pb2.CreationInfo(created_at=queue.created_at, created_by=USER)
    return api_pb2.QueueMetadata(name=queue.name, creation_info=creation)
