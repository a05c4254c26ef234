"""Made-up requests from an app's own OpenAPI document: whatever comes, the answer is one that it documents."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from served import served
from support import KEY

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 20


def check_api(app: Any, *, key: str = KEY) -> set[str]:
    """
    Serves an ASGI app on loopback and sends it made-up requests with the key.

    Returns:
        the operations that were tried, such as `POST /ratios`.
    """
    with served(app) as url:
        return check_url(url, key=key)


def check_url(url: str, *, key: str = KEY) -> set[str]:
    """The same for an app that is served already."""
    headers = {"Authorization": f"Bearer {key}"}
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", headers=headers)
    tried = set()
    for result in schema.get_all_operations():
        operation = result.ok()
        tried.add(operation.label)

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def try_it(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS, allow_redirects=False)

        try_it()
    return tried
