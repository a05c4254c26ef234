"""The entry file with the real Modal SDK and without an account: nothing here connects to anything."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from appkit.backend import BackendError
from interp_kit import SET
from modal._utils.async_utils import synchronizer
from support import KEY, ROOT

import modal

Load = Callable[..., ModuleType]
MODELS = [
    {"label": "gpt2", "model": "gpt2-small", "gpu": "T4", "sets": [SET]},
    {"label": "second-one", "model": "gpt2-medium", "sets": [], "gpu": "none"},
]


@pytest.fixture
def load_entry(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Imports `interp/app.py` as `modal deploy` does."""
    recorded: list[dict[str, Any]] = []

    def load(**environ: str) -> ModuleType:
        for name in [name for name in os.environ if name.startswith("APP_")]:
            monkeypatch.delenv(name)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        for name in ("cls", "function"):
            _record(monkeypatch, name, recorded)
        spec = importlib.util.spec_from_file_location("interp_app", ROOT / "interp" / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "interp_app", module)
        spec.loader.exec_module(module)
        module.recorded = recorded  # type: ignore[attr-defined]
        return module

    return load


def _record(monkeypatch: pytest.MonkeyPatch, name: str, recorded: list[dict[str, Any]]) -> None:
    """Keeps what the entry file gives to a decorator, and passes it on to Modal."""
    original = getattr(modal.App, name)

    def wrapper(self: modal.App, **arguments: Any) -> Any:
        recorded.append(arguments)
        return original(self, **arguments)

    monkeypatch.setattr(modal.App, name, wrapper)


def inside(wrapped: Any) -> Any:
    """Modal's own object behind the public one."""
    return synchronizer._translate_in(wrapped)


def test_names(load_entry: Load) -> None:
    declared = inside(load_entry().app)._local_state
    assert set(declared.functions) == {"web", "Interpreter.*", "prefetch", "run_inference_with_config"}
    assert (declared.web_endpoints, list(declared.classes)) == (["web"], ["Interpreter"])


def test_only_the_worker_has_the_gpu_and_only_the_web_function_the_key(load_entry: Load) -> None:
    worker, web, chosen, prefetch = load_entry(APP_GPU="L4", APP_HF_SECRET="hf").recorded
    # One container, for a model that a call brings, and no snapshot of another one.
    assert (chosen["gpu"], chosen["max_containers"], chosen["min_containers"]) == (["L4"], 1, 0)
    assert "enable_memory_snapshot" not in chosen
    assert (worker["gpu"], worker["enable_memory_snapshot"], len(worker["secrets"])) == (["L4"], True, 1)
    assert "gpu" not in web
    assert "gpu" not in prefetch
    assert len(web["secrets"]) == 1
    assert worker["env"] == web["env"]
    assert worker["env"]["APP_GPU"] == "L4"


def test_each_of_several_models_has_a_class_a_gpu_and_a_label(load_entry: Load) -> None:
    entry = load_entry(APP_MODELS=json.dumps(MODELS))
    declared = inside(entry.app)._local_state
    assert set(declared.functions) == {
        "web_gpt2",
        "Interpreter_gpt2.*",
        "web_second_one",
        "Interpreter_second_one.*",
        "prefetch",
        "run_inference_with_config",
    }
    labels = [
        inside(getattr(entry, name))._webhook_config.requested_suffix for name in declared.web_endpoints
    ]
    assert labels == ["gpt2", "second-one"]
    first, _, second, _, _, _ = entry.recorded
    assert (first["gpu"], second["gpu"], second["cpu"]) == (["T4"], None, 4.0)
    # A container reads the same settings again and must find its own class by name.
    assert first["env"] == second["env"]
    again = load_entry(**first["env"])
    assert {"Interpreter_gpt2", "Interpreter_second_one"} <= set(vars(again))


@pytest.mark.filterwarnings("ignore:The Interpreter.* function is executing locally:UserWarning")
def test_the_worker_answers_and_streams(load_entry: Load, folder: Path) -> None:
    entry = load_entry(APP_MODEL_ID=str(folder / "model"), APP_SAE_PATH=str(folder / "saes"), APP_GPU="none")
    worker = entry.Interpreter()
    payload = {"text": "ab", "prepend_bos": None}
    assert worker.call.local("tokenize", payload)["result"]["token_strings"] == ["<|endoftext|>", "a", "b"]
    missing = worker.call.local("vector", {"source": "x", "index": 0})
    assert (missing["result"], missing["error"]["status"]) == (None, 404)
    steer = {
        **{"prompt": "a", "types": ["DEFAULT"], "n_completion_tokens": 3, "n_logprobs": 0, "temperature": 0},
        **{
            "steer_method": "SIMPLE_ADDITIVE",
            "strength_multiplier": 1.0,
            "normalize_steering": False,
            "seed": 0,
        },
        **{"features": [{"source": "0-res-jb", "index": 0, "strength": 1}], "vectors": None},
        **{"freq_penalty": 0, "steer_special_tokens": True},
    }
    assert len(list(worker.stream.local(steer))) == 3
    [found] = worker.run_inference.local(["abcZ"])
    assert found["sets"][SET][0]["index"] == 5


