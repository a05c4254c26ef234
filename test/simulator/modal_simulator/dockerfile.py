"""What the commands of an image say about its files: which are copied where, and the folder to work in."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Copy:
    """A COPY or ADD of files from the context.

    Parameters:
        into_folder: whether the target is a folder for sure, since it ends in a slash or there are several sources.
    """

    sources: tuple[str, ...]
    target: PurePosixPath
    into_folder: bool

    def targets(self, context: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yields (file of the context, path in the image) for each file that is copied."""
        for pattern in self.sources:
            parts = (PurePosixPath("/") / pattern).parts
            for file in context:
                inner = _below(PurePosixPath(file).parts, parts)
                if inner is None:
                    continue
                if inner:  # a folder: what is in it is copied, not itself
                    yield file, str(self.target.joinpath(*inner))
                elif self.into_folder:
                    yield file, str(self.target / PurePosixPath(file).name)
                else:
                    yield file, str(self.target)


def copies(commands: Iterable[str], folder: str) -> Iterator[Copy]:
    """Yields the copies from the context; relative targets are in the folder that WORKDIR names."""
    for command in commands:
        folder = _workdir(command, folder)
        name, _, rest = command.strip().partition(" ")
        if name.upper() not in ("COPY", "ADD"):
            continue
        words = _words(rest)
        options = [word for word in words if word.startswith("--")]
        *sources, target = [word for word in words if not word.startswith("--")] or [""]
        if any(option.startswith("--from") for option in options) or not sources:
            continue  # of another image, which is not here
        yield Copy(tuple(sources), PurePosixPath(folder) / target, target.endswith("/") or len(sources) > 1)


def workdir(commands: Iterable[str], folder: str) -> str:
    """Returns the folder that the commands leave as the one to work in."""
    for command in commands:
        folder = _workdir(command, folder)
    return folder


def _workdir(command: str, folder: str) -> str:
    name, _, rest = command.strip().partition(" ")
    return str(PurePosixPath(folder) / rest.strip().strip("\"'")) if name.upper() == "WORKDIR" else folder


def _words(text: str) -> list[str]:
    if text.strip().startswith("["):
        try:
            return [str(word) for word in json.loads(text)]
        except ValueError:
            return []
    try:
        return shlex.split(text)
    except ValueError:
        return []


def _below(path: tuple[str, ...], pattern: tuple[str, ...]) -> tuple[str, ...] | None:
    """Returns the parts of the path below what the pattern matches, or None if it does not match."""
    if len(path) < len(pattern):
        return None
    if not all(fnmatchcase(part, each) for part, each in zip(path, pattern, strict=False)):
        return None
    return path[len(pattern) :]
