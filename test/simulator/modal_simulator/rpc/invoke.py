"""Calls of functions by clients: map and remote, outputs, cancelling, bound class instances."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..function_options import autoscaler_with_options, with_options
from ..runtime.calls import Call
from ..world import FunctionRecord, new_id
from .base import no_buckets, not_found, unary
from .function_views import FunctionViews

MAX_INPUTS_OUTSTANDING = 1000
MAX_POLL_SECONDS = 55.0
ENDED = (api_pb2.APP_STATE_STOPPED, api_pb2.APP_STATE_STOPPING)


class InvokeRpcs(FunctionViews):
    """RPCs of the caller's side."""

    @unary
    async def FunctionMap(self, request: api_pb2.FunctionMapRequest) -> api_pb2.FunctionMapResponse:
        self._check_callable(self.function(request.function_id))
        call = self.scheduler.new_call(request.function_id)
        invocation = request.function_call_invocation_type
        return api_pb2.FunctionMapResponse(
            function_call_id=call.call_id,
            function_call_jwt=call.call_id,
            pipelined_inputs=self._put(call, request.pipelined_inputs, invocation),
            max_inputs_outstanding=MAX_INPUTS_OUTSTANDING,
        )

    @unary
    async def FunctionPutInputs(
        self, request: api_pb2.FunctionPutInputsRequest
    ) -> api_pb2.FunctionPutInputsResponse:
        call = self._client_call(request.function_call_id)
        return api_pb2.FunctionPutInputsResponse(inputs=self._put(call, request.inputs, 0))

    @unary
    async def FunctionGetOutputs(
        self, request: api_pb2.FunctionGetOutputsRequest
    ) -> api_pb2.FunctionGetOutputsResponse:
        call = self._client_call(request.function_call_id)
        # Entry ids are how many outputs the caller has seen.
        position = request.last_entry_id.partition("-")[0]
        seen = int(position) if position.isdigit() else 0
        outputs = await call.wait_for_outputs(seen, min(request.timeout, MAX_POLL_SECONDS))
        if request.max_values:
            outputs = outputs[: request.max_values]
        return api_pb2.FunctionGetOutputsResponse(
            outputs=outputs,
            last_entry_id=f"{seen + len(outputs)}-0",
            num_unfinished_inputs=call.unfinished,
        )

    async def FunctionCallGetDataOut(self, stream: Any) -> None:
        request = await stream.recv_message()
        call = self._client_call(request.function_call_id)
        async for chunk in call.data_out.read(request.last_index):
            await stream.send_message(chunk)

    @unary
    async def FunctionFinishInputs(self, request: api_pb2.FunctionFinishInputsRequest) -> Empty:
        return Empty()

    @unary
    async def FunctionCallCancel(self, request: api_pb2.FunctionCallCancelRequest) -> Empty:
        call = self._client_call(request.function_call_id)
        await self.scheduler.cancel(call)
        if request.terminate_containers:
            for item in call.inputs.values():
                if not item.done and item.container_id:
                    self.scheduler.kill_container(item.container_id)
        return Empty()

    @unary
    async def FunctionBindParams(
        self, request: api_pb2.FunctionBindParamsRequest
    ) -> api_pb2.FunctionBindParamsResponse:
        base = self.function(request.function_id)
        bound = self._bound(base, request.serialized_params, request.function_options)
        metadata = self.function_metadata(base)
        metadata.base_function_id = base.function_id
        return api_pb2.FunctionBindParamsResponse(
            bound_function_id=bound.function_id, handle_metadata=metadata
        )

    def _bound(self, base: FunctionRecord, params: bytes, options: api_pb2.FunctionOptions) -> FunctionRecord:
        """Returns the variant of a function with those parameters and options, as it is defined now."""
        no_buckets(options.cloud_bucket_mounts)
        asked = options.SerializeToString(deterministic=True)
        record = next(
            (
                each
                for each in self.world.functions.values()
                if each.base_function_id == base.function_id
                and (each.serialized_params, each.options) == (params, asked)
            ),
            None,
        )
        if record is None:
            record = FunctionRecord(
                function_id=new_id("fu"),
                app_id=base.app_id,
                tag=base.tag,
                class_id=base.class_id,
                base_function_id=base.function_id,
                serialized_params=params,
                options=asked,
            )
            self.world.functions[record.function_id] = record
        record.definition, record.autoscaler = base.definition, base.autoscaler
        if asked and base.definition is not None:
            record.definition = with_options(base.definition, options)
            record.autoscaler = autoscaler_with_options(base.autoscaler, options)
        record.definition_id = base.definition_id
        return record

    def _put(
        self, call: Call, items: Iterable[api_pb2.FunctionPutInputsItem], invocation: int
    ) -> list[api_pb2.FunctionPutInputsResponseItem]:
        answers = []
        for item in items:
            queued = self.scheduler.submit(call, item.input, item.idx, invocation)
            answers.append(
                api_pb2.FunctionPutInputsResponseItem(
                    idx=item.idx, input_id=queued.input_id, input_jwt=queued.input_id
                )
            )
        return answers

    def _check_callable(self, record: FunctionRecord) -> None:
        if record.definition is None:
            raise GRPCError(Status.FAILED_PRECONDITION, f"Function '{record.tag}' is not published")
        if self.world.apps[record.app_id].state in ENDED:
            raise not_found(f"App of function '{record.tag}' is stopped")

    def _client_call(self, call_id: str) -> Call:
        call = self.scheduler.calls.get(call_id)
        if call is None:
            raise not_found(f"Function call '{call_id}' not found")
        return call
