"""The view of one container, and how its processes get into it."""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import bubblewrap, namespaces
from .contents import HOME, Contents
from .plan import ARGUMENTS, Plan, copy_tree

NOTE_BYTES = 4096
MOUNTED = "/__modal/mounted"


@dataclass
class Entry:
    """How one process gets into a view: what goes before its command, where it runs, what it does before exec."""

    prefix: tuple[str, ...] = ()
    folder: Path | None = None
    steps: tuple[Callable[[], None], ...] = ()
    _note: mmap.mmap = field(default_factory=lambda: mmap.mmap(-1, NOTE_BYTES))  # shared with the new process

    def prepare(self) -> None:
        """Takes the steps, in the new process; what goes wrong is told to this one."""
        try:
            for step in self.steps:
                step()
        except OSError as error:
            self._note.write(f"{error.errno or 0} {error.strerror or error}".encode()[:NOTE_BYTES])
            raise

    def failure(self) -> OSError:
        """Returns what went wrong in ``prepare``."""
        number, _, text = self._note[:].rstrip(b"\0").decode(errors="replace").partition(" ")
        return OSError(int(number or 0), text or "the process could not be prepared")


class View:
    """What the processes of one container see of the file system."""

    home = HOME
    arguments_path = ARGUMENTS
    workdir = HOME
    python = sys.executable

    def entry(self, folder: str = "") -> Entry:
        """Returns how a process gets in; it runs in that folder of the view."""
        raise NotImplementedError

    def localize(self, text: str) -> str:
        """Returns a path in the container as its processes have to call it."""
        return text

    def place(self, path: str) -> Path:
        """Returns where a path of the container is on this machine."""
        raise NotImplementedError

    def environment(self) -> Mapping[str, str]:
        """Returns variables that go with the view."""
        return {}

    def opened(self, pid: int) -> None:
        """Takes note of the container's first process."""

    def close(self) -> None:
        """Removes what only this container had."""


class SharedView(View):
    """No view of its own: paths are mapped in variables and arguments, as far as that goes.

    Parameters:
        root: folder with the uploaded files.
        mapped: folder in the container -> folder of this machine.
        workdir: where commands run, if that is here.
    """

    def __init__(self, root: Path, mapped: Mapping[str, str], arguments: Path, workdir: str) -> None:
        self._mapped = dict(sorted(mapped.items(), key=lambda item: -len(item[0])))
        self.home = str(root / "root")
        self.workdir = workdir if os.path.isdir(workdir) else self.home
        self.arguments_path = str(arguments)

    def entry(self, folder: str = "") -> Entry:
        return Entry(folder=Path(self.localize(folder) if folder else self.workdir))

    def localize(self, text: str) -> str:
        for remote, local in self._mapped.items():
            if text == remote or text.startswith(remote + "/"):
                moved = local + text[len(remote) :]
                # /root may also be the home of this machine's user: then only what was uploaded is meant.
                return moved if remote != HOME or Path(moved).exists() else text
        return text

    def place(self, path: str) -> Path:
        return Path(self.localize(path))

    def close(self) -> None:
        Path(self.arguments_path).unlink(missing_ok=True)


class OwnView(View):
    """A view that follows a plan."""

    def __init__(self, plan: Plan, contents: Contents) -> None:
        self.plan = plan
        self.workdir = contents.workdir
        self._mounted = 0

    def place(self, path: str) -> Path:
        return self.plan.place(path)

    def environment(self) -> Mapping[str, str]:
        return {"HOME": HOME}

    def mount(self, folder: Path | None, path: str) -> None:
        """Shows a copy of a folder, or an empty one, at a path that is there. Raises OSError."""
        if not self.plan.place(path).is_dir():
            raise OSError(errno.ENOENT, f"There is no folder {path}")
        self._mounted += 1
        inner = f"{MOUNTED}/{self._mounted}"
        copy = self.plan.own_place(inner)
        copy.mkdir(parents=True)
        if folder is not None:
            copy_tree(folder, copy)
        self.plan.bind(copy, path, read_only=False)
        self.change(namespaces.binding(inner.encode(), self.plan.real(path).encode(), read_only=False))

    def unmount(self, path: str) -> None:
        """Takes away what ``mount`` shows. Raises OSError."""
        real = self.plan.real(path)
        if not self.plan.place(real).is_relative_to(self.plan.root / MOUNTED.lstrip("/")):
            raise OSError(errno.EINVAL, f"Nothing is mounted at {path}")
        self.plan.unbind(real)
        self.change(namespaces.unbinding(real.encode()))

    def change(self, step: Callable[[], None]) -> None:
        """Takes a step inside the view of the processes that run, if they share one. Raises OSError."""

    def close(self) -> None:
        shutil.rmtree(self.plan.root, ignore_errors=True)


class NamespaceView(OwnView):
    """A view made by the kernel; later processes join the first one's.

    Parameters:
        own_users: whether in a user namespace.
    """

    def __init__(self, plan: Plan, contents: Contents, own_users: bool) -> None:
        super().__init__(plan, contents)
        self._own_users = own_users
        self._namespaces: list[int] = []

    def entry(self, folder: str = "") -> Entry:
        step = (
            namespaces.joining(self._namespaces)
            if self._namespaces
            else namespaces.making(self.plan, self._own_users)
        )
        return Entry(steps=(step, lambda: os.chdir(folder or self.workdir)))

    def opened(self, pid: int) -> None:
        kinds = ("user", "mnt") if self._own_users else ("mnt",)
        with contextlib.suppress(OSError):  # it has ended
            for kind in kinds:
                self._namespaces.append(os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC))

    def change(self, step: Callable[[], None]) -> None:
        entry = self.entry("/")
        entry.steps = (*entry.steps, step)
        run_nothing(entry)

    def close(self) -> None:
        while self._namespaces:
            os.close(self._namespaces.pop())
        super().close()


class BubblewrapView(OwnView):
    """A view made by bubblewrap, anew and alike for each process."""

    def __init__(self, plan: Plan, contents: Contents, program: str) -> None:
        super().__init__(plan, contents)
        self._program = program

    def entry(self, folder: str = "") -> Entry:
        words = bubblewrap.arguments(self._program, self.plan, folder or self.workdir)
        return Entry(prefix=tuple(words), folder=Path("/"))


def run_nothing(entry: Entry) -> None:
    """Runs a program that does nothing, for what happens before. Raises OSError."""
    try:
        done = subprocess.run(
            [*entry.prefix, "true"],
            cwd=entry.folder,
            preexec_fn=entry.prepare,
            capture_output=True,
            check=False,
        )
    except subprocess.SubprocessError:
        raise entry.failure() from None
    if done.returncode:
        raise OSError(done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}")
