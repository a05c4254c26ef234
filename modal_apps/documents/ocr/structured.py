"""JSON answers: found in the model's text, and checked against the caller's schema."""

from __future__ import annotations

import json
import re
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable

LARGEST_SCHEMA = 32_768
_FENCED = re.compile(r"\s*```(?:json)?[ \t]*\n(.*?)\n?```\s*", re.DOTALL)


class BadSchema(ValueError):
    """The caller's schema is none, or points outside of itself."""


class WrongJson(ValueError):
    """The model's answer is not the JSON asked for; the text says what is wrong."""


def check_schema(schema: Any) -> None:
    """
    Raises:
        BadSchema: see there.
    """
    if not isinstance(schema, dict | bool):
        raise BadSchema("A JSON Schema is an object.")
    if len(json.dumps(schema)) > LARGEST_SCHEMA:
        raise BadSchema(f"The schema has more than {LARGEST_SCHEMA} characters.")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise BadSchema(f"This is no JSON Schema: {error.message}") from error
    _refuse_outside_references(schema)


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
        value = json.loads(fenced[1] if fenced else text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise WrongJson(f"This is no JSON: {error}") from error
    if schema is None:
        return value
    # With a registry of its own, the validator fetches nothing.
    validator = Draft202012Validator(schema, registry=Registry())
    try:
        wrong = next(iter(validator.iter_errors(value)), None)
    except (Unresolvable, RecursionError) as error:
        raise WrongJson(f"The schema cannot be applied: {error}") from error
    if wrong:
        raise WrongJson(f"{wrong.json_path}: {wrong.message}")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
