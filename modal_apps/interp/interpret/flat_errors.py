"""
Errors as Neuronpedia's server has them: `{"error": "text"}`, 400 for whatever is wrong with a request, and 422 with
`detail` for a field of the wrong type, as its framework answers by itself.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Rules of this app's own; others of 422 are those of pydantic.
OWN_RULES = frozenset(
    {
        "feature_or_vector",
        "features_or_vectors",
        "repeated_type",
        "reserved_name",
        "temperature",
        "no_chat_lens",
        "no_generation",
        "no_jacobian_lens",
        "no_lens_steering",
        "no_prompt",
    }
)
# Fields that its server checks itself.
CHECKED_THERE = frozenset({"hookPoint", "hook_point", "prompts", "type"})


def flat_status(status: int) -> int:
    """The status of Neuronpedia's server where this app is more exact."""
    return 400 if status in (404, 413, 422) else status


def flat_body(status: int, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """
    Parameters:
        body: as all apps have it.
    """
    error = body["error"]
    if status != 422 or error["code"] in OWN_RULES or error["param"] in CHECKED_THERE:
        return (400 if status == 422 else status), {"error": error["message"]}
    where = ["body", *([error["param"]] if error["param"] else [])]
    detail = [{"type": error["code"], "loc": where, "msg": error["message"]}]
    named = f"{error['param']}: {error['message']}" if error["param"] else error["message"]
    return 422, {"error": named, "detail": detail}


def with_flat_errors(app: ASGIApp) -> ASGIApp:
    """Rewrites the bodies of responses that are no success, whoever sent them."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        await app(scope, receive, _Rewriter(send).take)

    return serve


class _Rewriter:
    """Holds an error back until its body is there; everything else goes through as it comes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= 400:
            self._start = message
        elif self._start is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        status, body = start["status"], self._body
        try:
            status, flat = flat_body(status, json.loads(body))
            body = json.dumps(flat).encode()
        except (ValueError, KeyError, TypeError):
            pass  # not one of our bodies
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        self._start = None
        await self._send({**start, "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
