"""Checks a running app from outside, step by step, for `modal run`. Standard library only."""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_S = 900.0


@dataclass(frozen=True)
class Reply:
    """A response; `seconds` is the time until its last byte."""

    status: int
    headers: Mapping[str, str]
    text: str
    seconds: float

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Smoke:
    """
    Runs checks against one URL, prints a line for each and knows whether all passed.

    Parameters:
        environ: APP_API_KEY is the key, APP_PROXY_TOKEN=ID.SECRET a proxy token.
    """

    url: str
    environ: Mapping[str, str]
    failures: int = 0
    timings: dict[str, float] = field(default_factory=dict)

    def step(self, name: str, check: Callable[[], object]) -> None:
        """Runs a check; one that raises, or returns False, has failed."""
        start = time.perf_counter()
        try:
            ok = check() is not False
            why = ""
        except Exception as error:  # the next steps still tell something
            ok, why = False, f": {type(error).__name__}: {error}"
        seconds = time.perf_counter() - start
        self.timings[name] = seconds
        self.failures += not ok
        print(f"{'PASS' if ok else 'FAIL'} {name} ({seconds:.2f} s){why}", flush=True)

    def request(self, method: str, path: str, body: object = None, *, with_key: bool = True) -> Reply:
        """Sends a request and returns its response, whatever its status."""
        headers = {"Content-Type": "application/json", **(self._credentials() if with_key else {})}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url.rstrip("/") + path, data, headers, method=method)
        start = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=LONGEST_S) as answer:
                return self._reply(answer, start)
        except urllib.error.HTTPError as error:
            return self._reply(error, start)

    def expect(
        self, status: int, method: str, path: str, body: object = None, *, with_key: bool = True
    ) -> Reply:
        """
        Raises:
            AssertionError: another status.
        """
        reply = self.request(method, path, body, with_key=with_key)
        if reply.status != status:
            raise AssertionError(f"{method} {path} gave {reply.status}, not {status}: {reply.text[:300]}")
        return reply

    def closed_without_key(self, path: str, body: object) -> Reply:
        """A call without credentials is refused, by the app or by Modal's proxy."""
        return self.expect(401, "POST", path, body, with_key=False)

    def finish(self) -> None:
        """Ends the command with an exit code that says whether all passed."""
        print(
            f"{self.failures} of {len(self.timings)} steps failed." if self.failures else "All steps passed."
        )
        sys.exit(1 if self.failures else 0)

    def _credentials(self) -> dict[str, str]:
        headers = {}
        if key := self.environ.get("APP_API_KEY", "").split(",")[0]:
            headers["X-API-Key"] = key
        if token := self.environ.get("APP_PROXY_TOKEN", ""):
            headers["Modal-Key"], _, headers["Modal-Secret"] = token.partition(".")
        return headers

    def _reply(self, answer: Any, start: float) -> Reply:
        text = answer.read().decode(errors="replace")
        return Reply(answer.status, answer.headers, text, time.perf_counter() - start)
