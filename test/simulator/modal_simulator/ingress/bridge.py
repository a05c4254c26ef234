"""One web request as one function input: request body in by the data-in channel, answer out by data-out."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web
from modal._serialization import deserialize_data_format, serialize, serialize_data_format
from modal_proto import api_pb2

from ..runtime.calls import Call
from ..world import FunctionRecord
from .errors import failed_call

if TYPE_CHECKING:
    from ..runtime.scheduler import Scheduler

ASGI = api_pb2.DATA_FORMAT_ASGI
CALL_HEADER = "modal-function-call-id"
HOP_BY_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"te", b"trailer"}


class Bridge:
    """The way of one request to a function and of the answer back.

    Parameters:
        method: name of the class method, '' for a function.
    """

    def __init__(self, scheduler: Scheduler, record: FunctionRecord, method: str) -> None:
        self._scheduler = scheduler
        self._method = method
        self._call: Call = scheduler.new_call(record.function_id)
        self._read = 0  # chunks of the answer that were passed on
        self._body: asyncio.Task[None] | None = None

    @property
    def call_id(self) -> str:
        return self._call.call_id

    async def begin(self, request: web.BaseRequest, limit: float) -> web.StreamResponse | None:
        """Sends the request; returns the finished answer, or None if there is none within the time limit."""
        websocket = request.headers.get("Upgrade", "").lower() == "websocket"
        scope = _scope(request, "websocket" if websocket else "http")
        payload = api_pb2.FunctionInput(
            args=serialize(((scope,), {})), data_format=api_pb2.DATA_FORMAT_PICKLE, method_name=self._method
        )
        self._scheduler.submit(self._call, payload, 0)
        if websocket:
            return await self._websocket(request)
        self._body = asyncio.create_task(self._send_body(request))
        return await self.resume(request, limit)

    async def resume(self, request: web.BaseRequest, limit: float) -> web.StreamResponse | None:
        """Waits for the answer to begin, at most that many seconds, and passes it on to its end."""
        messages = self._messages()
        try:
            async with asyncio.timeout(limit):
                start = await anext(messages, None)
        except TimeoutError:
            return None
        except asyncio.CancelledError:
            await self._client_left()
            raise
        if start is None:
            return self._failure()
        return await self._pass_on(request, start, messages)

    async def _pass_on(
        self, request: web.BaseRequest, start: dict[str, Any], messages: Any
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=start["status"])
        for name, value in start.get("headers", []):
            if bytes(name).lower() not in HOP_BY_HOP:
                response.headers.add(bytes(name).decode("latin-1"), bytes(value).decode("latin-1"))
        response.headers[CALL_HEADER] = self.call_id
        try:
            await response.prepare(request)
            async for message in messages:
                if message["type"] != "http.response.body":
                    continue
                body = message.get("body") or b""
                if body:
                    await response.write(body)
                if not message.get("more_body"):
                    break
            else:
                # The app failed in the middle: the client must not take this for the end.
                if request.transport is not None:
                    request.transport.abort()
            await response.write_eof()
        except (ConnectionError, asyncio.CancelledError):
            await self._client_left()
            raise
        return response

    def _failure(self) -> web.Response:
        result = self._call.outputs[0].result if self._call.outputs else api_pb2.GenericResult()
        response = failed_call(result)
        response.headers[CALL_HEADER] = self.call_id
        return response

    async def _messages(self) -> Any:
        """Yields the app's messages that were not passed on yet."""
        async for chunk in self._call.data_out.read(self._read):
            self._read = chunk.index
            data = self._scheduler.blobs.get(chunk.data_blob_id) if chunk.data_blob_id else chunk.data
            message = deserialize_data_format(data, chunk.data_format, None)
            if message is not None:
                yield message

    async def _send_body(self, request: web.BaseRequest) -> None:
        with contextlib.suppress(ConnectionError):
            async for data in request.content.iter_any():
                self._send({"type": "http.request", "body": data, "more_body": True})
        self._send({"type": "http.request", "body": b"", "more_body": False})

    def _send(self, message: dict[str, Any]) -> None:
        self._call.data_in.append(serialize_data_format(message, ASGI), ASGI)

    async def _client_left(self) -> None:
        if self._body is not None:
            self._body.cancel()
        self._send({"type": "http.disconnect"})
        waiting = [item for item in self._call.inputs.values() if not item.done and not item.container_id]
        if waiting:
            await self._scheduler.cancel(self._call)

    async def _websocket(self, request: web.BaseRequest) -> web.StreamResponse:
        self._send({"type": "websocket.connect"})
        messages = self._messages()
        first = await anext(messages, None)
        if first is None:
            return self._failure()
        if first["type"] != "websocket.accept":
            return web.Response(status=403)
        protocols = [first["subprotocol"]] if first.get("subprotocol") else []
        socket = web.WebSocketResponse(protocols=protocols, max_msg_size=2 << 20)
        await socket.prepare(request)
        receiving = asyncio.create_task(self._receive(socket))
        async for message in messages:
            if message["type"] == "websocket.close":
                await socket.close(code=message.get("code") or 1000)
                break
            if message.get("bytes"):
                await socket.send_bytes(message["bytes"])
            elif message.get("text") is not None:
                await socket.send_str(message["text"])
        receiving.cancel()
        await socket.close()
        return socket

    async def _receive(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                self._send({"type": "websocket.receive", "text": message.data})
            elif message.type == WSMsgType.BINARY:
                self._send({"type": "websocket.receive", "bytes": message.data})
        self._send({"type": "websocket.disconnect", "code": socket.close_code or 1005})


def _scope(request: web.BaseRequest, kind: str) -> dict[str, Any]:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    path, _, query = request.raw_path.partition("?")
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http" if kind == "http" else "ws",
        "path": request.rel_url.path,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(bytes(name).lower(), bytes(value)) for name, value in request.raw_headers],
        "client": (peer[0], peer[1]) if peer else None,
        "server": (request.url.host, request.url.port),
        "subprotocols": [],
        "extensions": {},
    }
