"""What a deployed app must do, checked from outside with the shipped page."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

from appkit.smoke import Smoke

EXPECTED = ("delivery", "note", "2041", "northwind", "sensors")


def check(url: str, environ: Mapping[str, str], samples: Path) -> None:
    """Runs the checks and ends the command; see `Smoke`."""
    content = base64.b64encode((samples / "page.png").read_bytes()).decode()
    body = {"document": {"name": "page.png", "content_b64": content}}
    smoke = Smoke(url, environ)
    smoke.step("health", lambda: smoke.expect(200, "GET", "/health"))
    smoke.step("closed without a key", lambda: smoke.closed_without_key("/extract", body))
    smoke.step("the page's words, cold", lambda: _has_words(smoke, body))
    smoke.step("the page's words, warm", lambda: _has_words(smoke, body))
    smoke.step("a bad request", lambda: smoke.expect(422, "POST", "/extract", {**body, "dpi": 1}))
    smoke.step(
        "a blocked URL", lambda: smoke.expect(400, "POST", "/extract_from_url", {"url": "https://127.0.0.1/"})
    )
    smoke.finish()


def _has_words(smoke: Smoke, body: object) -> bool:
    answer = smoke.expect(200, "POST", "/extract", body).json()
    assert answer["pages"][0]["image_tokens"] == 520
    return all(word in answer["content"].lower() for word in EXPECTED)
