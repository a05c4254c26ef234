"""The app under a real server on this machine, and under random requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
import uvicorn
from interp_kit import LocalBackend, post, settings_for, started, steer_body
from interpret.api import create_app
from interpret.engine import Engine


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a uvicorn on a free port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        server.should_exit = True
        await running


async def test_a_stream_arrives_step_by_step(engine: Engine, backend: LocalBackend) -> None:
    async with served(create_app(engine.settings, backend, None)) as client:
        at_once = await post(client, "steer/completion", **steer_body())
        seen = []
        async with client.stream("POST", "/v1/steer/completion", json=steer_body(stream=True)) as answer:
            async for line in answer.aiter_lines():
                if line:
                    seen.append(backend.steps)
                    last = json.loads(line.removeprefix("data: "))
    assert last == at_once
    assert len(seen) == 16
    assert seen[0] < 16  # the first came before the last was made


async def test_who_goes_away_stops_the_completion(engine: Engine, backend: LocalBackend) -> None:
    async with served(create_app(engine.settings, backend, None)) as client:
        body = steer_body(stream=True, nCompletionTokens=400)
        async with client.stream("POST", "/v1/steer/completion", json=body) as answer:
            async for line in answer.aiter_lines():
                if line:
                    break
        await asyncio.sleep(0.3)
        stopped = backend.steps
        await asyncio.sleep(0.3)
        assert backend.steps == stopped < 800
        assert (await client.get("/health")).status_code == 200


@pytest.fixture(scope="session")
def schema(engine: Engine) -> Any:
    return schemathesis.openapi.from_asgi(
        "/openapi.json", create_app(engine.settings, LocalBackend(engine), None)
    )


def test_random_requests_get_answers(schema: Any) -> None:
    """Whatever fits the schema is answered, and nothing fails."""
    found: list[int] = []
    for operation in schema.get_all_operations():

        @hypothesis.settings(
            max_examples=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=operation.ok().as_strategy())
        def check(case: Any) -> None:
            answer = case.call()
            found.append(answer.status_code)
            assert answer.status_code < 500, answer.text

        check()
    assert {200, 404, 422} <= set(found)


async def test_memory_that_is_short_for_all_is_still_answered(folder: Any) -> None:
    engine = started(settings_for(folder))
    engine.store.cache.budget_bytes = 100
    async with served(create_app(engine.settings, LocalBackend(engine), None)) as client:
        answer = await client.post("/v1/util/sae-vector", json={"source": "0-res-jb", "index": 0})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "out_of_memory")
        assert answer.headers["Retry-After"]
        assert (await client.post("/v1/tokenize", json={"text": "a"})).status_code == 200
