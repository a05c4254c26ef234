"""Documents out of request bodies: strict base64, or a form with a file."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, TypeVar

from appkit.errors import ApiError
from appkit.json_body import read_json
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from .requests import ExtractIn, Opts

M = TypeVar("M", bound=BaseModel)
_DATA_URL = re.compile(r"data:[\w.+/-]*(?:;[\w=.-]+)*;base64,")
LONGEST_PREFIX = 200


def decode_base64(content: str, param: str) -> bytes:
    """
    Raises:
        ApiError: 400 `invalid_base64`.
    """
    match = _DATA_URL.match(content[:LONGEST_PREFIX])
    try:
        return base64.b64decode(content[match.end() :] if match else content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ApiError(
            400, "invalid_base64", "The document's content is not valid base64.", param=param
        ) from error


async def read_extract(request: Request) -> tuple[str, bytes, Opts]:
    """
    Name, content and options of a document that came as JSON or as a form with one `file`.

    Raises:
        ApiError: 400 for a body that cannot be read, 413 `too_many_files`, 422 for a wrong field.
        RequestValidationError: a field breaks its rule.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        body = validated(ExtractIn, await _json_of(request))
        return body.document.name, decode_base64(body.document.content_b64, "document.content_b64"), body
    if kind == "multipart/form-data":
        return await _read_form(request)
    message = "Send application/json, or multipart/form-data with a file."
    raise ApiError(400, "unsupported_content_type", message)


def validated(model: type[M], value: Any) -> M:
    """
    Raises:
        RequestValidationError: as FastAPI raises it for a body that it reads itself.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        errors = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(errors) from error


async def _json_of(request: Request) -> Any:
    return await read_json(await request.body())


async def _read_form(request: Request) -> tuple[str, bytes, Opts]:
    try:
        form = await request.form(max_files=8, max_fields=32)
    except ApiError:
        raise
    except HTTPException as error:
        raise ApiError(400, "malformed_form", f"The form cannot be read: {error.detail}") from error
    files = [(name, value) for name, value in form.multi_items() if isinstance(value, UploadFile)]
    if len(files) > 1:
        raise ApiError(413, "too_many_files", "Send one file, or use /batch.", param="file")
    if not files or files[0][0] != "file":
        raise ApiError(422, "missing", "The form has no file named 'file'.", param="file")
    upload = files[0][1]
    fields: dict[str, Any] = {
        name: value for name, value in form.multi_items() if not isinstance(value, UploadFile)
    }
    if "schema" in fields:
        fields["schema"] = await _schema_of(fields["schema"])
    options = validated(Opts, fields)
    return (upload.filename or "file")[:255], await upload.read(), options


async def _schema_of(text: str) -> Any:
    try:
        return await read_json(text.encode())
    except (ValueError, ApiError) as error:
        raise ApiError(422, "bad_schema", "The schema is not valid JSON.", param="schema") from error
