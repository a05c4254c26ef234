"""An engine without a model."""

from __future__ import annotations

from typing import Any

from ocr.engine import Generated


class Fixed:
    """An engine that answers each page with the same text."""

    first_call = False

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked = 0

    def report(self) -> dict[str, Any]:
        return {"device": "cpu", "first_call": False, "load_s": 0.0}

    def alive(self) -> bool:
        return True

    async def generate(self, prompts: list[Any], _: Any) -> list[Generated]:
        self.asked += 1
        return [Generated(self.text, 1, 1, 1, "stop", 0.0) for _ in prompts]
