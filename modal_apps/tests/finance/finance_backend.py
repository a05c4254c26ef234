"""The model in this process, in place of the Modal class."""

from __future__ import annotations

import base64

from finance.scoring import ScoreReply
from finance.sentiment_model import FinBert
from support import ROOT

SAMPLES = ROOT / "finbert" / "samples"


class LocalBackend:
    """Scores with a model of the tests and counts the calls."""

    def __init__(self, model: FinBert) -> None:
        self.model = model
        self.calls = 0

    async def score(self, texts: list[str]) -> ScoreReply:
        self.calls += 1
        return self.model.score_batch([texts])[0]

    async def runners(self) -> int:
        return 1 if self.calls else 0


def upload(name: str, data: bytes) -> dict[str, str]:
    """A file as a request carries it."""
    return {"name": name, "content_b64": base64.b64encode(data).decode()}
