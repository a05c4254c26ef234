"""What containers see of the file system, as deployed code, the real ``modal`` command and shells tell."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from clients import command_environment, run_python
from modal_proto import api_pb2
from modal_simulator.blobs import BlobStore
from modal_simulator.runtime.view.contents import Contents, VolumePlace
from modal_simulator.runtime.view.plan import make_plan
from modal_simulator.runtime.views import KINDS, Views
from modal_simulator.server import Options, Simulator
from modal_simulator.world import World

APPS = Path(__file__).parent / "apps"
Ask = Callable[..., Awaitable[Any]]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def modal(simulator: Simulator, *arguments: str, cwd: Path | None = None) -> str:
    """Runs the real command; returns what it prints. Raises RuntimeError with it if it fails."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "modal", *arguments),
        cwd=cwd,
        env=command_environment(simulator),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 90)
    if process.returncode:
        raise RuntimeError(out.decode() + err.decode())
    return out.decode()


async def stored(simulator: Simulator, volume: str, path: str) -> str:
    """Returns a file of a volume, as the command line fetches it."""
    target = simulator.work_dir / "fetched"
    await modal(simulator, "volume", "get", "--force", volume, path, str(target))
    return target.read_text()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        await asyncio.sleep(0.05)
    pytest.fail("It did not happen in 30 seconds.")


def any_exists(paths: Iterable[str | Path]) -> bool:
    """Tells whether one of the paths is on this machine."""
    return any(os.path.lexists(path) for path in paths)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def simulator(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Simulator]:
    """A simulator with the app deployed."""
    running = Simulator(Options(state_dir=tmp_path_factory.mktemp("state")))
    await running.start()
    await modal(running, "deploy", str(APPS / "placed.py"))
    yield running
    await running.close()


@pytest.fixture
def ask(simulator: Simulator) -> Ask:
    """Calls a function of the app and returns its result."""

    async def call(name: str, *arguments: str) -> Any:
        code = (
            f"import json, modal; f = modal.Function.from_name('placed', {name!r}); "
            f"print(json.dumps(f.remote(*{arguments!r})))"
        )
        return json.loads(await run_python(simulator, code))

    return call


async def test_a_volume_is_written_by_a_literal_path_and_read_back_by_the_command_line(
    simulator: Simulator, ask: Ask, tmp_path: Path
) -> None:
    await ask("append", "one")
    await ask("append", "two")
    await modal(simulator, "volume", "get", "placed-data", "log.txt", str(tmp_path))
    assert (tmp_path / "log.txt").read_text() == "one\ntwo\n"
    (tmp_path / "sent.txt").write_text("sent")
    await modal(simulator, "volume", "put", "placed-data", str(tmp_path / "sent.txt"), "deep/sent.txt")
    code = (
        "(data.reload(), open('/data/deep/sent.txt').read(), sorted(e.path for e in data.listdir('/')))[1:]"
    )
    assert await ask("answer", code) == ["sent", ["deep", "log.txt"]]
    assert await ask("answer", "(data.remove_file('deep', recursive=True), os.listdir('/data'))[1]") == [
        "log.txt"
    ]
    await ask("answer", "(os.mkdir('/data/made'), open('/data/made/x', 'w').write('x'), data.commit())[1]")
    listed = json.loads(await modal(simulator, "volume", "ls", "placed-data", "made", "--json"))
    assert [each["filename"] for each in listed] == ["made/x"]
    await modal(simulator, "volume", "rm", "placed-data", "made", "-r")
    assert await ask("answer", "os.path.exists('/data/made')") is False


async def test_volumes_lie_within_volumes_and_in_folders_that_are_not_here(
    simulator: Simulator, ask: Ask
) -> None:
    write = "echo outer > /data/a.txt; echo inner > /data/inner/b.txt; cat /data/a.txt /data/inner/b.txt"
    assert await ask("nested", f"run({write!r})") == "outer\ninner\n"
    assert await stored(simulator, "placed-inner", "b.txt") == "inner\n"
    script = (
        "echo part > /no/such/parent/data/c.txt; cat /usr/share/placed/b.txt; echo x > /usr/share/placed/no"
    )
    said = await ask("options", f"run({script!r})")
    assert said.startswith("inner\n")
    assert "Read-only file system" in said
    assert await stored(simulator, "placed-data", "part/c.txt") == "part\n"
    assert not any_exists(["/no", "/usr/share/placed"])


OPTIONS = """
import modal
function = modal.Function.from_name("placed", "answer")
late = modal.Volume.from_name("placed-late", create_if_missing=True)
changed = function.with_options(volumes={"/late": late}, timeout=77, max_containers=3, scaledown_window=9)
print(changed.remote("(open('/late/x', 'w').write('late'), os.listdir('/'))[1].count('late')"))
print(function.remote("os.listdir('/').count('late')"))
"""


