"""Starts a process in a container's view."""

from __future__ import annotations

import asyncio
import ctypes
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .view.view import Entry

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


async def spawn(
    entry: Entry,
    command: Sequence[str],
    env: Mapping[str, str],
    before: Callable[[], None] | None = None,
    **streams: Any,
) -> asyncio.subprocess.Process:
    """Starts the command in a session of its own, after ``before`` in its process. Raises OSError."""

    def prepare() -> None:
        entry.prepare()
        if before is not None:
            before()

    try:
        return await asyncio.create_subprocess_exec(
            *entry.prefix,
            *command,
            env=dict(env),
            cwd=entry.folder,
            start_new_session=True,
            preexec_fn=prepare if entry.steps or before else None,
            **streams,
        )
    except subprocess.SubprocessError:
        raise entry.failure() from None


def die_with_parent() -> None:
    """Makes the kernel end the process when the simulator dies, however that happens."""
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
