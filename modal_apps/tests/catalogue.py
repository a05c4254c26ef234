"""What the tests of all apps must know of each: its settings, package, and the Modal objects of its entry file."""

from __future__ import annotations

from dataclasses import dataclass

from appkit.settings import Settings
from embed.settings import EmbeddingSettings
from finance.settings import FinbertSettings
from interpret.settings import InterpSettings
from llm.settings import LlmSettings
from ocr.settings import DocumentsSettings


@dataclass(frozen=True)
class Known:
    """
    Parameters:
        functions: tags of the functions, as Modal calls them.
        web: names of those with a URL.
        gpu: tags of those with a GPU.
        more_gpu: tags of functions that hold a GPU for one call.
        light: module that the web function imports, and that must not import torch; '' in single topology.
    """

    settings: type[Settings]
    package: str
    functions: frozenset[str]
    web: frozenset[str]
    gpu: str
    light: str = ""
    more_gpu: frozenset[str] = frozenset()


KNOWN: dict[str, Known] = {
    "finbert": Known(
        FinbertSettings,
        "finance",
        frozenset({"web", "ui", "prefetch", "process_batch", "run_batch", "SentimentWorker.*"}),
        frozenset({"web", "ui"}),
        "SentimentWorker",
        "finance.api",
    ),
    "documents": Known(
        DocumentsSettings,
        "ocr",
        frozenset({"web", "prefetch", "run_batch", "Reader.*"}),
        frozenset({"web"}),
        "Reader",
        "ocr.api",
    ),
    "vllm": Known(
        LlmSettings, "llm", frozenset({"prefetch", "LlmServer.*"}), frozenset({"LlmServer.web"}), "LlmServer"
    ),
    "embeddings": Known(
        EmbeddingSettings,
        "embed",
        frozenset({"prefetch", "generate_embedding", "Embedder.*"}),
        frozenset({"Embedder.web"}),
        "Embedder",
    ),
    "interp": Known(
        InterpSettings,
        "interpret",
        frozenset({"web", "prefetch", "run_inference_with_config", "Interpreter.*"}),
        frozenset({"web"}),
        "Interpreter",
        "interpret.api",
        frozenset({"run_inference_with_config"}),
    ),
}
