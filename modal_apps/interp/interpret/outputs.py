"""Puts a completion together from its steps, alike in the worker and in a stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .backend import LogprobStep, Step
from .reasoning import turn_of


@dataclass
class Outputs:
    """
    Parameters:
        types: in the order of the response.
        with_logprobs: whether the response has them.
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
        """The response so far."""
        return {"outputs": [self._output(kind) for kind in self.types]}

    def _output(self, kind: str) -> dict[str, Any]:
        found: dict[str, Any] = {"type": kind, "output": self._texts.get(kind, "")}
        if self.with_logprobs:
            found["logprobs"] = list(self._logprobs.get(kind, []))
        return found


@dataclass
class ChatOutputs(Outputs):
    """
    The same for a chat, with the messages before and after.

    Parameters:
        messages: of the request, as they came.
    """

    messages: list[dict[str, str]] = field(default_factory=list)
    _prompt: str = ""

    def add(self, step: Step) -> None:
        self._prompt = step.get("prompt", self._prompt)
        super().add(step)

    def body(self) -> dict[str, Any]:
        return {**super().body(), "input": {"raw": self._prompt, "chat_template": self.messages}}

    def _output(self, kind: str) -> dict[str, Any]:
        found = super()._output(kind)
        text = found.pop("output")
        turn = turn_of(text, self._prompt)
        said = [{"role": "assistant", "content": turn}] if turn else []
        return {"chat_template": [*self.messages, *said], "raw": self._prompt + text, **found}


def outputs_for(payload: dict[str, Any]) -> Outputs:
    """
    Parameters:
        payload: of a request to steer; its prompt is a text or messages.
    """
    types, with_logprobs = list(payload["types"]), bool(payload["n_logprobs"])
    if isinstance(payload["prompt"], str):
        return Outputs(types, with_logprobs)
    return ChatOutputs(types, with_logprobs, messages=payload["prompt"])
