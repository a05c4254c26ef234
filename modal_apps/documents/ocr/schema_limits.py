"""Callers' JSON Schemas that would take too long to apply, as far as their text tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from urllib.parse import unquote

# What `re` itself parses a pattern with, and to. No types are published of either.
patterns: Any = import_module("re._parser")
kinds: Any = import_module("re._constants")

LARGEST_SCHEMA = 32_768  # characters
MOST_DEPTH = 64
MOST_CHECKS = 10_000
LONGEST_PATTERN = 500
MOST_REPEATS = 8  # fewer of a part that can be parted in several ways are soon tried

SAME_VALUE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas")
PARTS = (
    "properties",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
    "unevaluatedProperties",
    "items",
    "prefixItems",
    "contains",
    "unevaluatedItems",
)
MAPS = ("dependentSchemas", "properties", "patternProperties")
REFERENCES = ("$ref", "$dynamicRef")


class BadSchema(ValueError):
    """The caller's schema is none, points outside of itself, or would take too long to apply."""


def check_size(schema: Any) -> None:
    """
    Cheap and without recursion, so that what comes after may recurse.

    Raises:
        BadSchema: it is too long, or nested too deep.
    """
    level: list[Any] = [schema]
    for _ in range(MOST_DEPTH):
        level = [part for value in level for part in _children(value)]
        if not level:
            break
        if len(level) > LARGEST_SCHEMA:
            raise _too_long()
    else:
        raise BadSchema(f"The schema is nested more than {MOST_DEPTH} deep. Use $defs for its parts.")
    if len(json.dumps(schema)) > LARGEST_SCHEMA:
        raise _too_long()


def _too_long() -> BadSchema:
    return BadSchema(f"The schema has more than {LARGEST_SCHEMA} characters.")


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def check_checks(schema: Any) -> None:
    """
    Counts the checks that one value can meet, each reference followed.

    Raises:
        BadSchema: they are too many, or a schema refers to itself for the same value.
    """
    _Counter(schema).count(schema, frozenset(), frozenset())


class _Counter:
    def __init__(self, root: Any) -> None:
        self._root = root
        self._known: dict[int, int] = {}

    def count(self, schema: Any, above: frozenset[int], same_value: frozenset[int]) -> int:
        """
        Parameters:
            above: schemas that lead here.
            same_value: those of them that are about the value that this one is about.
        """
        if not isinstance(schema, dict):
            return 1
        mine = id(schema)
        if mine in same_value:
            raise BadSchema("A schema refers to itself without going deeper into the value.")
        if mine in above:  # a tree, say; as deep as the value is
            return 1
        if mine in self._known:
            return self._known[mine]
        above |= {mine}
        total = 1
        for part in self._subschemas(schema, SAME_VALUE):
            total += self.count(part, above, same_value | {mine})
        for part in self._subschemas(schema, PARTS):
            total += self.count(part, above, frozenset())
        if total > MOST_CHECKS:
            raise BadSchema(f"The schema asks for more than {MOST_CHECKS:,} checks. Use fewer branches.")
        self._known[mine] = total
        return total

    def _subschemas(self, schema: dict[str, Any], names: tuple[str, ...]) -> Iterator[Any]:
        if names is SAME_VALUE:
            yield from (self._target(schema[name]) for name in REFERENCES if name in schema)
        for name in names:
            value = schema.get(name)
            if isinstance(value, list):
                yield from value
            elif isinstance(value, dict) and name in MAPS:
                yield from value.values()
            elif value is not None:
                yield value

    def _target(self, reference: Any) -> Any:
        """What a pointer such as `#/$defs/item` points to; None for another reference."""
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        target = self._root
        for step in unquote(reference[1:]).split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            if isinstance(target, list) and step.isdecimal() and int(step[:6]) < len(target):
                target = target[int(step)]
            elif isinstance(target, dict):
                target = target.get(step)
            else:
                return None
        return target


def check_patterns(schema: Any) -> None:
    """
    Raises:
        BadSchema: a pattern is too long, or repeats a repetition with nothing certain in between, as `(a+)+` does:
            each sign more doubles its time.
    """
    for pattern in _patterns(schema):
        if len(pattern) > LONGEST_PATTERN:
            raise BadSchema(f"A pattern has more than {LONGEST_PATTERN} characters.")
        try:
            parsed = patterns.parse(pattern)
        except re.error as error:
            raise BadSchema(f"{pattern!r} is no pattern: {error}.") from error
        except (RecursionError, OverflowError) as error:
            raise BadSchema(f"{pattern!r} is no pattern that can be used.") from error
        if _doubles(parsed):
            message = f"The pattern {pattern!r} repeats what can be read in several ways, which can take without end."
            raise BadSchema(
                f"{message} Put a sign between that always comes, and let alternatives begin differently."
            )


def _patterns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        pattern, names = value.get("pattern"), value.get("patternProperties")
        if isinstance(pattern, str):
            yield pattern
        if isinstance(names, dict):
            yield from names
    for part in _children(value):
        yield from _patterns(part)


def _doubles(parsed: Any) -> bool:
    """Whether what is repeated can be parted in several ways: by its own repetitions, or by its alternatives."""
    for kind, value in parsed:
        inner = _inner(kind, value)
        repeats = kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT) and value[1] > MOST_REPEATS
        if repeats and any(_is_loose(sequence) or _overlaps(sequence) for sequence in inner):
            return True
        if any(_doubles(sequence) for sequence in inner):
            return True
    return False


def _is_loose(sequence: Any) -> bool:
    """Whether a sequence has a repetition of any length, and beside it nothing that must come."""
    endless = 0
    certain: set[str] = set()  # what comes once or more; two that differ may well part the repetitions
    for kind, value in sequence:
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT):
            endless += value[0] != value[1]
            if value[0] and value[0] == value[1]:
                return False
            certain |= {repr(value[2])} if value[0] else set()
        elif kind in (kinds.SUBPATTERN, kinds.BRANCH):
            alternatives = _inner(kind, value)
            if any(_is_loose(one) for one in alternatives):
                endless += 1
            elif all(one.getwidth()[0] for one in alternatives):
                return False
        elif kind not in (kinds.AT, kinds.ASSERT, kinds.ASSERT_NOT):
            return False
    return endless > 0 and len(certain) < 2


def _overlaps(sequence: Any) -> bool:
    """Whether a sequence has alternatives that are not told apart by their first sign."""
    for kind, value in sequence:
        inner = _inner(kind, value)
        if kind is kinds.BRANCH:
            firsts = [_first(one) for one in inner]
            if None in firsts or len(set(firsts)) < len(firsts):
                return True
        if any(_overlaps(one) for one in inner):
            return True
    return False


def _first(sequence: Any) -> str | None:
    """The sign that a sequence begins with, in lower case; None where it is not one sign for sure."""
    kind, value = sequence[0] if len(sequence) else (None, None)
    return chr(value).casefold() if kind is kinds.LITERAL and value is not None else None


def _inner(kind: Any, value: Any) -> list[Any]:
    """The sequences inside of a part."""
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT):
        return [value[2]]
    if kind is kinds.SUBPATTERN:
        return [value[3]]
    if kind is kinds.BRANCH:
        return list(value[1])
    if kind in (kinds.ASSERT, kinds.ASSERT_NOT):
        return [value[1]]
    return []
