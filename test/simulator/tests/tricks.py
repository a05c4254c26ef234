"""Requests that pretend to be meant for a port, sent as bytes: what HTTP clients would refuse to send."""

from __future__ import annotations

import asyncio
import re

# PORT stands for the port, NEXT for another one.
FOREIGN_HOSTS: list[list[str]] = [
    [],
    ["Host:"],
    ["Host: evil.example"],
    ["Host: evil.example:PORT"],
    ["Host: 127.0.0.1"],
    ["Host: localhost"],
    ["Host: 127.0.0.1:"],
    ["Host: 127.0.0.1:NEXT"],
    ["Host: 127.0.0.1:0PORT"],
    ["Host: 127.0.0.1:PORT.evil.example"],
    ["Host: 127.0.0.1.evil.example:PORT"],
    ["Host: localhost.evil.example:PORT"],
    ["Host: localhost.:PORT"],
    ["Host: x.localhost:PORT"],
    ["Host: [::1]:PORT"],
    ["Host: 0.0.0.0:PORT"],
    ["Host: 127.1:PORT"],
    ["Host: 127.0.0.2:PORT"],
    ["Host: 2130706433:PORT"],
    ["Host: evil.example@127.0.0.1:PORT"],
    ["Host: 127.0.0.1:PORT@evil.example"],
    ["Host: 127.0.0.1:PORT, evil.example"],
    ["Host: 127.0.0.1:PORT", "Host: evil.example"],
    ["Host: evil.example", "Host: 127.0.0.1:PORT"],
    ["Host : 127.0.0.1:PORT"],
    ["Host: evil.example", "X-Forwarded-Host: 127.0.0.1:PORT"],
]

# With the right Host.
FOREIGN_ORIGINS: list[list[str]] = [
    ["Origin: https://evil.example"],
    ["Origin: null"],
    ["Origin:"],
    ["Origin: http://127.0.0.1"],
    ["Origin: http://127.0.0.1:NEXT"],
    ["Origin: http://localhost:PORT"],
    ["Origin: https://127.0.0.1:PORT"],
    ["Origin: 127.0.0.1:PORT"],
    ["Origin: http://127.0.0.1:PORT/"],
    ["Origin: http://127.0.0.1:PORT.evil.example"],
    ["Origin: http://127.0.0.1:PORT@evil.example"],
    ["Origin: http://127.0.0.1:PORT", "Origin: https://evil.example"],
    ["Origin: https://evil.example", "Origin: http://127.0.0.1:PORT"],
]

# In place of the path, each with the right Host.
FOREIGN_TARGETS = ["http://127.0.0.1:PORTPATH", "http://evil.examplePATH", "127.0.0.1:PORTPATH"]

RIGHT_HOST = "Host: 127.0.0.1:PORT"


async def answer(url: str, lines: list[str], method: str = "GET", target: str = "PATH") -> tuple[int, str]:
    """Returns status and text of what comes back; 0 for a connection closed without an answer."""
    port, path = re.fullmatch(r"http://127\.0\.0\.1:(\d+)(/.*)", url).groups()  # type: ignore[union-attr]
    head = [f"{method} {target} HTTP/1.1", *lines, "Content-Length: 0", "Connection: close"]
    text = "\r\n".join(head).replace("PORT", port).replace("NEXT", str(int(port) + 1)).replace("PATH", path)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    writer.write(f"{text}\r\n\r\n".encode())
    received = (await reader.read()).decode(errors="replace")
    writer.close()
    found = re.match(r"HTTP/1\.[01] (\d{3})", received)
    return int(found[1]) if found else 0, received


async def let_in(
    url: str, method: str = "GET", origins: bool = True, more: list[str] | None = None
) -> list[str]:
    """Tries all tricks and returns those that got an answer of 2xx or 3xx.

    Parameters:
        url: address that answers an honest request.
        origins: whether pages of other sites must be kept out.
        more: header lines that the request needs, e.g. for credentials.
    """
    tries = [(lines, "PATH") for lines in FOREIGN_HOSTS]
    tries += [([RIGHT_HOST], target) for target in FOREIGN_TARGETS]
    if origins:
        tries += [([RIGHT_HOST, *lines], "PATH") for lines in FOREIGN_ORIGINS]
    passed: list[str] = []
    for lines, target in tries:
        status, _ = await answer(url, [*lines, *(more or [])], method, target)
        if 100 <= status < 400:
            passed.append(f"{target} {lines}: {status}")
    return passed
