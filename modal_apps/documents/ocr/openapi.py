"""What the API's description says of bodies that FastAPI does not read itself."""

from __future__ import annotations

from typing import Any

from .requests import ExtractIn, Opts


def _inlined(part: Any, parts: dict[str, Any]) -> Any:
    """A schema with its references replaced by what they name."""
    if isinstance(part, list):
        return [_inlined(item, parts) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(parts[part["$ref"].rpartition("/")[2]], parts)
    return {name: _inlined(value, parts) for name, value in part.items() if name != "$defs"}


def _json_schema() -> dict[str, Any]:
    schema = ExtractIn.model_json_schema()
    return _inlined(schema, schema.get("$defs", {}))


def _form_schema() -> dict[str, Any]:
    schema = Opts.model_json_schema()
    fields = {"file": {"type": "string", "format": "binary"}, **schema["properties"]}
    fields["schema"] = {"type": "string", "description": "A JSON Schema as text; only with json."}
    return {"type": "object", "properties": fields, "required": ["file"], "additionalProperties": False}


EXTRACT_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _json_schema()},
            "multipart/form-data": {"schema": _form_schema()},
        },
    }
}
