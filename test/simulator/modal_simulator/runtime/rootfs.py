"""The files that a deployment uploaded, laid out as a folder that stands for the container's root."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from modal_proto import api_pb2

from ..blobs import BlobStore
from ..world import World

HOME = "/root"


@dataclass(frozen=True)
class RootFolder:
    """Where a container's files are on this machine."""

    root: Path
    mapped: dict[str, str]  # remote folder -> local folder, longest first

    @property
    def home(self) -> Path:
        """The container's /root, where modules are found."""
        return self.root / "root"

    def localize(self, text: str) -> str:
        """Returns the text with a leading remote folder replaced by its local one."""
        for remote, local in self.mapped.items():
            if text == remote or text.startswith(remote + "/"):
                moved = local + text[len(remote) :]
                # /root may also be the home of this machine's user: then only what was uploaded is meant.
                return moved if remote != HOME or Path(moved).exists() else text
        return text


def materialize(function: api_pb2.Function, world: World, blobs: BlobStore, work_dir: Path) -> RootFolder:
    """Writes the function's mounted files, once for each set of contents, and maps its volumes."""
    files = _mounted_files(function, world)
    digest = hashlib.sha256("\n".join(f"{p} {sha}" for p, sha in sorted(files.items())).encode()).hexdigest()
    root = work_dir / "roots" / digest[:16]
    if not root.exists():
        _write(files, blobs, root)
    mapped = {
        mount.mount_path.rstrip("/"): world.volumes[mount.volume_id].path for mount in function.volume_mounts
    }
    for local in mapped.values():
        Path(local).mkdir(parents=True, exist_ok=True)
    mapped[HOME] = str(root / "root")
    return RootFolder(root, dict(sorted(mapped.items(), key=lambda item: -len(item[0]))))


def _mounted_files(function: api_pb2.Function, world: World) -> dict[str, str]:
    files: dict[str, str] = {}
    for mount_id in function.mount_ids:
        mount = world.mounts.get(mount_id)
        if mount is not None:
            files.update({path: file.sha256_hex for path, file in mount.files.items()})
    return files


def _write(files: dict[str, str], blobs: BlobStore, root: Path) -> None:
    """Makes the folder in one step: several containers of a new deploy may want it at the same time."""
    root.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix="new-", dir=root.parent))
    (building / "root").mkdir()
    for remote, sha in files.items():
        target = building / PurePosixPath(remote).relative_to("/")
        if ".." in target.parts:
            raise ValueError(f"{remote} leaves the container's root")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(blobs.by_sha256(sha) or b"")
    try:
        building.rename(root)
    except OSError:
        shutil.rmtree(building)
        if not root.exists():
            raise
