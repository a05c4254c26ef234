"""The engine's process: started, waited for, watched and ended with everything that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Mapping, Sequence

from ..stdio import say

TAIL = 50
POLL_S = 0.5
# How lines begin that the editor, or a reader, would take for the app's own.
OWN_BEGINNINGS = ("::", "[", "{")
TRACEBACK = "Traceback (most recent call last)"  # wherever in a line: it may have a process before it
STOP_S = 20.0
# A host that may be asked for a picture must not lead on to one that may not.
ENVIRON = {"VLLM_MEDIA_URL_ALLOW_REDIRECTS": "0"}


class EngineError(RuntimeError):
    """The engine ended, or did not become ready in time. The text has its last lines."""


class EngineProcess:
    """
    A server in a process group of its own, on loopback.

    Parameters:
        command: the whole command line.
        base_url: where it will listen, such as `http://127.0.0.1:8001`.
        environ: variables beside those of this process.
    """

    def __init__(
        self, command: Sequence[str], base_url: str, environ: Mapping[str, str] | None = None
    ) -> None:
        self._command = list(command)
        self.base_url = base_url
        self._environ = {**ENVIRON, **(environ or {})}
        self._child: subprocess.Popen[str] | None = None
        self._tail: deque[str] = deque(maxlen=TAIL)
        self._reader: threading.Thread | None = None

    def start(self, timeout_s: float) -> None:
        """
        Starts the engine and returns when `/health` answers 200.

        Raises:
            EngineError: it ended, or the time was up; it is not running then.
        """
        self._child = subprocess.Popen(
            self._command,
            env={**os.environ, **self._environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # so that its workers end with it
        )
        self._reader = threading.Thread(target=self._pass_on, daemon=True)
        self._reader.start()
        self.wait_healthy(timeout_s)

    def wait_healthy(self, timeout_s: float) -> None:
        """
        Waits until `/health` answers 200.

        Raises:
            EngineError: the engine ended, or the time was up; it is not running then.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if not self.alive():
                raise self._error(f"The engine ended with exit code {self._exit_code()}")
            if self._answers():
                return
            time.sleep(POLL_S)
        self.stop(0)
        raise self._error(f"The engine was not ready within {timeout_s:g} s")

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._child is not None and self._child.poll() is None

    def stop(self, grace_s: float = STOP_S) -> None:
        """Asks the engine to end, and ends it and its children for certain after the grace time."""
        if self._child is None:
            return
        if self.alive():
            self._signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(grace_s)
        self._signal(signal.SIGKILL)  # also workers that outlived it
        self._child.wait()
        if self._reader:
            self._reader.join(1)

    def post(self, path: str, timeout_s: float = 60.0) -> None:
        """
        Calls one of the engine's internal routes, such as `/sleep?level=1`.

        Raises:
            EngineError: it did not answer with success.
        """
        request = urllib.request.Request(self.base_url + path, method="POST", data=b"")
        try:
            with urllib.request.urlopen(request, timeout=timeout_s):
                return
        except OSError as error:
            raise self._error(f"The engine's {path} failed: {error}") from error

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.base_url + "/health", timeout=5):
                return True
        except OSError:
            return False

    def _pass_on(self) -> None:
        child = self._child
        assert child is not None
        assert child.stdout is not None
        for line in child.stdout:
            text = line.rstrip("\n")
            self._tail.append(text)
            looks_own = text.startswith(OWN_BEGINNINGS) or TRACEBACK in text
            say(f"(engine) {text}" if looks_own else text)

    def _signal(self, number: signal.Signals) -> None:
        assert self._child is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, number)

    def _exit_code(self) -> int | None:
        return self._child.poll() if self._child else None

    def _error(self, reason: str) -> EngineError:
        if self._reader and not self.alive():
            self._reader.join(1)
        return EngineError("\n".join([f"{reason}. Its last lines:", *self._tail]))
