"""Files of a volume: a folder on this machine, reached by checked paths only, served in blocks over HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from aiohttp import web
from modal_proto import api_pb2

from .world import World

BLOCK_BYTES = 8 << 20


class VolumePathError(Exception):
    """The path leads nowhere or out of the volume."""


def resolve(root: Path, path: str) -> Path:
    """Returns the place of a volume path inside its folder. Raises VolumePathError if it leads out."""
    root = root.resolve()
    place = (root / path.lstrip("/")).resolve()
    if place != root and root not in place.parents:
        raise VolumePathError(f"'{path}' leads out of the volume")
    return place


def entries(root: Path, path: str, recursive: bool) -> Iterator[api_pb2.FileEntry]:
    """Yields the entry of a file, or those of a directory. Raises VolumePathError if there is nothing."""
    place = resolve(root, path)
    if not place.exists():
        raise VolumePathError(f"No such file or directory: '{path}'")
    if place.is_file():
        yield _entry(root, place)
        return
    for child in sorted(place.rglob("*") if recursive else place.iterdir()):
        yield _entry(root, child)


def remove(root: Path, path: str, recursive: bool) -> None:
    """Removes a file or, if recursive, a directory with all in it. Raises VolumePathError."""
    place = resolve(root, path)
    if place == root.resolve():
        if not recursive:
            raise VolumePathError(f"'{path}' is a directory")
        for child in list(place.iterdir()):
            remove(root, str(child.relative_to(place)), recursive)
    elif place.is_dir():
        if not recursive:
            raise VolumePathError(f"'{path}' is a directory; remove it recursively")
        shutil.rmtree(place)
    elif place.exists():
        place.unlink()
    else:
        raise VolumePathError(f"No such file or directory: '{path}'")


def copy(root: Path, sources: list[str], target: str, recursive: bool) -> None:
    """Copies files or, if recursive, directories within the volume. Raises VolumePathError."""
    goal = resolve(root, target)
    if len(sources) > 1 and not goal.is_dir():
        raise VolumePathError(f"'{target}' is not a directory")
    for source in sources:
        place = resolve(root, source)
        if not place.exists():
            raise VolumePathError(f"No such file or directory: '{source}'")
        destination = goal / place.name if goal.is_dir() else goal
        destination.parent.mkdir(parents=True, exist_ok=True)
        if not place.is_dir():
            shutil.copy2(place, destination)
        elif recursive:
            shutil.copytree(place, destination, dirs_exist_ok=True)
        else:
            raise VolumePathError(f"'{source}' is a directory; copy it recursively")


def blocks(start: int, length: int) -> Iterator[tuple[int, int]]:
    """Yields (offset, length) of the pieces of a range; pieces end where the file's blocks end."""
    position, end = start, start + length
    while position < end:
        upto = min(end, (position // BLOCK_BYTES + 1) * BLOCK_BYTES)
        yield position, upto - position
        position = upto


def download_route(world: World) -> web.RouteDef:
    """Returns the HTTP route for ``/volumes/<id>/<start>-<length>/<path>``."""

    async def download(request: web.Request) -> web.Response:
        volume = world.volumes.get(request.match_info["volume_id"])
        if volume is None:
            raise web.HTTPNotFound(text="no such volume")
        try:
            place = resolve(Path(volume.path), request.match_info["path"])
        except VolumePathError as error:
            raise web.HTTPNotFound(text=str(error)) from None
        if not place.is_file():
            raise web.HTTPNotFound(text="no such file")
        with place.open("rb") as file:
            file.seek(int(request.match_info["start"]))
            return web.Response(body=file.read(int(request.match_info["length"])))

    return web.get(r"/volumes/{volume_id}/{start:\d+}-{length:\d+}/{path:.+}", download)


def _entry(root: Path, place: Path) -> api_pb2.FileEntry:
    status = place.lstat()
    kind = api_pb2.FileEntry.FILE
    if place.is_symlink():
        kind = api_pb2.FileEntry.SYMLINK
    elif place.is_dir():
        kind = api_pb2.FileEntry.DIRECTORY
    return api_pb2.FileEntry(
        path=str(place.relative_to(root.resolve())),
        type=kind,
        mtime=int(status.st_mtime),
        size=0 if kind == api_pb2.FileEntry.DIRECTORY else status.st_size,
    )
