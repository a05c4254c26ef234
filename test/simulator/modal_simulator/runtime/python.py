"""The Python of containers: the local Modal's own, unless a file names another one.

The packages of the bundled apps are large. ``npm start`` installs them while its window is open already, and writes the
file when that is over; until then, builds of images that install packages wait.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

VARIABLE = "MODAL_SIMULATOR_PYTHON_FILE"
POLL_SECONDS = 0.5

WAITING = (
    "Waiting for the packages of the bundled apps: this machine installs them once, as npm start says.\n"
)
FAILED = "The packages of the bundled apps could not be installed on this machine: npm start says why."


def container_python() -> str:
    """Returns the interpreter that the file names; this process's own while it names none."""
    return _named() or sys.executable


def is_awaited() -> bool:
    """Whether the file is still to come."""
    return VARIABLE in os.environ and _named() is None


async def arrival() -> str:
    """Waits for the file. Returns why there is no other Python; empty if there is one."""
    while is_awaited():  # noqa: ASYNC110 -- a file tells nobody that it has come
        await asyncio.sleep(POLL_SECONDS)
    return FAILED if _named() == "" else ""


def _named() -> str | None:
    """Returns what the file says, which is nothing if the installation failed; None if it is not there."""
    file = os.environ.get(VARIABLE)
    if file is None:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
