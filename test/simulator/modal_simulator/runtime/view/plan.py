"""How a container's view is put together: a private folder as its root, and what of this machine is bound into it.

The system's own folders are bound read-only, so that its programs run. Everything else is the container's own and
empty: a home, a /tmp, any folder it makes. Where a container has something of its own inside a folder of the system,
that folder becomes a private one whose other entries are bound one by one.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from .contents import HOME, Contents, Upload, VolumePlace

SYSTEM = ("bin", "etc", "gnu", "lib", "lib32", "lib64", "libx32", "nix", "opt", "sbin", "usr", "var")
PRIVATE = (
    HOME,
    "/home",
    "/media",
    "/mnt",
    "/run",
    "/srv",
    "/tmp",
    "/var/log",
    "/var/tmp",
    "/dev",
    "/proc",
    "/sys",
)
STICKY = ("/tmp", "/var/tmp")
TOOLS = "/__modal/.bin"
ARGUMENTS = "/__modal/arguments"
# Larger uploads are bound instead of copied, so that they cost no time.
COPIED_BYTES = 1 << 20
MAX_LINKS = 40


@dataclass(frozen=True)
class Bind:
    """Something of this machine at a path of the container."""

    source: Path
    path: str
    read_only: bool = True


@dataclass
class Plan:
    """A private root, and what is bound into it, in order."""

    root: Path
    binds: list[Bind] = field(default_factory=list)

    def place(self, path: str | PurePosixPath) -> Path:
        """Returns where a path of the container is on this machine."""
        return self._resolved(PurePosixPath(path))[1]

    def own_place(self, path: str | PurePosixPath) -> Path:
        """Returns where a path of the container is, to make something there.

        Raises OSError if that would be among the files of this machine.
        """
        path, place = self._resolved(PurePosixPath(path))
        bind = self._bind_over(path)
        if bind is not None and bind.read_only and not place.exists():
            raise OSError(errno.EROFS, f"{path} is in a folder that is read-only here")
        return place

    def bind(self, source: Path, path: str, read_only: bool) -> None:
        """Adds a bind and makes the place for it. Raises OSError as ``own_place``."""
        place = self.own_place(path)
        if source.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        elif not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        self.binds.append(Bind(source, self.real(path), read_only))

    def real(self, path: str) -> str:
        """Returns a path of the container without links."""
        return str(self._resolved(PurePosixPath(path))[0])

    def unbind(self, path: str) -> None:
        """Takes the last bind at that path away. Raises KeyError if there is none."""
        real = self.real(path)
        for bind in reversed(self.binds):
            if bind.path == real:
                self.binds.remove(bind)
                return
        raise KeyError(path)

    def own_files(self, folder: Path) -> None:
        """Copies what the container itself has into a new folder: all but what is bound into it."""
        bound = {self.root / each.path.lstrip("/") for each in self.binds}
        folder.mkdir(parents=True)
        copy_tree(self.root, folder, leave_out={*bound, self.root / "__modal"})

    def _resolved(self, path: PurePosixPath) -> tuple[PurePosixPath, Path]:
        """Returns a path without links, and where it is on this machine."""
        for _ in range(MAX_LINKS):
            bind = self._bind_over(path)
            base, source = (
                (PurePosixPath(bind.path), bind.source) if bind else (PurePosixPath("/"), self.root)
            )
            place = inside(source, path.relative_to(base))
            real = base / place.relative_to(source)
            if real == path:
                return real, place
            path = real
        raise OSError(errno.ELOOP, f"{path} leads round in a circle")

    def _bind_over(self, path: PurePosixPath) -> Bind | None:
        return next((each for each in reversed(self.binds) if path.is_relative_to(each.path)), None)


def make_plan(contents: Contents, folder: Path, tools: Path, shared: Iterable[Path]) -> Plan:
    """Makes the root of a new container in the folder and returns how its view is built.

    Parameters:
        tools: folder with the programs that Modal puts into each container.
        shared: what of this machine is seen besides the system's folders, at its own place and read-only.
    """
    plan = Plan(folder)
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    if contents.snapshot is not None:
        copy_tree(contents.snapshot, folder)
    _bind_system(plan, contents)
    for path in (*PRIVATE, contents.workdir):
        _make_folder(plan.own_place(path))
    for path in STICKY:
        plan.place(path).chmod(0o1777)
    for name in ("dev", "proc", "sys"):
        plan.bind(Path("/") / name, f"/{name}", read_only=name == "sys")
    for place in shared:
        plan.bind(place, str(place), read_only=True)
    plan.bind(tools, TOOLS, read_only=True)
    for path, upload in contents.uploads.items():
        _put(plan, path, upload)
    for volume in contents.volumes:
        volume.folder.mkdir(parents=True, exist_ok=True)
        _make_points_inside(volume, contents.volumes)
        plan.bind(volume.folder, volume.path, volume.read_only)
    return plan


def shared_places(environment: Mapping[str, str], handed: Iterable[str], python: str) -> list[Path]:
    """Returns what of this machine containers need besides the system's folders.

    Parameters:
        handed: names of variables that are handed to containers: the files that they name are seen there.
        python: the interpreter of the container.
    """
    prefixes = [
        path.parents[1] for name in (sys.executable, python) for path in (Path(name), Path(name).resolve())
    ]
    packages = [each for each in sys.path if Path(each).name in ("site-packages", "dist-packages")]
    listed = [environment.get(name, "").split(os.pathsep) for name in (*handed, "LD_LIBRARY_PATH")]
    named = [each for words in listed for each in words if os.path.isabs(each) and os.path.exists(each)]
    resolver = Path("/etc/resolv.conf").resolve()
    found = {
        Path(each) for each in (*prefixes, sys.prefix, sys.base_prefix, sys.exec_prefix, *packages, *named)
    }
    found |= {each.resolve() for each in found} | ({resolver} if resolver.exists() else set())
    wanted = sorted(each for each in found if len(each.parts) > 1 and each.parts[1] not in SYSTEM)
    return [each for each in wanted if not any(outer in each.parents for outer in wanted)]


def inside(root: Path, path: str | PurePosixPath) -> Path:
    """Returns the place of a path below a root as a process would see it whose root that is.

    Links lead nowhere outside of the root. Raises OSError if they lead round in a circle.
    """
    left = list(reversed(PurePosixPath(path).parts))
    place, links = root, 0
    while left:
        part = left.pop()
        if part == "/":
            place = root
        elif part == "..":
            place = place.parent if place != root else root
        elif (place / part).is_symlink():
            links += 1
            if links > MAX_LINKS:
                raise OSError(errno.ELOOP, f"{path} leads round in a circle")
            left += reversed(PurePosixPath((place / part).readlink()).parts)
        else:
            place /= part
    return place


def copy_tree(source: Path, target: Path, leave_out: Collection[Path] = ()) -> None:
    """Copies a folder with links as links, over what may be there, and leaves out what is no file."""
    for entry in os.scandir(source):
        path, place = Path(entry.path), target / entry.name
        if path in leave_out:
            continue
        if entry.is_symlink():
            place.unlink(missing_ok=True)
            place.symlink_to(path.readlink())
        elif entry.is_dir():
            place.mkdir(exist_ok=True)
            copy_tree(path, place, leave_out)
            shutil.copystat(path, place)
        elif entry.is_file():
            shutil.copy2(path, place)


def _bind_system(plan: Plan, contents: Contents) -> None:
    own = {*PRIVATE, *contents.uploads, *(volume.path for volume in contents.volumes)}
    if not os.path.isdir(contents.workdir):
        own.add(contents.workdir)
    kept = {Path(os.path.realpath(path)) for path in own if path.split("/")[1] in SYSTEM}
    for name in SYSTEM:
        plan.binds += _shown(plan.root, Path("/") / name, kept)


def _shown(root: Path, place: Path, own: set[Path]) -> Iterator[Bind]:
    """Yields the binds for a folder of the system; what the container has of its own in there stays free."""
    inner = root / place.relative_to("/")
    if place in own or (inner.is_symlink() and not place.is_symlink()):
        return
    if place.is_symlink():
        if not os.path.lexists(inner):
            inner.symlink_to(place.readlink())
    elif any(place in path.parents for path in own) or (inner.is_dir() and any(inner.iterdir())):
        inner.mkdir(exist_ok=True)
        shutil.copymode(place, inner)
        for entry in sorted(place.iterdir()):
            yield from _shown(root, entry, own)
    elif place.is_dir():
        inner.mkdir(exist_ok=True)
        yield Bind(place, str(place))
    elif place.is_file() and not os.path.lexists(inner):
        inner.touch()
        yield Bind(place, str(place))


def _make_folder(place: Path) -> None:
    """Makes a folder that every user of the container may enter."""
    for folder in reversed([place, *place.parents]):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o755)


def _make_points_inside(volume: VolumePlace, others: Iterable[VolumePlace]) -> None:
    """Makes the places of volumes within a volume, also in one that is read-only in the container."""
    for other in others:
        if other is not volume and PurePosixPath(other.path).is_relative_to(volume.path):
            inside(volume.folder, PurePosixPath(other.path).relative_to(volume.path)).mkdir(
                parents=True, exist_ok=True
            )


def _put(plan: Plan, path: str, upload: Upload) -> None:
    place = plan.own_place(path)
    if upload.source.stat().st_size > COPIED_BYTES:
        plan.bind(upload.source, path, read_only=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(upload.source, place)
    place.chmod(upload.mode & 0o777 or 0o644)
