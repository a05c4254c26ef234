"""The tiny FinBERT and the app in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import tiny_finbert
import tiny_hub
from appkit.auth import KeyChecker
from appkit.fetchguard import FetchRules
from appkit.job_callbacks import JobCallbacks
from appkit.jobs import JobBoard
from finance.api import create_app
from finance.sentiment_model import FinBert
from finance_backend import LocalBackend
from finance_batches import SETTINGS, batch_runner
from support import KEY, client_for


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny FinBERT with the label order of finbert-tone."""
    return tiny_hub.model_of("yiyanghkust/finbert-tone", tmp_path_factory.mktemp("models") / "finbert")


@pytest.fixture(scope="session")
def other_checkpoint(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the label order of ProsusAI/finbert."""
    folder = tmp_path_factory.mktemp("models") / "finbert-other"
    return tiny_finbert.relabel(checkpoint, folder, tiny_finbert.OTHER_LABELS)


@pytest.fixture(scope="session")
def model(checkpoint: Path) -> FinBert:
    """The tiny model, loaded as the worker does it."""
    model = FinBert(str(checkpoint))
    model.load()
    model.to_device()
    return model


@pytest.fixture
def backend(model: FinBert) -> LocalBackend:
    return LocalBackend(model)


@pytest.fixture
def jobs(backend: LocalBackend) -> JobBoard:
    """Batches that run in this process; callbacks are signed and sent as when deployed."""
    known: dict[str, Any] = {}
    news = JobCallbacks(known, KEY, FetchRules())
    return JobBoard(known, batch_runner(backend, known, news), news)


@pytest_asyncio.fixture
async def client(backend: LocalBackend, jobs: JobBoard) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the key, in front of the whole app."""
    app = create_app(SETTINGS, backend, KeyChecker((KEY.encode(),)), jobs=jobs)
    async with client_for(app) as client:
        yield client
