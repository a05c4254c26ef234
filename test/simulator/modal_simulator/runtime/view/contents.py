"""What a definition asks to find in its container: uploaded files, files of the image, volumes, a folder to work in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from modal_proto import api_pb2

from ...blobs import BlobStore
from ...dockerfile import Copy, copies, workdir
from ...world import Image, World

HOME = "/root"


@dataclass(frozen=True)
class Upload:
    """One uploaded file: where its contents are here, and its permissions (0 = plain)."""

    source: Path
    mode: int = 0


@dataclass(frozen=True)
class VolumePlace:
    """A volume in a container."""

    volume_id: str
    path: str
    folder: Path
    read_only: bool


@dataclass(frozen=True)
class Contents:
    """What belongs into a container besides the system's own files."""

    uploads: dict[str, Upload] = field(default_factory=dict)  # by path in the container
    volumes: tuple[VolumePlace, ...] = ()  # outer ones first
    snapshot: Path | None = (
        None  # all files of an image that was taken from a container; uploads come over it
    )
    workdir: str = HOME


def contents_of(definition: api_pb2.Function | api_pb2.Sandbox, world: World, blobs: BlobStore) -> Contents:
    """Returns what a function or sandbox asks for. Raises ValueError for a path that leads out of its place."""
    layers = list(_layers(definition.image_id, world))
    uploads: dict[str, Upload] = {}
    folder = HOME
    snapshot: Path | None = None
    for image in layers:
        if image.folder:
            uploads, snapshot = {}, Path(image.folder)
        commands = list(image.definition.dockerfile_commands)
        context = _uploads(image.definition.context_mount_id, world, blobs)
        for copy in copies(commands, folder):
            uploads |= _copied(copy, context)
        folder = workdir(commands, folder)
    for mount_id in definition.mount_ids:
        uploads |= _uploads(mount_id, world, blobs)
    if isinstance(definition, api_pb2.Sandbox) and definition.workdir:
        folder = _clean(definition.workdir)
    volumes = sorted(_volumes(definition.volume_mounts, world), key=lambda each: len(each.path))
    return Contents(uploads, tuple(volumes), snapshot, folder)


def _layers(image_id: str, world: World) -> Iterator[Image]:
    """Yields the image and all it is made from, the lowest first."""
    image = world.images.get(image_id)
    if image is None:
        return
    for base in image.definition.base_images:
        yield from _layers(base.image_id, world)
    yield image


def _uploads(mount_id: str, world: World, blobs: BlobStore) -> dict[str, Upload]:
    mount = world.mounts.get(mount_id)
    found: dict[str, Upload] = {}
    for path, file in mount.files.items() if mount else ():
        source = blobs.sha256_path(file.sha256_hex)
        if source is not None:
            found[_clean(path)] = Upload(source, file.mode)
    return found


def _copied(copy: Copy, context: dict[str, Upload]) -> dict[str, Upload]:
    return {_clean(path): context[source] for source, path in copy.targets(context)}


def _volumes(mounts: Iterable[api_pb2.VolumeMount], world: World) -> Iterator[VolumePlace]:
    for mount in mounts:
        folder = Path(world.volumes[mount.volume_id].path)
        if mount.sub_path:
            folder /= _clean(mount.sub_path).lstrip("/")
        yield VolumePlace(mount.volume_id, _clean(mount.mount_path), folder, mount.read_only)


def _clean(path: str) -> str:
    """Returns an absolute path without detours. Raises ValueError if it leads out."""
    if ".." in PurePosixPath(path).parts:
        raise ValueError(f"{path} leaves the container's root")
    return str(PurePosixPath("/") / path)
