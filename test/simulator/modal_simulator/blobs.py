"""Blobs and mounted file contents on disk, and the loopback HTTP server that moves them."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from aiohttp import web

from .world import new_id

CHUNK = 1 << 20


class BlobStore:
    """Contents by blob id and by sha256.

    Parameters:
        folder: where the contents are kept; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._blobs = folder / "blobs"
        self._contents = folder / "sha256"
        self._blobs.mkdir(parents=True, exist_ok=True)
        self._contents.mkdir(parents=True, exist_ok=True)
        self.base_url = ""  # set once the HTTP server listens

    def put(self, data: bytes) -> str:
        """Stores the bytes; returns their new blob id."""
        blob_id = new_id("bl")
        self._blob_path(blob_id).write_bytes(data)
        return blob_id

    def get(self, blob_id: str) -> bytes:
        """Returns the blob's bytes. Raises KeyError if there is none."""
        try:
            return self._blob_path(blob_id).read_bytes()
        except FileNotFoundError:
            raise KeyError(blob_id) from None

    def url(self, blob_id: str) -> str:
        """Returns the URL for PUT and GET of the blob."""
        return f"{self.base_url}/blobs/{blob_id}"

    def by_sha256(self, digest: str) -> bytes | None:
        """Returns the contents with that hex digest, or None."""
        path = self.sha256_path(digest)
        return path.read_bytes() if path else None

    def has_sha256(self, digest: str) -> bool:
        """Tells whether the contents with that hex digest are here."""
        return self.sha256_path(digest) is not None

    def sha256_path(self, digest: str) -> Path | None:
        """Returns the file with those contents, or None; it must not be changed."""
        path = self._contents / _plain(digest)
        return path if path.exists() else None

    def put_sha256(self, digest: str, data: bytes) -> None:
        """Stores contents under their hex digest. Raises ValueError if the digest is another one."""
        if hashlib.sha256(data).hexdigest() != digest:
            raise ValueError(f"content does not have the sha256 {digest}")
        _write_whole(self._contents / digest, data)

    def put_sha256_blob(self, digest: str, blob_id: str) -> None:
        """Stores an uploaded blob under its hex digest. Raises KeyError, or ValueError as ``put_sha256``."""
        source = self._blob_path(blob_id)
        if not source.exists():
            raise KeyError(blob_id)
        with source.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise ValueError(f"blob {blob_id} does not have the sha256 {digest}")
        shutil.copyfile(source, self._contents / f"{digest}.part")
        (self._contents / f"{digest}.part").replace(self._contents / digest)

    def routes(self) -> list[web.RouteDef]:
        """Returns the HTTP routes of the store."""
        return [
            web.put("/blobs/{blob_id}", self._put_blob),
            web.get("/blobs/{blob_id}", self._get_blob),
            web.put("/blocks/{digest}", self._put_block),
        ]

    def _blob_path(self, blob_id: str) -> Path:
        return self._blobs / _plain(blob_id)

    async def _put_blob(self, request: web.Request) -> web.Response:
        path = self._blob_path(request.match_info["blob_id"])
        digest = hashlib.md5(usedforsecurity=False)
        with path.with_suffix(".part").open("wb") as file:
            async for chunk in request.content.iter_chunked(CHUNK):
                digest.update(chunk)
                file.write(chunk)
        path.with_suffix(".part").replace(path)
        return web.Response(headers={"ETag": f'"{digest.hexdigest()}"'})

    async def _get_blob(self, request: web.Request) -> web.StreamResponse:
        path = self._blob_path(request.match_info["blob_id"])
        if not path.exists():
            raise web.HTTPNotFound(text="no such blob")
        return web.FileResponse(path)

    async def _put_block(self, request: web.Request) -> web.Response:
        digest = request.match_info["digest"]
        try:
            self.put_sha256(digest, await request.read())
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        # The client hands this body back with its second request; the contents are already here.
        return web.Response(text=digest)


def _plain(name: str) -> str:
    """Returns the name if it is one path part. Raises KeyError otherwise, so no request leaves the folder."""
    if not name or os.sep in name or name.startswith("."):
        raise KeyError(name)
    return name


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)
