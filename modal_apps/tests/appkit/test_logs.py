"""The log of a container, captured from outside: nobody who sends something writes lines into it."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hostile import PROGRESS, TEXTS, TRACEBACK, request, send_raw, status_of
from loopback import free_port, until
from served import is_up
from support import KEY

SCRIPT = Path(__file__).with_name("serve_logged.py")
JSON = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
WAYS = ["log", "log alone", "wrong arguments", "raise", "group", "syntax", "print", "error", "warn"]
WAYS += ["no end", "thread", "print exception", "progress"]

RECORD = re.compile(r"\[20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] [A-Z]+ app (req=[\w.:-]+ )?(.*)", re.ASCII)
OF_OTHERS = re.compile(r"\((?:stdout|stderr)\) ")
BAR = re.compile(r'::progress \{"app": "app", "run": "run", "done": 1, "total": 1, ')
CODE = re.compile(r"[|+ ]*    \S")
COUNT = re.compile(r"\[1/1\] 0\.0min remaining - ")
# What Python itself puts into a traceback; the texts of exceptions follow their classes.
FRAMES = re.compile(
    r"[|+ ]*(Traceback \(most recent call last\):|Exception Group Traceback \(most recent call last\):|File \""
    r"|[\^~ ]+$|[-+0-9. ]+$|(ValueError|KeyError|OSError|SyntaxError|ExceptionGroup): |$)"
    r"|The above exception was|During handling of the above"
)


@dataclass
class Container:
    """
    Parameters:
        printed: what it wrote, once it has ended.
    """

    url: str
    printed: str = ""
    statuses: list[int] = field(default_factory=list)

    def send(self, data: bytes) -> int:
        self.statuses.append(status_of(send_raw(self.url, data)))
        return self.statuses[-1]

    def say(self, how: str, text: str) -> None:
        body = json.dumps({"how": how, "text": text}).encode()
        self.send(request("POST", "/say", JSON, body))

    @property
    def lines(self) -> list[str]:
        # A bar of progress on stderr begins its line again, and has a mark there too.
        return re.sub(r"\r(?=\(std(?:out|err)\) |\n)", "\n", self.printed).removesuffix("\n").split("\n")

    def check_nothing_but_lines(self) -> None:
        """By Python's own ideas of line ends and of characters that can be seen."""
        assert self.printed.replace("\r\n", "\n\n").splitlines() == self.lines
        assert [line for line in self.lines if not line.isprintable()] == []

    def records(self) -> list[str]:
        """Messages of the lines that are records."""
        return [found[2] for line in self.lines if (found := RECORD.fullmatch(line))]


@contextmanager
def container(form: str = "text") -> Iterator[Container]:
    port = free_port()
    command = [sys.executable, str(SCRIPT), str(port), form]
    environ = {**os.environ, "APP_API_KEY": KEY, "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, env=environ, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT
        )
        found = Container(f"http://127.0.0.1:{port}")
        try:
            until(lambda: is_up(found.url), 60)
            yield found
        finally:
            process.communicate(timeout=60)
            output.seek(0)
            found.printed = output.read().decode()


def test_addresses_methods_and_ids_of_strangers_make_one_line_each() -> None:
    with container() as found:
        for text in TEXTS.values():
            found.send(request("GET", f"/{quote(text, safe='')}"))
            found.send(request("GET", f"/{quote(text)}?{quote(text)}"))
            found.send(request("GET", "/" + quote(quote(text))))
        assert found.statuses == [401] * len(TEXTS) * 3
        found.send(request("GET", "/a", {"X-Request-ID": "forged req=x"}))
        found.send(request("GET", "/a", {"X-Request-ID": "f\u00f6rged"}))
        found.send(request("GET", "/a", {"X-Request-ID": "mine.1"}))
        assert found.send(request("G" * 3000, "/a")) == 400
    found.check_nothing_but_lines()
    messages = found.records()
    assert len(messages) == len(found.lines) == len(TEXTS) * 3 + 4, "each request is one record"
    shown = re.compile(r"[A-Z]+(\.\.\. \(\d+ more\))? /\S*( \S* more\)|\.\.\. \(\d+ more\))? \d+ in \d+ ms")
    assert messages.pop() == "Invalid HTTP request received."
    assert [message for message in messages if not shown.fullmatch(message)] == []
    assert max(map(len, messages)) < 300
    assert sum("req=mine.1" in line for line in found.lines) == 1
    ids = [record[1] or "" for line in found.lines if (record := RECORD.match(line))]
    assert not [one for one in ids if one.startswith(("req=f\u00f6", "req=forged"))]


