"""The engine in this process, in place of the Modal class, and requests that the tests share."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
from interpret.backend import Reply
from interpret.engine import Engine
from interpret.settings import InterpSettings

SET = "res-jb"
SOURCES = ["0-res-jb", "1-res-jb", "2-res-jb", "3-res-jb"]
PROMPTS = ["abcZdef", "Hello world", "Z", "a longer prompt with a Z in it"]


def settings_for(folder: Path, **values: Any) -> InterpSettings:
    """Settings for the tiny model, with this app's own wire format unless another is asked for."""
    values = {"wire": "legacy", **values}
    return InterpSettings(model_id=str(folder / "model"), sae_path=str(folder / "saes"), **values)


def started(settings: InterpSettings) -> Engine:
    """An engine, loaded as the worker does it."""
    engine = Engine(settings)
    engine.load()
    engine.to_device()
    return engine


class LocalBackend:
    """Calls go through pickle, as they do between containers."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.calls: list[str] = []
        self.steps = 0

    async def call(self, name: str, payload: dict[str, Any]) -> Reply:
        self.calls.append(name)
        return _shipped(self.engine.call(name, _shipped(payload)))

    async def stream(self, payload: dict[str, Any]) -> AsyncGenerator[Reply, None]:
        self.calls.append("stream")
        for reply in self.engine.stream(_shipped(payload)):
            self.steps += 1
            yield _shipped(reply)
            await asyncio.sleep(0.001)  # lets the server notice that a caller has gone

    async def runners(self) -> int:
        return 1 if self.calls else 0


def _shipped(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> Any:
    """The JSON of a good answer of a route under /v1."""
    answer = await client.post(f"/v1/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def steer_body(**changes: Any) -> dict[str, Any]:
    """A request to steer with one feature."""
    body: dict[str, Any] = {
        "prompt": "Hello",
        "steerMethod": "SIMPLE_ADDITIVE",
        "normalizeSteering": False,
        "types": ["STEERED", "DEFAULT"],
        "features": [{"source": "2-res-jb", "index": 7, "strength": 8}],
        "nCompletionTokens": 8,
        "temperature": 0.8,
        "strengthMultiplier": 1,
        "freqPenalty": 0,
        "seed": 3,
    }
    return {**body, **changes}
