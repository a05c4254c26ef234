"""The engine that the settings name. Each is imported only when it is wanted: one of them needs torch."""

from __future__ import annotations

from appkit.vllm_server.command import PORT

from .engine import Engine
from .settings import DocumentsSettings


def make_engine(settings: DocumentsSettings, port: int = PORT) -> Engine:
    """
    An engine that is not loaded yet.

    Parameters:
        port: of vLLM's server, on loopback.
    """
    if settings.engine == "transformers":
        from .transformers_engine import TransformersEngine

        return TransformersEngine(
            settings.model_id,
            settings.model_revision,
            settings.dtype,
            max_model_len=settings.max_model_len,
        )
    from appkit.stdio import say
    from appkit.vllm_server.process import EngineProcess
    from appkit.weights import fetch_if_pinned

    from .openai_engine import OpenAiEngine
    from .vllm_options import SERVED_NAME, vllm_command, vllm_environ

    fetch_if_pinned(settings.model_id, settings.model_revision)
    command = vllm_command(settings, port)
    say(command.printed())
    base_url = f"http://127.0.0.1:{command.port}"
    process = EngineProcess(command.arguments(), base_url, vllm_environ(settings))
    return OpenAiEngine(
        base_url,
        SERVED_NAME,
        process,
        max_model_len=settings.max_model_len,
        dtype=settings.dtype,
        startup_timeout_s=settings.startup_timeout_s,
    )
