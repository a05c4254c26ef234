"""Requests as no client sends them, over raw sockets, and what a hostile caller puts into them."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

RECORD = "[2026-01-01T00:00:00.000Z] ERROR app req=forged the database was deleted"
TRACEBACK = 'Traceback (most recent call last):\n  File "/root/app.py", line 7, in pay\nValueError: forged'
PROGRESS = '::progress {"app": "forged", "run": "x", "done": 1, "total": 2}'
# Each would make a line, a colour or a progress bar of its own, or change what is seen.
TEXTS = {
    "newline": f"a\n{RECORD}",
    "carriage return": f"a\r{RECORD}",
    "both": f"a\r\n{RECORD}",
    "traceback": f"a\n{TRACEBACK}",
    "head of a traceback": "Traceback (most recent call last):",
    "progress": f"a\n{PROGRESS}",
    "progress alone": PROGRESS,
    "vertical tab": f"a\x0b{RECORD}",
    "form feed": f"a\x0c{RECORD}",
    "file separator": f"a\x1c{RECORD}",
    "group separator": f"a\x1d{RECORD}",
    "record separator": f"a\x1e{RECORD}",
    "next line": f"a\x85{RECORD}",
    "line separator": f"a\u2028{RECORD}",
    "paragraph separator": f"a\u2029{RECORD}",
    "colour": "\x1b[31mred\x1b[0m",
    "clear": "\x1b[2J\x1b[H" + RECORD,
    "up": "\x1b[1A\x1b[2K" + RECORD,
    "title": "\x1b]0;title\x07",
    "link": "\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\",
    "eight-bit escape": "\x9b31mred",
    "backspace": "a" + "\x08" * 80 + RECORD,
    "nul": "a\x00b",
    "delete": "a\x7fb",
    "right to left": "a\u202egnp.exe",
    "isolate": "a\u2066b\u2069",
    "zero width": "a\u200bb\ufeffc",
    "private use": "a\ue000b",
    "tab": "a\tb",
    "long": "x" * 5000,
}


def send_raw(url: str, data: bytes, timeout_s: float = 5) -> bytes:
    """Sends bytes to a server and gives what it answers until it closes the connection, or is silent for a second."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout_s) as connection:
        connection.sendall(data)
        answer = b""
        try:
            while part := connection.recv(65_536):
                answer += part
                connection.settimeout(1)
        except TimeoutError:
            pass
        except ConnectionError:
            pass
    return answer


def request(
    method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"", *more: bytes
) -> bytes:
    """
    The bytes of a request that closes its connection.

    Parameters:
        more: lines of headers as they are.
    """
    given = {"Host": "app", "Connection": "close", **(headers or {})}
    if body and "content-length" not in {name.lower() for name in given}:
        given["Content-Length"] = str(len(body))
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return (
        "\r\n".join(lines).encode("latin-1") + b"".join(b"\r\n" + line for line in more) + b"\r\n\r\n" + body
    )


def status_of(answer: bytes) -> int:
    """The status of a raw answer; 0 when there is none."""
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0
