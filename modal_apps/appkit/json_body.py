"""JSON bodies of requests: read strictly, so that whatever comes is either a value or a clear 4xx."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from .errors import ApiError

DEEPEST = 64
MOST_CONTAINERS = 200_000
MOST_PARTS = 2_000_000  # containers, their ends, texts and commas
READ_AT_ONCE = 256 * 2**10  # bytes; more than that would keep the other requests waiting
# Possessive, and a text without an end goes to the end: no byte is looked at twice.
_PARTS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


async def read_json(body: bytes) -> Any:
    """As `parse_json`, without keeping the event loop for long."""
    return parse_json(body) if len(body) <= READ_AT_ONCE else await asyncio.to_thread(parse_json, body)


def parse_json(body: bytes) -> Any:
    """
    Raises:
        ApiError: 400 `malformed_json`: no JSON in UTF-8, or deeper than 64 levels. Unlike in Python, NaN and Infinity
            are none; numbers too large to be read and halves of surrogate pairs are refused too. 413
            `too_many_values`.
    """
    _check_parts(body)
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=finite_float)
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
        return await read_json(await self.body())


def finite_float(text: str) -> float:
    """
    Raises:
        ValueError: the number of a JSON text is larger than a float can be, and would be read as infinity.
    """
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text[:40]} is too large a number")
    return value


def _check_parts(body: bytes) -> None:
    if sum(map(body.count, (b"[", b"{", b","))) <= DEEPEST:
        return
    depth = containers = 0
    for count, part in enumerate(_PARTS.finditer(body)):
        sign = body[part.start()]
        if sign in b"[{":
            depth += 1
            containers += 1
        elif sign in b"]}":
            depth -= 1
        if depth > DEEPEST:
            raise _malformed(f": it is nested more than {DEEPEST} levels deep")
        if containers > MOST_CONTAINERS or count > MOST_PARTS:
            raise ApiError(
                413,
                "too_many_values",
                f"The body has more than {MOST_CONTAINERS:,} objects and lists, or more than {MOST_PARTS:,} "
                "values. Send it in several requests.",
            )


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _malformed(why: str) -> ApiError:
    return ApiError(400, "malformed_json", f"The body is not valid JSON{why}.")
