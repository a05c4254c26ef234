"""
The client's side: is a deployed server healthy, what does it do, and what will it cost?

    MODAL_WEB_URL=https://… MODAL_API_KEY=… python -m llm.orchestrator

Ends with 0 when it is healthy, 1 when it is not, and 2 when no URL is configured.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import httpx
from appkit.cost import simulate, spread_arrivals, usd

Status = Literal["ready", "starting", "cold", "unhealthy", "unconfigured"]
RETRY_S = 2.0
COLD_AFTER_S = 5.0
HOUR = 3600


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
    """`cold` tells that the answer took a start of the container; `attempts` counts requests."""

    healthy: bool
    latency_s: float
    cold: bool
    attempts: int
    detail: str


@dataclass(frozen=True)
class Launch:
    success: bool
    status: Literal["ready", "starting", "failed"]
    endpoint: str
    message: str
    provider: str = "modal"


@dataclass(frozen=True)
class Estimate:
    """A day's GPU containers, from start to the end of their idle window."""

    gpu_hours: float
    usd: float
    cold_starts: int


class Orchestrator:
    """
    Parameters:
        sleep: waits between tries; another one in tests.
    """

    def __init__(self, config: Config, sleep: Callable[[float], None] = time.sleep) -> None:
        self.config = config
        self._sleep = sleep

    def validate_health(self, timeout_s: float | None = None) -> Health:
        """Asks for the health until the server answers: through 503 while it starts, and along 303."""
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
            seen_starting |= status == 503
            errors += status == 0
            gave_up = status not in (0, 503) or errors > self.config.max_retries
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
        unknown = {"uptime_hours": 0.0, "total_requests": 0, "model": None, "gpu": None, "cost": None}
        try:
            answer = self._get("/status", self.config.health_timeout_s)
        except httpx.TimeoutException:
            return {**base, **unknown, "status": "cold"}
        except httpx.HTTPError:
            return {**base, **unknown, "status": "unhealthy"}
        if answer.status_code == 503:
            return {**base, **unknown, "status": "starting"}
        if answer.status_code != 200:
            return {**base, **unknown, "status": "unhealthy"}
        body = answer.json()
        return {
            **base,
            "status": body["status"] if body["status"] == "ready" else "unhealthy",
            "uptime_hours": round(body["uptime_s"] / HOUR, 2),
            "total_requests": body["requests"]["total"],
            "model": body["model"]["id"],
            "gpu": body["gpu"],
            "cost": body["cost"],
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
        usage = simulate(arrivals, seconds, cold_start_s, self.config.window_s)
        cost = usd(usage.gpu_seconds, usd_per_hour)
        return Estimate(round(usage.gpu_seconds / HOUR, 2), round(cost, 2), usage.cold_starts)

    def _ask_health(self, timeout_s: float) -> tuple[int, str]:
        """Status, and words for people; 0 when there was no answer."""
        try:
            answer = self._get("/health", timeout_s)
        except httpx.HTTPError as error:
            return 0, f"No answer: {type(error).__name__}"
        words = {404: "There is no such app: check MODAL_WEB_URL.", 503: "The server is starting."}
        return answer.status_code, words.get(answer.status_code, f"The server answered {answer.status_code}.")

    def _get(self, path: str, timeout_s: float) -> httpx.Response:
        base = self.config.endpoint.removesuffix("/v1")
        headers = {"Authorization": f"Bearer {self.config.api_key}"} if self.config.api_key else {}
        with httpx.Client(follow_redirects=True, timeout=timeout_s, headers=headers) as client:
            return client.get(base + path)


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
    health = orchestrator.validate_health()
    print(f"health: {json.dumps(asdict(health))}")
    status = orchestrator.get_status()
    print(f"status: {json.dumps(status)}")
    return 0 if health.healthy and status["status"] == "ready" else 1


if __name__ == "__main__":
    sys.exit(main(os.environ))
