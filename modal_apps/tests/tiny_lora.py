"""A LoRA adapter for the tiny Qwen2, in PEFT's format, and the checkpoint that it makes when it is merged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

RANK, ALPHA = 8, 16
MODULES = ("q_proj", "o_proj")


def make_lora(checkpoint: Path, folder: Path) -> Path:
    """
    Makes the adapter in `folder/adapter`, and in `folder/merged` the checkpoint with its products added.

    Parameters:
        checkpoint: of `tiny_qwen2`.
    """
    adapter, merged = folder / "adapter", folder / "merged"
    adapter.mkdir(parents=True)
    shutil.copytree(checkpoint, merged)
    generator = torch.Generator().manual_seed(11)
    weights = load_file(checkpoint / "model.safetensors")
    parts: dict[str, torch.Tensor] = {}
    for name in sorted(weights):
        if not any(name.endswith(f"{module}.weight") for module in MODULES):
            continue
        rows, columns = weights[name].shape
        down = torch.randn(RANK, columns, generator=generator) * 0.3
        up = torch.randn(rows, RANK, generator=generator) * 0.3
        stem = f"base_model.model.{name.removesuffix('.weight')}"
        parts |= {f"{stem}.lora_A.weight": down, f"{stem}.lora_B.weight": up}
        weights[name] = weights[name] + (up @ down) * (ALPHA / RANK)
    save_file(parts, adapter / "adapter_model.safetensors")
    config = {
        **{"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": RANK, "lora_alpha": ALPHA, "bias": "none"},
        **{"target_modules": list(MODULES), "lora_dropout": 0.0, "base_model_name_or_path": str(checkpoint)},
    }
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    save_file(weights, merged / "model.safetensors", metadata={"format": "pt"})
    return folder
