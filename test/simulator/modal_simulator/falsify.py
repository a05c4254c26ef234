"""Answers that are made wrong on purpose, so that a test can see who notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


class FalsifiedStream:
    """A call whose answers are changed before they are sent; everything else is the call's own."""

    def __init__(self, stream: Any, changes: Mapping[str, Any]) -> None:
        self._stream = stream
        self._changes = changes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    async def send_message(self, message: Any, **options: Any) -> None:
        wrong = type(message)()
        wrong.CopyFrom(message)
        for path, value in self._changes.items():
            falsify(wrong, path.split("."), value)
        await self._stream.send_message(wrong, **options)


def falsify(message: Any, path: Sequence[str], value: Any) -> None:
    """Sets a field wherever the path leads; None drops it, and a list of two names swaps the two fields.

    Parameters:
        path: names of fields; ``*`` stands for each member of a list or each value of a map.
    """
    *way, last = path
    for parent in _followed([message], way):
        if value is None:
            parent.ClearField(last)
        elif isinstance(value, list):
            first, second = value
            held = getattr(parent, first)
            setattr(parent, first, getattr(parent, second))
            setattr(parent, second, held)
        elif last == "rekey":  # each entry of the map under another key
            entries = list(getattr(parent, value).items())
            parent.ClearField(value)
            for key, each in entries:
                getattr(parent, value)[f"{key}x"].CopyFrom(each)
        else:
            setattr(parent, last, value)


def _followed(messages: list[Any], way: Sequence[str]) -> Iterator[Any]:
    for step in way:
        if step == "*":
            messages = [each for many in messages for each in _members(many)]
        else:
            messages = [getattr(each, step) for each in messages]
    yield from messages


def _members(many: Any) -> list[Any]:
    return list(many.values()) if hasattr(many, "values") else list(many)
