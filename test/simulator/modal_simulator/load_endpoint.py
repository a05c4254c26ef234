"""Makes a managed endpoint out of what the admin API was given."""

from __future__ import annotations

from typing import Any

from modal_proto import api_pb2

from .world import Endpoint, World, new_id

STATUSES = {
    "provisioning": api_pb2.EndpointGetInfoResponse.ENDPOINT_STATUS_PROVISIONING,
    "live": api_pb2.EndpointGetInfoResponse.ENDPOINT_STATUS_LIVE,
    "failed": api_pb2.EndpointGetInfoResponse.ENDPOINT_STATUS_FAILED,
}


def load_endpoint(world: World, body: dict[str, Any]) -> Endpoint:
    """Notes the endpoint and returns it.

    Parameters:
        body: ``name`` and ``model`` (the repository); optional ``environment``, ``status``, ``shared``,
            ``unauthenticated``, ``revision``, ``url``, and ``app`` and ``server``: a deployed server behind it.

    Raises:
        ValueError: something is missing, unknown or of the wrong kind.
    """
    name, model = _text(body, "name"), _text(body, "model")
    environment = _text(body, "environment", "main")
    if not name or not model:
        raise ValueError("name and model are needed")
    if environment not in world.environments:
        raise ValueError(f"no environment '{environment}'")
    status = STATUSES.get(_text(body, "status", "live"))
    if status is None:
        raise ValueError(f"status must be one of {', '.join(STATUSES)}")
    endpoint = Endpoint(
        endpoint_id=new_id("ep"),
        name=name,
        environment=environment,
        repo_id=model,
        model_name=model,
        status=status,
        revision=_text(body, "revision"),
        service_url=_text(body, "url"),
        shared=body.get("shared") is True,
        unauthenticated=body.get("unauthenticated") is True,
    )
    if body.get("app"):
        _put_behind(world, endpoint, _text(body, "app"), _text(body, "server"))
    world.endpoints[endpoint.endpoint_id] = endpoint
    return endpoint


def _put_behind(world: World, endpoint: Endpoint, app_name: str, tag: str) -> None:
    app = world.deployed_app(app_name, endpoint.environment)
    server_id = app.function_ids.get(tag, "") if app else ""
    if app is None or not server_id:
        raise ValueError(f"no server '{tag}' in a deployed app '{app_name}'")
    endpoint.app_id, endpoint.server_id = app.app_id, server_id
    endpoint.service_url = endpoint.service_url or world.functions[server_id].web_urls.get("", "")


def _text(body: dict[str, Any], key: str, default: str = "") -> str:
    value = body.get(key, default)
    if not isinstance(value, str):
        raise ValueError(f"{key} must be a text")
    return value
