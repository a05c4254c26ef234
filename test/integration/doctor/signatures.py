"""Prints what the installed modal says of the arguments that completion knows.

A JSON object from the name of a call, such as ``App.function`` or ``Secret.from_name``, to its parameters in order; and
under ``clouds`` the providers that the documentation of ``App.function`` names.
"""

import inspect
import json
import re
from typing import Any

import modal


def parameters(call: Any) -> list[str] | None:
    """The parameters of a call, or None for what is none."""
    try:
        return [name for name in inspect.signature(call).parameters if name != "self"]
    except (TypeError, ValueError):
        return None


found: dict[str, list[str]] = {}
for name, member in inspect.getmembers(modal, inspect.isclass):
    for method, call in inspect.getmembers(member):
        if not method.startswith("_") and (given := parameters(call)) is not None:
            found[f"{name}.{method}"] = given
    for method in ("create", "delete"):
        if (given := parameters(getattr(getattr(member, "objects", None), method, None))) is not None:
            found[f"{name}.objects.{method}"] = given

words = re.search(r"cloud: .*?values are ([a-z, ]+)\.", inspect.getdoc(modal.App.function) or "")
print(json.dumps({"calls": found, "clouds": words.group(1).split(", ") if words else []}))
