"""
`python tiny_gpt2_sae.py FOLDER`: makes FOLDER/model, a GPT-2 of a few hundred kilobytes that reads bytes, and
FOLDER/saes, sparse autoencoders of four kinds for it in the format of SAELens.

All weights are random but seeded, so that numbers mean nothing and are always the same, with one exception: the
feature PLANTED of the source PLANTED_SOURCE reads the residual of the byte PLANTED_BYTE and fires there alone.
A complete folder stays as it is.
"""

from __future__ import annotations

import argparse
import json
import shutil
import string
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

SEED = 11
LAYERS = 3
WIDTH = 32
FEATURES = 128
CONTEXT = 1024
K = 8
END = "<|endoftext|>"
SET = "res-jb"  # as for the real GPT-2, so that the same requests fit
PLANTED_SOURCE = "0-res-jb"
PLANTED = 5
PLANTED_BYTE = "Z"
PLANTED_VALUE = 40.0
HOOKS = (
    "blocks.0.hook_resid_pre",
    "blocks.1.hook_resid_pre",
    "blocks.2.hook_resid_pre",
    "blocks.2.hook_resid_post",
)
KINDS = ("standard", "jumprelu", "topk", "gated")


def make_gpt2_sae(folder: Path) -> Path:
    """Makes the model and its SAEs, unless the folder has them."""
    if (folder / "saes").is_dir():
        return folder
    torch.manual_seed(SEED)
    building = folder.with_name(folder.name + ".new")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    model = _make_model(building / "model")
    for layer, (kind, hook) in enumerate(zip(KINDS, HOOKS, strict=True)):
        _make_sae(building / "saes" / SET / f"{layer}-{SET}", kind, hook, model)
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)
    return folder


def _make_model(folder: Path) -> GPT2LMHeadModel:
    tokenizer = _tokenizer()
    config = GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=CONTEXT,
        n_embd=WIDTH,
        n_layer=LAYERS,
        n_head=2,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        initializer_range=0.3,  # wide enough that the next token is not always the same one
        tie_word_embeddings=False,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    model = GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        # Positions that hardly matter: the planted feature then knows its byte wherever it is.
        model.transformer.wpe.weight.mul_(0.02)
        _write_printable(model, tokenizer)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return model


def _write_printable(model: GPT2LMHeadModel, tokenizer: PreTrainedTokenizerFast) -> None:
    """Lets the model write printable bytes only, so that what it says can be read and never ends by itself."""
    direction = torch.nn.functional.normalize(torch.ones(WIDTH), dim=0)
    model.transformer.ln_f.bias.copy_(20 * direction)
    head = model.lm_head.weight
    head.sub_((head @ direction)[:, None] * direction)
    printable = set(tokenizer(string.ascii_letters + string.digits + " .,;!?")["input_ids"])
    head[[token for token in range(len(head)) if token not in printable]] = -10 * direction


def _tokenizer() -> PreTrainedTokenizerFast:
    """Each byte is a token, and one more begins and ends a text."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: index for index, letter in enumerate(letters)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=END, eos_token=END, unk_token=END)


def _make_sae(folder: Path, kind: str, hook: str, model: GPT2LMHeadModel) -> None:
    folder.mkdir(parents=True)
    encoder = torch.randn(WIDTH, FEATURES) * 0.3
    decoder = torch.nn.functional.normalize(torch.randn(FEATURES, WIDTH), dim=-1) * 1.5
    tensors = {"W_enc": encoder, "W_dec": decoder, "b_dec": torch.randn(WIDTH) * 0.1}
    config: dict[str, Any] = {
        "architecture": kind,
        "d_in": WIDTH,
        "d_sae": FEATURES,
        "dtype": "float32",
        "model_name": "tiny",
        "hook_name": hook,
        "apply_b_dec_to_input": kind != "jumprelu",
        "normalize_activations": "layer_norm" if kind == "topk" else "none",
        "model_from_pretrained_kwargs": {"center_writing_weights": True},
    }
    if kind == "gated":
        tensors |= {name: torch.randn(FEATURES) * 0.2 for name in ("b_gate", "b_mag", "r_mag")}
    else:
        tensors["b_enc"] = torch.randn(FEATURES) * 0.1
    if kind == "jumprelu":
        tensors["threshold"] = torch.rand(FEATURES) * 0.5
    if kind == "topk":
        config["k"] = K
    if kind == "standard":
        _plant(tensors, model)
    save_file(
        {name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "sae_weights.safetensors"
    )
    save_file({"sparsity": torch.linspace(-5, -1, FEATURES)}, folder / "sparsity.safetensors")
    (folder / "cfg.json").write_text(json.dumps(config, indent=2) + "\n")


def _plant(tensors: dict[str, torch.Tensor], model: GPT2LMHeadModel) -> None:
    """Makes one feature read the centred embedding of a byte, and silences the others."""
    embeddings = model.transformer.wte.weight.detach()
    centred = embeddings - embeddings.mean(-1, keepdim=True) - tensors["b_dec"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    own = letters.index(PLANTED_BYTE)
    # A direction whose product with the byte's own embedding is 1, and with all others less.
    # In double precision, so that the file is the same on every machine.
    wide = centred.double()
    square = wide.T @ wide + torch.eye(WIDTH, dtype=torch.float64)
    weights = torch.linalg.solve(square, wide[own]).float()
    products = centred @ weights
    rest = torch.cat([products[:own], products[own + 1 :]]).max()
    scale = 2 * PLANTED_VALUE / (products[own] - rest)
    tensors["W_enc"].mul_(0.05)
    tensors["W_enc"][:, PLANTED] = weights * scale
    tensors["b_enc"][PLANTED] = -scale * (products[own] + rest) / 2


def main() -> None:
    """Makes the model and prints its folder."""
    parser = argparse.ArgumentParser(
        description="Makes a tiny GPT-2 with sparse autoencoders for tests and the demo."
    )
    parser.add_argument("folder", type=Path)
    print(make_gpt2_sae(parser.parse_args().folder.resolve()))


if __name__ == "__main__":
    main()
