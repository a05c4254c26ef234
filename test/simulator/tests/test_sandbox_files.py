"""Files of sandboxes, as the official Python SDK reads, writes, watches and keeps them; what runs beside them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from clients import run_python
from modal_simulator.server import Simulator

pytestmark = pytest.mark.asyncio

BEGIN = """
import asyncio, json, pathlib, tempfile, time, modal
app = modal.App.lookup("boxes", create_if_missing=True)
told = {}
def box(*command, **more):
    return modal.Sandbox.create(*command, app=app, **more)
def run(place, *command, **more):
    process = place.exec(*command, **more)
    return process.stdout.read()
def refused(action):
    try:
        action()
    except modal.exception.Error as error:
        return f"{type(error).__name__}: {error}"
"""
END = "\nprint(json.dumps(told))"

FILES = """
place = box()
files = place.filesystem
files.write_text("snow \u2603", "/made/deep/a.txt")
told["text"] = [files.read_text("/made/deep/a.txt"), run(place, "cat", "/made/deep/a.txt")]
data = bytes(range(256)) * 20000
files.write_bytes(data, "/tmp/large")
told["bytes"] = files.read_bytes("/tmp/large") == data
here = pathlib.Path(tempfile.mkdtemp())
(here / "up").write_bytes(data)
files.copy_from_local(here / "up", "/tmp/copied")
files.copy_to_local("/tmp/copied", here / "down")
told["copied"] = (here / "down").read_bytes() == data
run(place, "ln", "-s", "a.txt", "/made/deep/link")
files.make_directory("/made/deep/folder")
listed = files.list_files("/made/deep")
told["list"] = [[e.name, e.type.value, e.size, e.symlink_target] for e in listed if e.name != "folder"]
found = files.stat("/made/deep/a.txt")
shown = run(place, "stat", "-c", "%a %U %G %s %f", "/made/deep/a.txt").split()
told["stat"] = [found.permissions.lstrip("0"), found.owner, found.group, str(found.size), f"{found.mode:x}"] == shown
files.remove("/made/deep/link")
told["removed"] = [e.name for e in files.list_files("/made/deep")]
told["refused"] = [
    refused(lambda: files.read_text("/made/none")),
    refused(lambda: files.read_text("/made")),
    refused(lambda: files.remove("/made")),
    refused(lambda: files.write_text("", "/made/deep/a.txt/b")),
    refused(lambda: files.make_directory("/made/deep/a.txt/b")),
    refused(lambda: files.make_directory("/made", create_parents=False)),
    refused(lambda: files.list_files("/made/deep/a.txt")),
    refused(lambda: files.write_text("", "/usr/bin/a")),
]
files.remove("/made", recursive=True)
told["gone"] = run(place, "sh", "-c", "test -e /made; echo $?").strip()
place.terminate()
"""

FILES_TOLD: dict[str, Any] = {
    "text": ["snow ☃", "snow ☃"],
    "bytes": True,
    "copied": True,
    "list": [["a.txt", "file", 8, None], ["link", "symlink", 5, "a.txt"]],
    "stat": True,
    "removed": ["a.txt", "folder"],
    "refused": [
        "SandboxFilesystemNotFoundError: path does not exist: /made/none",
        "SandboxFilesystemIsADirectoryError: expected a file path: /made",
        "SandboxFilesystemDirectoryNotEmptyError: directory is not empty: /made",
        "SandboxFilesystemNotADirectoryError: a component of the path is not a directory: /made/deep/a.txt/b",
        "SandboxFilesystemNotADirectoryError: a component of the path is not a directory: /made/deep/a.txt/b",
        "SandboxFilesystemPathAlreadyExistsError: path already exists: /made",
        "SandboxFilesystemNotADirectoryError: expected a directory path: /made/deep/a.txt",
        "SandboxFilesystemPermissionError: read-only file system: /usr/bin/a",
    ],
    "gone": "1",
}


@pytest.mark.parametrize("kind", ["0", "1"], ids=["first kind", "second kind"])
async def test_the_sdk_reads_and_writes_files_and_tells_failures_apart(
    simulator: Simulator, kind: str
) -> None:
    told = json.loads(await run_python(simulator, BEGIN + FILES + END, {"MODAL_SANDBOX_V2": kind}))
    assert told == FILES_TOLD


WATCH = """
place = box()
place.filesystem.make_directory("/seen/below")
script = '''
mkdir /else
until test -e /seen/stop; do
    touch /seen/new; echo x >> /seen/new; mv /seen/new /seen/moved; rm /seen/moved
    touch /else/in; mv /else/in /seen/in; mv /seen/in /else/in; touch /seen/below/deep; sleep 0.02
done
'''
busy = place.exec("sh", "-c", script)
events = lambda **more: [(e.type.value, tuple(e.paths)) for e in place.filesystem.watch("/seen", timeout=2, **more)]
told["all"] = sorted({*events(recursive=True)} & {
    ("Create", ("/seen/new",)), ("Modify", ("/seen/new",)), ("Modify", ("/seen/new", "/seen/moved")),
    ("Remove", ("/seen/moved",)), ("Modify", ("/seen/in",)), ("Modify", ("/seen/below/deep",)),
})
told["flat"] = any("below/" in path for _, paths in events() for path in paths)
wanted = [modal.types.FileWatchEventType.Remove]
told["some"] = sorted(set(events(filter=wanted)))
place.terminate()
"""


async def test_the_sdk_watches_a_folder(simulator: Simulator) -> None:
    told = json.loads(await run_python(simulator, BEGIN + WATCH + END))
    assert told == {
        "all": [
            ["Create", ["/seen/new"]],
            ["Modify", ["/seen/below/deep"]],
            ["Modify", ["/seen/in"]],
            ["Modify", ["/seen/new"]],
            ["Modify", ["/seen/new", "/seen/moved"]],
            ["Remove", ["/seen/moved"]],
        ],
        "flat": False,
        "some": [["Remove", ["/seen/moved"]]],
    }


SNAPSHOTS = """
volume = modal.Volume.from_name("box-data", create_if_missing=True)
variables = modal.Image.debian_slim().env({"FROM_IMAGE": "kept"}).build(app)
first = box(image=variables, volumes={"/data": volume})
run(first, "sh", "-c", "echo kept > /root/a; mkdir /own; echo own > /own/b; ln -s /own /link; echo out > /data/c")
image = first.snapshot_filesystem()
part = first.snapshot_directory("/own")
first.terminate()
look = "cat /root/a /link/b; ls /data 2>&1; echo $FROM_IMAGE; test -s /etc/passwd && echo system"
second = box(image=image)
told["whole"] = run(second, "sh", "-c", look)
run(second, "mkdir", "/mounted")
second.mount_image("/mounted", part)
run(second, "sh", "-c", "echo more > /mounted/d")
told["mounted"] = run(second, "sh", "-c", "cat /mounted/b /mounted/d")
more = second.snapshot_directory("/mounted")
second.unmount_image("/mounted")
told["unmounted"] = run(second, "ls", "/mounted")
second.mount_image("/mounted", more)
told["again"] = run(second, "ls", "/mounted")
told["none"] = refused(lambda: second.mount_image("/no/such", part))
second.terminate()
"""


@pytest.mark.parametrize("kind", ["0", "1"], ids=["first kind", "second kind"])
async def test_snapshots_of_a_sandbox_and_of_a_folder_are_images(simulator: Simulator, kind: str) -> None:
    told = json.loads(await run_python(simulator, BEGIN + SNAPSHOTS + END, {"MODAL_SANDBOX_V2": kind}))
    assert told == {
        "whole": "kept\nown\nls: cannot access '/data': No such file or directory\nkept\nsystem\n",
        "mounted": "own\nmore\n",
        "unmounted": "",
        "again": "b\nd\n",
        "none": "ConflictError: There is no folder /no/such",
    }


BESIDE = """
image = modal.Image.debian_slim().build(app)
port = 8080
place = box("sh", "-c", "echo main > /tmp/own; exec sleep 60")
beside = place._experimental_sidecars.create(
    "sh", "-c", "echo beside > /tmp/own; exec sleep 60", name="worker", image=image, env={"GIVEN": "x"})
