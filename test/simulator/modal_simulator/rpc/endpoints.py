"""Managed endpoints: listed, described and stopped here; they are loaded through the admin API, not created."""

from __future__ import annotations

import time

from modal_proto import api_pb2

from ..world import USER, Endpoint
from .base import not_found, page, unary
from .lifecycle import ENDED, AppLifecycleRpcs

# Status text of lists, by what ``EndpointGetInfo`` says.
STATUS = api_pb2.EndpointGetInfoResponse
STATUS_TEXT = {
    STATUS.ENDPOINT_STATUS_PROVISIONING: "Provisioning",
    STATUS.ENDPOINT_STATUS_LIVE: "Live",
    STATUS.ENDPOINT_STATUS_FAILED: "Failed",
    STATUS.ENDPOINT_STATUS_CANCELLING: "Cancelling",
    STATUS.ENDPOINT_STATUS_CANCELLED: "Cancelled",
    STATUS.ENDPOINT_STATUS_STOPPED: "Stopped",
}
PROVISIONING = {
    STATUS.ENDPOINT_STATUS_PROVISIONING: api_pb2.ENDPOINT_PROVISIONING_STATUS_RUNNING,
    STATUS.ENDPOINT_STATUS_FAILED: api_pb2.ENDPOINT_PROVISIONING_STATUS_FAILED,
    STATUS.ENDPOINT_STATUS_CANCELLING: api_pb2.ENDPOINT_PROVISIONING_STATUS_CANCELLING,
    STATUS.ENDPOINT_STATUS_CANCELLED: api_pb2.ENDPOINT_PROVISIONING_STATUS_CANCELLED,
}
MODES = (api_pb2.ENDPOINT_SERVING_MODE_DEDICATED, api_pb2.ENDPOINT_SERVING_MODE_SHARED)


class EndpointRpcs(AppLifecycleRpcs):
    """Managed endpoints."""

    @unary
    async def EndpointList(self, request: api_pb2.EndpointListRequest) -> api_pb2.EndpointListResponse:
        environment = self.environment(request.environment_name).name
        wanted = request.filter.status
        found = [
            each
            for each in self.world.endpoints.values()
            if each.environment == environment
            and request.filter.name_contains in each.name
            and (not wanted or (wanted == api_pb2.EndpointListFilter.STATUS_STOPPED) == bool(each.stopped_at))
        ]
        items = [self._endpoint_item(each) for each in page(found, request.pagination)]
        return api_pb2.EndpointListResponse(items=items, environment_name=environment)

    @unary
    async def EndpointGetByName(
        self, request: api_pb2.EndpointGetByNameRequest
    ) -> api_pb2.EndpointGetByNameResponse:
        environment = self.environment(request.environment_name).name
        response = api_pb2.EndpointGetByNameResponse(environment_name=environment)
        for each in reversed(self.world.endpoints.values()):
            if (each.name, each.environment) == (request.name, environment) and not each.stopped_at:
                response.endpoint_id = each.endpoint_id
                break
        return response

    @unary
    async def EndpointGetInfo(
        self, request: api_pb2.EndpointGetInfoRequest
    ) -> api_pb2.EndpointGetInfoResponse:
        endpoint = self._endpoint(request.endpoint_id)
        response = api_pb2.EndpointGetInfoResponse(
            info=STATUS.EndpointInfoSummary(
                name=endpoint.name,
                repo_id=endpoint.repo_id,
                revision=endpoint.revision,
                service_url=endpoint.service_url,
                requires_proxy_auth=not endpoint.unauthenticated,
                serving_mode=MODES[endpoint.shared],
                status=self._endpoint_status(endpoint),
                lifecycle=_lifecycle(endpoint),
                model_name=endpoint.model_name,
            )
        )
        if endpoint.app_id:
            response.metadata.CopyFrom(
                STATUS.EndpointHandleMetadata(
                    app_id=endpoint.app_id,
                    server_id=endpoint.server_id,
                    environment_name=endpoint.environment,
                )
            )
        return response

    @unary
    async def EndpointGetLifecycle(
        self, request: api_pb2.EndpointGetLifecycleRequest
    ) -> api_pb2.EndpointGetLifecycleResponse:
        return api_pb2.EndpointGetLifecycleResponse(lifecycle=_lifecycle(self._endpoint(request.endpoint_id)))

    @unary
    async def EndpointStop(self, request: api_pb2.EndpointStopRequest) -> api_pb2.EndpointStopResponse:
        endpoint = self._endpoint(request.endpoint_id)
        if not endpoint.stopped_at:
            endpoint.stopped_at = time.time()
            app = self.world.apps.get(endpoint.app_id)
            if app is not None:
                await self.end_app(app, self.world.user, "user stopped the endpoint")
        return api_pb2.EndpointStopResponse()

    def _endpoint(self, endpoint_id: str) -> Endpoint:
        endpoint = self.world.endpoints.get(endpoint_id)
        if endpoint is None:
            raise not_found(f"Endpoint '{endpoint_id}' not found")
        return endpoint

    def _endpoint_status(self, endpoint: Endpoint) -> int:
        app = self.world.apps.get(endpoint.app_id)
        ended = endpoint.stopped_at or (app is not None and app.state in ENDED)
        return STATUS.ENDPOINT_STATUS_STOPPED if ended else endpoint.status

    def _endpoint_item(self, endpoint: Endpoint) -> api_pb2.EndpointListItem:
        status = self._endpoint_status(endpoint)
        stopped = status == STATUS.ENDPOINT_STATUS_STOPPED
        creation = api_pb2.CreationInfo(created_at=endpoint.created_at, created_by=self.world.user)
        return api_pb2.EndpointListItem(
            endpoint_id=endpoint.endpoint_id,
            name=endpoint.name,
            updated_at=endpoint.stopped_at or endpoint.created_at,
            metadata=api_pb2.EndpointMetadata(name=endpoint.name, creation_info=creation),
            app_state=api_pb2.APP_STATE_STOPPED if stopped else api_pb2.APP_STATE_DEPLOYED,
            function_id=endpoint.server_id,
            provisioning_status=PROVISIONING.get(status, api_pb2.ENDPOINT_PROVISIONING_STATUS_SUCCEEDED),
            status=STATUS_TEXT[status],
            serving_mode=MODES[endpoint.shared],
            unauthenticated=endpoint.unauthenticated,
        )


def _lifecycle(endpoint: Endpoint) -> api_pb2.EndpointLifecycle:
    active, stopped = (
        api_pb2.ENDPOINT_LIFECYCLE_STATUS_ACTIVE,
        api_pb2.ENDPOINT_LIFECYCLE_STATUS_STOPPED,
    )
    return api_pb2.EndpointLifecycle(
        status=stopped if endpoint.stopped_at else active,
        created_at=endpoint.created_at,
        created_by=USER,
        stopped_at=endpoint.stopped_at,
        stopped_by="local" if endpoint.stopped_at else "",
        environment_name=endpoint.environment,
    )
