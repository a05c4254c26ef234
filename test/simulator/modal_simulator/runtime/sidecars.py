"""Containers beside a sandbox's own: each with its command and its view, all ending with the sandbox."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from modal_proto import api_pb2

from .exec import Exec
from .view.view import View


@dataclass
class Sidecar:
    """One of them. Also what commands beside its own need: variables, view, list of them."""

    container_id: str
    name: str
    image_id: str
    env: dict[str, str]
    view: View
    main: Exec = field(default_factory=lambda: Exec(ignored=(1, 2)))
    beside: list[Exec] = field(default_factory=list)
    result: api_pb2.GenericResult | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, result: api_pb2.GenericResult) -> None:
        """Ends it with that result; does nothing for one that has ended."""
        if not self.ended.is_set():
            self.result = self.result or result
            self.main.kill()
