"""Puts a completion together from its steps, alike in the worker and in a stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .backend import LogprobStep, Step


@dataclass
class Outputs:
    """
    Parameters:
        types: in the order of the answer.
        with_logprobs: whether the answer has them.
    """

    types: list[str]
    with_logprobs: bool
    _texts: dict[str, str] = field(default_factory=dict)
    _logprobs: dict[str, list[LogprobStep]] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        """Takes one more step."""
        self._texts[step["type"]] = step["output"]
        if "logprob" in step:
            self._logprobs.setdefault(step["type"], []).append(step["logprob"])

    def body(self) -> dict[str, Any]:
        """The answer so far."""
        return {"outputs": [self._output(kind) for kind in self.types]}

    def _output(self, kind: str) -> dict[str, Any]:
        found: dict[str, Any] = {"type": kind, "output": self._texts.get(kind, "")}
        if self.with_logprobs:
            found["logprobs"] = list(self._logprobs.get(kind, []))
        return found
