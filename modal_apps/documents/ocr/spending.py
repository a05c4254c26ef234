"""What reading cost: the GPU is paid for while its container starts, works and idles."""

from __future__ import annotations

from collections.abc import Sequence

from appkit.cost import usd

from .reading import ReadReply


def gpu_seconds(replies: Sequence[ReadReply], window_s: float) -> float:
    """
    Seconds of GPU containers behind these replies.

    A container counts once for each span from its first page to its last, however many it read at a time; a
    new one also with its start and with the idle window after it.

    Parameters:
        window_s: for which an idle container is kept.
    """
    total = 0.0
    for worker in {reply["worker_id"] for reply in replies}:
        own = [reply for reply in replies if reply["worker_id"] == worker]
        total += max(reply["ended"] for reply in own) - min(reply["began"] for reply in own)
        starts = [reply["worker"]["load_s"] for reply in own if reply["worker"]["first_call"]]
        if starts:
            total += max(starts) + window_s
    return total


def cost_line(pages: int, seconds: float, usd_per_hour: float) -> str:
    """The last line of a batch."""
    price = usd(seconds, usd_per_hour)
    each = f", ${1000 * price / pages:.2f} per 1,000 pages" if pages else ""
    return f"Cost: {pages} pages, {seconds:.1f} GPU seconds, ${price:.4f}{each}"
