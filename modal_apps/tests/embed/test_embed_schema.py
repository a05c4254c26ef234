"""Made-up requests to the embeddings app."""

from __future__ import annotations

from appkit.auth import KeyChecker
from embed.api import create_app
from embed.service import EmbeddingService
from embed.settings import EmbeddingSettings
from schema_check import check_api
from support import KEY, listed_routes


def test_every_answer_is_a_documented_one(service: EmbeddingService) -> None:
    app = create_app(EmbeddingSettings(auth="key"), service, KeyChecker((KEY.encode(),)))
    assert check_api(app) == {f"{method} {path}" for method, path in listed_routes("embeddings")}
