"""
The client's side: is a deployed server healthy, what does it do, and what will it cost?

    MODAL_WEB_URL=https://… MODAL_API_KEY=… python -m llm.orchestrator

Ends with 0 when it is healthy, 1 when it is not, and 2 when no URL is configured.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import httpx
from appkit.cost import simulate, spread_arrivals, usd

Status = Literal["ready", "starting", "cold", "unhealthy", "unconfigured"]
RETRY_S = 2.0
COLD_AFTER_S = 5.0
PROGRESS_S = 10.0
HOUR = 3600
HOURS_PER_MONTH = 730
STARTING = 503
# What a proxy on the way says for a moment, and what an app says that is asked too much.
PASSING = (429, 502, 504)
NO_ANSWER = 0
NOT_OURS = -1


@dataclass(frozen=True)
class Config:
    """
    Where the server is and how long to wait for it; times in seconds.

    Parameters:
        endpoint: with `/v1` at its end, once.
        api_key: the app's key, or ID.SECRET of a proxy token.
    """

    endpoint: str
    api_key: str = ""
    model: str = ""
    health_timeout_s: float = 30
    startup_timeout_s: float = 600
    max_retries: int = 3
    request_timeout_s: float = 120
    window_s: float = 300

    @staticmethod
    def from_environ(environ: Mapping[str, str]) -> Config:
        """
        Raises:
            ValueError: there is no URL, or a number is none.
        """
        url = environ.get("MODAL_WEB_URL", "").strip()
        if not url:
            raise ValueError("Modal web URL not configured")

        def number(name: str, default: float) -> float:
            return float(environ.get(name) or default)

        return Config(
            endpoint=url.rstrip("/").removesuffix("/v1") + "/v1",
            api_key=environ.get("MODAL_API_KEY", ""),
            model=environ.get("MODAL_MODEL", ""),
            health_timeout_s=number("MODAL_HEALTH_CHECK_TIMEOUT_SECONDS", 30),
            startup_timeout_s=number("MODAL_STARTUP_TIMEOUT_MINUTES", 10) * 60,
            max_retries=int(number("MODAL_MAX_RETRIES", 3)),
            request_timeout_s=number("MODAL_REQUEST_TIMEOUT_SECONDS", 120),
            window_s=number("MODAL_SCALEDOWN_WINDOW_MINUTES", 5) * 60,
        )


@dataclass(frozen=True)
class Health:
    """`cold` tells that a container had to start first; `attempts` counts requests."""

    healthy: bool
    latency_s: float
    cold: bool
    attempts: int
    detail: str


@dataclass(frozen=True)
class Launch:
    """How far a launch has come; `message` says it in words."""

    success: bool
    status: Literal["ready", "starting", "failed"]
    endpoint: str
    message: str
    provider: str = "modal"


@dataclass(frozen=True)
class Estimate:
    """A day's GPU containers, from start to the end of their idle window; `usd_per_month` is of 730 hours like it."""

    gpu_hours: float
    usd: float
    cold_starts: int
    usd_per_month: float


