"""GPU types as Modal knows them."""

from __future__ import annotations

from collections.abc import Set

MAX_COUNT = 8
MAX_COUNT_BY_TYPE = {"A10": 4, "A10G": 4}
GPU_TYPES = frozenset(
    {
        "T4", "L4", "A10", "A10G", "L40S", "A100", "A100-40GB", "A100-80GB", "RTX-PRO-6000",
        "H100", "H100!", "H200", "B200", "B200+", "B300", "ANY",
    }
)  # fmt: skip


def gpu_problem(gpu_type: str, count: int, refused: Set[str]) -> str:
    """Returns why a GPU request is refused, or '' if it is fine.

    Parameters:
        gpu_type: as the client sends it, upper case.
        count: GPUs for each container.
        refused: types that are made unavailable on purpose.
    """
    if gpu_type not in GPU_TYPES:
        return f"Not a valid GPU type: '{gpu_type}'. Valid types: {', '.join(sorted(GPU_TYPES))}"
    if gpu_type in refused:
        return f"GPU type '{gpu_type}' is not available to this workspace"
    limit = MAX_COUNT_BY_TYPE.get(gpu_type, MAX_COUNT)
    if count > limit:
        return f"Cannot request {count} GPUs of type '{gpu_type}': at most {limit} fit one container"
    return ""
