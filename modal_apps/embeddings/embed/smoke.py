"""What a deployed app must do, checked from outside."""

from __future__ import annotations

import math
from collections.abc import Mapping

from appkit.smoke import Smoke

RELATED = ["The cat sleeps on the sofa.", "A cat is napping on the couch."]
UNRELATED = "Interest rates rose by half a percent."


def check(url: str, environ: Mapping[str, str]) -> None:
    """Runs the checks and ends the command; see `Smoke`."""
    body = {"texts": [*RELATED, UNRELATED], "task": "similarity"}
    smoke = Smoke(url, environ)
    smoke.step("closed without a key", lambda: smoke.closed_without_key("/embed", body))
    smoke.step("health", lambda: smoke.expect(200, "GET", "/health"))
    smoke.step("related texts are closer, cold", lambda: _related(smoke, body))
    smoke.step("related texts are closer, warm", lambda: _related(smoke, body))
    smoke.step("a bad request", lambda: smoke.expect(422, "POST", "/embed", {"texts": [""]}))
    smoke.finish()


def _related(smoke: Smoke, body: object) -> bool:
    first, second, other = smoke.expect(200, "POST", "/embed", body).json()["embeddings"]
    if abs(math.sqrt(_dot(first, first)) - 1) > 1e-3:
        raise AssertionError("the vectors do not have length 1")
    return _dot(first, second) > _dot(first, other)


def _dot(a: list[float], b: list[float]) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True))
