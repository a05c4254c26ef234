"""What the build of an image prints. Nothing is installed: functions run in the simulator's own Python."""

from __future__ import annotations

import re
from collections.abc import Iterator

from modal_proto import api_pb2

_INSTALL_PATTERN = re.compile(r"\b(?:uv )?pip install\b(.*)")
_APT_PATTERN = re.compile(r"\bapt-get install\b(.*)")
_SUBSTITUTION_PATTERN = re.compile(r"\$\([^)]*\)")
_ASSIGNMENT_PATTERN = re.compile(r"[A-Za-z_]+=[^=]")
_VALUE_OPTIONS = {"-r", "--requirement", "-c", "--constraint", "--index-url", "--extra-index-url"}


def build_lines(image_id: str, image: api_pb2.Image) -> Iterator[str]:
    """Yields the lines of the build in order, each with its line end."""
    yield f"Building image {image_id}\n"
    for step, command in enumerate(_joined(list(image.dockerfile_commands))):
        yield f"\n=> Step {step}: {command}\n"
        yield from _output(command)
    if image.HasField("build_function"):
        yield "\n=> Running build function (not run by the local Modal)\n"
    yield "Saving image...\n"


def installs_packages(image: api_pb2.Image) -> bool:
    """Whether a command of the image installs Python packages."""
    return any(_INSTALL_PATTERN.search(command) for command in image.dockerfile_commands)


def until_last_step(lines: list[str]) -> list[str]:
    """Returns the lines up to the one that names the last step, which is where a failing build stops."""
    steps = [number for number, line in enumerate(lines) if line.startswith("\n=> ")]
    return lines[: steps[-1] + 1] if steps else lines[:1]


def _joined(commands: list[str]) -> Iterator[str]:
    """Joins lines that end with a backslash, and here-documents stay as they are."""
    pending = ""
    for line in commands:
        text = pending + line.strip()
        if text.endswith("\\"):
            pending = text[:-1].rstrip() + " "
            continue
        pending = ""
        if text:
            yield text
    if pending:
        yield pending.rstrip()


def _output(command: str) -> Iterator[str]:
    if match := _INSTALL_PATTERN.search(command):
        packages = _packages(match.group(1))
        for package in packages:
            yield f"Collecting {package}\n"
        if packages:
            yield f"Installing collected packages: {', '.join(packages)}\n"
            yield f"Successfully installed {' '.join(packages)}\n"
    elif match := _APT_PATTERN.search(command):
        for package in _packages(match.group(1)):
            yield f"Setting up {package} ...\n"


def _packages(arguments: str) -> list[str]:
    packages: list[str] = []
    skip = False
    for word in _SUBSTITUTION_PATTERN.sub("", arguments).split("&&")[0].split():
        if skip or word.startswith(("-", "/")) or _ASSIGNMENT_PATTERN.match(word):
            skip = word in _VALUE_OPTIONS
            continue
        packages.append(word.strip("'\""))
    return packages
