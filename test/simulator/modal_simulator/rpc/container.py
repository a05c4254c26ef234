"""What containers ask for: work, cancellations, data streams; and what they report."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from google.protobuf.empty_pb2 import Empty
from modal_proto import api_pb2

from ..runtime.container import Container, InputRequest
from ..runtime.environment import TASK_HEADER
from ..runtime.pool import clock
from .base import CALLER, RpcBase, not_found, unary

INPUT_POLL_SECONDS = 20.0
# Below the client's own limit of one heartbeat interval (15 s).
HEARTBEAT_POLL_SECONDS = 12.0


class ContainerRpcs(RpcBase):
    """RPCs of the container's side."""

    @unary
    async def ContainerHello(self, request: Empty) -> Empty:
        return Empty()

    @unary
    async def ContainerHeartbeat(
        self, request: api_pb2.ContainerHeartbeatRequest
    ) -> api_pb2.ContainerHeartbeatResponse:
        container = self._container()
        try:
            async with asyncio.timeout(HEARTBEAT_POLL_SECONDS):
                await container.cancellation.wait()
        except TimeoutError:
            return api_pb2.ContainerHeartbeatResponse()
        container.cancellation.clear()
        cancelled, container.cancelled_inputs = container.cancelled_inputs, []
        return api_pb2.ContainerHeartbeatResponse(
            cancel_input_event=api_pb2.CancelInputEvent(input_ids=cancelled)
        )

    @unary
    async def FunctionGetInputs(
        self, request: api_pb2.FunctionGetInputsRequest
    ) -> api_pb2.FunctionGetInputsResponse:
        container = self._container()
        self._note_ready(container)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        linger = request.batch_linger_ms / 1000
        pool = self.scheduler.pool(container.task.function_id)
        pool.ask(container, InputRequest(answer, request.batch_max_size, linger))
        try:
            async with asyncio.timeout(INPUT_POLL_SECONDS):
                items = await answer
        except TimeoutError:
            container.request = None
            return api_pb2.FunctionGetInputsResponse()
        if items is None:
            stop = api_pb2.FunctionGetInputsItem(kill_switch=True)
            return api_pb2.FunctionGetInputsResponse(inputs=[stop])
        return api_pb2.FunctionGetInputsResponse(
            inputs=[
                api_pb2.FunctionGetInputsItem(
                    input_id=item.input_id,
                    input=item.payload,
                    function_call_id=item.call.call_id,
                    function_call_invocation_type=item.invocation_type,  # type: ignore[arg-type]
                    retry_count=item.retry_count,
                )
                for item in items
            ]
        )

    @unary
    async def ContainerServerLifecycleReady(
        self, request: api_pb2.ContainerServerLifecycleReadyRequest
    ) -> Empty:
        container = self._container()
        self._note_ready(container)
        container.idle_since = clock()
        self.scheduler.pool(container.task.function_id).balance()
        return Empty()

    @unary
    async def FunctionPutOutputs(self, request: api_pb2.FunctionPutOutputsRequest) -> Empty:
        container = self._container()
        container.drain_output()
        pool = self.scheduler.pool(container.task.function_id)
        for output in request.outputs:
            item = container.running.get(output.input_id)
            if item is not None:
                await pool.finish(item, output.result, output.data_format, output.input_started_at)
        return Empty()

    @unary
    async def FunctionGetDynamicConcurrency(
        self, request: api_pb2.FunctionGetDynamicConcurrencyRequest
    ) -> api_pb2.FunctionGetDynamicConcurrencyResponse:
        pool = self.scheduler.pool(self._container().task.function_id)
        concurrency = request.max_concurrency if pool.queue else request.target_concurrency
        return api_pb2.FunctionGetDynamicConcurrencyResponse(concurrency=concurrency)

    @unary
    async def FunctionCallPutDataOut(self, request: api_pb2.FunctionCallPutDataRequest) -> Empty:
        call = self._call(request.function_call_id)
        for chunk in request.data_chunks:
            call.data_out.append(chunk.data, chunk.data_format, chunk.data_blob_id)
        return Empty()

    async def FunctionCallGetDataIn(self, stream: Any) -> None:
        request = await stream.recv_message()
        async for chunk in self._call(request.function_call_id).data_in.read(request.last_index):
            await stream.send_message(chunk)

    @unary
    async def TaskResult(self, request: api_pb2.TaskResultRequest) -> Empty:
        self._container().task.result = request.result
        return Empty()

    def _note_ready(self, container: Container) -> None:
        if not container.ready:
            container.task.started_at = time.time()
            self.scheduler.log_state(container.task, api_pb2.TASK_STATE_IDLE)

    def _container(self) -> Container:
        task_id = str(CALLER.get({}).get(TASK_HEADER, ""))
        container = self.scheduler.containers.get(task_id)
        if container is None:
            raise not_found(f"Container '{task_id}' is not running")
        return container

    def _call(self, call_id: str) -> Any:
        call = self.scheduler.calls.get(call_id)
        if call is None:
            raise not_found(f"Function call '{call_id}' not found")
        return call
