"""The engine's life: its command line, start, warm-up, sleep before a snapshot and waking after it."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request

from appkit.gpu_memory import report_gpu_memory
from appkit.progress import phase
from appkit.restore import after_restore, task_id
from appkit.stdio import say
from appkit.vllm_server.command import HOST, PORT, VllmCommand
from appkit.vllm_server.process import EngineError, EngineProcess

from .settings import LlmSettings

WARM_UPS = 3
# Opens /sleep and /wake_up, and more; the gateway lets none of it through.
DEV_MODE = {"VLLM_SERVER_DEV_MODE": "1"}
NO_STATISTICS = {"VLLM_NO_USAGE_STATS": "1", "VLLM_DO_NOT_TRACK": "1"}


def engine_command(settings: LlmSettings, port: int = PORT) -> VllmCommand:
    """The command line for these settings."""
    gpus = settings.gpu_count
    options: dict[str, str | int | float | bool] = {
        "--served-model-name": " ".join(settings.served_names),
        "--revision": settings.model_revision,
        "--dtype": settings.dtype,
        "--max-model-len": settings.max_model_len,
        "--max-num-seqs": settings.max_num_seqs,
        "--gpu-memory-utilization": settings.gpu_memory_utilization if gpus else "",
        "--tensor-parallel-size": gpus if gpus > 1 else "",
        "--enforce-eager": settings.fast_boot,
        "--quantization": settings.quantization,
        "--chat-template": settings.chat_template,
        "--speculative-config": settings.speculative,
        "--reasoning-parser": settings.reasoning_parser,
        "--enable-auto-tool-choice": bool(settings.tool_parser),
        "--tool-call-parser": settings.tool_parser,
        "--disable-uvicorn-access-log": True,  # the gateway has a line for each request
        "--enable-sleep-mode": settings.snapshot_mode == "gpu",
    }
    return VllmCommand(
        settings.model_id,
        options,
        settings.engine_args,
        port,
        lists=frozenset({"--served-model-name"}),
        media_hosts=settings.media_host_names,
    )


class Engine:
    """
    The vLLM server of this container.

    Parameters:
        port: on loopback.
    """

    def __init__(self, settings: LlmSettings, port: int = PORT) -> None:
        command = engine_command(settings, port)
        sleeps = DEV_MODE if settings.snapshot_mode == "gpu" else {}
        self._settings = settings
        self._printed = command.printed()
        self._started_in = task_id()
        self.base_url = f"http://{HOST}:{port}"
        self.process = EngineProcess(command.arguments(), self.base_url, {**NO_STATISTICS, **sleeps})
        self.restored = False
        self.load_s = 0.0

    def start(self) -> None:
        """
        Starts the engine and sends it three short requests.

        Raises:
            EngineError: it ended, or was not ready in time.
        """
        say(f"Starting: {self._printed}")
        with phase("start_engine") as started:
            self.process.start(self._settings.startup_timeout_s)
        with phase("warm_up") as warmed:
            for _ in range(WARM_UPS):
                self._warm_up()
        self.load_s = started.seconds + warmed.seconds
        report_gpu_memory("after load")

    def sleep(self) -> None:
        """Moves the weights to host memory and drops the cache, so that a snapshot can be taken."""
        with phase("sleep"):
            self.process.post("/sleep?level=1")

    def wake(self) -> None:
        """
        What follows a restored snapshot.

        Raises:
            EngineError: the engine did not come back.
        """
        self.restored = task_id() != self._started_in
        with phase("wake_up") as woken:
            self.process.post("/wake_up")
            self.process.wait_healthy(self._settings.startup_timeout_s)
            after_restore()
        self.load_s = woken.seconds
        report_gpu_memory("after restore")

    def stop(self) -> None:
        """Ends the engine and all that it started."""
        self.process.stop()

    def _warm_up(self) -> None:
        name = self._settings.served_names[0]
        chat = {"model": name, "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 4}
        if not self._post("/v1/chat/completions", chat):  # a model without a chat template
            self._post("/v1/completions", {"model": name, "prompt": "Hello", "max_tokens": 4})

    def _post(self, path: str, body: object) -> bool:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.base_url + path, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=self._settings.startup_timeout_s):
                return True
        except urllib.error.HTTPError:
            return False
        except OSError as error:
            raise EngineError(f"The engine did not answer its first request: {error}") from error


def start_engine(settings: LlmSettings) -> Engine:
    """Makes and starts the engine of this container."""
    os.environ.setdefault(
        "HF_HUB_DISABLE_PROGRESS_BARS", "1"
    )  # they would fill the log with carriage returns
    engine = Engine(settings)
    engine.start()
    return engine
