"""GPU memory in use by all processes, as the driver reports it: in a line to read and in one for the editor."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from .progress import emit
from .stdio import say

GIB = 2**30


@dataclass(frozen=True)
class Card:
    """One GPU; memory in GiB (2**30 bytes)."""

    name: str
    used_gib: float
    total_gib: float
    driver: str


def cards() -> list[Card]:
    """The GPUs that this container has; none where there is no driver."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # no package, no driver or no card: all mean that there is nothing to count
        return []
    try:
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        driver = str(pynvml.nvmlSystemGetDriverVersion())
        return [_card(pynvml, handle, driver) for handle in handles]
    finally:
        pynvml.nvmlShutdown()


def _card(nvml: Any, handle: Any, driver: str) -> Card:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    used, total = round(memory.used / GIB, 2), round(memory.total / GIB, 2)
    return Card(str(nvml.nvmlDeviceGetName(handle)), used, total, driver)


def gpu_status() -> dict[str, float | int | str] | None:
    """What `/status` says of the GPUs; None without one."""
    found = cards()
    if not found:
        return None
    return {
        "name": found[0].name,
        "count": len(found),
        "memory_total_gib": round(sum(card.total_gib for card in found), 2),
        "memory_used_gib": round(sum(card.used_gib for card in found), 2),
        "driver": found[0].driver,
    }


def report_gpu_memory(when: str) -> dict[str, float | int | str] | None:
    """
    Prints the memory of each GPU.

    Parameters:
        when: words such as `after load`.

    Returns:
        what `gpu_status` does.
    """
    found = cards()
    if not found:
        say("GPU: none")
    for index, card in enumerate(found):
        torch_gib = _torch_counters(index)
        own = f" (torch allocated={torch_gib[0]} reserved={torch_gib[1]})" if torch_gib else ""
        free = round(card.total_gib - card.used_gib, 2)
        memory = f"used={card.used_gib}GiB free={free}GiB total={card.total_gib}GiB"
        say(f"GPU memory {when}: {memory}{own}")
        fields: dict[str, object] = {"index": index, "name": card.name, "when": when}
        fields |= {"used_gib": card.used_gib, "free_gib": free, "total_gib": card.total_gib}
        if torch_gib:
            fields |= {"torch_allocated_gib": torch_gib[0], "torch_reserved_gib": torch_gib[1]}
        emit("gpu", fields)
    return gpu_status()


def _torch_counters(index: int) -> tuple[float, float] | None:
    """What torch holds in this process. They read 0 for a model in a child process, so none is said then."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_initialized() or index >= torch.cuda.device_count():
        return None
    allocated = torch.cuda.memory_allocated(index)
    return round(allocated / GIB, 2), round(torch.cuda.memory_reserved(index) / GIB, 2)