until = "until test -e /tmp/own; do sleep 0.05; done; cat /tmp/own; echo $GIVEN"
told["apart"] = [run(place, "sh", "-c", until), run(beside, "sh", "-c", until)]
told["files"] = beside.filesystem.read_text("/tmp/own")
told["listed"] = [each.name for each in place._experimental_sidecars.list()]
short = place._experimental_sidecars.create("sh", "-c", "exit 7", name="short", image=image)
short.wait()
told["exit"] = [short.poll(), beside.poll()]
told["twice"] = refused(lambda: place._experimental_sidecars.create("true", name="worker", image=image))
told["ended"] = beside.terminate(wait=True)
place.terminate()
"""


@pytest.mark.parametrize("kind", ["0", "1"], ids=["first kind", "second kind"])
async def test_a_container_beside_a_sandbox_has_files_of_its_own(simulator: Simulator, kind: str) -> None:
    told = json.loads(await run_python(simulator, BEGIN + BESIDE + END, {"MODAL_SANDBOX_V2": kind}))
    assert told == {
        "apart": ["main\n\n", "beside\nx\n"],
        "files": "beside\n",
        "listed": ["worker"],
        "exit": [7, None],
        "twice": "AlreadyExistsError: Container 'worker' already exists",
        "ended": 137,
    }


REQUESTS = """
import urllib.request, urllib.error
code = '''
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        names = ("X-Verified-User-Data", "Authorization")
        self.wfile.write(repr([self.headers.get(name) for name in names]).encode())
http.server.HTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
'''
free = __import__("socket").create_server(("127.0.0.1", 0)); port = free.getsockname()[1]; free.close()
place = box("python3", "-c", code.replace("PORT", str(port)),
    readiness_probe=modal.Probe.with_tcp(port), cpu=2.0, memory=1024)