async def test_the_web_function_takes_the_key_of_the_secret(
    load_entry: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = load_entry()
    with pytest.raises(ValueError, match="APP_API_KEY"):
        entry.web.local()
    monkeypatch.setenv("APP_API_KEY", KEY)
    transport = httpx.ASGITransport(entry.web.local())
    async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/v1/capabilities")).status_code == 401
        answer = await client.get("/v1/capabilities", headers={"X-SECRET-KEY": KEY})
        assert answer.json()["model"] == "openai-community/gpt2"


async def test_a_failing_worker_is_a_backend_error(load_entry: Load) -> None:
    entry = load_entry()
    backend = entry.ModalBackend(entry.Interpreter)
    with pytest.raises(BackendError):  # nothing is deployed, and there are no credentials
        await backend.call("tokenize", {})
    with pytest.raises(BackendError):
        await anext(aiter(backend.stream({})))


@pytest.mark.parametrize("image", ["web_image", "worker_image"])
def test_sources_are_shipped_and_nothing_else(load_entry: Load, image: str) -> None:
    _, mount = inside(getattr(load_entry(), image))._deps()
    shipped = {str(remote) for entry in mount.entries for _, remote in entry.get_files_to_upload()}
    assert "/root/appkit/prices.json" in shipped
    own = {name for name in shipped if name.startswith("/root/interpret/")}
    assert own == {f"/root/interpret/{path.name}" for path in (ROOT / "interp" / "interpret").glob("*.*")}
    assert {name.split("/")[2] for name in shipped} == {"appkit", "interpret"}


def test_the_images_install_the_versions_of_these_tests(load_entry: Load) -> None:
    tested = pins(ROOT.parent / "test" / "python" / "requirements.txt")
    for name in ("requirements-web.txt", "requirements-worker.txt"):
        for package, version in pins(ROOT / "interp" / name).items():
            assert tested[package] == version, package


def pins(path: Path) -> dict[str, str]:
    lines = [line.strip() for line in path.read_text().splitlines()]
    return dict(line.split("==") for line in lines if "==" in line and not line.startswith("#"))


def test_a_deploy_needs_only_modal() -> None:
    """The terminal that deploys has none of the packages of the images."""
    absent = (
        "fastapi",
        "starlette",
        "pydantic",
        "torch",
        "transformers",
        "numpy",
        "safetensors",
        "huggingface_hub",
    )
    code = f"import sys, runpy; sys.modules.update(dict.fromkeys({absent})); runpy.run_path(sys.argv[1])"
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "interp")}  # the command adds the script's folder
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(ROOT / "interp" / "app.py")],
        env=environ,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()


async def test_the_secret_of_an_older_deployment_works_as_it_is(
    load_entry: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = load_entry(APP_NEURONPEDIA_SECRET="neuronpedia-inference")
    for arguments in entry.recorded:
        assert [str(inside(secret)) for secret in arguments["secrets"]] == [
            str(inside(modal.Secret.from_name("neuronpedia-inference")))
        ]
    monkeypatch.setattr(os, "environ", {**os.environ, "SECRET": "my-secure-api-key-123"})
    transport = httpx.ASGITransport(entry.web.local())
    async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
        assert (await client.get("/v1/capabilities")).status_code == 401
        answer = await client.get("/v1/capabilities", headers={"X-SECRET-KEY": "my-secure-api-key-123"})
        assert answer.status_code == 200


def test_a_call_brings_its_own_model(load_entry: Load, folder: Path) -> None:
    entry = load_entry(APP_SAE_PATH=str(folder / "saes"), APP_GPU="none")
    chosen = {"model_id": str(folder / "model"), "sae_sets": [SET], "max_loaded_saes": 200}
    found = entry.run_inference_with_config.local(**chosen, prompts=["abcZ"])
    assert (found["status"], found["sae_sets"], found["max_loaded_saes"]) == ("success", [SET], 200)
    assert found["results"][0]["sets"][SET][0]["index"] == 5
    assert entry.run_inference_with_config.local(**chosen)["results"] == []
    with pytest.raises(ValueError, match="APP_DTYPE=float8"):
        entry.run_inference_with_config.local(**chosen, model_dtype="float8")
