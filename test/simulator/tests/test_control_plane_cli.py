"""The unmodified command-line client, and the simulator as a process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tomllib
from pathlib import Path

import aiohttp
import pytest
from conftest import RunModal
from modal_simulator.server import Simulator

pytestmark = pytest.mark.asyncio

SCRIPT = """
import modal

app = modal.App("shop")
image = modal.Image.debian_slim().pip_install("numpy").add_local_python_source("helper")
volume = modal.Volume.from_name("cache", create_if_missing=True)


@app.function(image=image, gpu=["H100", "L4:2"], volumes={"/cache": volume})
def plain(x: int) -> int:
    return x


@app.function(image=image, schedule=modal.Cron("0 3 * * *"), secrets=[modal.Secret.from_dict({"A": "1"})])
def nightly() -> None: ...


@app.cls(image=image, gpu="T4")
class Model:
    @modal.method()
    def predict(self, x: int) -> int:
        return x
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    (tmp_path / "helper").mkdir()
    (tmp_path / "helper" / "__init__.py").write_text("X = 1\n")
    path = tmp_path / "shop.py"
    path.write_text(SCRIPT)
    return path


async def test_deploy_redeploy_and_history(run_modal: RunModal, script: Path, simulator: Simulator) -> None:
    first = await run_modal("deploy", script.name)
    assert first.code == 0, first.stderr
    assert "=> Step" in first.stdout
    assert "App deployed" in first.stdout
    [app] = simulator.world.apps.values()
    ids = dict(app.function_ids)
    assert set(ids) == {"plain", "nightly", "Model.*"}
    second = await run_modal("deploy", script.name, "--tag", "two", "--strategy", "recreate")
    assert second.code == 0, second.stderr
    assert "=> Step" not in second.stdout
    assert dict(app.function_ids) == ids
    history = json.loads((await run_modal("app", "history", "shop", "--json")).stdout)
    assert [(each["version"], each["client"], each["tag"]) for each in history] == [
        ("v2", "1.6.4", "two"),
        ("v1", "1.6.4", None),
    ]
    assert (await run_modal("app", "rollback", "shop", "v1")).code == 0
    assert (await run_modal("app", "rollover", "shop")).code == 0
    assert [version.deployment_type for version in app.history] == [1, 1, 2, 3]
    assert (await run_modal("app", "stop", "shop", "--yes")).code == 0
    listed = json.loads((await run_modal("app", "list", "--json")).stdout)
    assert [(each["description"], each["state"]) for each in listed] == [("shop", "stopped")]


WEB_SCRIPT = """
import modal

app = modal.App("web")


@app.function(image=modal.Image.debian_slim())
@modal.asgi_app()
def hello():
    async def answer(scope, receive, send):
        if scope["type"] != "http":
            return
        print("VERSION was asked")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"VERSION"})

    return answer
"""


async def test_requests_run_the_published_code(
    run_modal: RunModal, tmp_path: Path, simulator: Simulator, admin: aiohttp.ClientSession
) -> None:
    async def deploy(version: str) -> str:
        (tmp_path / "web.py").write_text(WEB_SCRIPT.replace("VERSION", version))
        result = await run_modal("deploy", "web.py", "--strategy", "recreate")
        assert result.code == 0, result.stderr
        [app] = simulator.world.apps.values()
        url = simulator.world.functions[app.function_ids["hello"]].web_urls[""]
        assert url in result.stdout
        return url

    async def ask() -> tuple[int, str]:
        async with admin.get(url, timeout=aiohttp.ClientTimeout(60)) as response:
            return response.status, await response.text()

    url = await deploy("first")
    assert await ask() == (200, "first")
    assert await deploy("second") == url
    assert await ask() == (200, "second")
    assert (await run_modal("app", "rollback", "web", "v1", "--strategy", "recreate")).code == 0
    assert await ask() == (200, "first")
    logs = (await run_modal("app", "logs", "web")).stdout.splitlines()
    assert logs == ["first was asked", "second was asked", "first was asked"]
    assert (await run_modal("app", "stop", "web", "--yes")).code == 0
    assert (await ask())[0] == 404
    assert not simulator.world.active_tasks()


async def test_a_refused_gpu_is_named_in_the_error(
    run_modal: RunModal, script: Path, simulator: Simulator
) -> None:
    simulator.faults.refused_gpus = {"H100"}
    result = await run_modal("deploy", script.name)
    assert result.code == 1
    assert "H100" in result.stderr
    assert simulator.world.deployed_app("shop", "main") is None


async def test_secrets(run_modal: RunModal) -> None:
    assert (await run_modal("secret", "create", "keys", "A=1", "B=2")).code == 0
    assert (await run_modal("secret", "create", "keys", "A=3")).code == 1
    listed = json.loads((await run_modal("secret", "list", "--json")).stdout)
    assert [each["name"] for each in listed] == ["keys"]
    assert (await run_modal("secret", "delete", "keys", "-y")).code == 0
    assert json.loads((await run_modal("secret", "list", "--json")).stdout) == []


