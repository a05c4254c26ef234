"""Reading apps: lists, layout, lifecycle."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from modal_proto import api_pb2

from ..world import App, new_id
from .base import check_name, not_found, unary
from .function_views import FunctionViews
from .lifecycle import ENDED

# Stopped apps stay in the list this long.
RECENT_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class _KnownItem:
    facts: tuple[Any, ...]
    function_ids: dict[str, str]
    item: api_pb2.AppListResponse.AppListItem


class AppRpcs(FunctionViews):
    """Apps as the list and detail views see them."""

    def __init__(self) -> None:
        super().__init__()
        # Lists are asked for every few seconds, and most of a thousand apps have not changed since.
        self._items: dict[str, _KnownItem] = {}

    @unary
    async def AppList(self, request: api_pb2.AppListRequest) -> api_pb2.AppListResponse:
        environment = self.environment(request.environment_name).name
        running: dict[str, int] = {}
        for task in self.world.active_tasks():
            running[task.app_id] = running.get(task.app_id, 0) + 1
        oldest = time.time() - RECENT_SECONDS
        items = [
            self._app_item(app, running.get(app.app_id, 0))
            for app in self.world.apps.values()
            if app.environment == environment and (not app.stopped_at or app.stopped_at > oldest)
        ]
        return api_pb2.AppListResponse(apps=items)

    @unary
    async def AppGetByDeploymentName(
        self, request: api_pb2.AppGetByDeploymentNameRequest
    ) -> api_pb2.AppGetByDeploymentNameResponse:
        environment = self.environment(request.environment_name).name
        response = api_pb2.AppGetByDeploymentNameResponse(environment_name=environment)
        app = self.world.deployed_app(request.name, environment)
        if app is not None:
            response.app_id = app.app_id
            response.lifecycle.CopyFrom(lifecycle(app))
            return response
        previous = [
            each
            for each in self.world.apps.values()
            if each.name == request.name and each.environment == environment and each.stopped_at
        ]
        if previous:
            response.previous_app_id = max(previous, key=lambda each: each.stopped_at).app_id
        return response

    @unary
    async def AppGetOrCreate(self, request: api_pb2.AppGetOrCreateRequest) -> api_pb2.AppGetOrCreateResponse:
        environment = self.environment(request.environment_name)
        app = self.world.deployed_app(request.app_name, environment.name)
        if app is None:
            if request.object_creation_type != api_pb2.OBJECT_CREATION_TYPE_CREATE_IF_MISSING:
                raise not_found(f"App '{request.app_name}' not found in environment '{environment.name}'")
            check_name("App", request.app_name)
            app = App(
                app_id=new_id("ap"),
                environment=environment.name,
                description=request.app_name,
                name=request.app_name,
                state=api_pb2.APP_STATE_DEPLOYED,
                created_by=self.world.user,
            )
            self.world.apps[app.app_id] = app
        return api_pb2.AppGetOrCreateResponse(app_id=app.app_id, handle_metadata=self.app_metadata(app))

    @unary
    async def AppLookup(self, request: api_pb2.AppLookupRequest) -> api_pb2.AppLookupResponse:
        environment = self.environment(request.environment_name).name
        app = self.world.deployed_app(request.app_name, environment)
        if app is None:
            raise not_found(f"App '{request.app_name}' not found in environment '{environment}'")
        return api_pb2.AppLookupResponse(app_id=app.app_id)

    @unary
    async def AppGetLifecycle(
        self, request: api_pb2.AppGetLifecycleRequest
    ) -> api_pb2.AppGetLifecycleResponse:
        return api_pb2.AppGetLifecycleResponse(lifecycle=lifecycle(self.app(request.app_id)))

    @unary
    async def AppGetInfo(self, request: api_pb2.AppGetInfoRequest) -> api_pb2.AppGetInfoResponse:
        app = self.app(request.app_id)
        response = api_pb2.AppGetInfoResponse(info=self.app_metadata(app))
        for function_id in app.function_ids.values():
            record = self.world.functions.get(function_id)
            if record is not None:
                response.function_info_summaries[function_id].CopyFrom(self.function_summary(record))
        return response

    @unary
    async def AppGetLayout(self, request: api_pb2.AppGetLayoutRequest) -> api_pb2.AppGetLayoutResponse:
        app = self.app(request.app_id)
        layout = api_pb2.AppLayout(
            function_ids=app.function_ids, class_ids=app.class_ids, objects=self._app_objects(app)
        )
        return api_pb2.AppGetLayoutResponse(app_layout=layout)

    @unary
    async def AppGetObjects(self, request: api_pb2.AppGetObjectsRequest) -> api_pb2.AppGetObjectsResponse:
        app = self.app(request.app_id)
        tags = {object_id: tag for tag, object_id in {**app.function_ids, **app.class_ids}.items()}
        items = [
            api_pb2.AppGetObjectsItem(tag=tags[each.object_id], object=each)
            for each in self._app_objects(app)
        ]
        return api_pb2.AppGetObjectsResponse(items=items)

    @unary
    async def ObjectSuggest(self, request: api_pb2.ObjectSuggestRequest) -> api_pb2.ObjectSuggestResponse:
        environment = self.environment(request.environment_name).name
        query = request.query.lower()
        suggestions = [
            api_pb2.ObjectSuggestion(app_name=app.name)
            for app in self.world.apps.values()
            if app.environment == environment and app.state not in ENDED and query in app.name.lower()
        ]
        return api_pb2.ObjectSuggestResponse(suggestions=suggestions[: request.limit or 5])

    def app_metadata(self, app: App) -> api_pb2.AppHandleMetadata:
        """Returns the app as handles carry it."""
        functions = self.world.functions
        servers = {
            tag: function_id
            for tag, function_id in app.function_ids.items()
            if function_id in functions and _is_server(functions[function_id].definition)
        }
        return api_pb2.AppHandleMetadata(
            description=app.description,
            app_id=app.app_id,
            environment_name=app.environment,
            lifecycle=lifecycle(app),
            functions={tag: fid for tag, fid in app.function_ids.items() if tag not in servers},
            servers=servers,
        )

    def _app_item(self, app: App, running: int) -> api_pb2.AppListResponse.AppListItem:
        """Returns the app's list item, made anew only if something in it has changed."""
        live = app.live_version()
        facts = (
            app.state,
            app.name,
            app.description,
            app.environment,
            app.stopped_at,
            running,
            live and live.number,
        )
        known = self._items.get(app.app_id)
        if known is not None and known.facts == facts and known.function_ids is app.function_ids:
            return known.item
        item = self._new_app_item(app, running)
        self._items[app.app_id] = _KnownItem(facts, app.function_ids, item)
        return item

    def _new_app_item(self, app: App, running: int) -> api_pb2.AppListResponse.AppListItem:
        return api_pb2.AppListResponse.AppListItem(
            app_id=app.app_id,
            description=app.description,
            state=app.state,
            created_at=app.created_at,
            stopped_at=app.stopped_at,
            n_running_tasks=running,
            name=app.name,
            metadata=self.app_metadata(app),
        )

    def _app_objects(self, app: App) -> list[api_pb2.Object]:
        functions = [
            api_pb2.Object(
                object_id=function_id,
                function_handle_metadata=self.function_metadata(self.world.functions[function_id]),
            )
            for function_id in app.function_ids.values()
            if function_id in self.world.functions
        ]
        classes = [
            api_pb2.Object(object_id=class_id, class_handle_metadata=api_pb2.ClassHandleMetadata())
            for class_id in app.class_ids.values()
        ]
        return functions + classes


def lifecycle(app: App) -> api_pb2.AppLifecycle:
    """Returns where the app is in its life."""
    result = api_pb2.AppLifecycle(
        app_state=app.state,
        created_at=app.created_at,
        created_by=app.created_by,
        stopped_at=app.stopped_at,
        stopped_by=app.stopped_by,
    )
    live = app.live_version()
    if live is not None:
        result.deployed_at = live.deployed_at
        result.deployed_by = live.deployed_by
        result.version = live.number
    return result


def _is_server(definition: api_pb2.Function | None) -> bool:
    return definition is not None and definition.is_server
