"""The program by which Modal's SDKs work on files of a sandbox: one command as JSON, errors as JSON on stderr.

It runs in the sandbox by itself, so it imports nothing but the standard library.
"""

from __future__ import annotations

import ctypes
import errno
import grp
import json
import os
import pwd
import select
import shutil
import stat
import struct
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

MAX_READ_BYTES = 5 << 30
CHUNK = 1 << 20

Fields = dict[str, Any]


class Refusal(Exception):
    """A command that cannot be carried out, with the kind by which SDKs tell errors apart."""

    def __init__(self, kind: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.payload = {"version": 1, "error_kind": kind, "message": message, "detail": detail}


KINDS = {
    errno.ENOENT: ("NotFound", "path does not exist"),
    errno.ENOTDIR: ("NotDirectory", "a component of the path is not a directory"),
    errno.EISDIR: ("IsDirectory", "expected a file path"),
    errno.EEXIST: ("PathAlreadyExists", "path already exists"),
    errno.ENOTEMPTY: ("DirectoryNotEmpty", "directory is not empty"),
    errno.EACCES: ("PermissionDenied", "permission denied"),
    errno.EPERM: ("PermissionDenied", "permission denied"),
    errno.EROFS: ("PermissionDenied", "read-only file system"),
    errno.EOPNOTSUPP: ("NotSupported", "operation not supported"),
}


def list_files(path: str) -> None:
    if not stat.S_ISDIR(os.stat(path).st_mode):
        raise Refusal("IsFile", "expected a directory path")
    entries = [_entry(name, os.path.join(path, name)) for name in sorted(os.listdir(path))]
    _print(json.dumps(entries))


def stat_file(path: str) -> None:
    _print(json.dumps(_entry(os.path.basename(path.rstrip("/")), path)))


def make_directory(path: str, parents: bool = True) -> None:
    if not parents:
        os.mkdir(path)
        return
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError:
        if os.path.isdir(os.path.dirname(path)):
            raise
        raise NotADirectoryError(errno.ENOTDIR, "") from None


def read_file(path: str) -> None:
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_READ_BYTES:
            message = f"file is {size} bytes, which exceeds the {MAX_READ_BYTES} byte limit"
            raise Refusal("FileTooLarge", message)
        shutil.copyfileobj(file, sys.stdout.buffer, CHUNK)


def write_file(path: str) -> None:
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, "")
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, "") from None
    with open(path, "wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file, CHUNK)


def remove(path: str, recursive: bool = False) -> None:
    if not stat.S_ISDIR(os.lstat(path).st_mode):
        os.remove(path)
    elif recursive:
        shutil.rmtree(path)
    else:
        os.rmdir(path)


def watch(
    path: str,
    recursive: bool = False,
    filter: list[str] | None = None,
    timeout_secs: int | None = None,
) -> None:
    """Prints what happens to a path, one event a line, until its time is up or nobody listens any more."""
    os.lstat(path)
    deadline = None if timeout_secs is None else time.monotonic() + timeout_secs
    watcher = Watcher(path, recursive)
    while (left := 60.0 if deadline is None else deadline - time.monotonic()) > 0:
        readable, _, _ = select.select([watcher.descriptor, 0], [], [], left)
        if 0 in readable and not os.read(0, 256):
            return
        for kind, paths in watcher.events() if watcher.descriptor in readable else ():
            if filter is None or kind in filter:
                _print(json.dumps({"event_type": kind, "paths": paths}) + "\n")


class Watcher:
    """The kernel's notes on changes of a path, of all folders below it if recursive."""

    ACCESS, MODIFY, ATTRIB, CLOSE_WRITE, CLOSE_NOWRITE, OPEN = 0x1, 0x2, 0x4, 0x8, 0x10, 0x20
    MOVED_FROM, MOVED_TO, CREATE, DELETE, DELETE_SELF, MOVE_SELF = 0x40, 0x80, 0x100, 0x200, 0x400, 0x800
    ALL, IS_FOLDER = 0xFFF, 0x40000000
    HEAD = struct.Struct("iIII")
    KINDS = (
        (CREATE, "Create"),
        (DELETE | DELETE_SELF, "Remove"),
        (MODIFY | ATTRIB, "Modify"),
        (ACCESS | OPEN | CLOSE_WRITE | CLOSE_NOWRITE, "Access"),
    )

    def __init__(self, path: str, recursive: bool) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = self._libc.inotify_init1(os.O_CLOEXEC)
        self._folders: dict[int, str] = {}
        self._recursive = recursive
        self._watch(path)

    def events(self) -> Iterator[tuple[str, list[str]]]:
        """Yields (kind, paths) of what has happened since; the two halves of a rename as one where both are seen."""
        left: dict[int, str] = {}  # cookie -> old path
        for mask, cookie, path in self._read():
            if mask & self.MOVED_FROM:
                left[cookie] = path
            elif mask & self.MOVED_TO:
                before = left.pop(cookie, "")
                yield ("Rename", [before, path]) if before else ("RenameTo", [path])
            else:
                yield from ((kind, [path]) for bits, kind in self.KINDS if mask & bits)
            if mask & self.IS_FOLDER and mask & (self.CREATE | self.MOVED_TO) and self._recursive:
                self._watch(path)
        yield from (("RenameFrom", [path]) for path in left.values())

    def _read(self) -> Iterator[tuple[int, int, str]]:
        data = os.read(self.descriptor, 1 << 16)
        position = 0
        while position < len(data):
            number, mask, cookie, length = self.HEAD.unpack_from(data, position)
            position += self.HEAD.size
            name = data[position : position + length].rstrip(b"\0").decode(errors="surrogateescape")
            position += length
            folder = self._folders.get(number, "")
            yield mask, cookie, os.path.join(folder, name) if name else folder

    def _watch(self, path: str) -> None:
        number = self._libc.inotify_add_watch(self.descriptor, os.fsencode(path), self.ALL)
        if number < 0:
            raise OSError(ctypes.get_errno(), path)
        self._folders[number] = path
        if self._recursive and os.path.isdir(path):
            for entry in os.scandir(path):
                if entry.is_dir(follow_symlinks=False):
                    self._watch(entry.path)


COMMANDS: dict[str, Callable[..., None]] = {
    "ListFiles": list_files,
    "MakeDirectory": make_directory,
    "ReadFile": read_file,
    "Remove": remove,
    "Stat": stat_file,
    "Watch": watch,
    "WriteFile": write_file,
}


def _entry(name: str, path: str) -> Fields:
    status = os.lstat(path)
    entry: Fields = {
        "name": name,
        "path": path,
        "type": _type(status.st_mode),
        "size": status.st_size,
        "mode": status.st_mode,
        "permissions": f"{stat.S_IMODE(status.st_mode):04o}",
        "owner": _name(lambda: pwd.getpwuid(status.st_uid).pw_name, status.st_uid),
        "group": _name(lambda: grp.getgrgid(status.st_gid).gr_name, status.st_gid),
        "modified_time": status.st_mtime,
    }
    if stat.S_ISLNK(status.st_mode):
        entry["symlink_target"] = os.readlink(path)
    return entry


def _type(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "symlink"
    return "directory" if stat.S_ISDIR(mode) else "file"


def _name(look_up: Callable[[], str], number: int) -> str:
    try:
        return look_up()
    except KeyError:
        return str(number)


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> int:
    """Carries out the one argument; returns the exit code."""
    try:
        [(name, fields)] = json.loads(sys.argv[1]).items()
        COMMANDS[name](**fields)
    except Refusal as refusal:
        payload = refusal.payload
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # so that the interpreter's last flush says nothing
        return 0
    except OSError as error:
        kind, message = KINDS.get(error.errno or 0, ("Io", "I/O error"))
        payload = Refusal(kind, message, str(error)).payload
    else:
        return 0
    sys.stderr.write(json.dumps(payload))
    return 1


if __name__ == "__main__":
    sys.exit(main())
