"""JSON bodies of requests: read strictly, so that whatever comes is either a value or a clear 400."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from .errors import ApiError

DEEPEST = 64
_STRINGS_AND_BRACKETS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|([\[{])|([\]}])', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def parse_json(body: bytes) -> Any:
    """
    Raises:
        ApiError: 400 `malformed_json`: no JSON in UTF-8, or deeper than 64 levels. Unlike in Python, NaN and Infinity
            are none; numbers too long to be read and halves of surrogate pairs are refused too.
    """
    if body.count(b"[") + body.count(b"{") > DEEPEST and _depth(body) > DEEPEST:
        raise _malformed(f": it is nested more than {DEEPEST} levels deep")
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
        if _SURROGATE.search(body):
            json.dumps(value, ensure_ascii=False).encode()  # fails for one without its other half
        return value
    except json.JSONDecodeError as error:
        raise _malformed(f" at character {error.pos}") from error
    except (ValueError, RecursionError) as error:
        raise _malformed("") from error


class JsonRoute(APIRoute):
    """A route of FastAPI whose body is read by `parse_json`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(_StrictRequest(request.scope, request.receive))

        return handle_strictly


class _StrictRequest(Request):
    async def json(self) -> Any:
        return parse_json(await self.body())


def _depth(body: bytes) -> int:
    depth = deepest = 0
    for found in _STRINGS_AND_BRACKETS.finditer(body):
        if found[1]:
            depth += 1
            if depth > DEEPEST:
                return depth
            deepest = max(deepest, depth)
        elif found[2]:
            depth -= 1
    return deepest


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _malformed(why: str) -> ApiError:
    return ApiError(400, "malformed_json", f"The body is not valid JSON{why}.")
