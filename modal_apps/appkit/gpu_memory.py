"""How full the GPU is, as one line for people and one for the editor. The only part that uses torch."""

from __future__ import annotations

from .progress import emit

GIB = 2**30


def report_gpu_memory(when: str) -> dict[str, float | str] | None:
    """
    Prints the memory of the current GPU in GiB (2**30 bytes), as the driver counts it over all processes.

    Parameters:
        when: words such as `after load`.

    Returns:
        what the `::gpu` line says; None without a GPU.
    """
    import torch

    if not torch.cuda.is_available():
        print("GPU: none", flush=True)
        return None
    free, total = torch.cuda.mem_get_info()
    memory: dict[str, float | str] = {
        "name": torch.cuda.get_device_name(),
        "used_gib": round((total - free) / GIB, 2),
        "total_gib": round(total / GIB, 2),
        "torch_allocated_gib": round(torch.cuda.memory_allocated() / GIB, 2),
        "torch_reserved_gib": round(torch.cuda.memory_reserved() / GIB, 2),
    }
    print(
        f"GPU memory {when}: "
        f"used={memory['used_gib']}GiB free={free / GIB:.2f}GiB total={memory['total_gib']}GiB "
        f"(torch allocated={memory['torch_allocated_gib']} reserved={memory['torch_reserved_gib']})",
        flush=True,
    )
    emit("gpu", memory)
    return memory