async def test_a_volume_that_is_given_with_options_is_there_and_only_then(simulator: Simulator) -> None:
    assert await run_python(simulator, OPTIONS) == "1\n0"
    assert await stored(simulator, "placed-late", "x") == "late"
    [variant] = [each for each in simulator.world.functions.values() if each.options]
    assert variant.definition is not None
    assert variant.definition.timeout_secs == 77
    assert (variant.autoscaler.max_containers, variant.autoscaler.scaledown_window) == (3, 9)


async def test_uploaded_files_lie_where_the_image_puts_them(ask: Ask) -> None:
    script = (
        "pwd; cat /assets/copied/plain.txt /etc/placed/plain.conf /opt/placed/run/plain.txt /root/beside/plain.txt;"
        "placed-tool; test -s /etc/passwd && echo and the system is there"
    )
    assert await ask("answer", f"run({script!r})") == (
        "/srv/work\n" + "plain\n" * 4 + "ran from /usr/local/bin/placed-tool\nand the system is there\n"
    )
    assert not any_exists(["/assets"])


async def test_what_a_container_writes_reaches_nothing_of_this_machine_and_no_other_container(
    simulator: Simulator, ask: Ask
) -> None:
    places = ["/tmp", "/root", "/home", "/srv", "/mnt", "/var/tmp", "/made"]
    script = "mkdir -p /made; " + "; ".join(
        f"touch {place}/left-by-container && echo {place}" for place in places
    )
    assert (await ask("answer", f"run({script!r})")).split() == places
    assert not any_exists([f"{place}/left-by-container" for place in (*places, Path.home())])
    refused = "; ".join(f"touch {place}/x 2>&1" for place in ("/usr/bin", "/etc/ssl", sys.prefix))
    assert (await ask("answer", f"run({refused!r})")).count("Read-only file system") == 3
    others = "[each for each in os.listdir('/tmp') if each.startswith('left')]"
    assert await ask("nested", others) == []
    assert await ask("answer", f"os.path.exists({str(APPS)!r})") is False


async def test_shells_and_commands_see_what_the_container_sees(simulator: Simulator, ask: Ask) -> None:
    assert await ask("kept") == "marked"
    function_id = simulator.world.deployed_app("placed", "main").function_ids["kept"]  # type: ignore[union-attr]
    [task] = [each for each in simulator.world.active_tasks() if each.function_id == function_id]
    # Without a terminal the CLI drops what it has not printed yet when the command ends; this one ends late.
    script = "cat /tmp/mark; ls /assets/copied; pwd; echo from a shell >> /data/log.txt; sleep 2"
    seen = "markplain.txt\ntool.sh\n/srv/work\n"
    assert await modal(simulator, "shell", task.task_id, "--no-pty", "-c", f"sh -c '{script}'") == seen
    assert (
        await modal(simulator, "container", "exec", "--no-pty", task.task_id, "--", "sh", "-c", script)
        == seen
    )
    assert (await stored(simulator, "placed-data", "log.txt")).count("from a shell") == 2


async def test_a_container_takes_its_files_with_it(simulator: Simulator, ask: Ask) -> None:
    await ask("answer", "open('/root/large', 'w').write('x' * 1000)")
    function_id = simulator.world.deployed_app("placed", "main").function_ids["answer"]  # type: ignore[union-attr]
    tasks = [each for each in simulator.world.active_tasks() if each.function_id == function_id]
    folders = [simulator.work_dir / "containers" / each.task_id for each in tasks]
    assert all((folder / "root").is_dir() for folder in folders)
    for task in tasks:
        await modal(simulator, "container", "stop", "-y", task.task_id)
    await until(lambda: not any_exists(folders))
    assert "one\n" in await stored(simulator, "placed-data", "log.txt")


BUCKET = """
import modal
app = modal.App("buckets")
key = modal.Secret.from_dict({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"})
bucket = modal.CloudBucketMount("bucket", secret=key)
@app.function(volumes={"/bucket": bucket}, serialized=True)
def f(): pass
for make in (
    lambda: app.deploy(),
    lambda: modal.Sandbox.create(app=modal.App.lookup("boxes", create_if_missing=True), volumes={"/bucket": bucket}),
):
    try:
        make()
    except modal.exception.Error as error:
        print(type(error).__name__, error)
"""


async def test_a_mounted_bucket_is_refused_with_words(simulator: Simulator) -> None:
    told = (await run_python(simulator, BUCKET)).splitlines()
    assert len(told) == 2
    assert all("no cloud buckets" in line for line in told), told


BOX = """
import json, modal
app = modal.App.lookup("boxes", create_if_missing=True)
volume = modal.Volume.from_name("box-data", create_if_missing=True)
box = modal.Sandbox.create("sh", "-c", "echo main > /data/deep.txt; touch /tmp/own; sleep 60",
    app=app, volumes={"/data": volume}, workdir="/tmp")
other = modal.Sandbox.create(app=app, volumes={"/else/where": volume})
def run(sandbox, *command):
    process = sandbox.exec(*command)
    return [process.stdout.read().strip(), process.wait()]
until = "until test -e /tmp/own; do sleep 0.05; done"
print(json.dumps([
    run(box, "sh", "-c", until + "; cat /data/deep.txt; pwd; ls /tmp"),
    run(other, "sh", "-c", "cat /else/where/deep.txt; ls /tmp"),
    run(box, "sh", "-c", "touch /usr/x"),
]))
box.terminate(); other.terminate()
"""


