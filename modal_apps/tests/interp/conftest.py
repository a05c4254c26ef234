"""The tiny GPT-2 with its SAEs, and the app in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import tiny_gpt2_sae
from appkit.auth import KeyChecker
from interp_kit import LocalBackend, settings_for, started
from interpret.api import create_app
from interpret.engine import Engine
from support import KEY, client_for


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds `model` and `saes`."""
    return tiny_gpt2_sae.make_gpt2_sae(tmp_path_factory.mktemp("models") / "gpt2")


@pytest.fixture(scope="session")
def engine(folder: Path) -> Engine:
    return started(settings_for(folder))


@pytest.fixture
def backend(engine: Engine) -> LocalBackend:
    return LocalBackend(engine)


@pytest_asyncio.fixture
async def client(engine: Engine, backend: LocalBackend) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the key, in front of the whole app."""
    checker = KeyChecker((KEY.encode(),), extra_headers=("x-secret-key",))
    async with client_for(create_app(engine.settings, backend, checker)) as client:
        yield client
