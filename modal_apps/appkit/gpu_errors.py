"""Kinds of GPU failures: too little memory is temporary, a broken context is permanent."""

from __future__ import annotations

POISON = ("illegal memory access", "device-side assert", "unspecified launch failure", "ECC", "CUDA error")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the GPU had too little memory; the next, smaller request may work."""
    return type(error).__name__ == "OutOfMemoryError" or "out of memory" in str(error)


def is_poisoned(error: BaseException) -> bool:
    """Whether this process can never use its GPU again, so that the container should end."""
    if is_out_of_memory(error):
        return False
    return type(error).__name__ == "AcceleratorError" or any(words in str(error) for words in POISON)