class Orchestrator:
    """
    Parameters:
        sleep: waits between tries; another one in tests.
    """

    def __init__(self, config: Config, sleep: Callable[[float], None] = time.sleep) -> None:
        self.config = config
        self._sleep = sleep

    def validate_health(self, timeout_s: float | None = None) -> Health:
        """
        Asks for the health until the server answers: through 503 while it starts, along 303, and through 502, 504 and
        429 as often as `max_retries` says.
        """
        start, attempts, errors = time.monotonic(), 0, 0
        limit = self.config.health_timeout_s if timeout_s is None else timeout_s
        seen_starting = False
        while True:
            attempts += 1
            left = limit - (time.monotonic() - start)
            status, detail = self._ask_health(max(1.0, left))
            elapsed = time.monotonic() - start
            if status == 200:
                cold = seen_starting or elapsed > COLD_AFTER_S
                return Health(True, round(elapsed, 3), cold, attempts, "healthy")
            if status in (401, 403):
                detail = "The server is up, but refuses the credentials: check MODAL_API_KEY."
                return Health(False, round(elapsed, 3), False, attempts, detail)
            seen_starting |= status == STARTING
            errors += status == NO_ANSWER or status in PASSING
            again = status in (STARTING, NO_ANSWER, *PASSING) and errors <= self.config.max_retries
            gave_up = not again
            if gave_up or elapsed + RETRY_S > limit:
                return Health(False, round(elapsed, 3), seen_starting, attempts, detail)
            self._sleep(RETRY_S)

    def launch(self) -> dict[str, Any]:
        """Wakes the server and waits for it, as long as a start may take."""
        health = self.validate_health(self.config.startup_timeout_s)
        if health.healthy:
            message = "Modal vLLM endpoint configured and ready"
            return asdict(Launch(True, "ready", self.config.endpoint, message))
        status: Literal["starting", "failed"] = "starting" if health.cold else "failed"
        return asdict(Launch(False, status, self.config.endpoint, health.detail))

    def get_status(self) -> dict[str, Any]:
        """What the server says of itself. This wakes it: the server is where the GPU is."""
        base: dict[str, Any] = {"provider": "modal", "endpoint": self.config.endpoint}
        base |= dict.fromkeys(("uptime_hours", "total_requests", "model", "gpu", "cost", "detail"))
        try:
            answer = self._get("/status", self.config.health_timeout_s)
        except httpx.TimeoutException as error:
            return {**base, "status": "cold", "detail": f"No answer: {type(error).__name__}"}
        except httpx.HTTPError as error:
            return {**base, "status": "unhealthy", "detail": f"No answer: {type(error).__name__}"}
        if answer.status_code == STARTING:
            return {**base, "status": "starting"}
        if answer.status_code != 200:
            return {**base, "status": "unhealthy", "detail": _words(answer.status_code)}
        body = _json_object(answer)
        if "status" not in body:
            return {**base, "status": "unhealthy", "detail": _words(NOT_OURS)}
        uptime = _within(body, "uptime_s")
        return {
            **base,
            "status": "ready" if body["status"] == "ready" else "unhealthy",
            "uptime_hours": round(uptime / HOUR, 2) if isinstance(uptime, int | float) else None,
            "total_requests": _within(body, "requests", "total"),
            "model": _within(body, "model", "id"),
            "gpu": body.get("gpu"),
            "cost": body.get("cost"),
        }

    def estimate(
        self,
        requests_per_day: int,
        seconds: float,
        pattern: Literal["spread", "bunched"] = "spread",
        *,
        usd_per_hour: float = 0.0,
        cold_start_s: float = 0.0,
    ) -> Estimate:
        """
        What a day costs with one container.

        Parameters:
            seconds: of one request in a warm container.
            pattern: requests at even distances, or one directly after the other.
        """
        if pattern == "spread":
            arrivals = spread_arrivals(requests_per_day)
        else:
            arrivals = [index * seconds for index in range(requests_per_day)]
        usage = simulate(arrivals, seconds, cold_start_s, self.config.window_s, max_containers=1)
        cost = usd(usage.gpu_seconds, usd_per_hour)
        month = cost * HOURS_PER_MONTH / 24
        return Estimate(
            round(usage.gpu_seconds / HOUR, 2), round(cost, 2), usage.cold_starts, round(month, 2)
        )

    def _ask_health(self, timeout_s: float) -> tuple[int, str]:
        """Status, and words for people; `NO_ANSWER` without one, `NOT_OURS` when something else answers 200."""
        try:
            answer = self._get("/health", timeout_s)
        except httpx.HTTPError as error:
            return NO_ANSWER, f"No answer: {type(error).__name__}"
        status = answer.status_code
        if status == 200 and _json_object(answer).get("status") != "ok":
            status = NOT_OURS
        return status, _words(status)

    def _get(self, path: str, timeout_s: float) -> httpx.Response:
        base = self.config.endpoint.removesuffix("/v1")
        headers = {"Authorization": f"Bearer {self.config.api_key}"} if self.config.api_key else {}
        with httpx.Client(follow_redirects=True, timeout=timeout_s, headers=headers) as client:
            return client.get(base + path)


def _words(status: int) -> str:
    if status == NOT_OURS:
        return "Something else than this app answers there: check MODAL_WEB_URL."
    words = {404: "There is no such app: check MODAL_WEB_URL.", STARTING: "The server is starting."}
    return words.get(status, f"The server answered {status}.")


def _json_object(answer: httpx.Response) -> dict[str, Any]:
    """The body; {} when it is no JSON object, such as the page of a proxy."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _within(body: Any, *path: str) -> Any:
    """A value inside of objects; None where something else is."""
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def status_of(environ: Mapping[str, str]) -> dict[str, Any]:
    """`get_status` for who may not have configured a URL."""
    try:
        config = Config.from_environ(environ)
    except ValueError as error:
        return {"provider": "modal", "status": "unconfigured", "endpoint": None, "detail": str(error)}
    return Orchestrator(config).get_status()


def main(environ: Mapping[str, str]) -> int:
    """Runs both checks and prints them. Returns the exit code."""
    try:
        orchestrator = Orchestrator(Config.from_environ(environ))
    except ValueError as error:
        print(f"{error}. Set MODAL_WEB_URL to the URL that the deploy printed.", file=sys.stderr)
        return 2
    limit = orchestrator.config.startup_timeout_s
    with _progress(f"waiting for the server, which may take {limit:g} s when it is cold"):
        health = orchestrator.validate_health(limit)
    print(f"health: {json.dumps(asdict(health))}")
    status = orchestrator.get_status()
    print(f"status: {json.dumps(status)}")
    return 0 if health.healthy and status["status"] == "ready" else 1


@contextlib.contextmanager
def _progress(words: str) -> Iterator[None]:
    """A line every ten seconds on the error output, as long as the block takes."""
    over = threading.Event()
    start = time.monotonic()

    def tell() -> None:
        while not over.wait(PROGRESS_S):
            print(f"{time.monotonic() - start:.0f} s: {words}", file=sys.stderr, flush=True)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()


if __name__ == "__main__":
    sys.exit(main(os.environ))
