"""Which Python containers run in while the packages of the bundled apps are still being installed."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from clients import run_python
from conftest import RunModal
from modal_simulator.runtime import python
from modal_simulator.server import Simulator

APP = """
import sys
import modal

app = modal.App("pythons")
installing = modal.Image.debian_slim().pip_install("torch==2.13.0")

@app.function(image=installing)
def heavy():
    return sys.prefix

light_app = modal.App("light")

@light_app.function()
def light():
    return sys.prefix
"""

pytestmark = pytest.mark.asyncio


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that will name the other Python; it is not there yet."""
    (tmp_path / "pythons.py").write_text(APP)
    monkeypatch.setenv(python.VARIABLE, str(tmp_path / "named"))
    return tmp_path / "named"


@pytest.fixture
def other_python(tmp_path: Path) -> Path:
    """Another environment that has the same packages."""
    folder = tmp_path / "other"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "same.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin" / "python"


def write(file: Path, text: str) -> None:
    file.write_text(text)


async def prefix_of(simulator: Simulator, app: str, function: str) -> str:
    code = f"import json, modal; print(json.dumps(modal.Function.from_name({app!r}, {function!r}).remote()))"
    return json.loads(await run_python(simulator, code))


async def test_an_app_that_needs_packages_waits_for_them_and_runs_where_they_are(
    simulator: Simulator, run_modal: RunModal, file: Path, other_python: Path
) -> None:
    deploy = asyncio.create_task(run_modal("deploy", "pythons.py::app"))
    while not any(image.started_at and not image.finished_at for image in simulator.world.images.values()):
        assert not deploy.done()
        await asyncio.sleep(0.05)
    write(file, str(other_python))
    deployed = await deploy
    assert deployed.code == 0, deployed.stderr
    assert python.WAITING.strip() in deployed.stdout
    assert await prefix_of(simulator, "pythons", "heavy") == str(other_python.parents[1])


async def test_an_app_that_needs_none_does_not_wait(
    simulator: Simulator, run_modal: RunModal, file: Path
) -> None:
    assert (await run_modal("deploy", "pythons.py::light_app")).code == 0
    assert await prefix_of(simulator, "light", "light") == sys.prefix
    assert python.is_awaited()


async def test_packages_that_could_not_be_installed_fail_the_deploy_and_say_why(
    run_modal: RunModal, file: Path
) -> None:
    write(file, "")
    failed = await run_modal("deploy", "pythons.py::app")
    assert failed.code != 0
    assert python.FAILED in failed.stdout + failed.stderr
