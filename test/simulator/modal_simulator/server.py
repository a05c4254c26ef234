"""The whole simulator in one asyncio loop: gRPC control plane, blobs, admin API, containers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpclib.server
from aiohttp import web
from grpclib import GRPCError, Status
from grpclib.const import Handler
from modal_proto.api_grpc import ModalClientBase

from .admin import Admin
from .blobs import BlobStore
from .callers import LoopbackServer, no_pages
from .dispatch import Dispatcher
from .faults import Faults
from .log_store import LogStore
from .pages import Pages
from .rpc.app_stats import AppStatsRpcs
from .rpc.apps import AppRpcs
from .rpc.billing import BillingRpcs
from .rpc.command_router import CommandAccessRpcs, CommandRouter
from .rpc.container import ContainerRpcs
from .rpc.dicts import DictRpcs
from .rpc.endpoints import EndpointRpcs
from .rpc.environments import EnvironmentRpcs
from .rpc.functions import FunctionRpcs
from .rpc.identity import IdentityRpcs
from .rpc.images import ImageRpcs
from .rpc.invoke import InvokeRpcs
from .rpc.logs import LogRpcs
from .rpc.metrics import MetricRpcs
from .rpc.mounts import MountRpcs
from .rpc.proxies import ProxyRpcs
from .rpc.proxy_tokens import ProxyTokenRpcs
from .rpc.publishing import PublishingRpcs
from .rpc.queues import QueueRpcs
from .rpc.sandbox_extras import SandboxExtraRpcs
from .rpc.scheduling import SchedulingRpcs
from .rpc.secrets import SecretRpcs
from .rpc.snapshots import SnapshotRpcs
from .rpc.tasks import TaskRpcs
from .rpc.volumes import VolumeRpcs
from .runtime.scheduler import Scheduler
from .volume_files import download_route
from .world import Environment, World, new_id

HOST = "127.0.0.1"
SILENCE_CHECK_SECONDS = 5.0
CLOSE_SECONDS = 2.5


class ModalServicer(
    IdentityRpcs,
    EnvironmentRpcs,
    AppRpcs,
    PublishingRpcs,
    FunctionRpcs,
    SchedulingRpcs,
    MetricRpcs,
    AppStatsRpcs,
    ImageRpcs,
    MountRpcs,
    SecretRpcs,
    VolumeRpcs,
    DictRpcs,
    EndpointRpcs,
    QueueRpcs,
    ProxyRpcs,
    TaskRpcs,
    SandboxExtraRpcs,
    SnapshotRpcs,
    CommandAccessRpcs,
    LogRpcs,
    BillingRpcs,
    ProxyTokenRpcs,
    ContainerRpcs,
    InvokeRpcs,
    ModalClientBase,
):
    """Every RPC that the local Modal offers; the others answer UNIMPLEMENTED."""

    dispatcher: Dispatcher

    def __mapping__(self) -> dict[str, Handler]:
        return self.dispatcher.wrap(super().__mapping__())


def _refuse_missing_rpcs() -> None:
    def refusal(name: str) -> Any:
        async def refuse(self: Any, stream: Any) -> None:
            raise GRPCError(Status.UNIMPLEMENTED, f"{name} is not offered by the local Modal")

        return refuse

    for name in ModalServicer.__abstractmethods__:
        setattr(ModalServicer, name, refusal(name))
    ModalServicer.__abstractmethods__ = frozenset()


_refuse_missing_rpcs()


@dataclass
class Options:
    """How a simulator starts.

    Parameters:
        port, admin_port: 0 = any free one.
        state_dir: where files are kept; None = a temporary folder, removed at the end.
        views: how containers get views of their own (see ``Views``); empty = as this machine allows.
    """

    port: int = 0
    admin_port: int = 0
    state_dir: Path | None = None
    views: str = ""


@dataclass
class Simulator:
    """A running simulator; make one with ``start``."""

    options: Options = field(default_factory=Options)
    world: World = field(default_factory=World)
    faults: Faults = field(default_factory=Faults)
    logs: LogStore = field(init=False)
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack, repr=False)

    async def start(self) -> None:
        """Starts everything. Raises OSError if a wanted port is taken."""
        self.logs = LogStore(faults=self.faults)
        self.work_dir = self._work_dir()
        self.tokens = (f"ak-{secrets.token_hex(11)}", f"as-{secrets.token_hex(11)}")
        self.admin_token = secrets.token_urlsafe(24)
        self.world.environments["main"] = Environment(new_id("en"), "main", web_suffix="", default=True)
        self.blobs = BlobStore(self.work_dir)
        self.server_url = ""
        self.scheduler = self._scheduler()
        self.servicer = self._servicer()
        self._stack.callback(self.servicer.router.close)
        self._stack.callback(self._cancel_builds)
        await self._listen_http()
        await self.scheduler.start()
        self._stack.push_async_callback(self._close_scheduler)
        await self._listen_grpc()
        self._watch = asyncio.create_task(self._end_silent_apps())
        self._stack.callback(self._watch.cancel)
        self.config_path = self._write_config()
        self._stack.callback(self.config_path.unlink, missing_ok=True)

    async def close(self) -> None:
        """Ends all containers and servers and removes the temporary folder."""
        await self._stack.aclose()

    def described(self) -> dict[str, str]:
        """Returns what a client needs to get in."""
        return {
            "serverUrl": self.server_url,
            "tokenId": self.tokens[0],
            "tokenSecret": self.tokens[1],
            "configPath": str(self.config_path),
            "adminUrl": self.admin_url,
            "adminToken": self.admin_token,
        }

    def _work_dir(self) -> Path:
        if self.options.state_dir is not None:
            self.options.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            return self.options.state_dir.resolve()
        folder = tempfile.TemporaryDirectory(prefix="modal-simulator-", ignore_cleanup_errors=True)
        self._stack.callback(folder.cleanup)
        return Path(folder.name).resolve()

    def _scheduler(self) -> Scheduler:
        return Scheduler(
            self.world,
            self.logs,
            self.faults,
            self.blobs,
            lambda: self.server_url,
            self.tokens,
            self.work_dir,
            self.options.views,
        )

    def _servicer(self) -> ModalServicer:
        servicer = ModalServicer()
        servicer.world, servicer.logs, servicer.faults = self.world, self.logs, self.faults
        servicer.blobs, servicer.scheduler = self.blobs, self.scheduler
        servicer.tokens, servicer.work_dir = self.tokens, self.work_dir
        servicer.builds = {}
        servicer.router = CommandRouter(self.scheduler, servicer.secret_variables)
        servicer.dispatcher = Dispatcher(self.tokens, self.faults, self.scheduler.accepts_container)
        return servicer

    async def _listen_http(self) -> None:
        files = web.Application(client_max_size=1 << 40, middlewares=[no_pages])
        # Not all of its addresses are hard to guess, so they lie in a folder that is.
        folder = f"/{secrets.token_urlsafe(16)}"
        inner = web.Application()
        inner.add_routes([*self.blobs.routes(), download_route(self.world)])
        files.add_subapp(folder, inner)
        self.blobs.base_url = await self._serve_http(files, 0) + folder
        pages = Pages(self.world, self.admin_token)
        pages.base_url = await self._serve_http(pages.application(), 0)
        self.servicer.pages = pages
        admin = Admin(
            self.world, self.logs, self.faults, self.scheduler, self.servicer.dispatcher, self.admin_token
        )
        self.admin_url = await self._serve_http(admin.application(), self.options.admin_port)
        self._stack.push_async_callback(admin.close)

    async def _serve_http(self, application: web.Application, port: int) -> str:
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, HOST, port).start()
        return f"http://{HOST}:{runner.addresses[0][1]}"

    async def _listen_grpc(self) -> None:
        server = LoopbackServer([self.servicer, self.servicer.router])
        await server.start(HOST, self.options.port)
        self._stack.push_async_callback(_close_server, server)
        self.server_url = f"http://{HOST}:{server.port}"
        self.servicer.router.url = self.server_url

    def _cancel_builds(self) -> None:
        for build in list(self.servicer.builds.values()):
            build.cancel()

    async def _close_scheduler(self) -> None:
        await self.scheduler.close()

    async def _end_silent_apps(self) -> None:
        while True:
            await asyncio.sleep(SILENCE_CHECK_SECONDS)
            await self.servicer.end_silent_apps()

    def _write_config(self) -> Path:
        path = self.work_dir / "modal.toml"
        lines = [
            "[local]",
            f'token_id = "{self.tokens[0]}"',
            f'token_secret = "{self.tokens[1]}"',
            f'server_url = "{self.server_url}"',
            "active = true",
        ]
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("\n".join(lines) + "\n")
        return path


async def _close_server(server: grpclib.server.Server) -> None:
    server.close()
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(server.wait_closed(), CLOSE_SECONDS)
