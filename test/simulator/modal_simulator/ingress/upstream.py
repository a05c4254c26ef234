"""The way of a request to a server: to the port on which a container of it listens, and back."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from modal_proto import api_pb2

from ..world import FunctionRecord, RequestRecord, World
from .bridge import HOP_BY_HOP
from .errors import edge_error

if TYPE_CHECKING:
    from ..runtime.scheduler import Scheduler

HOST = "127.0.0.1"
NO_LIMIT = aiohttp.ClientTimeout(total=None, connect=10)


class Upstream:
    """Passes requests on to servers and notes each."""

    def __init__(self, world: World, scheduler: Scheduler) -> None:
        self._world = world
        self._scheduler = scheduler
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Ends all connections."""
        if self._session is not None:
            await self._session.close()

    async def answer(self, request: web.BaseRequest, record: FunctionRecord) -> web.StreamResponse:
        """Returns the server's response; 503 while no container is ready, which wakes one."""
        noted = RequestRecord(record.function_id, request.path, time.time())
        self._world.requests.append(noted)
        pool = self._scheduler.pool(record.function_id)
        try:
            with pool.serving() as container:
                if container is None:
                    noted.status = 503
                    return edge_error(503, "no container is ready")
                noted.task_id = container.task_id
                assert record.definition is not None
                port = record.definition.http_config.port
                response = await self.pass_on(request, port, request.headers.items(), noted)
                noted.status = response.status
                return response
        finally:
            noted.seconds = time.time() - noted.at

    async def pass_on(
        self,
        request: web.BaseRequest,
        port: int,
        headers: Iterable[tuple[str, str]],
        noted: RequestRecord | None = None,
    ) -> web.StreamResponse:
        """Sends the request on to a port of this machine, with those headers, and its answer back."""
        target = f"http://{HOST}:{port}{request.raw_path}"
        try:
            async with self._open().request(
                request.method,
                target,
                headers=[(name, value) for name, value in headers if not _hop_by_hop(name)],
                data=request.content if request.body_exists else None,
                allow_redirects=False,
            ) as answered:
                if noted is not None:
                    noted.status = answered.status
                response = web.StreamResponse(status=answered.status, reason=answered.reason)
                for name, value in answered.headers.items():
                    if not _hop_by_hop(name):
                        response.headers.add(name, value)
                await response.prepare(request)
                async for data in answered.content.iter_any():
                    await response.write(data)
                await response.write_eof()
                return response
        except ConnectionResetError:  # the caller has left
            raise
        except aiohttp.ClientConnectorError:
            return edge_error(503, "the container does not accept connections")
        except aiohttp.ClientError as error:
            # What was sent already cannot be taken back: the client must not take this for the end.
            if request.transport is not None:
                with contextlib.suppress(OSError):
                    request.transport.abort()
            return edge_error(502, f"the container's response broke off: {type(error).__name__}")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=NO_LIMIT, auto_decompress=False)
        return self._session


def must_sign_in(record: FunctionRecord) -> api_pb2.WebhookConfig:
    """Returns what the check of proxy tokens needs to know of a server."""
    assert record.definition is not None
    return api_pb2.WebhookConfig(requires_proxy_auth=not record.definition.http_config.unauthenticated)


def _hop_by_hop(name: str) -> bool:
    return name.lower().encode() in HOP_BY_HOP
