"""The error body of all apps: `{"error": {message, type, code, param, request_id}}`, like OpenAI's."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from .logs import request_id

log = logging.getLogger(__name__)

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    409: "conflict_error",
    413: "payload_too_large",
    414: "invalid_request_error",
    422: "validation_error",
    429: "rate_limit_error",
    431: "invalid_request_error",
    500: "server_error",
    503: "unavailable_error",
    504: "timeout_error",
}
# Of the responses that the framework gives by itself. 400 is a body that it could not read.
ROUTING_CODES = {400: "malformed_body", 404: "no_route", 405: "method_not_allowed"}
UNEXPECTED = "An unexpected error. The log has its traceback under the request id."
LONGEST_PARAM = 200
LONGEST_MESSAGE = 2000


class ErrorDetail(BaseModel):
    """`param` is a path such as `files[0].content_b64`; `request_id` finds the lines in the log."""

    message: str
    type: str
    code: str
    param: str | None
    request_id: str


class ErrorBody(BaseModel):
    """Every response that is not a success."""

    error: ErrorDetail


DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": kind.replace("_", " ").capitalize()}
    for status, kind in TYPES.items()
}


class ApiError(HTTPException):
    """
    A response that is not a success.

    It is an HTTPException because FastAPI passes only those on when one is raised while a body is read.

    Parameters:
        code: the rule that was broken, in snake case; stable, for programs.
        param: path of the wrong part of the request, such as `files[0].content_b64`.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message, dict(headers or {}))
        self.code = code
        self.param = param


def unavailable(code: str, message: str, retry_after_s: int = 5) -> ApiError:
    """503 with the wait after which another try makes sense."""
    return ApiError(503, code, message, headers={"Retry-After": str(retry_after_s)})


def error_body(status: int, code: str, message: str, param: str | None = None) -> dict[str, Any]:
    """The body of an error response to the current request."""
    kind = TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    message, param = (
        message[:LONGEST_MESSAGE],
        param and param[:LONGEST_PARAM],
    )  # both may repeat what was sent
    error = {"message": message, "type": kind, "code": code, "param": param, "request_id": request_id()}
    return {"error": error}


class ErrorResponse(JSONResponse):
    """JSON in ASCII: it may repeat text of a request that has no UTF-8, such as half of a surrogate pair."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode()


def error_bytes(error: ApiError) -> bytes:
    """The same as JSON text, for code that runs outside of FastAPI."""
    return json.dumps(error_body(error.status_code, error.code, error.detail, error.param)).encode()


def install_error_handlers(app: FastAPI, list_limits: Mapping[str, str]) -> None:
    """
    Makes every failure of the app a response with the error body.

    Parameters:
        list_limits: code of the 413 response for a list that is too long, by the name of the list.
    """

    @app.exception_handler(HTTPException)
    async def on_http_error(_: Request, error: HTTPException) -> ErrorResponse:
        code = (
            error.code if isinstance(error, ApiError) else ROUTING_CODES.get(error.status_code, "http_error")
        )
        param = error.param if isinstance(error, ApiError) else None
        body = error_body(error.status_code, code, error.detail, param)
        return ErrorResponse(body, error.status_code, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_: Request, error: RequestValidationError) -> ErrorResponse:
        return validation_response(error, list_limits)

    @app.exception_handler(Exception)
    async def on_bug(_: Request, error: Exception) -> ErrorResponse:
        log.error("unexpected %s", type(error).__name__, exc_info=error)
        return ErrorResponse(error_body(500, "internal", UNEXPECTED), 500)


def validation_response(error: RequestValidationError, list_limits: Mapping[str, str]) -> ErrorResponse:
    """Answers with the first broken rule; malformed JSON is a 400, a list that is too long a 413."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        where = f" at character {first['loc'][-1]}" if first["loc"] else ""
        return ErrorResponse(error_body(400, "malformed_json", f"The body is not valid JSON{where}."), 400)
    location = [part for part in first["loc"] if part != "body"]
    param = (
        "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".") or None
    )
    if first["type"] == "too_long" and param is not None and param in list_limits:
        return ErrorResponse(error_body(413, list_limits[param], first["msg"], param), 413)
    return ErrorResponse(error_body(422, first["type"], first["msg"], param), 422)
