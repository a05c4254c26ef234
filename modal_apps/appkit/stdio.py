"""
What a process writes to its log, line by line: no text of a caller can begin a line or steer a terminal.

Our own lines go through `say` and the formatter of `logs.py`. Everything else that is written to stdout and stderr
(tracebacks of libraries, their warnings and prints) gets a mark in front of each line, once `mark_other_output` ran.
"""

from __future__ import annotations

import re
import sys
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
    print(visible(text), file=own_stdout(), flush=True)


def own_stdout() -> TextIO:
    """Stdout for lines of our own, which get no mark."""
    return sys.stdout.behind if isinstance(sys.stdout, _Marked) else sys.stdout


def mark_other_output() -> None:
    """From here on, lines that others write to stdout and stderr begin with `(stdout) ` or `(stderr) `."""
    if not isinstance(sys.stdout, _Marked):
        sys.stdout = _Marked(sys.stdout, "(stdout) ")
    if not isinstance(sys.stderr, _Marked):
        sys.stderr = _Marked(sys.stderr, "(stderr) ")


class _Marked:
    """A text stream whose lines all begin with a mark, also those that a carriage return begins."""

    def __init__(self, behind: TextIO, mark: str) -> None:
        self.behind = behind
        self._mark = mark
        self._is_at_start = True

    def write(self, text: str) -> int:
        written = []
        for part in _ENDS.split(text):
            if not part:
                continue
            is_end = part in "\r\n"
            if self._is_at_start and not is_end:
                written.append(self._mark)
            written.append(part if is_end else visible(part))
            self._is_at_start = is_end
        self.behind.write("".join(written))
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.behind, name)
