"""The tiny Qwen3-VL and the app in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import tiny_hub
from appkit.auth import KeyChecker
from appkit.job_callbacks import JobCallbacks
from appkit.jobs import JobBoard
from document_files import LocalBackend, batch_runner, pool_of
from local_jobs import LocalRunner
from ocr.api import create_app, fetch_rules
from ocr.settings import DocumentsSettings
from ocr.transformers_engine import TransformersEngine
from openai_server import OpenAiServer
from support import KEY, client_for


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Qwen3-VL that has learnt a few pictures by heart."""
    return tiny_hub.model_of("Qwen/Qwen3-VL-8B-Instruct", tmp_path_factory.mktemp("models") / "qwen3-vl")


@pytest.fixture(scope="session")
def engine(checkpoint: Path) -> TransformersEngine:
    """The tiny model, loaded as the worker does it."""
    engine = TransformersEngine(str(checkpoint))
    engine.load()
    engine.warmup()
    return engine


@pytest.fixture
def server(engine: TransformersEngine) -> Iterator[OpenAiServer]:
    """The tiny model behind HTTP."""
    with OpenAiServer(engine) as server:
        yield server


@pytest.fixture
def backend(engine: TransformersEngine) -> LocalBackend:
    return LocalBackend(engine)


@pytest.fixture
def settings() -> DocumentsSettings:
    return DocumentsSettings(engine="transformers")


@pytest_asyncio.fixture
async def runner(backend: LocalBackend, settings: DocumentsSettings) -> LocalRunner:
    return batch_runner(pool_of(backend), fetch_rules(settings))


@pytest.fixture
def board(runner: LocalRunner, settings: DocumentsSettings) -> JobBoard:
    """Batches that run in this process; where their ends are told is checked as when deployed."""
    known: dict[str, Any] = {}
    return JobBoard(known, runner, JobCallbacks(known, KEY, fetch_rules(settings)))


@pytest_asyncio.fixture
async def client(
    backend: LocalBackend, board: JobBoard, settings: DocumentsSettings
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the key, in front of the whole app."""
    app = create_app(settings, backend, board, KeyChecker((KEY.encode(),)))
    async with client_for(app) as client:
        yield client
