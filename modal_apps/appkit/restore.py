"""What a container must do again after Modal has restored it from a memory snapshot."""

from __future__ import annotations

import os
import random
import sys


def task_id() -> str:
    """The container's id. When it changes, a snapshot was restored in between."""
    return os.environ.get("MODAL_TASK_ID", "")


def after_restore() -> None:
    """Reseeds the random generators from the operating system: restored containers share them."""
    seed = int.from_bytes(os.urandom(8), "little")
    random.seed(seed)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(seed % 2**32)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed % 2**63)
