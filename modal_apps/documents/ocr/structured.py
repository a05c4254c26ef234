"""
JSON answers: found in the model's text, and checked against the caller's schema.

A schema can take any time to apply. So it is applied in a child process that is ended after some seconds; the model
and the pages of other callers never wait for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator
from typing import Any

from appkit.bounded import Children, Ended, Limits
from appkit.json_body import finite_float
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from .schema_limits import BadSchema, check_checks, check_patterns, check_size

CHECKERS = Children(
    preload=("ocr.structured",),
    roots=("ocr",),
    limits=Limits(seconds=3, memory_mb=256, result_mb=4),
    at_once=4,
    most_waiting=4096,
)
UNCHECKED = (
    "The answer is JSON, but whether it follows the schema is unknown: checking it took more than "
    f"{CHECKERS.limits.seconds} s. Use a simpler schema."
)
LONGEST_REASON = 2000
_FENCED = re.compile(r"\s*```(?:json)?[ \t]*\n(.*?)\n?```\s*", re.DOTALL)


class WrongJson(ValueError):
    """The model's answer is not the JSON asked for; the text says what is wrong."""


async def check_schema_bounded(schema: Any) -> None:
    """
    As `check_schema`, in a child.

    Raises:
        BadSchema: see there.
    """
    check_size(schema)
    try:
        wrong = await CHECKERS.run(_wrong_schema, schema)
    except Ended as error:
        raise BadSchema("The schema takes too long to check. Use fewer and simpler rules.") from error
    if wrong:
        raise BadSchema(wrong)


def _wrong_schema(schema: Any) -> str:
    try:
        check_schema(schema)
    except BadSchema as error:
        return str(error)
    return ""


def check_schema(schema: Any) -> None:
    """
    Raises:
        BadSchema: see there.
    """
    if not isinstance(schema, dict | bool):
        raise BadSchema("A JSON Schema is an object.")
    check_size(schema)
    check_patterns(schema)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise BadSchema(f"This is no JSON Schema: {error.message}") from error
    _refuse_outside_references(schema)
    check_checks(schema)


def _refuse_outside_references(part: Any) -> None:
    if isinstance(part, list):
        for item in part:
            _refuse_outside_references(item)
    if not isinstance(part, dict):
        return
    for name, value in part.items():
        if name in ("$ref", "$dynamicRef") and isinstance(value, str) and not value.startswith("#"):
            raise BadSchema(f"A schema may refer only to itself, not to {value}.")
        _refuse_outside_references(value)


async def checked_answer(text: str, schema: Any) -> tuple[str, str]:
    """
    The JSON of a model's answer as plain text, and a warning where it could not be checked.

    Raises:
        WrongJson: see there.
    """
    if schema is not None:
        try:
            wrong, found = await CHECKERS.run(_parsed, text, schema)
        except Ended:
            return _plain(text, None), UNCHECKED
        if wrong:
            raise WrongJson(wrong)
        return found, ""
    return _plain(text, None), ""


def _plain(text: str, schema: Any) -> str:
    """
    Raises:
        WrongJson: see there.
    """
    try:
        plain = json.dumps(parse_answer(text, schema), ensure_ascii=False)
        plain.encode()
        return plain
    except RecursionError as error:
        raise WrongJson("This JSON is nested too deep.") from error
    except UnicodeEncodeError as error:
        raise WrongJson("This is no JSON: a text has half of a surrogate pair.") from error


def _parsed(text: str, schema: Any) -> tuple[str, str]:
    """What is wrong, or the JSON."""
    try:
        return "", _plain(text, schema)
    except WrongJson as error:
        return str(error)[:LONGEST_REASON], ""


def parse_answer(text: str, schema: Any) -> Any:
    """
    The value in a model's answer, with or without a code fence around it.

    Parameters:
        schema: None accepts any JSON.

    Raises:
        WrongJson: see there.
    """
    fenced = _FENCED.fullmatch(text)
    try:
        json_text = fenced[1] if fenced else text
        value = json.loads(json_text, parse_constant=_no_constant, parse_float=finite_float)
    except (ValueError, RecursionError) as error:
        raise WrongJson(f"This is no JSON: {error}") from error
    if schema is None:
        return value
    # With a registry of its own, the validator fetches nothing.
    validator = _Validator(schema, registry=Registry())
    try:
        wrong = next(iter(validator.iter_errors(value)), None)
    except (Unresolvable, RecursionError) as error:
        raise WrongJson(f"The schema cannot be applied: {error}") from error
    if wrong:
        raise WrongJson(f"{wrong.json_path}: {wrong.message}")
    return value


def _unique_items(_: Any, wanted: Any, items: Any, __: Any) -> Iterator[ValidationError]:
    """As jsonschema's own rule, which compares each object with every other."""
    if wanted and isinstance(items, list) and len({_key(item) for item in items}) < len(items):
        yield ValidationError("the items are not unique")


def _key(value: Any) -> Hashable:
    """Alike for equal JSON: 1 is 1.0, but true is not 1."""
    if isinstance(value, list):
        return ("list", tuple(map(_key, value)))
    if isinstance(value, dict):
        return ("dict", frozenset((name, _key(part)) for name, part in value.items()))
    return (isinstance(value, bool), value)


_Validator = extend(Draft202012Validator, {"uniqueItems": _unique_items})


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
