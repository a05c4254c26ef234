"""`python openapi.py MODAL_APPS` prints the OpenAPI document of each bundled app, as its endpoint gives it."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

root = Path(sys.argv[1])
sys.path[:0] = [str(root), *(str(manifest.parent) for manifest in root.glob("*/app.json"))]

import httpx  # noqa: E402
from appkit.jobs import JobBoard  # noqa: E402
from embed.api import create_app as embeddings  # noqa: E402
from embed.settings import EmbeddingSettings  # noqa: E402
from finance.api import create_app as finbert  # noqa: E402
from finance.settings import FinbertSettings  # noqa: E402
from interpret.api import create_app as interp  # noqa: E402
from interpret.settings import InterpSettings  # noqa: E402
from llm.gateway import EngineState  # noqa: E402
from llm.gateway import create_app as vllm  # noqa: E402
from llm.settings import LlmSettings  # noqa: E402
from ocr.api import create_app as documents  # noqa: E402
from ocr.settings import DocumentsSettings  # noqa: E402


async def document(app: Any) -> dict[str, Any]:
    """No model is needed: the document comes from the routes alone."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
        return (await client.get("/openapi.json")).json()


apps: dict[str, Any] = {
    "documents": documents(DocumentsSettings(), None, None, None),
    "embeddings": embeddings(EmbeddingSettings(), None, None),
    "finbert": finbert(FinbertSettings(), None, None, jobs=JobBoard({}, None)),
    "interp": interp(InterpSettings(), None, None),
    "vllm": vllm(LlmSettings(), EngineState("http://127.0.0.1:1", lambda: True, False, 0.0), None),
}
print(json.dumps({name: asyncio.run(document(app)) for name, app in apps.items()}))