@pytest.mark.parametrize("version", ["1", "2"])
async def test_volume_files_round_trip(run_modal: RunModal, tmp_path: Path, version: str) -> None:
    # Two blocks, the first of which ends in zero bytes, which clients leave out.
    data = os.urandom(1000) + bytes(8 << 20) + os.urandom(1000)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "big.bin").write_bytes(data)
    (folder / "a.txt").write_text("a")
    assert (await run_modal("volume", "create", "v", "--version", version)).code == 0
    put = await run_modal("volume", "put", "v", "in", "/d")
    assert put.code == 0, put.stderr
    listed = json.loads((await run_modal("volume", "ls", "v", "/d", "--json")).stdout)
    assert sorted(each["filename"] for each in listed) == ["d/a.txt", "d/big.bin"]
    assert (await run_modal("volume", "get", "v", "d/big.bin", "out.bin")).code == 0
    assert (tmp_path / "out.bin").read_bytes() == data
    assert (await run_modal("volume", "rm", "-r", "v", "d")).code == 0
    assert (await run_modal("volume", "ls", "v")).stdout.strip() == ""
    assert (await run_modal("volume", "delete", "v", "-y")).code == 0


async def test_token_new_writes_the_pair_it_was_given(
    run_modal: RunModal, simulator: Simulator, tmp_path: Path
) -> None:
    simulator.faults.auto_approve_tokens = True
    config = tmp_path / "fresh.toml"
    env = {"MODAL_CONFIG_PATH": str(config), "MODAL_SERVER_URL": simulator.server_url, "BROWSER": "true"}
    result = await run_modal("token", "new", "--profile", "fresh", env=env)
    assert result.code == 0, result.stderr
    profile = tomllib.loads(config.read_text())["fresh"]
    assert (profile["token_id"], profile["token_secret"]) == simulator.tokens
    assert profile["active"]
    info = await run_modal("token", "info", env=env)
    assert simulator.tokens[0] in info.stdout


async def test_app_logs_tail_and_search(run_modal: RunModal, script: Path, simulator: Simulator) -> None:
    await run_modal("deploy", script.name)
    [app] = simulator.world.apps.values()
    for number in range(300):
        simulator.logs.append(app.app_id, task_id="ta-1", fd=1 + number % 2, data=f"line {number}\n")
    tail = await run_modal("app", "logs", "shop", "--tail", "3")
    assert tail.stdout.split() == ["line", "297", "line", "298", "line", "299"]
    searched = await run_modal("app", "logs", "shop", "--since", "1h", "--search", "line 12")
    assert "line 129" in searched.stdout
    assert "line 13\n" not in searched.stdout
    errors = await run_modal("app", "logs", "shop", "-s", "stderr", "--since", "1h")
    assert errors.stdout.count("line") == 150


async def started(*arguments: str) -> tuple[asyncio.subprocess.Process, dict[str, str]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "modal_simulator",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    line = await asyncio.wait_for(process.stdout.readline(), 30)
    return process, json.loads(line)


def check_config(described: dict[str, str]) -> None:
    config = Path(described["configPath"])
    assert tomllib.loads(config.read_text())["local"] == {
        "token_id": described["tokenId"],
        "token_secret": described["tokenSecret"],
        "server_url": described["serverUrl"],
        "active": True,
    }
    assert config.stat().st_mode & 0o077 == 0


def folder_exists(described: dict[str, str]) -> bool:
    return Path(described["configPath"]).parent.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_process_and_its_files(number: signal.Signals) -> None:
    process, described = await started()
    check_config(described)
    process.send_signal(number)
    _, err = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0, err.decode()
    assert "without a sandbox" in err.decode()
    assert not folder_exists(described)


async def test_the_end_of_stdin_ends_the_process_if_asked() -> None:
    process, _ = await started("--exit-with-stdin")
    assert process.stdin
    process.stdin.close()
    await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0


async def test_the_wanted_folder_is_used_and_kept_from_other_users(tmp_path: Path) -> None:
    process, described = await started("--state-dir", str(tmp_path / "s"))
    config = Path(described["configPath"])
    try:
        assert config.parent == tmp_path / "s"
        modes = {
            path: path.stat().st_mode & 0o077 for path in (config, config.parent, *config.parent.rglob("*"))
        }
        assert {path: mode for path, mode in modes.items() if mode} == {}
    finally:
        process.terminate()
        await asyncio.wait_for(process.communicate(), 10)


async def test_a_taken_port_is_told_in_one_line(simulator: Simulator) -> None:
    port = simulator.server_url.rpartition(":")[2]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "modal_simulator", "--port", port),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, out) == (1, b"")
    assert len(err.decode().splitlines()) == 1
    assert port in err.decode()