place.wait_until_ready(timeout=30)
given = place.create_connect_token(user_metadata="who", port=port)
def ask(headers={}, query=""):
    try:
        return urllib.request.urlopen(urllib.request.Request(given.url + "/" + query, headers=headers)).read().decode()
    except urllib.error.HTTPError as error:
        return error.code
token = {"Authorization": f"Bearer {given.token}"}
told["requests"] = [
    ask(token), ask(token | {"X-Verified-User-Data": "forged"}), ask(query=f"?_modal_connect_token={given.token}"),
    ask(), ask({"Authorization": "Bearer no"}),
]
place.terminate()
place.wait(raise_on_termination=False)
told["after"] = ask(token)
stats = place._experimental_stats()
seconds = stats.duration.total_seconds()
told["stats"] = [
    abs(stats.billed_cpu_core_seconds - 2 * seconds) < 1e-3, abs(stats.billed_memory_gib_seconds - seconds) < 1e-3,
    sorted(stats.cost_by_resource), sum(stats.cost_by_resource.values()) == stats.cost, stats.cost > 0,
]
"""


async def test_requests_with_a_connect_token_and_what_a_sandbox_has_cost(simulator: Simulator) -> None:
    told = json.loads(await run_python(simulator, BEGIN + REQUESTS + END, {"MODAL_SANDBOX_V2": "1"}))
    assert told == {
        "requests": ["['who', None]"] * 3 + [401, 401],
        "after": 404,
        "stats": [True, True, ["CPU", "Memory"], True, True],
    }
