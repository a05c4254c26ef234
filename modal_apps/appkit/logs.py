"""Log lines on stdout, each with the id of the request it belongs to, as text or as JSON."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

# Their lines for each request would drown ours.
QUIET_LOGGERS = ("httpx", "httpcore", "urllib3", "filelock")


@dataclass
class RequestLog:
    """The id of a request and what was logged while it ran."""

    request_id: str
    lines: list[str] = field(default_factory=list)


_current: ContextVar[RequestLog | None] = ContextVar("request_log", default=None)


def request_id() -> str:
    """The id of the current request; '' outside of one."""
    current = _current.get()
    return current.request_id if current else ""


def request_lines() -> list[str]:
    """The log lines of the current request so far."""
    current = _current.get()
    return list(current.lines) if current else []


@contextmanager
def in_request(identifier: str) -> Iterator[None]:
    """Marks what runs inside as part of a request. Threads started by asyncio.to_thread belong to it too."""
    token = _current.set(RequestLog(identifier))
    try:
        yield
    finally:
        _current.reset(token)


class _Formatter(logging.Formatter):
    def __init__(self, app: str, as_json: bool) -> None:
        super().__init__()
        self.app = app
        self.as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + self.formatException(record.exc_info)
        seconds, milliseconds = time.gmtime(record.created), int(record.msecs)
        stamp = f"{time.strftime('%Y-%m-%dT%H:%M:%S', seconds)}.{milliseconds:03d}Z"
        level, identifier = record.levelname, request_id()
        if self.as_json:
            return json.dumps(
                {"time": stamp, "level": level, "app": self.app, "req": identifier, "message": message}
            )
        request = f" req={identifier}" if identifier else ""
        return f"[{stamp}] {level} {self.app}{request} {message}"


class _RequestCollector(logging.Handler):
    """Keeps the lines of each request for its answer."""

    def emit(self, record: logging.LogRecord) -> None:
        if current := _current.get():
            current.lines.append(record.getMessage())


def setup_logging(app: str, level: str = "INFO", form: str = "text") -> None:
    """Sends all log records of `level` and above to stdout. Calling it again replaces what was set up."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Formatter(app, form == "json"))
    logging.basicConfig(level=level, handlers=[handler, _RequestCollector(logging.INFO)], force=True)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
