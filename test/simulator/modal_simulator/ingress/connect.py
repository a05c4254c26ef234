"""HTTP requests to sandboxes, let in by a connect token."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from ..callers import has_own_host
from ..runtime.sandboxes import SandboxProcess
from .errors import edge_error
from .upstream import Upstream

HOST = "127.0.0.1"
DEFAULT_PORT = 8080
PARAMETER = "_modal_connect_token"  # of the query, or a cookie
USER_DATA = "X-Verified-User-Data"


@dataclass(frozen=True)
class Grant:
    """What a token opens."""

    process: SandboxProcess
    port: int
    user_metadata: str


class ConnectEdge:
    """One loopback port for each sandbox that has a token."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._grants: dict[str, Grant] = {}  # by token
        self._runners: dict[str, web.ServerRunner] = {}  # by sandbox id

    async def grant(self, process: SandboxProcess, port: int, user_metadata: str) -> tuple[str, str]:
        """Returns the address of the sandbox and a new token for it."""
        token = secrets.token_urlsafe(32)
        self._grants[token] = Grant(process, port or DEFAULT_PORT, user_metadata)
        return await self._url(process), token

    async def close(self) -> None:
        """Ends all ports."""
        for runner in self._runners.values():
            await runner.cleanup()

    async def _url(self, process: SandboxProcess) -> str:
        runner = self._runners.get(process.record.sandbox_id)
        if runner is None:

            async def handle(request: web.BaseRequest) -> web.StreamResponse:
                return await self._handle(request, process)

            runner = web.ServerRunner(web.Server(handle, access_log=None), shutdown_timeout=0.2)
            self._runners[process.record.sandbox_id] = runner
            await runner.setup()
            await web.TCPSite(runner, HOST, 0).start()
        return f"http://{HOST}:{runner.addresses[0][1]}"

    async def _handle(self, request: web.BaseRequest, process: SandboxProcess) -> web.StreamResponse:
        if not has_own_host(request):
            return edge_error(404, "no sandbox at this host")
        grant = next((self._grants[each] for each in _tokens(request) if each in self._grants), None)
        if grant is None or grant.process is not process:
            return edge_error(401, "missing or invalid connect token")
        if process.ended.is_set():
            return edge_error(404, "the sandbox has ended")
        own = {"authorization", USER_DATA.lower()}
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in own]
        if grant.user_metadata:
            headers.append((USER_DATA, grant.user_metadata))
        return await self._upstream.pass_on(request, grant.port, headers)


def _tokens(request: web.BaseRequest) -> Iterator[str]:
    yield request.headers.get("Authorization", "").removeprefix("Bearer ")
    yield request.query.get(PARAMETER, "")
    yield request.cookies.get(PARAMETER, "")
