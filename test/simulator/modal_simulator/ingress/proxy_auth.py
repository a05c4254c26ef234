"""Proxy tokens, checked before a container is woken."""

from __future__ import annotations

import hmac

from aiohttp import web
from modal_proto import api_pb2

from ..world import World
from .errors import edge_error


def refusal(request: web.BaseRequest, webhook: api_pb2.WebhookConfig, world: World) -> web.Response | None:
    """Returns the 401 for a request that lacks a valid proxy token, or None when it may pass."""
    if not webhook.requires_proxy_auth:
        return None
    token_id, token_secret = _credentials(request)
    if not token_id:
        return edge_error(401, "missing credentials for proxy authorization")
    token = world.proxy_tokens.get(token_id)
    if token is None or not hmac.compare_digest(token.token_secret.encode(), token_secret.encode()):
        return edge_error(401, "invalid credentials for proxy authorization")
    return None


def _credentials(request: web.BaseRequest) -> tuple[str, str]:
    token_id = request.headers.get("Modal-Key", "")
    if token_id:
        return token_id, request.headers.get("Modal-Secret", "")
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value.startswith("wk-"):
        return "", ""
    token_id, _, token_secret = value.partition(".")
    return token_id, token_secret
