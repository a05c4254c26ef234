"""The entry files with the real Modal SDK and without an account: nothing here connects to anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from appkit import wiring
from appkit.settings import load
from catalogue import KNOWN
from entry_files import inside, load_entry
from support import APPS, KEY, ROOT, client_for

import modal

# What the images have and the terminal that deploys does not.
ABSENT = (
    "fastapi",
    "starlette",
    "pydantic",
    "openpyxl",
    "defusedxml",
    "pypdf",
    "pypdfium2",
    "PIL",
    "gradio",
    "torch",
    "transformers",
    "sentence_transformers",
    "safetensors",
    "vllm",
    "numpy",
    "uvicorn",
    "httpx",
    "pynvml",
    "sentry_sdk",
    "jsonschema",
    "huggingface_hub",
    "prometheus_client",
)


@pytest.mark.parametrize("app", APPS)
def test_names(monkeypatch: pytest.MonkeyPatch, app: str) -> None:
    entry = load_entry(monkeypatch, app)
    declared = inside(entry.app)._local_state
    assert entry.app.name == KNOWN[app].settings().app_name
    assert set(declared.functions) == KNOWN[app].functions
    assert set(declared.web_endpoints) == KNOWN[app].web
    assert list(declared.classes) == [KNOWN[app].gpu]


@pytest.mark.parametrize("app", APPS)
def test_every_container_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch, app: str) -> None:
    entry = load_entry(monkeypatch, app, APP_LOG_LEVEL="DEBUG", APP_GPU="L4", APP_MODEL_ID="/models/x")
    expected = load(
        KNOWN[app].settings, {"APP_LOG_LEVEL": "DEBUG", "APP_GPU": "L4", "APP_MODEL_ID": "/models/x"}
    )
    for arguments in entry.recorded:
        assert arguments["env"] == expected.container_env()
        assert load(KNOWN[app].settings, arguments["env"]) == expected
        assert KEY not in arguments["env"].values()


@pytest.mark.parametrize("app", APPS)
def test_the_gpu_is_where_the_model_is_and_only_there(monkeypatch: pytest.MonkeyPatch, app: str) -> None:
    entry = load_entry(monkeypatch, app, APP_GPU="L4,T4:1", APP_MAX_CONTAINERS="3", APP_BUFFER_CONTAINERS="1")
    with_gpu = [arguments for arguments in entry.recorded if arguments.get("gpu")]
    assert [arguments["gpu"] for arguments in with_gpu] == [["L4", "T4"]] * (1 + len(KNOWN[app].more_gpu))
    worker, *others = with_gpu
    assert [other["max_containers"] for other in others] == [1] * len(others)
    assert (worker["max_containers"], worker["min_containers"], worker["buffer_containers"]) == (3, 0, 1)
    assert list(worker["volumes"]) == ["/cache"]


@pytest.mark.parametrize("app", APPS)
def test_only_what_serves_http_has_the_key(monkeypatch: pytest.MonkeyPatch, app: str) -> None:
    asked: list[tuple[str, tuple[str, ...]]] = []
    original = modal.Secret.from_name

    def from_name(name: str, *, required_keys: list[str], **more: Any) -> Any:
        asked.append((name, tuple(required_keys)))
        return original(name, required_keys=required_keys, **more)

    monkeypatch.setattr(modal.Secret, "from_name", from_name)
    entry = load_entry(monkeypatch, app, APP_AUTH="key", APP_SECRET="mine", APP_HF_SECRET="hub")
    assert set(asked) == {("mine", ("APP_API_KEY",)), ("hub", ("HF_TOKEN",))}
    single = not KNOWN[app].light
    counts = [len(arguments["secrets"]) for arguments in entry.recorded if arguments.get("gpu")]
    assert counts == [2 if single else 1] * (1 + len(KNOWN[app].more_gpu))
    asked.clear()
    load_entry(monkeypatch, app, APP_AUTH="none")
    assert asked == []


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize(
    ("mode", "gpu", "enabled", "with_gpu"),
    [
        ("off", "L4", False, False),
        ("cpu", "L4", True, False),
        ("gpu", "L4", True, True),
        ("gpu", "L4:2", True, False),
    ],
)
def test_snapshots(
    monkeypatch: pytest.MonkeyPatch, app: str, mode: str, gpu: str, enabled: bool, with_gpu: bool
) -> None:
    entry = load_entry(monkeypatch, app, APP_SNAPSHOT=mode, APP_GPU=gpu, APP_MAX_CONTAINERS="1")
    workers = [arguments for arguments in entry.recorded if arguments.get("gpu")]
    # What holds a GPU for one call loads what that call names: there is nothing to keep in a snapshot.
    assert len(workers) == 1 + len(KNOWN[app].more_gpu)
    [worker] = [each for each in workers if "enable_memory_snapshot" in each]
    assert worker["enable_memory_snapshot"] is enabled
    assert worker.get("experimental_options") == ({"enable_gpu_snapshot": True} if with_gpu else None)


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("auth", ["key", "proxy", "both", "none"])
def test_the_proxy_guards_when_it_is_told_to(monkeypatch: pytest.MonkeyPatch, app: str, auth: str) -> None:
    given: list[dict[str, Any]] = []
    original = modal.asgi_app

    def asgi_app(**arguments: Any) -> Any:
        given.append(arguments)
        return original(**arguments)

    monkeypatch.setattr(modal, "asgi_app", asgi_app)
    load_entry(monkeypatch, app, APP_AUTH=auth, APP_CUSTOM_DOMAINS="a.example.com")
    assert given
    for arguments in given:
        assert arguments["requires_proxy_auth"] is (auth in ("proxy", "both"))
        assert arguments["custom_domains"] == ["a.example.com"]


@pytest.mark.parametrize("app", ["vllm", "embeddings"])
@pytest.mark.parametrize(("auth", "open_to_all"), [("proxy", False), ("key", True)])
def test_the_server_transport(
    monkeypatch: pytest.MonkeyPatch, app: str, auth: str, open_to_all: bool
) -> None:
    entry = load_entry(monkeypatch, app, APP_TRANSPORT="server", APP_AUTH=auth, APP_TARGET_INPUTS="7")
    [server] = [arguments for arguments in entry.recorded if "port" in arguments]
    assert (server["port"], server["target_concurrency"], server["exit_grace_period"]) == (8000, 7, 20)
    assert (server["unauthenticated"], server["routing_region"]) == (open_to_all, "us-east")


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("transport", ["function", "server"])
def test_the_region_holds_for_every_function_that_sees_data(
    monkeypatch: pytest.MonkeyPatch, app: str, transport: str
) -> None:
    if transport == "server" and app not in ("vllm", "embeddings"):
        return
    transports = {"APP_TRANSPORT": transport} if app in ("vllm", "embeddings") else {}
    inbox = {"APP_INBOX": "1"} if app == "documents" else {}
    entry = load_entry(
        monkeypatch,
        app,
        APP_REGION="eu",
        APP_ROUTING_REGION="eu-west",
        APP_MAX_CONTAINERS="1",  # a region costs more, and the hourly limit counts that
        **transports,
        **inbox,
    )
    placed = [
        (arguments.get("region", arguments.get("compute_region")), arguments.get("routing_region"))
        for arguments in entry.recorded
        if arguments.get("timeout") != wiring.PREFETCH_TIMEOUT_S  # `prefetch` sees no data of callers
    ]
    assert placed
    assert set(placed) == {("eu", "eu-west")}
    plain = load_entry(monkeypatch, app)
    assert {arguments.get("region") for arguments in plain.recorded} == {None}


@pytest.mark.parametrize("app", [app for app in APPS if KNOWN[app].light])
def test_the_front_is_as_wide_and_as_warm_as_its_settings(monkeypatch: pytest.MonkeyPatch, app: str) -> None:
    given: list[dict[str, Any]] = []
    original = modal.concurrent

    def concurrent(**arguments: Any) -> Any:
        given.append(arguments)
        return original(**arguments)

    monkeypatch.setattr(modal, "concurrent", concurrent)
    front = {"APP_WEB_MIN_CONTAINERS": "2", "APP_WEB_MAX_CONTAINERS": "7", "APP_WEB_MAX_INPUTS": "33"}
    entry = load_entry(monkeypatch, app, **front)
    assert {"max_inputs": 33} in given
    assert (2, 7) in {(each.get("min_containers"), each.get("max_containers")) for each in entry.recorded}
    warm = [each for each in entry.recorded if each.get("min_containers")]
    assert len(warm) <= len(KNOWN[app].web)  # what serves no HTTP is never kept warm


@pytest.mark.parametrize("app", APPS)
def test_sources_and_data_files_are_shipped_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, app: str
) -> None:
    entry = load_entry(monkeypatch, app)
    packages = {"appkit": ROOT / "appkit", KNOWN[app].package: ROOT / app / KNOWN[app].package}
    expected = {
        f"/root/{name}/{path.relative_to(folder)}"
        for name, folder in packages.items()
        for path in folder.rglob("*.*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for arguments in entry.recorded:
        _, mount = inside(arguments["image"])._deps()
        shipped = {str(remote) for part in mount.entries for _, remote in part.get_files_to_upload()}
        assert shipped == expected
    assert "/root/appkit/prices.json" in expected


@pytest.mark.parametrize("app", [app for app in APPS if KNOWN[app].light])
def test_the_web_function_is_light(app: str) -> None:
    heavy = ("torch", "transformers", "gradio", "pandas", "vllm")
    code = f"import sys, {KNOWN[app].light}; sys.exit(any(name in sys.modules for name in {heavy}))"
    done = subprocess.run([sys.executable, "-c", code], env=with_path(app))
    assert done.returncode == 0


def with_path(app: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / app)])}


@pytest.mark.parametrize("app", APPS)
def test_a_deploy_needs_only_modal_and_uses_nothing_that_goes_away(app: str) -> None:
    code = f"import sys, runpy; sys.modules.update(dict.fromkeys({ABSENT})); runpy.run_path(sys.argv[1])"
    command = [sys.executable, "-W", "error", "-c", code, str(ROOT / app / "app.py")]
    folder = {"PYTHONPATH": str(ROOT / app)}  # the command adds the script's folder
    done = subprocess.run(command, env={**os.environ, **folder}, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_only_the_wiring_and_what_it_runs_jobs_with_import_modal() -> None:
    packages = [ROOT / "appkit", *(ROOT / app / KNOWN[app].package for app in APPS)]
    importing = [
        str(path.relative_to(ROOT))
        for package in packages
        for path in package.rglob("*.py")
        if re.search(r"^\s*(import|from) modal\b", path.read_text(), re.MULTILINE)
    ]
    assert sorted(importing) == ["appkit/spawned.py", "appkit/wiring.py"]


@pytest.mark.parametrize("app", APPS)
def test_the_command_finds_the_kit_from_any_folder(app: str, tmp_path: Path) -> None:
    """`modal deploy` imports the file first. That a wrong setting ends it there shows that import worked."""
    for folder in (ROOT, ROOT / app, Path("/")):
        environ = {**os.environ, "APP_GPU": "A40", "MODAL_CONFIG_PATH": str(tmp_path / "none.toml")}
        script = os.path.relpath(ROOT / app / "app.py", folder)
        command = [sys.executable, "-m", "modal", "deploy", script]
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1
        assert "APP_GPU=A40: Modal does not offer the GPU A40." in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr


def test_notes_come_once_at_deploy(tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "APP_GPU": "A10G",
        "APP_AUTH": "none",
        "MODAL_CONFIG_PATH": str(tmp_path / "none.toml"),
    }
    command = [sys.executable, "-m", "modal", "deploy", str(ROOT / "vllm" / "app.py")]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    for words in ("A10G is called A10 here.", "APP_MODEL_REVISION is empty", "anybody who knows the URL"):
        assert done.stderr.count(words) == 1


@pytest.mark.parametrize("app", [app for app in APPS if KNOWN[app].light])
async def test_a_front_starts_with_error_reports_and_answers(
    monkeypatch: pytest.MonkeyPatch, app: str
) -> None:
    import sentry_sdk

    entry = load_entry(monkeypatch, app, APP_SENTRY_SECRET="sentry", APP_API_KEY=KEY)
    monkeypatch.setenv("SENTRY_DSN", "http://public@127.0.0.1:9/1")
    try:
        served = entry.web.local()
        assert sentry_sdk.is_initialized()
        async with client_for(served) as client:
            assert (await client.get("/health")).json()["status"] in (
                "ok",
                "healthy",
            )  # as Neuronpedia says it
    finally:
        sentry_sdk.get_client().close()
        sentry_sdk.get_global_scope().set_client(None)
