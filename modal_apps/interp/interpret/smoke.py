"""What a deployed app must do, checked from outside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from appkit.smoke import Smoke


def check(url: str, environ: Mapping[str, str], samples: Path) -> None:
    """Runs the checks and ends the command; see `Smoke`."""
    bodies = {path.stem: json.loads(path.read_text()) for path in samples.glob("*.json")}
    top, steer, tokens = bodies["top-features"], bodies["steer"], bodies["tokenize"]
    smoke = Smoke(url, environ)
    smoke.step("health", lambda: smoke.expect(200, "GET", "/health"))
    smoke.step("closed without a key", lambda: smoke.closed_without_key("/v1/tokenize", tokens))
    smoke.step("tokens, cold", lambda: smoke.expect(200, "POST", "/v1/tokenize", tokens))
    smoke.step("top features", lambda: _features(smoke, top))
    smoke.step("top features, warm", lambda: _features(smoke, top))
    smoke.step("steered differs from default", lambda: _differs(smoke, steer))
    smoke.step("a bad request", lambda: smoke.expect(422, "POST", "/v1/activation/all", {"prompt": "a"}))
    smoke.finish()


def _features(smoke: Smoke, body: object) -> bool:
    found = smoke.expect(200, "POST", "/v1/activation/all", body).json()["activations"]
    values = [item["maxValue"] for item in found]
    return bool(values) and values == sorted(values, reverse=True)


def _differs(smoke: Smoke, body: object) -> bool:
    found = smoke.expect(200, "POST", "/v1/steer/completion", body).json()["outputs"]
    texts = {item["type"]: item["output"] for item in found}
    return texts["STEERED"] != texts["DEFAULT"]
