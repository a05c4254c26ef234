"""
What a process writes to its log, line by line: no text of a caller can begin a line or steer a terminal.

Our own lines go through `say` and the formatter of `logs.py`. Everything else that is written to stdout and stderr
(tracebacks of libraries, their warnings and prints) gets a mark in front of each line, once `mark_other_output` ran.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterable
from typing import Any, TextIO

LONGEST = 2000
_ENDS = re.compile(r"([\r\n])")
# The editor folds what follows such a head into a traceback, also behind a short prefix.
_HEAD = "(most recent call last)"
_BROKEN_HEAD = _HEAD.replace("(", r"\x28")


def visible(text: str) -> str:
    """
    The text on one line: whatever ends lines, steers terminals, changes direction or cannot be seen is escaped as in a
    Python literal. What is escaped already stays as it is.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def one_line(text: str, most: int = LONGEST) -> str:
    """
    `visible`, cut to `most` characters, and without a head that the editor takes for that of a traceback.

    Parameters:
        most: characters that are left, beside a note of how many are missing.
    """
    shown = visible(text[:most])
    cut = max(len(text) - most, 0) + max(len(shown) - most, 0)
    shown = shown[:most].replace(_HEAD, _BROKEN_HEAD)
    return f"{shown}... ({cut} more)" if cut else shown


def say(text: str) -> None:
    """Prints a line of our own."""
    out = own_stdout()
    out.write(visible(text) + "\n")
    out.flush()


def own_stdout() -> Any:
    """Stdout for lines of our own, which get no mark."""
    return sys.stdout.own if isinstance(sys.stdout, _Marked) else sys.stdout


def mark_other_output() -> None:
    """From here on, lines that others write to stdout and stderr begin with `(stdout) ` or `(stderr) `."""
    if isinstance(sys.stdout, _Marked):
        return
    marked: list[_Marked] = []
    lock = threading.RLock()
    own = _Own(sys.stdout, marked, lock)
    marked += [_Marked(sys.stdout, "(stdout) ", own, lock), _Marked(sys.stderr, "(stderr) ", own, lock)]
    sys.stdout, sys.stderr = marked


class _Own:
    """Stdout, behind the end of what others have begun to write: both streams may lead to one place."""

    def __init__(self, behind: TextIO, marked: list[_Marked], lock: threading.RLock) -> None:
        self._behind = behind
        self._marked = marked
        self._lock = lock

    def write(self, text: str) -> int:
        with self._lock:
            for stream in self._marked:
                stream.end_line()
            return self._behind.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


class _Marked:
    """A text stream whose lines all begin with a mark, also those that a carriage return begins."""

    def __init__(self, behind: TextIO, mark: str, own: _Own, lock: threading.RLock) -> None:
        self.own = own
        self._behind = behind
        self._mark = mark
        self._lock = lock
        self._is_at_start = True

    def write(self, text: str) -> int:
        with self._lock:
            for part in filter(None, _ENDS.split(text)):
                is_end = part in "\r\n"
                if self._is_at_start and not is_end:
                    self._behind.write(self._mark)
                self._behind.write(part if is_end else visible(part))
                self._is_at_start = is_end
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def end_line(self) -> None:
        """Ends a line that was begun."""
        if not self._is_at_start:
            self.write("\n")
            self._behind.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)
