"""`python serve_logged.py PORT [text|json]`: an app that logs, raises and prints what it is sent."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

from appkit.api import make_api  # noqa: E402
from appkit.asgi_server import AsgiServer  # noqa: E402
from appkit.auth import KeyChecker  # noqa: E402
from appkit.progress import Progress  # noqa: E402
from appkit.settings import Settings  # noqa: E402
from appkit.start import key_checker, start_container  # noqa: E402
from pydantic import BaseModel  # noqa: E402
from starlette.types import ASGIApp  # noqa: E402

log = logging.getLogger("app")


class Said(BaseModel):
    """What is logged, and how."""

    how: str
    text: str


def make_app(settings: Settings, checker: KeyChecker | None) -> ASGIApp:
    """The app, with one route that does harm in many ways."""
    api = make_api(settings, "Logged", "1", checker)

    @api.routes.post("/say")
    def say(said: Said) -> dict[str, str]:
        ways[said.how](said.text)
        return {}

    return api.served()


def _raise(text: str) -> None:
    try:
        raise KeyError(text)
    except KeyError as error:
        failure = ValueError(text)
        failure.add_note(text)
        raise failure from error


def _raise_group(text: str) -> None:
    raise ExceptionGroup(text, [ValueError(text), ExceptionGroup(text, [OSError(text)])])


def _raise_syntax(text: str) -> None:
    compile(f"x = ( {text}", text, "exec")


def _thread(text: str) -> None:
    thread = threading.Thread(target=_raise, args=(text,))
    thread.start()
    thread.join()


def _print_exception(text: str) -> None:
    try:
        _raise(text)
    except ValueError:
        traceback.print_exc()


ways = {
    "log": lambda text: log.info("read %s", text),
    "log alone": lambda text: log.warning("%s", text),
    "wrong arguments": lambda text: log.info("read %d", text),
    "raise": _raise,
    "group": _raise_group,
    "syntax": _raise_syntax,
    "print": print,
    "error": lambda text: print(text, file=sys.stderr),
    "no end": lambda text: sys.stderr.write(text),
    "warn": lambda text: warnings.warn(text, stacklevel=1),
    "thread": _thread,
    "print exception": _print_exception,
    "progress": lambda text: Progress("app", "run", 1).item(text, text, 1.0),
}

if __name__ == "__main__":
    settings = Settings(app_name="app", log_format=sys.argv[2] if len(sys.argv) > 2 else "text")
    start_container(settings)
    server = AsgiServer(make_app(settings, key_checker(settings)), "127.0.0.1", int(sys.argv[1]))
    server.start()
    sys.stdin.read()
    server.stop()
