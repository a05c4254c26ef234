"""Paths, the tiny models, a guard against the network, and the app as the tests call it."""

from __future__ import annotations

import base64
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import huggingface_hub
import pytest
import pytest_asyncio
import tiny
from appkit.auth import KeyChecker
from finance.api import create_app
from finance.finbert import FinBert
from finance.scoring import ScoreReply
from finance.settings import FinbertSettings

ROOT = Path(__file__).resolve().parent.parent
KEY = "test-key-of-enough-length"
SAMPLES = ROOT / "finbert" / "samples"


@pytest.fixture(scope="session", autouse=True)
def _offline() -> Iterator[None]:
    """Makes every connection to another machine fail, and the model hub is not even tried."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if (
            self.family in (socket.AF_INET, socket.AF_INET6)
            and not ipaddress.ip_address(address[0]).is_loopback
        ):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
        patch.setenv("HF_HUB_OFFLINE", "1")  # for child processes
        yield


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny FinBERT with the label order of finbert-tone."""
    return tiny.make_finbert(tmp_path_factory.mktemp("models") / "finbert")


@pytest.fixture(scope="session")
def other_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the label order of ProsusAI/finbert."""
    return tiny.make_finbert(tmp_path_factory.mktemp("models") / "finbert-other", tiny.OTHER_LABELS)


@pytest.fixture(scope="session")
def model(checkpoint: Path) -> FinBert:
    """The tiny model, loaded as the worker does it."""
    model = FinBert(str(checkpoint))
    model.load()
    model.to_device()
    return model


class LocalBackend:
    """The model in this process, in place of the Modal class."""

    def __init__(self, model: FinBert) -> None:
        self.model = model
        self.calls = 0

    async def score(self, texts: list[str]) -> ScoreReply:
        self.calls += 1
        return self.model.score_batch([texts])[0]

    async def runners(self) -> int:
        return 1 if self.calls else 0


@pytest.fixture
def backend(model: FinBert) -> LocalBackend:
    return LocalBackend(model)


@pytest_asyncio.fixture
async def client(backend: LocalBackend) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the key, in front of the whole app."""
    app = create_app(FinbertSettings(max_body_mb=48), backend, KeyChecker((KEY.encode(),)))
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://app", headers=headers) as client:
        yield client


def upload(name: str, data: bytes) -> dict[str, str]:
    """A file as a request carries it."""
    return {"name": name, "content_b64": base64.b64encode(data).decode()}
