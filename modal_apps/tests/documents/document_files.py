"""Files that the tests send, and the app in front of the tiny model."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncIterator
from typing import Any

import make_document_samples as samples
from appkit.fetchguard import FetchRules
from appkit.job_callbacks import JobCallbacks, JobMap
from appkit.jobs import JobLog
from local_jobs import LocalRunner
from ocr.batch import BatchPayload, BatchResult, Pool, run_batch
from ocr.documents import Document, render
from ocr.engine import Engine
from ocr.reader import PageReader
from ocr.reading import PageIn, ReadOptions, ReadReply
from ocr.requests import Opts
from PIL import Image
from tiny_qwen3_vl import word_image


def png(image: Image.Image) -> bytes:
    """The picture as a PNG file."""
    return packed(image, "PNG")


def packed(image: Image.Image, form: str, **options: Any) -> bytes:
    """The picture as a file of any kind."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def drawn(document: Document, number: int, dpi: int, max_pixels: int) -> Image.Image:
    """A page as it is drawn."""
    return render(document, number, dpi, max_pixels).image


def word_png(word: str) -> bytes:
    """A picture of a word as a PNG file."""
    return png(word_image(word))


def words_tiff(*words: str) -> bytes:
    """A TIFF with a page for each word; '' makes a blank one."""
    pages = [word_image(word) for word in words]
    return packed(pages[0], "TIFF", save_all=True, append_images=pages[1:])


def document(name: str, data: bytes) -> dict[str, str]:
    """A file as a request carries it."""
    return {"name": name, "content_b64": base64.b64encode(data).decode()}


def extract(name: str, data: bytes, **options: Any) -> dict[str, Any]:
    """The body of a request to read one document."""
    return {"document": document(name, data), **options}


def options(**changes: Any) -> ReadOptions:
    """Options as a worker gets them."""
    return Opts.model_validate(changes).read_options()


def pdf(pages: int, *, text: bool = True, media_box: str = "0 0 256 256") -> bytes:
    """A PDF of some pages, each with its number in large figures."""
    kids = " ".join(f"{3 + 2 * page} 0 R" for page in range(pages))
    font = 3 + 2 * pages
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids.encode(), pages),
    ]
    for page in range(pages):
        stream = b"BT /F1 90 Tf 40 90 Td (%d) Tj ET" % (page + 1) if text else b""
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents %d 0 R /Resources << /Font << /F1 %d 0 R >> >> >>"
            % (media_box.encode(), 4 + 2 * page, font)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    return samples.pdf_of(objects)


class LocalBackend:
    """The model in this process, in place of the Modal class; counts the pages that it was asked about."""

    def __init__(self, engine: Engine) -> None:
        self.reader = PageReader(engine)
        self.calls: list[list[str]] = []

    async def read(self, pages: list[PageIn], options: ReadOptions) -> ReadReply:
        self.calls.append([page["key"] for page in pages])
        return await self.reader.read(pages, options)

    async def runners(self) -> int:
        return 1 if self.calls else 0


def pool_of(backend: Any, *, backwards: bool = False, **more: Any) -> Pool:
    """Workers for a batch, one call after another; `backwards` gives the answers in the other order."""

    async def fan_out(
        calls: AsyncIterator[list[PageIn]], options: ReadOptions
    ) -> AsyncIterator[ReadReply | BaseException]:
        kept = []
        async for call in calls:
            try:
                reply: ReadReply | BaseException = await backend.read(call, options)
            except Exception as error:
                reply = error
            if backwards:
                kept.append(reply)
            else:
                yield reply
        for reply in reversed(kept):
            yield reply

    return Pool(fan_out, **more)


def batch_runner(
    pool: Pool, rules: FetchRules, known: JobMap | None = None, news: JobCallbacks | None = None
) -> LocalRunner:
    """Runs batches in this event loop."""

    async def work(payload: BatchPayload, job_id: str, job_log: JobLog) -> BatchResult:
        return await run_batch(payload, job_id, pool, rules, watcher=job_log)

    return LocalRunner(work, {} if known is None else known, news)
