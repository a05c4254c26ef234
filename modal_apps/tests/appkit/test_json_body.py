"""JSON bodies are read in one pass, strictly, and without keeping others waiting."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import Any

import pytest
from appkit import json_body
from appkit.errors import ApiError
from appkit.json_body import DEEPEST, MOST_CONTAINERS, READ_AT_ONCE, parse_json, read_json

# Each would take hours where a byte is looked at again and again.
SLOW = {
    "quotes in an open text": """b'"' + b'\\\\"' * 2**20 + b'[' * 70""",
    "quotes after an open text": """b'[' * 60 + b',' * 70 + b'\\\\"' * 2**20""",
    "an escape at the end": """b',' * 70 + b'"' + b'\\\\"' * 2**20 + b'\\\\'""",
    "backslashes": """b',' * 70 + b'"' + b'\\\\' * (2**21 + 1)""",
    "brackets in an open text": """b'"' + b'[\\\\"' * 2**20""",
    "texts side by side": """b',' * 70 + b'""' * 2**22""",
}
READ = """
import sys
from appkit.errors import ApiError
from appkit.json_body import parse_json
try:
    parse_json({body})
except ApiError as error:
    print(error.status_code)
"""


@pytest.mark.parametrize("body", SLOW.values(), ids=SLOW)
def test_no_body_takes_more_than_one_pass(body: str) -> None:
    paths = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", READ.format(body=body)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() in ("400", "413"), done.stderr


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" + b"[]," * MOST_CONTAINERS + b"0]", 413),
        (b"[" + b"{}," * MOST_CONTAINERS + b"0]", 413),
        (b"[" + b"0," * 2_100_000 + b"0]", 413),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), 400),
        (b'{"a":' * (DEEPEST + 1) + b"0" + b"}" * (DEEPEST + 1), 400),
        (b"1e400", 400),
        (b'{"a":[-1e999]}', 400),
        (b"9" * 400 + b".0", 400),
        (b"Infinity", 400),
        (b'"\\ud800"', 400),
        (b'{"\\udfff":0}', 400),
        (b'["\\ude00\\ud83d"]', 400),
    ],
    ids=lambda part: repr(part[:12]) if isinstance(part, bytes) else str(part),
)
def test_what_is_refused(body: bytes, status: int) -> None:
    with pytest.raises(ApiError) as caught:
        parse_json(body)
    assert caught.value.status_code == status


@pytest.mark.parametrize(
    "value",
    [
        ["[{," * MOST_CONTAINERS],
        ['\\"[' * 100_000, "\\", '"'],
        [[0.5, -1e308, "\U0001f600"]] * 10_000,
        [0] * 900_000,
        json.loads("[" * DEEPEST + "]" * DEEPEST),
    ],
    ids=("brackets in a text", "escapes", "rows", "numbers", "deep"),
)
async def test_what_is_read_is_what_was_sent(value: Any) -> None:
    assert await read_json(json.dumps(value).encode()) == value


async def test_a_large_body_is_read_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []
    monkeypatch.setattr(json_body, "parse_json", lambda _: threads.append(threading.get_ident()))
    for size in (READ_AT_ONCE, READ_AT_ONCE + 1):
        await read_json(b" " * size)
    assert [one == threading.get_ident() for one in threads] == [True, False]
