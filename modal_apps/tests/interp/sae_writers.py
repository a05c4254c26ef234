"""Writes small SAEs with random weights the way their authors do, each as on the Hub."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import torch
from safetensors.torch import save_file
from torch import Tensor

WIDTH = 16
FEATURES = 64
K = 5


def _random(*shape: int, scale: float = 0.5) -> Tensor:
    return torch.randn(*shape) * scale


def _linear(first: str = "encoder", second: str = "decoder") -> dict[str, Tensor]:
    return {
        f"{first}.weight": _random(FEATURES, WIDTH),
        f"{first}.bias": _random(FEATURES),
        f"{second}.weight": _random(WIDTH, FEATURES),
        f"{second}.bias": _random(WIDTH),
    }


def _plain() -> dict[str, Tensor]:
    return {
        "W_enc": _random(WIDTH, FEATURES),
        "W_dec": _random(FEATURES, WIDTH),
        "b_enc": _random(FEATURES),
        "b_dec": _random(WIDTH),
    }


def _json(path: Path, value: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def saelens(architecture: str, **config: Any) -> Callable[[Path], None]:
    """SAELens' own folder."""

    def write(folder: Path) -> None:
        tensors = _plain()
        if architecture == "jumprelu":
            tensors["threshold"] = torch.rand(FEATURES)
        if architecture == "gated":
            del tensors["b_enc"]
            tensors |= {name: _random(FEATURES) for name in ("b_gate", "b_mag", "r_mag")}
        made = {"architecture": architecture, "d_in": WIDTH, "d_sae": FEATURES, "dtype": "float32", **config}
        _json(
            folder / "cfg.json", {"hook_name": "blocks.8.hook_resid_pre", "model_name": "gpt2-small", **made}
        )
        save_file(tensors, folder / "sae_weights.safetensors")

    return write


def gemma_2(folder: Path) -> None:
    folder.mkdir(parents=True)
    numpy.savez(
        folder / "params.npz",
        w_enc=_random(WIDTH, FEATURES).numpy(),
        w_dec=_random(FEATURES, WIDTH).numpy(),
        b_enc=_random(FEATURES).numpy(),
        b_dec=_random(WIDTH).numpy(),
        threshold=torch.rand(FEATURES).numpy(),
    )


def gemma_3(folder: Path) -> None:
    folder.mkdir(parents=True)
    tensors = {name.lower(): tensor for name, tensor in _plain().items()}
    save_file({**tensors, "threshold": torch.rand(FEATURES)}, folder / "params.safetensors")


def llama_scope(folder: Path) -> None:
    values = {
        "d_model": WIDTH,
        "d_sae": FEATURES,
        "hook_point_in": "blocks.15.hook_resid_post",
        "jump_relu_threshold": 0.3,
        "dataset_average_activation_norm": {"in": 3.1, "out": 3.1},
    }
    _json(folder / "hyperparams.json", values)
    (folder / "checkpoints").mkdir()
    tensors = {name: tensor.bfloat16() for name, tensor in _linear().items()}
    save_file(tensors, folder / "checkpoints" / "final.safetensors")


def llama_scope_r1(folder: Path) -> None:
    values = {
        "d_model": WIDTH,
        "expansion_factor": FEATURES // WIDTH,
        "hook_point_in": "blocks.7.hook_resid_post",
    }
    _json(folder / "config.json", values)
    save_file({**_linear(), "log_jumprelu_threshold": _random(FEATURES)}, folder / "sae_weights.safetensors")


def dictionary(kind: str) -> Callable[[Path], None]:
    """Of dictionary_learning, by the name of its class."""

    def write(folder: Path) -> None:
        trainer = {
            "dict_class": kind,
            "layer": 12,
            "activation_dim": WIDTH,
            "dict_size": FEATURES,
            "lm_name": "google/gemma-2-2b",
            "k": K,
        }
        _json(folder / "config.json", {"trainer": trainer, "buffer": {"ctx_len": 128}})
        torch.save(_dictionary_tensors(kind), folder / "ae.pt")

    return write


def _dictionary_tensors(kind: str) -> dict[str, Tensor]:
    encoder = {"encoder.weight": _random(FEATURES, WIDTH), "decoder.weight": _random(WIDTH, FEATURES)}
    match kind:
        case "GatedAutoEncoder":
            biases = {name: _random(FEATURES) for name in ("gate_bias", "mag_bias", "r_mag")}
            return {**encoder, **biases, "decoder_bias": _random(WIDTH)}
        case "AutoEncoderTopK":
            extra = {"b_dec": _random(WIDTH), "k": torch.tensor(K), "threshold": torch.tensor(-1.0)}
            return {**encoder, "encoder.bias": _random(FEATURES), **extra}
        case "JumpReluAutoEncoder":
            return {**_plain(), "threshold": torch.rand(FEATURES)}
        case "MatryoshkaBatchTopKSAE":
            extra = {"k": torch.tensor(K), "group_sizes": torch.tensor([8, 56])}
            return {**_plain(), "threshold": torch.tensor(0.4), **extra}
    return {**encoder, "encoder.bias": _random(FEATURES), "bias": _random(WIDTH)}


def qwen_scope(file: Path) -> None:
    file.parent.mkdir(parents=True)
    torch.save({name: tensor.T if tensor.ndim == 2 else tensor for name, tensor in _plain().items()}, file)


def goodfire(file: Path) -> None:
    file.parent.mkdir(parents=True)
    torch.save(_linear("encoder_linear", "decoder_linear"), file)


def deepseek_r1(file: Path) -> None:
    file.parent.mkdir(parents=True)
    torch.save(_linear(), file)


def attention_heads(file: Path) -> None:
    """Of attention SAEs for GPT-2, with a configuration beside the file."""
    values = {"act_size": WIDTH, "dict_size": FEATURES, "act_name": "blocks.5.attn.hook_z"}
    _json(file.with_name(file.name.removesuffix(".pt") + "_cfg.json"), values)
    torch.save(_plain(), file)
