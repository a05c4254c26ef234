"""Deployments: publish, history, rollback, rollover, promotion."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..world import App, Definition, FunctionRecord, Version, new_id
from .base import check_name, invalid, not_found, unary
from .lifecycle import ENDED, AppLifecycleRpcs


class PublishingRpcs(AppLifecycleRpcs):
    """Deployments and their history."""

    @unary
    async def AppPublish(self, request: api_pb2.AppPublishRequest) -> api_pb2.AppPublishResponse:
        app = self.app(request.app_id)
        if app.state in ENDED:
            raise GRPCError(Status.FAILED_PRECONDITION, f"App '{app.app_id}' is stopped")
        version = self._new_version(app, request)
        if request.staged:
            version.deployment_type = api_pb2.DEPLOYMENT_TYPE_STAGED
            app.history.append(version)
            return api_pb2.AppPublishResponse(url=self.app_page_url(app), deployed_at=version.deployed_at)
        if request.app_state == api_pb2.APP_STATE_DEPLOYED:
            check_name("App", request.name)
            await self._take_name(app, request.name)
        if request.app_state:
            app.state = request.app_state
        app.tags.update(request.tags)
        if app.state == api_pb2.APP_STATE_DEPLOYED:
            app.history.append(version)
        await self._serve_version(app, version)
        return api_pb2.AppPublishResponse(url=self.app_page_url(app), deployed_at=version.deployed_at)

    @unary
    async def AppDeploymentHistory(
        self, request: api_pb2.AppDeploymentHistoryRequest
    ) -> api_pb2.AppDeploymentHistoryResponse:
        app = self.app(request.app_id)
        live = app.live_version()
        return api_pb2.AppDeploymentHistoryResponse(
            app_deployment_histories=[_history_item(app, each) for each in app.history],
            production_app_version=live.number if live else 0,
        )

    @unary
    async def AppRollback(self, request: api_pb2.AppRollbackRequest) -> api_pb2.AppRollbackResponse:
        app = self._deployed_app(request.app_id)
        self.require_plan("Rollbacks")
        target = _rollback_target(app, request.version)
        version = await self._redeploy(app, target, api_pb2.DEPLOYMENT_TYPE_ROLLBACK)
        return api_pb2.AppRollbackResponse(url=self.app_page_url(app), deployed_at=version.deployed_at)

    @unary
    async def AppRollover(self, request: api_pb2.AppRolloverRequest) -> api_pb2.AppRolloverResponse:
        app = self._deployed_app(request.app_id)
        version = await self._redeploy(app, _live(app), api_pb2.DEPLOYMENT_TYPE_ROLLOVER)
        return api_pb2.AppRolloverResponse(url=self.app_page_url(app), deployed_at=version.deployed_at)

    @unary
    async def AppPromote(self, request: api_pb2.AppPromoteRequest) -> api_pb2.AppPromoteResponse:
        app = self.app(request.app_id)
        version = _version(app, request.version)
        live = app.live_version()
        if version.deployment_type != api_pb2.DEPLOYMENT_TYPE_STAGED:
            raise invalid(f"Version {version.number} is not staged")
        if live and version.number < live.number:
            raise invalid(f"Version {version.number} is older than the live version {live.number}")
        promoted = await self._redeploy(app, version, api_pb2.DEPLOYMENT_TYPE_PROMOTION)
        return api_pb2.AppPromoteResponse(url=self.app_page_url(app), deployed_at=promoted.deployed_at)

    def _deployed_app(self, app_id: str) -> App:
        app = self.app(app_id)
        if app.state != api_pb2.APP_STATE_DEPLOYED:
            raise GRPCError(Status.FAILED_PRECONDITION, f"App '{app_id}' is not deployed")
        return app

    def _new_version(self, app: App, request: api_pb2.AppPublishRequest) -> Version:
        for function_id in request.function_ids.values():
            self.function(function_id)
        definitions = {
            function_id: record.pending
            for function_id in request.function_ids.values()
            if (record := self.world.functions[function_id]).pending is not None
        }
        return Version(
            number=_next_number(app),
            deployed_at=time.time(),
            deployed_by=self.world.user,
            client_version=request.client_version or self.client_version,
            deployment_type=api_pb2.DEPLOYMENT_TYPE_STANDARD,
            function_ids=dict(request.function_ids),
            class_ids=dict(request.class_ids),
            definitions=definitions,
            tag=request.deployment_tag,
            commit_info=request.commit_info if request.HasField("commit_info") else None,
        )

    async def _take_name(self, app: App, name: str) -> None:
        other = self.world.deployed_app(name, app.environment)
        if other is not None and other is not app:
            await self.end_app(other, self.world.user, "replaced by a newer deployment")
        app.name = app.description = name

    async def _redeploy(self, app: App, target: Version, deployment_type: int) -> Version:
        # New definition ids make the scheduler start new containers even where the code is the same.
        definitions = {
            function_id: replace(definition, definition_id=new_id("de"))
            for function_id, definition in target.definitions.items()
        }
        rollback = deployment_type == api_pb2.DEPLOYMENT_TYPE_ROLLBACK
        version = replace(
            target,
            number=_next_number(app),
            deployed_at=time.time(),
            deployed_by=self.world.user,
            deployment_type=deployment_type,
            definitions=definitions,
            rollback_version=target.number if rollback else 0,
        )
        app.history.append(version)
        await self._serve_version(app, version)
        return version

    async def _serve_version(self, app: App, version: Version) -> None:
        """Makes the version's definitions the ones that run."""
        dropped = set(app.function_ids.values()) - set(version.function_ids.values())
        app.function_ids = dict(version.function_ids)
        app.class_ids = dict(version.class_ids)
        for function_id, definition in version.definitions.items():
            for record in self._with_bound_instances(function_id):
                _apply(record, definition)
        await self._end_containers_of(app, dropped)
        for function_id in version.function_ids.values():
            await self.scheduler.function_published(function_id)

    def _with_bound_instances(self, function_id: str) -> list[FunctionRecord]:
        """Returns the function and, for a class, its instances with parameters."""
        records = self.world.functions.values()
        return [each for each in records if function_id in (each.function_id, each.base_function_id)]

    async def _end_containers_of(self, app: App, function_ids: Iterable[str]) -> None:
        ended = set(function_ids)
        for task in self.world.active_tasks(app.app_id):
            if task.function_id in ended:
                await self.scheduler.stop_container(task.task_id, graceful=True)


