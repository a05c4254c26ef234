"""Files that were uploaded through the web page: nothing else on this machine is read for its visitors."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Not there on Windows: the first two are needed where others write to the folder, the last only there.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


class NotUploaded(Exception):
    """A path that is not that of an upload, or of one that is too large or gone; the text says which."""


def paths_in(value: Any) -> Iterator[str]:
    """What gradio would take for a file anywhere in a request's values."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "path" in part:
                yield str(part["path"])
            waiting.extend(part.values())
        elif isinstance(part, list | tuple):
            waiting.extend(part)


def check_upload(path: str, folder: str) -> Path:
    """
    Parameters:
        folder: where uploads lie.

    Returns:
        the path without links in its folders.

    Raises:
        NotUploaded: see there.
    """
    try:
        real = Path(os.path.realpath(Path(path).parent)) / Path(path).name
        inside = real.parent.is_relative_to(os.path.realpath(folder))
        regular = inside and stat.S_ISREG(os.lstat(real).st_mode)
    except (OSError, ValueError) as error:
        raise NotUploaded("A file is not here any more. Upload it again.") from error
    if not regular:
        raise NotUploaded("A file was not uploaded to this page. Upload it here.")
    return real


def read_upload(path: str, folder: str, most: int) -> bytes:
    """
    Parameters:
        folder: where uploads lie.
        most: bytes.

    Raises:
        NotUploaded: see there.
    """
    real = check_upload(path, folder)
    try:
        with open(os.open(real, os.O_RDONLY | _FLAGS), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise NotUploaded("A file was not uploaded to this page. Upload it here.")
            data = file.read(most + 1)
    except OSError as error:
        raise NotUploaded("A file is not here any more. Upload it again.") from error
    if len(data) > most:
        raise NotUploaded(f"{real.name} is larger than {most >> 20} MiB.")
    return data
