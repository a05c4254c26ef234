"""
Requests to the first of several servers that answers: a model and its backups.

    servers = Fallback([Config(f"{URL}/v1", KEY), Config(f"{OTHER}/v1", KEY, model="smaller")])
    servers.post("/v1/chat/completions", {"model": "llm", "messages": […]}).json()
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from .orchestrator import Config
from .rate_limit import RateLimit

# What another server may do better: too much to do, gone, starting, or broken. Other refusals are the request's own.
PASSED_ON = frozenset({404, 408, 429, 500, 502, 503, 504})
REST_S = 30.0


class NoServerError(RuntimeError):
    """None of the servers answered; the text says what each did, without keys."""


class TooManyRequestsError(RuntimeError):
    """This process has sent as many requests as it may; the text says when it may again."""


@dataclass
class _Server:
    config: Config
    rests_until: float = float("-inf")


class Fallback:
    """
    Parameters:
        servers: in order of preference. The `model` of one, when it has any, takes the place of the request's.
        most_per_minute: of all requests of this process; 0 for no limit.
        rest_s: seconds for which a server that failed is asked last.
    """

    def __init__(
        self,
        servers: Sequence[Config],
        *,
        most_per_minute: int = 0,
        rest_s: float = REST_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not servers:
            raise ValueError("Name at least one server.")
        self._servers = [_Server(config) for config in servers]
        self._limit = RateLimit(most_per_minute, 60, clock) if most_per_minute else None
        self._rest_s = rest_s
        self._clock = clock

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """
        Sends a request whose response is not a stream.

        Returns:
            the first response that no backup could improve on, whatever its status.

        Raises:
            NoServerError: each server failed.
            TooManyRequestsError: the limit is reached; nothing was sent.
        """
        if self._limit and (wait := self._limit.wait_s("")):
            raise TooManyRequestsError(f"Too many requests: try again in {wait:.0f} s.")
        now = self._clock()
        failures = []
        for server in sorted(self._servers, key=lambda one: one.rests_until > now):
            answer, failure = self._ask(server.config, path, body)
            if answer is not None:
                server.rests_until = float("-inf")
                return answer
            server.rests_until = self._clock() + self._rest_s
            failures.append(f"{server.config.endpoint}: {failure}")
        raise NoServerError("; ".join(failures))

    def _ask(self, config: Config, path: str, body: dict[str, Any]) -> tuple[httpx.Response | None, str]:
        headers = {"Authorization": f"Bearer {config.api_key}"} if config.api_key else {}
        sent = {**body, "model": config.model} if config.model else body
        try:
            with httpx.Client(timeout=config.request_timeout_s, follow_redirects=True) as client:
                answer = client.post(config.endpoint.removesuffix("/v1") + path, json=sent, headers=headers)
        except httpx.HTTPError as error:
            return None, type(error).__name__
        return (None, f"status {answer.status_code}") if answer.status_code in PASSED_ON else (answer, "")
