"""Uploaded files as a folder of this machine, for containers that have no view of their own."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .view.contents import Upload


def materialize(uploads: Mapping[str, Upload], roots: Path) -> Path:
    """Writes the files, once for each set of contents, and returns the folder that stands for the root."""
    lines = [f"{path} {upload.source.name} {upload.mode:o}" for path, upload in sorted(uploads.items())]
    root = roots / hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    if not root.exists():
        _write(uploads, root)
    return root


def _write(uploads: Mapping[str, Upload], root: Path) -> None:
    """Makes the folder in one step: several containers of a new deploy may want it at the same time."""
    root.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix="new-", dir=root.parent))
    (building / "root").mkdir()
    for path, upload in uploads.items():
        target = building / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(upload.source, target)
    try:
        building.rename(root)
    except OSError:
        shutil.rmtree(building)
        if not root.exists():
            raise