def test_raw_bytes_in_an_address_make_no_line() -> None:
    with container() as found:
        for byte in (*range(1, 10), *range(11, 33), *range(127, 161), 0xFF):
            target = b"/a" + bytes([byte]) + b"[2026-01-01T00:00:00.000Z]ERROR"
            found.send(b"GET " + target + b" HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n")
    found.check_nothing_but_lines()
    assert len(found.records()) == len(found.lines)


def test_texts_of_callers_stay_inside_of_their_line() -> None:
    with container() as found:
        for how, text in itertools.product(WAYS, TEXTS.values()):
            found.say(how, text)
    found.check_nothing_but_lines()
    forms = (RECORD, OF_OTHERS, BAR, COUNT, FRAMES, CODE)
    assert [line for line in found.lines if not any(form.match(line) for form in forms)] == []
    own = [line for line in found.lines if not OF_OTHERS.match(line)]
    assert max(map(len, own)) < 2500
    assert not [line for line in own if line.startswith("[2026-01-01T00:00:00.000Z]")]
    assert not [line for line in own if line.startswith("::") and not BAR.match(line)]
    assert not [line for line in own if RECORD.match(line) and "(most recent call last)" in line]
    assert not [line for line in own if line.lstrip(" |").startswith('File "/root/app.py"')]
    answered = [message for message in found.records() if message.startswith("POST /say")]
    assert len(answered) == len(TEXTS) * len(WAYS)


def test_the_number_of_lines_does_not_depend_on_the_text() -> None:
    def lines_of(text: str) -> int:
        with container() as found:
            for how in WAYS:
                if how not in ("print", "error", "no end", "thread", "print exception", "syntax"):
                    found.say(how, text)
        return len(found.lines)

    assert lines_of(f"a\n{TRACEBACK}\n{PROGRESS}\r\u2028\x85x") == lines_of("a")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_key_is_in_no_line_wherever_it_was_sent(form: str) -> None:
    spellings = {
        KEY,
        quote(KEY),
        "".join(f"%{ord(one):02x}" for one in KEY),
        KEY.replace("-", "%2D"),
        quote(quote(KEY.replace("-", "%2D"))),
    }
    spellings |= {b64encode(f"any:{KEY}".encode()).decode()}
    with container(form) as found:
        for spelled in sorted(spellings - {b64encode(f"any:{KEY}".encode()).decode()}):
            found.send(request("GET", f"/{spelled}"))
            found.send(request("GET", f"/v1/{spelled}/x?key={spelled}"))
            found.send(request("GET", f"/a?api_key={spelled}&x-api-key={spelled}"))
            found.send(request("GET", f"http://any:{spelled}@app/a"))
        for name in (
            "X-Request-ID",
            "Authorization",
            "X-API-Key",
            "Cookie",
            "Referer",
            "User-Agent",
            "X-Forwarded-For",
        ):
            found.send(request("GET", "/a", {name: KEY}))
            found.send(request("GET", "/a", {name: f"Bearer {KEY}"}))
        found.send(request("POST", f"/{KEY}", JSON, b"{}"))
        found.send(request("POST", "/say", JSON, KEY.encode()))
        found.send(request("POST", "/say", JSON, json.dumps({KEY: KEY}).encode()))
        found.send(
            request("GET", "/a", {"Authorization": f"Basic {b64encode(f'any:{KEY}'.encode()).decode()}"})
        )
    assert len(found.lines) == len(found.statuses)
    decoded = found.printed
    for _ in range(4):
        assert not [spelled for spelled in spellings if spelled in decoded]
        decoded = httpx.QueryParams(f"a={decoded.replace('&', '').replace('+', '')}")["a"]
    assert KEY not in decoded


def test_json_lines_are_json_and_as_many_as_there_are_records() -> None:
    with container("json") as found:
        for text in TEXTS.values():
            found.say("raise", text)
            found.say("log", text)
    found.check_nothing_but_lines()
    records = [json.loads(line) for line in found.lines]
    assert {record["app"] for record in records} == {"app"}
    assert sum(record["message"].startswith("POST /say") for record in records) == 2 * len(TEXTS)
    assert sum(record["message"].startswith("unexpected ValueError\nTraceback") for record in records) == len(
        TEXTS
    )
