"""How `vllm serve` is started for pages of documents."""

from __future__ import annotations

import json

from appkit.vllm_server.command import PORT, VllmCommand

from .preprocess import LEAST_PIXELS, MOST_PIXELS
from .settings import DocumentsSettings

SERVED_NAME = "reader"


def vllm_command(settings: DocumentsSettings, port: int = PORT) -> VllmCommand:
    """
    One picture and no video in a prompt; pages come in their final size and are not resized again.

    Parameters:
        port: on loopback.
    """
    size = {"size": {"shortest_edge": LEAST_PIXELS, "longest_edge": MOST_PIXELS}}
    return VllmCommand(
        settings.model_id,
        {
            "--revision": settings.model_revision,
            "--served-model-name": SERVED_NAME,
            "--dtype": settings.dtype,
            "--max-model-len": settings.max_model_len,
            "--max-num-seqs": 2 * settings.max_inputs,
            "--limit-mm-per-prompt": json.dumps({"image": 1, "video": 0}),
            "--mm-processor-kwargs": json.dumps(size),
            "--tensor-parallel-size": max(1, settings.gpu_count),
            "--gpu-memory-utilization": settings.gpu_memory_utilization if settings.gpu_count else "",
            "--generation-config": "vllm",  # not the checkpoint's own sampling
            "--enable-sleep-mode": settings.snapshot_mode == "gpu",
        },
        settings.extra_arguments,
        port,
    )


def vllm_environ(settings: DocumentsSettings) -> dict[str, str]:
    """Variables for the server's process; the routes that put it to sleep are for development mode alone."""
    return {"VLLM_SERVER_DEV_MODE": "1"} if settings.snapshot_mode == "gpu" else {}
