"""
Embeddings: texts in, vectors out, in OpenAI's format and in one with instructions and timing.

    modal deploy modal_apps/embeddings/app.py

The HTTP server and the model share one GPU container. Modal's proxy checks callers before a container starts, so a
scanner costs nothing (`modal workspace proxy-tokens create` makes a token). README.md explains the settings.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import modal

HERE = Path(__file__).resolve().parent
if modal.is_local():
    sys.path.insert(0, str(HERE.parent))  # for appkit, which the apps share; in a container both are in /root

from appkit.wiring import (  # noqa: E402
    cache_volume,
    endpoint_options,
    image,
    key_secrets,
    prefetch_options,
    read_settings,
    retire_container,
    server_options,
    worker_options,
)
from embed.settings import EmbeddingSettings  # noqa: E402

settings = read_settings(EmbeddingSettings)
worker_image = image(HERE / "requirements.txt", "embed")
options = worker_options(settings, worker_image)
options["secrets"] = [*options["secrets"], *key_secrets(settings)]
app = modal.App(settings.app_name)
snap = settings.snapshot_mode != "off"


class Loader:
    """Loads the model in the two steps that a memory snapshot needs."""

    def read(self) -> None:
        from appkit.progress import phase
        from appkit.start import start_container

        start_container(settings)
        with phase("import"):
            from embed.model import EmbeddingModel
        self.model = EmbeddingModel(
            settings.model_id, settings.model_revision, settings.dtype, family_name=settings.model_family
        )
        self.model.load()
        if settings.snapshot_mode == "gpu":
            self.model.to_device()

    def finish(self) -> Any:
        from appkit.start import key_checker
        from embed.api import create_app
        from embed.service import EmbeddingService

        if settings.snapshot_mode == "gpu":
            self.model.resume()
        else:
            self.model.to_device()
        task: Any = None if settings.default_task == "none" else settings.default_task
        self.service = EmbeddingService(self.model, task, retire_container)
        return create_app(settings, self.service, key_checker(settings))


if settings.transport == "server":

    @app.server(**server_options(settings, options))
    class Embedder:
        """The model behind a server of its own: no queue, so callers try again while it is cold."""

        @modal.enter(snap=snap)
        def load(self) -> None:
            self.loader = Loader()
            self.loader.read()

        @modal.enter(snap=False)
        def serve(self) -> None:
            from appkit.asgi_server import AsgiServer

            self.server = AsgiServer(self.loader.finish(), "0.0.0.0", 8000)
            self.server.start()

        @modal.exit()
        def stop(self) -> None:
            self.server.stop()

else:

    @app.cls(**options)
    @modal.concurrent(max_inputs=settings.max_inputs, target_inputs=settings.target_inputs)
    class Embedder:
        """The model and the HTTP API in front of it."""

        @modal.enter(snap=snap)
        def load(self) -> None:
            self.loader = Loader()
            self.loader.read()

        @modal.enter(snap=False)
        def to_device(self) -> None:
            self.asgi = self.loader.finish()

        @modal.asgi_app(**endpoint_options(settings))
        def web(self) -> Any:
            return self.asgi

        @modal.method()
        def embed_chunk(self, texts: list[str], task: str) -> tuple[int, bytes]:
            """Vectors of up to 512 texts, for `embed_file`: their length, and little-endian 32-bit floats."""
            from embed.bulk import pack

            service = self.loader.service
            tokens = service.model.tokenize(texts, service.instruction(None, task))  # type: ignore[arg-type]
            return pack([vector.values for vector in service.model.embed(tokens)])

    @app.local_entrypoint()
    def embed_file(path: str, out: str, task: str = "document") -> None:
        """`modal run …/app.py::embed_file --path in.jsonl --out out.npy`: vectors of a file of texts."""
        from embed.bulk import BulkError
        from embed.bulk import embed_file as run

        facts = {"model": settings.model_id, "revision": settings.model_revision, "task": task}
        call = Embedder().embed_chunk
        try:
            run(Path(path), Path(out), lambda parts: call.map(parts, kwargs={"task": task}), facts)
        except BulkError as error:
            sys.exit(str(error))

    @app.local_entrypoint()
    def main(url: str = "") -> None:
        """Checks the app: a passing copy of it, or with --url a deployed one."""
        from embed.smoke import check

        check(url or Embedder().web.get_web_url() or "", os.environ)


@app.function(**prefetch_options(settings, worker_image))
def prefetch() -> None:
    """Fetches the model to the volume ahead of the first request: `modal run …/app.py::prefetch`."""
    from appkit.weights import download

    download(settings.model_id, settings.model_revision)
    next(iter(cache_volume(settings).values())).commit()
