"""
SAELens itself, as the witness for how SAEs are read and what they make of activations.

Of its package only the loaders and the SAEs are imported. What it needs beside them, a second transformer library
first of all, is not installed: of that library an SAE uses a module that passes its input on, and a base class.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from safetensors import safe_open
from torch import Tensor, nn

LIBRARY = "transformer" + "_lens"
ARCHITECTURES = {
    "standard": ("standard_sae", "StandardSAE"),
    "jumprelu": ("jumprelu_sae", "JumpReLUSAE"),
    "topk": ("topk_sae", "TopKSAE"),
    "gated": ("gated_sae", "GatedSAE"),
}


class _Root(nn.Module):
    def setup(self) -> None:
        """Gives hooks their names, of which nobody here makes use."""


def _stand_ins() -> dict[str, ModuleType]:
    found = {}
    for name, attributes in {
        LIBRARY: {},
        f"{LIBRARY}.hook_points": {"HookPoint": nn.Identity, "HookedRootModule": _Root},
        f"{LIBRARY}.HookedTransformer": {"HookedRootModule": _Root},
    }.items():
        found[name] = ModuleType(name)
        vars(found[name]).update(attributes)
    return found


def saelens() -> Any:
    """
    Its module `saes.sae`, with the architectures registered.

    Skips the test where the package is not installed: it comes with the engine that has no build everywhere.
    """
    if "sae_lens" not in sys.modules:
        spec = importlib.util.find_spec("sae_lens")
        if spec is None or spec.submodule_search_locations is None:
            pytest.skip("sae-lens is not installed")
        sys.modules.update(_stand_ins())
        package = ModuleType("sae_lens")
        package.__spec__, package.__path__ = spec, list(spec.submodule_search_locations)
        package.__version__ = importlib.metadata.version("sae-lens")  # type: ignore[attr-defined]
        package.logger = logging.getLogger("sae_lens")  # type: ignore[attr-defined]
        sys.modules["sae_lens"] = package
        _register()
    return importlib.import_module("sae_lens.saes.sae")


def _register() -> None:
    # Its own `saes/__init__.py` names all kinds, those for training too.
    registry = importlib.import_module("sae_lens.registry")
    for name, (module, cls) in ARCHITECTURES.items():
        found = importlib.import_module(f"sae_lens.saes.{module}")
        registry.register_sae_class(name, getattr(found, cls), getattr(found, f"{cls}Config"))


def serve_files(monkeypatch: pytest.MonkeyPatch, hub: Path, widths: dict[str, int]) -> None:
    """
    Lets SAELens and the app find the files of the Hub in a folder.

    Parameters:
        hub: holds REPO/PATH.
        widths: `d_in` and `d_sae`, where SAELens knows those of the real SAEs by heart.
    """
    sae = saelens()
    loaders = importlib.import_module("sae_lens.loading.pretrained_sae_loaders")

    def download(repo_id: str, filename: str = "", subfolder: str = "", **_: Any) -> str:
        path = hub / repo_id / subfolder / filename
        if not path.is_file():
            raise loaders.EntryNotFoundError(f"no {path}")
        return str(path)

    monkeypatch.setattr(loaders, "hf_hub_download", download)
    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    monkeypatch.setattr(
        loaders, "get_safetensors_tensor_shapes", lambda repo, name: _shapes(hub / repo / name)
    )
    own = sae.get_config_overrides
    monkeypatch.setattr(sae, "get_config_overrides", lambda *names: {**own(*names), **widths})


def _shapes(path: Path) -> dict[str, list[int]]:
    with safe_open(path, framework="pt") as file:
        return {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118 - it is no dict


@torch.no_grad()
def encoded(release: str, identifier: str, x: Tensor, *, unit_rows: bool) -> tuple[Tensor, Tensor, str]:
    """What SAELens makes of activations: features, decoder rows, and the hook that it names."""
    found = saelens().SAE.from_pretrained(release, identifier, device="cpu", dtype="float32")
    if getattr(found.cfg, "reshape_activations", "none") == "hook_z":
        found.turn_off_forward_pass_hook_z_reshaping()
    if unit_rows and getattr(found.cfg, "rescale_acts_by_decoder_norm", True):
        found.fold_W_dec_norm()
    return found.encode(x), found.W_dec.detach(), found.cfg.metadata.hook_name
