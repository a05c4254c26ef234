"""Mistakes of older guides for these models, by the names that can be looked for: none may come back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from appkit.gpu import prices
from support import ROOT

DOCUMENTS = [ROOT.parent / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
SUFFIXES = {".py", ".json", ".md", ".txt", ".toml", ".sh", ".http"}

# What is wrong, and the files that must name it to refuse or to translate it.
MISTAKES: dict[str, tuple[str, ...]] = {
    # removed from Modal, or never there
    r"\bweb_endpoint\b(?!s)": (),
    r"\bmodal\.gpu\b": (),
    r"\b(Function|App|Cls)\.lookup\b": (),
    r"\bmodal\.App\.from_name\b": (),
    r"\bkeep_warm\b": (),
    r"\bmounts=": (),
    r"\bspot=": (),
    r"\bcustom_domain=": (),
    r"\bmodal\.Period\b": (),
    r"\bmodal (logs|get-app|delete)\b": (),
    r"\bconfig_staging\b": (),
    r"\bworkspace (create|use)\b": (),
    r"\bsecret update\b": (),
    r"--key \S+ --value\b": (),
    # GPUs that are not sold under this name
    r"\bA10G\b": ("appkit/gpu.py",),
    r"\bA40\b": (),
    # packages and variables that break, or do nothing
    r"HF_HUB_ENABLE_HF_TRANSFER|\bhf_transfer\b": (),
    r"\bomnidocs\b": (),
    r"\bflash.attn\b": (),
    r"\bInstructorEmbedding\b": (),
    r"\btransformer_lens\b|\bTransformerLens\b": (),
    r"trust[-_]remote[-_]code": ("appkit/vllm_server/command.py",),
    r"\bAutoModel\.from_pretrained\b": (),
    r"Qwen3-VL-7B": (),
    # somebody's machine or workspace, and fixed secrets
    r"/Users/|/home/(?!me\b)|your-(workspace|username)|yourorg": (),
    # what guides promised without support
    r"99\.9 ?(%|percent)": (),
    r"\b(instant|zero) (cold )?start": (),
    r"[Pp]ython 3\.9\b": (),
    r"only charged (while|when)": (),
}

TRUE_PRICES = {
    "T4": 0.59,
    "L4": 0.80,
    "A10": 1.10,
    "L40S": 1.95,
    "A100-40GB": 2.10,
    "A100-80GB": 2.50,
    "H100": 3.95,
    "H200": 4.54,
    "B200": 6.25,
}


def texts() -> dict[str, str]:
    """What is shipped or read, by its path."""
    shipped = [
        path
        for path in ROOT.rglob("*")
        if path.suffix in SUFFIXES and "tests" not in path.relative_to(ROOT).parts
    ]
    found = {str(path.relative_to(ROOT)): path.read_text() for path in shipped}
    return found | {path.name: path.read_text() for path in DOCUMENTS if path.exists()}


TEXTS = texts()


def test_there_is_something_to_look_through() -> None:
    assert len(TEXTS) > 100
    assert not any(Path(name).parts[0] == "tests" for name in TEXTS)


@pytest.mark.parametrize("pattern", MISTAKES)
def test_it_is_nowhere(pattern: str) -> None:
    found = {name for name, text in TEXTS.items() if re.search(pattern, text)}
    assert found == set(MISTAKES[pattern])


def test_prices_are_the_true_ones() -> None:
    table = prices().gpu_usd_per_hour
    assert {name: table[name] for name in TRUE_PRICES} == TRUE_PRICES


def test_no_price_by_the_hour_stands_in_a_text() -> None:
    """They would grow old; the table has a date."""
    naming = {
        name
        for name, text in TEXTS.items()
        if re.search(r"\$\d+(\.\d+)? ?(/|an |per )h(ou)?r", text) and not name.endswith("CHANGELOG.md")
    }
    assert naming <= {"README.md"}
