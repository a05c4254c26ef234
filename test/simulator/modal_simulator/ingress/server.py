"""One loopback port for each web function."""

from __future__ import annotations

import socket
import time
from collections import deque
from typing import TYPE_CHECKING

from aiohttp import web
from modal_proto import api_pb2

from ..callers import has_own_host
from ..faults import Faults
from ..world import FunctionRecord, World
from .bridge import Bridge
from .connect import ConnectEdge
from .errors import edge_error
from .proxy_auth import refusal
from .upstream import Upstream, must_sign_in

if TYPE_CHECKING:
    from ..runtime.scheduler import Scheduler

HOST = "127.0.0.1"
CALL_PARAMETER = "__modal_function_call_id"
MAX_BODY = 4 << 30
LIVE = (api_pb2.APP_STATE_DEPLOYED, api_pb2.APP_STATE_EPHEMERAL, api_pb2.APP_STATE_DETACHED)

Key = tuple[str, str, str]  # app id, tag, method


class Ingress:
    """The web edge: finds the function of a port and passes requests on."""

    def __init__(self, world: World, faults: Faults, scheduler: Scheduler) -> None:
        self._world = world
        self._faults = faults
        self._scheduler = scheduler
        self._upstream = Upstream(world, scheduler)
        self.connect = ConnectEdge(self._upstream)
        self._sockets: dict[Key, socket.socket] = {}
        self._runners: dict[Key, web.AppRunner] = {}
        self._bridges: dict[str, Bridge] = {}  # by call id, for those that were redirected
        self._recent: deque[float] = deque()

    def url(self, app_id: str, tag: str, method: str) -> str:
        """Returns the URL of a web function and keeps its port."""
        key = (app_id, tag, method)
        if key not in self._sockets:
            listener = socket.socket()
            listener.bind((HOST, 0))
            self._sockets[key] = listener
        return f"http://{HOST}:{self._sockets[key].getsockname()[1]}"

    async def open(self, app_id: str, tag: str, method: str) -> None:
        """Begins to answer on the port; does nothing when it is open."""
        key = (app_id, tag, method)
        if key in self._runners:
            return
        self.url(*key)

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._handle(request, key)

        server = web.Server(handle, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=0.2)
        self._runners[key] = runner  # type: ignore[assignment]
        await runner.setup()
        await web.SockSite(runner, self._sockets[key]).start()

    async def close(self) -> None:
        """Ends all ports."""
        for runner in self._runners.values():
            await runner.cleanup()
        await self.connect.close()
        await self._upstream.close()
        for listener in self._sockets.values():
            listener.close()

    async def _handle(self, request: web.BaseRequest, key: Key) -> web.StreamResponse:
        app_id, tag, method = key
        # As on Modal, a page of any site may call an endpoint; but only by the endpoint's own address.
        if not has_own_host(request):
            return edge_error(404, "no web endpoint at this host")
        app = self._world.apps[app_id]
        if app.state not in LIVE:
            return edge_error(404, "app for invoked web endpoint is stopped")
        record = self._world.functions.get(app.function_ids.get(tag, ""))
        if record is None or record.definition is None:
            return edge_error(404, "invalid function call")
        if self._faults.budget_exhausted:
            return edge_error(429, "Webhook failed: workspace billing cycle spend limit reached")
        if self._too_many():
            return edge_error(429, "rate limit exceeded")
        server = record.definition.is_server
        webhook = must_sign_in(record) if server else webhook_of(record, method)
        refused = refusal(request, webhook, self._world)
        if refused is not None:
            return refused
        if server:
            return await self._upstream.answer(request, record)
        return await self._answer(request, record, method)

    async def _answer(
        self, request: web.BaseRequest, record: FunctionRecord, method: str
    ) -> web.StreamResponse:
        call_id = request.query.get(CALL_PARAMETER)
        if call_id is None:
            bridge = Bridge(self._scheduler, record, method)
            response = await bridge.begin(request, self._faults.web_time_limit_seconds)
        else:
            if request.method != "GET":
                return edge_error(400, "bad redirect method")
            known = self._bridges.pop(call_id, None)
            if known is None:
                return edge_error(404, "invalid function call")
            bridge = known
            response = await bridge.resume(request, self._faults.web_time_limit_seconds)
        if response is not None:
            return response
        self._bridges[bridge.call_id] = bridge
        target = request.rel_url.update_query({CALL_PARAMETER: bridge.call_id})
        return web.Response(status=303, headers={"Location": f"http://{request.host}{target}"})

    def _too_many(self) -> bool:
        limit = self._faults.requests_per_second
        if not limit:
            return False
        now = time.monotonic()
        while self._recent and now - self._recent[0] > 1:
            self._recent.popleft()
        self._recent.append(now)
        return len(self._recent) > limit


def webhook_of(record: FunctionRecord, method: str) -> api_pb2.WebhookConfig:
    """Returns the web settings of a function, or of one method of a class."""
    assert record.definition is not None
    if method:
        return record.definition.method_definitions[method].webhook_config
    return record.definition.webhook_config
