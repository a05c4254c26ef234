"""
`python tiny_hub.py FOLDER`: makes all tiny models, under the names of the real ones, as a Hub cache.

With HF_HOME=FOLDER and HF_HUB_OFFLINE=1 the apps start with their default settings, and find a model of the same
architecture that is a thousand times smaller. FOLDER/saes has sparse autoencoders for the GPT-2.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tiny_finbert import make_finbert
from tiny_gpt2_sae import make_gpt2_sae
from tiny_qwen2 import make_qwen2
from tiny_qwen3_vl import make_qwen3_vl
from tiny_t5 import make_t5

COMMIT = "0" * 40
MODELS: dict[str, Callable[[Path], Path]] = {
    "yiyanghkust/finbert-tone": make_finbert,
    "hkunlp/instructor-xl": make_t5,
    "Qwen/Qwen2.5-7B-Instruct": make_qwen2,
    "Qwen/Qwen3-VL-8B-Instruct": make_qwen3_vl,
}
GPT2 = "openai-community/gpt2"


def make_hub(folder: Path) -> None:
    """Fills the folder as `huggingface_hub` would."""
    for name, make in MODELS.items():
        make(_snapshot(folder, name))
    made = make_gpt2_sae(folder / "gpt2")
    shutil.move(made / "model", _snapshot(folder, GPT2))
    shutil.move(made / "saes", folder / "saes")
    shutil.rmtree(made)


def model_of(name: str, folder: Path) -> Path:
    """
    The tiny model under a real one's name: of the hub in TINY_HUB, which all suites share, or made in the folder.
    """
    if made := os.environ.get("TINY_HUB"):
        return _model(Path(made), name) / "snapshots" / COMMIT
    return MODELS[name](folder)


def _model(folder: Path, name: str) -> Path:
    return folder / "hub" / f"models--{name.replace('/', '--')}"


def _snapshot(folder: Path, name: str) -> Path:
    """Where a model's files go; says that they are its newest commit."""
    model = _model(folder, name)
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text(COMMIT)
    (model / "snapshots").mkdir()
    return model / "snapshots" / COMMIT


def main() -> None:
    """Makes the cache."""
    parser = argparse.ArgumentParser(description="Makes tiny models under the names of the real ones.")
    parser.add_argument("folder", type=Path)
    make_hub(parser.parse_args().folder.resolve())


if __name__ == "__main__":
    main()
