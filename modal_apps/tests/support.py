"""What the tests of all apps share: folders, a key, manifests and their samples."""

from __future__ import annotations

import base64
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
APPS = sorted(path.parent.name for path in ROOT.glob("*/app.json"))
KEY = "test-key-of-enough-length"


def read_manifest(app: str) -> dict[str, Any]:
    """`app.json` of an app, by the name of its folder."""
    return json.loads((ROOT / app / "app.json").read_text())


def marked(printed: str, name: str) -> list[dict[str, Any]]:
    """The fields of each `::name {json}` line."""
    start = f"::{name} "
    return [json.loads(line.removeprefix(start)) for line in printed.splitlines() if line.startswith(start)]


def client_for(app: Any, *, key: str = KEY) -> httpx.AsyncClient:
    """A client with the key, in front of an ASGI app in this process."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    return httpx.AsyncClient(transport=transport, base_url="http://app", headers=headers)


def check_plain(reply: Any) -> None:
    """
    Fails when a worker's reply cannot be read where there is no torch and no transformers, as in a web function.
    """
    code = (
        "import pickle, sys; sys.modules.update(torch=None, transformers=None, numpy=None); "
        "pickle.loads(sys.stdin.buffer.read())"
    )
    paths = os.pathsep.join([str(ROOT), *(str(ROOT / app) for app in APPS)])
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps(reply),
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()


async def send_sample(client: httpx.AsyncClient, app: str, sample: dict[str, Any]) -> httpx.Response:
    """
    Sends a shipped sample and checks what its manifest promises: the status, and that each highlight is there.
    """
    body = None
    if "body" in sample:
        body = _filled(json.loads((ROOT / app / sample["body"]["file"]).read_text()), ROOT / app)
    answer = await client.request(sample["method"], sample["path"], json=body)
    assert answer.status_code == sample["expect"]["status"], answer.text
    for highlight in sample["expect"]["highlights"]:
        assert read_path(answer.json(), highlight["path"]) is not None, highlight["path"]
    return answer


def _filled(value: Any, folder: Path) -> Any:
    """Puts files in, as the extension does."""
    if isinstance(value, list):
        return [_filled(item, folder) for item in value]
    if not isinstance(value, dict):
        return value
    if "$file" not in value:
        return {key: _filled(item, folder) for key, item in value.items()}
    data = (folder / value["$file"]).read_bytes()
    return base64.b64encode(data).decode() if value["encoding"] == "base64" else data.decode()


def read_path(answer: Any, path: str) -> Any:
    """The extension's notation: `ratios[key=roe].value`, `results[0].label`."""
    for step in path.replace("]", "").replace("[", ".").split("."):
        if "=" in step:
            key, wanted = step.split("=")
            answer = next(item for item in answer if str(item[key]) == wanted)
        else:
            answer = answer[int(step) if isinstance(answer, list) else step]
    return answer


def documented_routes(openapi: dict[str, Any]) -> set[tuple[str, str]]:
    """Method and path of every operation of an OpenAPI document."""
    return {(method.upper(), path) for path, methods in openapi["paths"].items() for method in methods}


def listed_routes(app: str) -> set[tuple[str, str]]:
    """Method and path of every route of a manifest."""
    endpoints = read_manifest(app)["endpoints"]
    return {(route["method"], route["path"]) for endpoint in endpoints for route in endpoint["routes"]}
