"""The entry file with the real Modal SDK and without an account: nothing here connects to anything."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from conftest import KEY, ROOT
from finance.finbert import FinBert
from modal._utils.async_utils import synchronizer
from modal_proto import api_pb2

import modal

Load = Callable[..., ModuleType]


@pytest.fixture
def load_entry(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Imports `finbert/app.py` as `modal deploy` does."""
    recorded: list[dict[str, Any]] = []

    def load(**environ: str) -> ModuleType:
        for name in [name for name in os.environ if name.startswith("APP_")]:
            monkeypatch.delenv(name)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        _record(monkeypatch, recorded)
        spec = importlib.util.spec_from_file_location("app", ROOT / "finbert" / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.recorded = recorded  # type: ignore[attr-defined]
        return module

    return load


def _record(monkeypatch: pytest.MonkeyPatch, recorded: list[dict[str, Any]]) -> None:
    """Keeps what the entry file gives to the decorators, and passes it on to Modal."""
    for name in ("cls", "function"):
        original = getattr(modal.App, name)

        def wrapper(self: modal.App, original: Any = original, **arguments: Any) -> Any:
            recorded.append(arguments)
            return original(self, **arguments)

        monkeypatch.setattr(modal.App, name, wrapper)


def test_names(load_entry: Load) -> None:
    entry = load_entry()
    assert entry.app.name == "finbert-analyst"
    declared = inside(entry.app)._local_state
    assert set(declared.functions) == {"web", "SentimentWorker.*"}
    assert declared.web_endpoints == ["web"]
    assert list(declared.classes) == ["SentimentWorker"]


def test_only_the_worker_has_the_gpu_and_only_the_web_function_the_key(load_entry: Load) -> None:
    worker, web = load_entry(APP_GPU="L4", APP_MAX_CONTAINERS="3").recorded
    assert (worker["gpu"], worker["max_containers"], worker["min_containers"]) == (["L4"], 3, 0)
    assert "secrets" not in worker
    assert "gpu" not in web
    assert len(web["secrets"]) == 1
    assert worker["env"] == web["env"]
    assert worker["env"]["APP_GPU"] == "L4"
    assert not [value for value in web["env"].values() if value == KEY]


def test_settings_reach_the_deployment(load_entry: Load) -> None:
    entry = load_entry(
        APP_NAME="mine", APP_SNAPSHOT="0", APP_GPU="none", APP_AUTH="proxy", APP_SCALEDOWN_WINDOW_S="5"
    )
    worker, web = entry.recorded
    assert entry.app.name == "mine"
    assert (worker["gpu"], worker["cpu"], worker["enable_memory_snapshot"]) == (None, 4.0, False)
    assert (worker["scaledown_window"], list(worker["volumes"])) == (5, ["/cache"])
    assert web["secrets"] == []
    assert webhook(entry).requires_proxy_auth


def test_the_web_function_is_an_asgi_app_without_proxy_by_default(load_entry: Load) -> None:
    config = webhook(load_entry())
    assert config.type == api_pb2.WEBHOOK_TYPE_ASGI_APP
    assert not config.requires_proxy_auth


def webhook(entry: ModuleType) -> api_pb2.WebhookConfig:
    return inside(entry.web)._webhook_config


def inside(wrapped: Any) -> Any:
    """Modal's own object behind the public one."""
    return synchronizer._translate_in(wrapped)


@pytest.mark.parametrize("image", ["web_image", "worker_image"])
def test_sources_and_data_files_are_shipped_and_nothing_else(load_entry: Load, image: str) -> None:
    _, mount = inside(getattr(load_entry(), image))._deps()
    shipped = {str(remote) for entry in mount.entries for _, remote in entry.get_files_to_upload()}
    sources = {f"/root/appkit/{path.name}" for path in (ROOT / "appkit").glob("*.*")}
    sources |= {f"/root/finance/{path.name}" for path in (ROOT / "finbert" / "finance").glob("*.*")}
    assert shipped == sources
    assert {"/root/appkit/prices.json", "/root/finance/catalogue.json"} <= sources


def test_the_images_install_the_versions_of_these_tests(load_entry: Load) -> None:
    tested = pins(ROOT.parent / "test" / "python" / "requirements.txt")
    load_entry()
    for name in ("requirements-web.txt", "requirements-worker.txt"):
        for package, version in pins(ROOT / "finbert" / name).items():
            assert tested[package] == version


def pins(path: Path) -> dict[str, str]:
    lines = [line.strip() for line in path.read_text().splitlines()]
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


async def test_the_web_function_makes_the_app_with_the_key_of_the_secret(load_entry: Load) -> None:
    entry = load_entry(APP_API_KEY=KEY)
    app = entry.web.local()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/openapi.json")).status_code == 401
        assert (await client.get("/openapi.json", headers={"X-API-Key": KEY})).status_code == 200


def test_the_web_function_does_not_start_without_a_key(load_entry: Load) -> None:
    entry = load_entry()
    with pytest.raises(ValueError, match="APP_API_KEY"):
        entry.web.local()


@pytest.mark.filterwarnings("ignore:The SentimentWorker.score function is executing locally:UserWarning")
def test_the_worker_scores(load_entry: Load, checkpoint: Path, model: FinBert) -> None:
    entry = load_entry(APP_MODEL_ID=str(checkpoint))
    worker = entry.SentimentWorker()
    replies = worker.score.local(
        [["Revenue grew strongly in the year."], ["Profit fell sharply in the second quarter."]]
    )
    assert [reply["scores"][0]["positive"] > 0.5 for reply in replies] == [True, False]


async def test_a_failing_worker_is_a_backend_error(load_entry: Load) -> None:
    from finance.scoring import BackendError

    entry = load_entry()
    backend = entry.ModalBackend()
    with pytest.raises(BackendError):  # nothing is deployed, and there are no credentials
        await backend.score(["a"])


def test_the_web_function_needs_no_torch() -> None:
    code = "import sys, finance.api; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    paths = os.pathsep.join([str(ROOT), str(ROOT / "finbert")])
    assert (
        subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths}).returncode == 0
    )


def test_a_deploy_needs_only_modal() -> None:
    """The terminal that deploys has none of the packages of the images."""
    absent = ("fastapi", "starlette", "pydantic", "openpyxl", "defusedxml", "torch", "transformers", "numpy")
    code = f"import sys, runpy; sys.modules.update(dict.fromkeys({absent})); runpy.run_path(sys.argv[1])"
    script = str(ROOT / "finbert" / "app.py")
    folder = {"PYTHONPATH": str(ROOT / "finbert")}  # the command adds the script's folder
    done = subprocess.run(
        [sys.executable, "-c", code, script], env={**os.environ, **folder}, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()


def test_neither_package_imports_modal() -> None:
    for path in [*(ROOT / "appkit").glob("*.py"), *(ROOT / "finbert" / "finance").glob("*.py")]:
        assert "import modal" not in path.read_text(), path.name


@pytest.mark.parametrize("folder", [ROOT, ROOT / "finbert", Path("/")])
def test_the_command_finds_appkit_from_any_folder(folder: Path, tmp_path: Path) -> None:
    """`modal deploy` imports the file first. That a wrong setting ends it there shows that import worked."""
    environ = {**os.environ, "APP_GPU": "A40", "MODAL_CONFIG_PATH": str(tmp_path / "none.toml")}
    script = os.path.relpath(ROOT / "finbert" / "app.py", folder)
    command = [sys.executable, "-m", "modal", "deploy", script]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "APP_GPU=A40: Modal does not offer the GPU A40." in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
