"""
How the files of SAEs are written by those who trained them. A format turns its files into what SAELens' own folders
hold: a configuration as in `cfg.json`, and tensors W_enc [d_model, d_sae], W_dec [d_sae, d_model], biases and
thresholds. The rules are those of SAELens' converters of the same names, with which the tests compare each.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from .errors import unsupported_source
from .source import Source

Raw = dict[str, Any]
Weights = dict[str, Tensor]
LAYER = re.compile(r"layer_?(\d+)|(?:^|/)(\d+)-|[lL](\d+)")


@dataclass(frozen=True)
class Format:
    """
    Parameters:
        files: names within a source's folder, the weights last; empty where the source names its only file.
        config: of a source and its folder, as `cfg.json` has it.
        weights: of the file of weights and that configuration.
    """

    files: tuple[str, ...]
    config: Callable[[Source, Path], Raw]
    weights: Callable[[Path, Raw], Weights]


def files_of(source: Source) -> tuple[str, ...]:
    """
    The files that must be there, within the source's folder.

    Raises:
        InterpretError: 422 `unsupported_source` for a format that nobody here reads.
    """
    if source.format not in FORMATS:
        raise unsupported_source(source.id, f"files in the format {source.format} are not read")
    if source.format == "connor_rob_hook_z":
        return (source.file.removesuffix(".pt") + "_cfg.json", source.file)
    return FORMATS[source.format].files or (source.file,)


def weights_file(source: Source, folder: Path) -> Path:
    """Where the tensors of a source are."""
    return folder / files_of(source)[-1]


def read_json(path: Path, source: Source) -> Raw:
    """
    Raises:
        InterpretError: 422 `unsupported_source` for a file that is no JSON object.
    """
    try:
        raw = json.loads(path.read_text())
    except (ValueError, RecursionError) as error:
        raise unsupported_source(source.id, f"{path.name} is not valid JSON") from error
    if not isinstance(raw, dict):
        raise unsupported_source(source.id, f"{path.name} holds no JSON object")
    return raw


def stored_numbers(path: Path) -> int:
    """How many numbers the tensors of a file hold, without reading them."""
    if path.suffix == ".safetensors":
        with safe_open(path, framework="pt") as file:
            shapes = [file.get_slice(name).get_shape() for name in file.keys()]  # noqa: SIM118 - it is no dict
        return sum(torch.Size(shape).numel() for shape in shapes)
    if path.suffix == ".npz":
        with zipfile.ZipFile(path) as archive:
            return sum(item.file_size for item in archive.infolist()) // 4
    return path.stat().st_size // 2  # at least 16 bits each


def _layer(source: Source) -> int:
    for text in (source.file, source.folder, source.id):
        if match := LAYER.search(text):
            return int(next(part for part in match.groups() if part))
    raise unsupported_source(source.id, "its name does not tell the layer")


def _point(source: Source, names: Mapping[str, str]) -> str:
    """The hook, by the first of the names in the path or the set of a source."""
    text = f"{source.repo}/{source.folder}/{source.set}"
    for part, point in names.items():
        if part in text:
            return f"blocks.{_layer(source)}.{point}"
    raise unsupported_source(source.id, f"its name has none of {', '.join(names)}, so its hook is not known")


def _safetensors(path: Path, _: Raw) -> Weights:
    return load_file(path)


def _pickled(path: Path) -> Weights:
    """Tensors alone: what else a pickle could do is refused by torch."""
    return torch.load(path, map_location="cpu", weights_only=True)


# SAELens


def _saelens_config(source: Source, folder: Path) -> Raw:
    return read_json(folder / "cfg.json", source)


# Gemma Scope: JumpReLU with a threshold for each feature

GEMMA_2 = {"mlp": "hook_mlp_out", "att": "attn.hook_z", "res": "hook_resid_post"}
GEMMA_3 = {"resid_post": "hook_resid_post", "attn_out": "attn.hook_z", "mlp_out": "hook_mlp_out"}


def _gemma_2_config(source: Source, _: Path) -> Raw:
    if "embedding" in source.folder:
        raise unsupported_source(source.id, "it reads embeddings, for which there is no hook")
    return _jumprelu(_point(source, GEMMA_2))


def _gemma_3_config(source: Source, _: Path) -> Raw:
    return _jumprelu(_point(source, {**GEMMA_3, **GEMMA_2}))


def _jumprelu(hook: str) -> Raw:
    return {"architecture": "jumprelu", "hook_name": hook, "apply_b_dec_to_input": False}


def _npz(path: Path, _: Raw) -> Weights:
    with numpy.load(path, allow_pickle=False) as data:
        return {_upper(name): torch.from_numpy(data[name]).float() for name in data}


def _upper(name: str) -> str:
    return "W_" + name[2:] if name.startswith("w_") else name


def _gemma_3_weights(path: Path, _: Raw) -> Weights:
    return {_upper(name): tensor for name, tensor in load_file(path).items()}


# Llama Scope


def _llama_scope_config(source: Source, folder: Path) -> Raw:
    """Thresholds are in the scale that the factor gives activations, as SAELens has it."""
    raw = read_json(folder / "hyperparams.json", source)
    norm = raw["dataset_average_activation_norm"]["in"]
    factor = raw["d_model"] ** 0.5 / norm
    return {
        **_jumprelu(raw["hook_point_in"]),
        "normalize_activations": "expected_average_only_in",
        "norm_scaling_factor": factor,
        "threshold": raw["jump_relu_threshold"] * factor,
    }


def _llama_scope_weights(path: Path, config: Raw) -> Weights:
    found = _linear(load_file(path))
    return {**found, "threshold": torch.full(found["b_enc"].shape, float(config["threshold"]))}


def _llama_scope_r1_config(source: Source, folder: Path) -> Raw:
    raw = read_json(folder / "config.json", source)
    found = {**_jumprelu(raw["hook_point_in"]), "normalize_activations": "expected_average_only_in"}
    norm = (raw.get("dataset_average_activation_norm") or {}).get(raw["hook_point_in"])
    return {**found, "norm_scaling_factor": raw["d_model"] ** 0.5 / norm} if norm else found


def _llama_scope_r1_weights(path: Path, _: Raw) -> Weights:
    raw = load_file(path)
    return {**_linear(raw), "threshold": raw["log_jumprelu_threshold"].exp()}


def _linear(raw: Weights, first: str = "encoder", second: str = "decoder") -> Weights:
    """From two `nn.Linear` modules, whose weights are [out, in]."""
    return {
        "W_enc": raw[f"{first}.weight"].T.contiguous(),
        "W_dec": raw[f"{second}.weight"].T.contiguous(),
        "b_enc": raw[f"{first}.bias"],
        "b_dec": raw[f"{second}.bias"],
    }


# dictionary_learning, as in SAEBench

DICTIONARIES = {
    "AutoEncoder": ("standard", True),
    "AutoEncoderNew": ("standard", True),
    "AutoEncoderTopK": ("topk", True),
    "GatedAutoEncoder": ("gated", True),
    "MatryoshkaBatchTopKSAE": ("jumprelu", True),
    "BatchTopKSAE": ("jumprelu", True),
    "JumpReluAutoEncoder": ("jumprelu", False),
}
DICTIONARY_NAMES = {
    "encoder.bias": "b_enc",
    "mag_bias": "b_mag",
    "gate_bias": "b_gate",
    "bias": "b_dec",
    "decoder_bias": "b_dec",
}


def _dictionary_config(source: Source, folder: Path) -> Raw:
    trainer = read_json(folder / "config.json", source)["trainer"]
    architecture, subtracts = DICTIONARIES.get(trainer["dict_class"], ("standard", True))
    return {
        "architecture": architecture,
        "hook_name": f"blocks.{trainer['layer']}.hook_resid_post",
        "apply_b_dec_to_input": subtracts,
        "k": trainer.get("k") if architecture == "topk" else None,
    }


def _dictionary_weights(path: Path, _: Raw) -> Weights:
    raw = _pickled(path)
    found = {DICTIONARY_NAMES.get(name, name): tensor for name, tensor in raw.items()}
    for name in ("encoder", "decoder"):
        if f"{name}.weight" in raw:
            found[f"W_{name[:3]}"] = raw[f"{name}.weight"].T.contiguous()
    if "threshold" in found and found["threshold"].ndim == 0:
        found["threshold"] = found["threshold"].expand(found["W_enc"].shape[1]).contiguous()
    return found


# Single files


def _qwen_config(source: Source, _: Path) -> Raw:
    match = re.search(r"L0_(\d+)", source.repo)
    if not match:
        raise unsupported_source(source.id, "the name of its repository does not tell k")
    return {
        "architecture": "topk",
        "hook_name": f"blocks.{_layer(source)}.hook_resid_post",
        "apply_b_dec_to_input": False,
        "k": int(match[1]),
    }


def _qwen_weights(path: Path, _: Raw) -> Weights:
    raw = _pickled(path)
    turned = {name: raw[name].T.contiguous() for name in ("W_enc", "W_dec")}
    return {**turned, "b_enc": raw["b_enc"], "b_dec": raw["b_dec"]}


def _plain_residual(source: Source, _: Path) -> Raw:
    layer = re.findall(r"-l(\d+)", source.file)
    if not layer:
        raise unsupported_source(source.id, "its file's name does not tell the layer")
    hook = f"blocks.{int(layer[-1])}.hook_resid_post"
    return {"architecture": "standard", "hook_name": hook, "apply_b_dec_to_input": False}


def _attention_config(source: Source, folder: Path) -> Raw:
    raw = read_json(folder / files_of(source)[0], source)
    return {"architecture": "standard", "hook_name": raw["act_name"], "reshape_activations": "hook_z"}


FORMATS: dict[str, Format] = {
    "saelens": Format(("cfg.json", "sae_weights.safetensors"), _saelens_config, _safetensors),
    "gemma_2": Format(("params.npz",), _gemma_2_config, _npz),
    "gemma_3": Format(("params.safetensors",), _gemma_3_config, _gemma_3_weights),
    "llama_scope": Format(
        ("hyperparams.json", "checkpoints/final.safetensors"), _llama_scope_config, _llama_scope_weights
    ),
    "llama_scope_r1_distill": Format(
        ("config.json", "sae_weights.safetensors"), _llama_scope_r1_config, _llama_scope_r1_weights
    ),
    "dictionary_learning_1": Format(("config.json", "ae.pt"), _dictionary_config, _dictionary_weights),
    "qwen_scope": Format((), _qwen_config, _qwen_weights),
    "goodfire": Format(
        (), _plain_residual, lambda path, _: _linear(_pickled(path), "encoder_linear", "decoder_linear")
    ),
    "deepseek_r1": Format((), _plain_residual, lambda path, _: _linear(_pickled(path))),
    "connor_rob_hook_z": Format((), _attention_config, lambda path, _: _pickled(path)),
}
