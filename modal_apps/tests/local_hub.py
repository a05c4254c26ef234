"""A model hub on loopback with the three routes that `huggingface_hub` needs. It can stop in the middle of a file."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


class LocalHub(ThreadingHTTPServer):
    """
    Serves one folder as one commit of one model.

    Parameters:
        stops_at: name of the file of which only the first half is sent; the connection stays open then.
    """

    daemon_threads = True

    def __init__(self, repo: str, commit: str, folder: Path, stops_at: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repo, self.commit, self.folder, self.stops_at = repo, commit, folder, stops_at
        self.stopped, self.over = threading.Event(), threading.Event()
        self.seen: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def names(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


class _Handler(BaseHTTPRequestHandler):
    server: LocalHub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub, path = self.server, unquote(urlsplit(self.path).path)
        hub.seen.append(f"{self.command} {path} {self.headers.get('Range') or ''}".strip())
        api = f"/api/models/{hub.repo}"
        files = [(name, (hub.folder / name).stat().st_size) for name in hub.names]
        if path in (api, f"{api}/revision/{hub.commit}", f"{api}/revision/main"):
            siblings = [{"rfilename": name, "size": size, "blobId": "0" * 40} for name, size in files]
            self._json({"id": hub.repo, "modelId": hub.repo, "sha": hub.commit, "siblings": siblings})
        elif path == f"{api}/tree/{hub.commit}":
            self._json(
                [{"type": "file", "path": name, "size": size, "oid": "0" * 40} for name, size in files]
            )
        elif path.startswith(f"/{hub.repo}/resolve/"):
            self._file(path.removeprefix(f"/{hub.repo}/resolve/").split("/", 1)[1])
        else:
            self._json({"error": "not found"}, 404)

    def _json(self, body: object, status: int = 200) -> None:
        data = json.dumps(body).encode()
        self._head(status, {"Content-Type": "application/json", "Content-Length": str(len(data))})
        if self.command != "HEAD":
            self.wfile.write(data)

    def _file(self, name: str) -> None:
        path = self.server.folder / name
        if not path.is_file():
            self._head(404, {"X-Error-Code": "EntryNotFound", "Content-Length": "0"})
            return
        data = path.read_bytes()
        etag = hashlib.sha256(data).hexdigest()
        common = {"ETag": f'"{etag}"', "X-Repo-Commit": self.server.commit, "Accept-Ranges": "bytes"}
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").split("-")[0])
        if start:
            common["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self._head(206 if start else 200, {**common, "Content-Length": str(len(data) - start)})
        if self.command == "HEAD":
            return
        if name == self.server.stops_at:
            self.wfile.write(data[start : len(data) // 2])
            self.wfile.flush()
            self.server.stopped.set()
            self.server.over.wait(120)
            self.close_connection = True
            return
        self.wfile.write(data[start:])

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(hub: LocalHub) -> Iterator[LocalHub]:
    """Serves until the end of the block."""
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        hub.over.set()
        hub.shutdown()
        hub.server_close()
