"""The names that a request may give as `model`: those of the settings, and the engine's own, such as LoRA modules."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable

from appkit.errors import ApiError

ASK_AGAIN_S = 1.0  # callers with wrong names must not become as many questions to the engine
SHOWN = 20


class ModelNames:
    """
    Parameters:
        configured: known without asking.
        ask: gives status and body of the engine's `/v1/models`.
    """

    def __init__(
        self,
        configured: list[str],
        ask: Callable[[], Awaitable[tuple[int, bytes]]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._configured = configured
        self._of_engine: list[str] = []
        self._ask = ask
        self._clock = clock
        self._asked_at = float("-inf")

    async def known(self) -> list[str]:
        """All names, after asking the engine unless that was done just now."""
        if self._clock() - self._asked_at >= ASK_AGAIN_S:
            self._asked_at = self._clock()
            status, body = await self._ask()
            if status == 200:
                self._of_engine = _ids(body)
        return self._all()

    async def check(self, model: object) -> None:
        """
        Raises:
            ApiError: 404 for a name that neither the settings nor the engine have.
        """
        if model is None or model in self._all() or model in await self.known():
            return
        names = self._all()
        shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
        raise ApiError(404, "unknown_model", f"This app serves {shown}, not {model}.", param="model")

    def _all(self) -> list[str]:
        return list(dict.fromkeys([*self._configured, *self._of_engine]))


def _ids(body: bytes) -> list[str]:
    return [entry["id"] for entry in json.loads(body)["data"]]
