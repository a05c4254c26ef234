"""One SAE: where its files are, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Source:
    """
    Parameters:
        folder: absolute path, or path within `repo`.
        repo: Hub id; '' for a local folder.
        revision: commit of the repository; '' for the newest.
        overrides: what its configuration does not say.
        format: key of `FORMATS`.
        file: its only file within `folder`; '' for the format's own names.
    """

    id: str
    set: str
    folder: str
    repo: str = ""
    revision: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    format: str = "saelens"
    file: str = ""
