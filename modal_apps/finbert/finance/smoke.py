"""What a deployed app must do, checked from outside with the shipped statement."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

from appkit.smoke import Smoke

KNOWN_CURRENT_RATIO = 77_433 / 31_200  # total current assets over liabilities, FY2025


def check(url: str, environ: Mapping[str, str], samples: Path) -> None:
    """Runs the checks and ends the command; see `Smoke`."""
    content = base64.b64encode((samples / "statement.xlsx").read_bytes()).decode()
    body = {"files": [{"name": "statement.xlsx", "content_b64": content}], "query": "Advanced ratio analysis"}
    texts = {"texts": ["Revenue grew strongly in the year."]}
    smoke = Smoke(url, environ)
    smoke.step("health", lambda: smoke.expect(200, "GET", "/health"))
    smoke.step("closed without a key", lambda: smoke.closed_without_key("/ratios", body))
    smoke.step("ratios of the statement", lambda: _current_ratio(smoke, body))
    smoke.step("sentiment, cold", lambda: smoke.expect(200, "POST", "/sentiment", texts))
    smoke.step("sentiment, warm", lambda: smoke.expect(200, "POST", "/sentiment", texts))
    smoke.step("a bad request", lambda: smoke.expect(422, "POST", "/sentiment", {"texts": []}))
    smoke.finish()


def _current_ratio(smoke: Smoke, body: object) -> bool:
    ratios = smoke.expect(200, "POST", "/ratios", body).json()["ratios"]
    found = next(ratio["value"] for ratio in ratios if ratio["key"] == "current")
    return abs(found - KNOWN_CURRENT_RATIO) < 1e-9
