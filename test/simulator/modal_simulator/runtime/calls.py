"""Function calls and their inputs, with the two data channels that generators and web requests use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from modal_proto import api_pb2

from ..world import CallRecord, new_id

Status = api_pb2.GenericResult.GenericStatus


class DataChannel:
    """Numbered chunks from one writer to any reader, also to one that comes late or again."""

    def __init__(self) -> None:
        self.chunks: list[api_pb2.DataChunk] = []
        self.closed = False
        self._grown = asyncio.Event()

    def append(self, data: bytes, data_format: int, blob_id: str = "") -> None:
        """Adds a chunk; its index is one more than the last one's, from 1."""
        chunk = api_pb2.DataChunk(data_format=data_format, index=len(self.chunks) + 1)
        if blob_id:
            chunk.data_blob_id = blob_id
        else:
            chunk.data = data
        self.chunks.append(chunk)
        self._wake()

    def close(self) -> None:
        """Lets readers end after the last chunk."""
        self.closed = True
        self._wake()

    async def read(self, last_index: int) -> AsyncIterator[api_pb2.DataChunk]:
        """Yields the chunks after that index as they come, until the channel is closed."""
        position = last_index
        while True:
            while position < len(self.chunks):
                yield self.chunks[position]
                position += 1
            if self.closed:
                return
            grown = self._grown
            await grown.wait()

    def _wake(self) -> None:
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()


@dataclass
class Input:
    """One unit of work of a function."""

    input_id: str
    call: Call
    idx: int
    payload: api_pb2.FunctionInput
    record: CallRecord
    invocation_type: int = 0
    retry_count: int = 0
    container_id: str = ""
    timer: asyncio.TimerHandle | None = None  # ends it when the function's time is up
    done: bool = False


@dataclass
class Call:
    """A function call: one input, or many of a map."""

    call_id: str
    function_id: str
    app_id: str
    inputs: dict[str, Input] = field(default_factory=dict)
    outputs: list[api_pb2.FunctionGetOutputsItem] = field(default_factory=list)
    data_in: DataChannel = field(default_factory=DataChannel)
    data_out: DataChannel = field(default_factory=DataChannel)
    created_at: float = field(default_factory=time.time)
    cancelled: bool = False
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def add_input(self, payload: api_pb2.FunctionInput, idx: int, invocation_type: int) -> Input:
        """Makes a new input of this call; the caller queues it."""
        record = CallRecord(
            call_id=self.call_id,
            function_id=self.function_id,
            app_id=self.app_id,
            method=payload.method_name,
            input_id=new_id("in"),
        )
        item = Input(record.input_id, self, idx, payload, record, invocation_type)
        self.inputs[item.input_id] = item
        return item

    @property
    def unfinished(self) -> int:
        return sum(not item.done for item in self.inputs.values())

    async def finish(self, output: api_pb2.FunctionGetOutputsItem) -> None:
        """Stores the output of one input and wakes who waits for it."""
        self.outputs.append(output)
        self.data_in.close()
        self.data_out.close()
        async with self.changed:
            self.changed.notify_all()

    async def wait_for_outputs(self, seen: int, seconds: float) -> list[api_pb2.FunctionGetOutputsItem]:
        """Returns the outputs after the first ``seen`` ones, waiting at most that long for one."""
        try:
            async with asyncio.timeout(seconds), self.changed:
                await self.changed.wait_for(lambda: len(self.outputs) > seen)
        except TimeoutError:
            return []
        return self.outputs[seen:]


def failure(status: int, exception: str, traceback: str = "", exitcode: int = 0) -> api_pb2.GenericResult:
    """Returns a result that says why an input failed.

    Parameters:
        status: a value of api_pb2.GenericResult.GenericStatus.
    """
    return api_pb2.GenericResult(
        status=status,  # type: ignore[arg-type]
        exception=exception,
        traceback=traceback,
        exitcode=exitcode,
    )