def _apply(record: FunctionRecord, definition: Definition) -> None:
    record.definition = definition.function
    record.definition_id = definition.definition_id
    record.data = definition.data
    record.pending = None
    # Changes made by hand last until the next deployment.
    record.autoscaler = static_autoscaler(definition.function)
    record.autoscaler_overrides = api_pb2.AutoscalerSettings()
    record.autoscaler_events = {}


def static_autoscaler(function: api_pb2.Function) -> api_pb2.AutoscalerSettings:
    """Returns the settings that the code asks for."""
    settings = api_pb2.AutoscalerSettings()
    settings.CopyFrom(function.autoscaler_settings)
    return settings


def _next_number(app: App) -> int:
    return max((each.number for each in app.history), default=0) + 1


def _live(app: App) -> Version:
    version = app.live_version()
    if version is None:
        raise GRPCError(Status.FAILED_PRECONDITION, f"App '{app.app_id}' has no live version")
    return version


def _version(app: App, number: int) -> Version:
    for version in app.history:
        if version.number == number:
            return version
    raise not_found(f"Version {number} of app '{app.name}' not found")


def _rollback_target(app: App, number: int) -> Version:
    if number == 0:
        raise invalid("The version must not be 0")
    if number > 0:
        return _version(app, number)
    served = [each for each in app.history if each.deployment_type != api_pb2.DEPLOYMENT_TYPE_STAGED]
    if len(served) <= -number:
        raise invalid(f"App '{app.name}' has no version {-number} before the live one")
    return served[number - 1]


def _history_item(app: App, version: Version) -> api_pb2.AppDeploymentHistory:
    return api_pb2.AppDeploymentHistory(
        app_id=app.app_id,
        version=version.number,
        client_version=version.client_version,
        deployed_at=version.deployed_at,
        deployed_by=version.deployed_by,
        tag=version.tag,
        rollback_version=version.rollback_version,
        rollback_allowed=version is not app.live_version(),
        commit_info=version.commit_info,
        deployment_type=version.deployment_type,
    )
