"""Log lines on stdout, each with the id of the request it belongs to, as text or as JSON."""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from .stdio import one_line, own_stdout, visible

# Their lines for each request would drown ours.
QUIET_LOGGERS = ("httpx", "httpcore", "urllib3", "filelock")


@dataclass
class RequestLog:
    """The id of a request, who sent it, and what was logged while it ran."""

    request_id: str
    caller: int = 0
    lines: list[str] = field(default_factory=list)


_current: ContextVar[RequestLog | None] = ContextVar("request_log", default=None)


def request_id() -> str:
    """The id of the current request; '' outside of one."""
    current = _current.get()
    return current.request_id if current else ""


def caller() -> int:
    """Who sent the current request, as a number that says nothing of them; 0 outside of one."""
    current = _current.get()
    return current.caller if current else 0


def request_lines() -> list[str]:
    """The log lines of the current request so far."""
    current = _current.get()
    return list(current.lines) if current else []


@contextmanager
def in_request(identifier: str, sender: int = 0) -> Iterator[None]:
    """
    Marks what runs inside as part of a request. Threads started by asyncio.to_thread belong to it too.

    Parameters:
        sender: see `caller`.
    """
    token = _current.set(RequestLog(identifier, sender))
    try:
        yield
    finally:
        _current.reset(token)


class _Formatter(logging.Formatter):
    """
    One line for each record, whatever its message holds. A traceback follows on lines of its own, of which only those
    that Python makes are more than one: the text of an exception stays on one line.
    """

    def __init__(self, app: str, as_json: bool) -> None:
        super().__init__()
        self.app = app
        self.as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        message = _message(record)
        if record.exc_info and record.exc_info[1]:
            message += "\n" + told(record.exc_info[1])
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
            current.lines.append(_message(record))


def _message(record: logging.LogRecord) -> str:
    try:
        return one_line(record.getMessage())
    except Exception as error:  # a library's record whose arguments do not fit must not cost the request
        return one_line(f"{record.msg} ({type(error).__name__} in its arguments)")


def told(error: BaseException) -> str:
    """
    The traceback of an exception with its causes, as Python prints it, but for its texts: they may hold what a caller
    sent, so each is cut and on one line.
    """
    whole = traceback.TracebackException.from_exception(error)
    waiting = [whole]
    while waiting:
        part = waiting.pop()
        text = one_line("".join(part.format_exception_only()).rstrip("\n")) + "\n"
        part.format_exception_only = lambda text=text: iter([text])  # type: ignore[method-assign, assignment, misc]
        linked = [part.__cause__, part.__context__, *(part.exceptions or [])]
        waiting += [one for one in linked if one]
    return "\n".join(visible(line) for line in "".join(whole.format()).rstrip("\n").split("\n"))


def setup_logging(app: str, level: str = "INFO", form: str = "text") -> None:
    """
    Sends all log records of `level` and above to stdout, and Python's warnings with them. Calling it again replaces
    what was set up.
    """
    handler = logging.StreamHandler(own_stdout())
    handler.setFormatter(_Formatter(app, form == "json"))
    logging.basicConfig(level=level, handlers=[handler, _RequestCollector(logging.INFO)], force=True)
    logging.captureWarnings(True)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
