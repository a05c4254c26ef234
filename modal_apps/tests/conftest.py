"""A guard against the network, for the whole run, and the log as it was before each test."""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections.abc import Iterator
from typing import Any

import huggingface_hub.constants
import pytest


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


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Takes away what a test set up for its log: it writes to what pytest captured, which is closed afterwards."""
    root = logging.getLogger()
    kept = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = kept
    logging.captureWarnings(False)
