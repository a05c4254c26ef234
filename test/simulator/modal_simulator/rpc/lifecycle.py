"""How apps come and go: creation, heartbeats, disconnects, stops."""

from __future__ import annotations

import time

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..world import App, new_id
from .base import RpcBase, invalid, unary

SILENT_SECONDS = 60.0
ENDED = (api_pb2.APP_STATE_STOPPING, api_pb2.APP_STATE_STOPPED, api_pb2.APP_STATE_DISABLED)
# Apps that live only as long as the client that made them.
HELD_BY_CLIENT = (api_pb2.APP_STATE_EPHEMERAL, api_pb2.APP_STATE_INITIALIZING)


STOP_SOURCES = {
    api_pb2.APP_STOP_SOURCE_CLI: "user stopped from CLI",
    api_pb2.APP_STOP_SOURCE_PYTHON_CLIENT: "user stopped from the Python client",
    api_pb2.APP_STOP_SOURCE_WEB: "user stopped from the dashboard",
}
DISCONNECTS = {
    api_pb2.APP_DISCONNECT_REASON_LOCAL_EXCEPTION: "uncaught exception raised locally",
    api_pb2.APP_DISCONNECT_REASON_KEYBOARD_INTERRUPT: "keyboard interrupt",
    api_pb2.APP_DISCONNECT_REASON_ENTRYPOINT_COMPLETED: "local entrypoint completed",
    api_pb2.APP_DISCONNECT_REASON_DEPLOYMENT_EXCEPTION: "deployment failed",
    api_pb2.APP_DISCONNECT_REASON_REMOTE_EXCEPTION: "uncaught exception raised remotely",
}


class AppLifecycleRpcs(RpcBase):
    """Creation and end of apps."""

    @unary
    async def AppCreate(self, request: api_pb2.AppCreateRequest) -> api_pb2.AppCreateResponse:
        environment = self.environment(request.environment_name)
        if self.faults.budget_exhausted:
            raise GRPCError(
                Status.RESOURCE_EXHAUSTED, "App creation failed: workspace billing cycle spend limit reached"
            )
        app = App(
            app_id=new_id("ap"),
            environment=environment.name,
            description=request.description,
            state=request.app_state or api_pb2.APP_STATE_EPHEMERAL,
            tags=dict(request.tags),
            created_by=self.world.user,
        )
        self.world.apps[app.app_id] = app
        page_url = self.app_page_url(app)
        return api_pb2.AppCreateResponse(
            app_id=app.app_id, app_page_url=page_url, app_logs_url=f"{page_url}?tab=logs"
        )

    @unary
    async def AppHeartbeat(self, request: api_pb2.AppHeartbeatRequest) -> Empty:
        app = self.app(request.app_id)
        if app.state in ENDED:
            raise GRPCError(Status.FAILED_PRECONDITION, f"App '{app.app_id}' is stopped")
        app.heartbeat_at = time.time()
        return Empty()

    @unary
    async def AppClientDisconnect(self, request: api_pb2.AppClientDisconnectRequest) -> Empty:
        app = self.app(request.app_id)
        reason = DISCONNECTS.get(request.reason, "client disconnected")
        if app.state in HELD_BY_CLIENT:
            await self.end_app(app, self.world.user, reason)
        elif app.state == api_pb2.APP_STATE_DETACHED:
            if request.reason == api_pb2.APP_DISCONNECT_REASON_KEYBOARD_INTERRUPT:
                app.state = api_pb2.APP_STATE_DETACHED_DISCONNECTED
            else:
                await self.end_app(app, self.world.user, reason)
        return Empty()

    @unary
    async def AppStop(self, request: api_pb2.AppStopRequest) -> Empty:
        app = self.app(request.app_id)
        reason = STOP_SOURCES.get(request.source, "user stopped the app")
        await self.end_app(app, self.world.user, reason)
        return Empty()

    @unary
    async def AppGetTags(self, request: api_pb2.AppGetTagsRequest) -> api_pb2.AppGetTagsResponse:
        return api_pb2.AppGetTagsResponse(tags=self.app(request.app_id).tags)

    @unary
    async def AppSetTags(self, request: api_pb2.AppSetTagsRequest) -> Empty:
        app = self.app(request.app_id)
        if app.state in ENDED:
            raise invalid(f"App '{app.app_id}' is stopped")
        app.tags = dict(request.tags)
        return Empty()

    async def end_app(self, app: App, stopped_by: str, reason: str) -> None:
        """Ends the app's containers and its log; does nothing for an app that has ended."""
        if app.state in ENDED:
            return
        self.logs.append(app.app_id, fd=api_pb2.FILE_DESCRIPTOR_INFO, data=f"Stopping app - {reason}.\n")
        app.state = api_pb2.APP_STATE_STOPPING
        app.stopped_by = stopped_by
        try:
            await self.scheduler.stop_app(app.app_id)
        finally:
            app.state = api_pb2.APP_STATE_STOPPED
            app.stopped_at = time.time()
            self.logs.close(app.app_id)

    async def end_silent_apps(self) -> None:
        """Ends apps whose client has not been heard of for too long."""
        oldest = time.time() - SILENT_SECONDS
        for app in list(self.world.apps.values()):
            if app.state in HELD_BY_CLIENT and app.heartbeat_at < oldest:
                await self.end_app(app, "", "local client disconnected")

    def app_page_url(self, app: App) -> str:
        """Returns the address of the app's page."""
        return f"{self.pages.dashboard_url}/apps/{self.world.workspace}/{app.environment}/{app.app_id}"