def working_kinds(folder: Path) -> list[str]:
    """Returns the ways to a view that this machine allows."""
    found = []
    for kind in KINDS:
        (folder / kind).mkdir()
        views = Views(World(), BlobStore(folder / kind), folder / kind, kind)
        views.choose()
        if kind == views.kind != "none":
            found.append(kind)
    return found


async def test_each_way_to_a_view_that_works_here_shows_the_same(tmp_path: Path) -> None:
    kinds = working_kinds(tmp_path)
    assert kinds, "this machine allows no views"
    for kind in kinds:
        running = Simulator(Options(state_dir=tmp_path / f"state {kind}", views=kind))
        await running.start()
        try:
            told = json.loads(await run_python(running, BOX))
        finally:
            await running.close()
        assert told == [["main\n/tmp\nown", 0], ["main", 0], ["", 1]], kind


async def test_without_views_paths_are_mapped_in_variables_and_it_is_said_at_the_start(
    tmp_path: Path,
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "modal_simulator", "--views", "none", "--exit-with-stdin"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    described = json.loads(await process.stdout.readline())
    app = tmp_path / "mapped.py"
    app.write_text(
        "import os, modal\n"
        "app = modal.App('mapped')\n"
        "volume = modal.Volume.from_name('mapped', create_if_missing=True)\n"
        "@app.function(volumes={'/mapped': volume}, env={'PLACE': '/mapped'})\n"
        "def write():\n"
        "    open(os.environ['PLACE'] + '/x', 'w').write('here')\n"
        "@app.local_entrypoint()\n"
        "def main():\n"
        "    write.remote()\n"
    )
    env = {**os.environ, "MODAL_CONFIG_PATH": described["configPath"]}
    for arguments in (["run", str(app)], ["volume", "get", "mapped", "x", str(tmp_path)]):
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "modal", *arguments],
            env=env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    _, told = await asyncio.wait_for(process.communicate(b""), 30)
    assert (tmp_path / "x").read_text() == "here"
    assert "Containers have no view of the file system of their own (it was asked for)" in told.decode()


async def test_a_link_of_a_container_never_leads_to_this_machine(
    simulator: Simulator, tmp_path: Path
) -> None:
    # A snapshot is made of what code left behind; a volume is then mounted below a link in it.
    snapshot = tmp_path / "snapshot"
    (snapshot / "deep").mkdir(parents=True)
    (snapshot / "out").symlink_to(tmp_path / "target")
    (snapshot / "up").symlink_to("../../../../../.." + str(tmp_path / "target"))
    (tmp_path / "target").mkdir()
    volume = tmp_path / "volume"
    volumes = tuple(VolumePlace("vo", f"/{name}/data", volume, False) for name in ("out", "up", "lib"))
    tools = tmp_path / "tools"
    tools.mkdir()
    plan = make_plan(Contents(volumes=volumes, snapshot=snapshot), tmp_path / "root", tools, [])
    assert list((tmp_path / "target").iterdir()) == []
    assert not any_exists(["/lib/data"])
    assert [plan.place(each.path) for each in volumes] == [volume] * 3
    shutil.rmtree(tmp_path / "root")


async def test_processes_of_a_container_end_with_it(simulator: Simulator, ask: Ask) -> None:
    assert await ask("answer", "run('sleep 4711 >/dev/null 2>&1 & echo on')") == "on\n"
    assert running("sleep 4711")
    app = simulator.world.deployed_app("placed", "main")
    assert app is not None
    for task in simulator.world.active_tasks(app.app_id):
        simulator.scheduler.kill_container(task.task_id)
    await until(lambda: not running("sleep 4711"))


def running(command: str) -> bool:
    """Tells whether a process with that command line runs on this machine."""
    words = command.replace(" ", "\0").encode() + b"\0"
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if place.read_bytes() == words:
                return True
        except OSError:
            continue
    return False


async def test_a_definition_that_asks_for_too_much_is_told_so(simulator: Simulator) -> None:
    # A volume in a folder of this machine that containers only read, where nothing can be made.
    code = (
        "import modal; app = modal.App.lookup('boxes', create_if_missing=True); "
        "v = modal.Volume.from_name('lost', create_if_missing=True); "
        f"b = modal.Sandbox.create('true', app=app, volumes={{{sys.prefix + '/not/here'!r}: v}}); "
        "b.wait(raise_on_termination=False); print(b.returncode)"
    )
    await run_python(simulator, code)
    [box] = [each for each in simulator.world.sandboxes.values() if each.result and each.result.exception]
    assert box.result is not None
    assert box.result.status == api_pb2.GenericResult.GENERIC_STATUS_INIT_FAILURE
    assert "read-only here" in box.result.exception
