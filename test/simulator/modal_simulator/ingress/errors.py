"""The plain-text answers of Modal's web edge."""

from __future__ import annotations

from aiohttp import web
from modal_proto import api_pb2

from ..runtime.calls import Status

PREFIX = "modal-http: "


def edge_error(status: int, text: str) -> web.Response:
    """Returns an answer of the edge itself, told from the app's own by its prefix."""
    return web.Response(status=status, text=PREFIX + text)


def failed_call(result: api_pb2.GenericResult) -> web.Response:
    """Returns the answer for a call that ended before the app had answered."""
    if result.status == Status.GENERIC_STATUS_TIMEOUT:
        return edge_error(500, "internal error: function execution timed out")
    if result.status == Status.GENERIC_STATUS_TERMINATED:
        return edge_error(500, "internal error: function was terminated")
    if result.status in (Status.GENERIC_STATUS_FAILURE, Status.GENERIC_STATUS_INIT_FAILURE):
        return edge_error(500, f"internal error: status Failure: <{result.exception}>")
    if "terminated by signal" in result.exception:
        return edge_error(500, "internal error: function was terminated by signal")
    return edge_error(500, f"internal error: status InternalFailure: {result.exception}")
