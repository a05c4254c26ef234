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
from typing import TYPE_CHECKING, Any

import modal

# The command looks beside this file only, and appkit, which the apps share, lies one folder up. In a container, Modal
# puts both into the same folder.
if modal.is_local():
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from appkit.wiring import (
    cache_volume,
    endpoint_options,
    image,
    key_secrets,
    prefetch_options,
    read_settings,
    regions,
    retire_container,
    server_options,
    worker_options,
)
from embed.settings import EmbeddingSettings

if TYPE_CHECKING:
    from embed.service import EmbeddingService

HERE = Path(__file__).resolve().parent
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
            from embed.rerank import RerankModel
        where = (settings.model_id, settings.model_revision, settings.dtype)
        if settings.is_reranker:
            self.model: Any = RerankModel(*where, max_length=settings.max_length)
        else:
            self.model = EmbeddingModel(
                *where, family_name=settings.model_family, max_length=settings.max_length
            )
        self.model.load()
        if settings.snapshot_mode == "gpu":
            self.model.to_device()

    def finish(self) -> Any:
        from appkit.start import key_checker
        from embed.api import create_app
        from embed.rerank import RerankService
        from embed.rerank_api import create_rerank_app
        from embed.service import EmbeddingService

        if settings.snapshot_mode == "gpu":
            self.model.resume()
        else:
            self.model.to_device()
        if settings.is_reranker:
            return create_rerank_app(settings, RerankService(self.model), key_checker(settings))
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
        async def embed_chunk(self, texts: list[str], task: str) -> Any:
            """Vectors of up to 512 texts, for `embed_file`; see `Chunk`."""
            return await self._service().embed_each(texts, task)  # type: ignore[arg-type]

        @modal.method()
        async def embed_text(self, text: str, instruction: str | None = None) -> list[float]:
            """The vector of one text, for `generate_embedding`."""
            result = await self._service().embed([text], instruction=instruction, field="text")
            return result.vectors[0]

        def _service(self) -> EmbeddingService:
            if settings.is_reranker:
                raise ValueError(f"{settings.model_id} is a reranker, which gives no vectors.")
            return self.loader.service

    call_options: dict[str, Any] = {
        "image": worker_image,
        "env": settings.container_env(),
        "timeout": settings.timeout_s,
        **regions(settings),
    }

    @app.function(**call_options)
    def generate_embedding(text: str, instruction: str | None = None) -> list[float]:
        """
        The vector of one text: `modal run …/app.py::generate_embedding --text "…"`, and from a program
        `modal.Function.from_name("embeddings", "generate_embedding").remote("…")`.
        """
        vector = Embedder().embed_text.remote(text, instruction)
        print(f"{len(vector)} numbers: {', '.join(f'{value:.4f}' for value in vector[:5])}, …")
        return vector

    @app.local_entrypoint()
    def embed_file(path: str, out: str, task: str = "document") -> None:
        """`modal run …/app.py::embed_file --path in.jsonl --out out.npy`: vectors of a file of texts."""
        from embed.bulk import BulkError
        from embed.bulk import embed_file as run

        if settings.is_reranker:
            sys.exit(f"{settings.model_id} is a reranker, which gives no vectors.")
        facts = {"model": settings.model_id, "revision": settings.model_revision, "task": task}
        call = Embedder().embed_chunk
        try:
            manifest = run(
                Path(path),
                Path(out),
                lambda parts: call.map(parts, kwargs={"task": task}, return_exceptions=True),
                facts,
            )
        except BulkError as error:
            sys.exit(str(error))
        if failed := manifest["failed"]:
            sys.exit(f"{len(failed)} texts have no vector; {Path(out).with_suffix('.json')} names them.")  # type: ignore[arg-type]

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
