"""
`python serve_spoken.py FOLDER`: the real vLLM on a CPU with the model of `spoken_model.py`, and the gateway before it.

Prints a line of JSON when it answers. A line on its standard input kills the engine's worker, in the middle of what it
does; the end of it ends all.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "vllm"), str(HERE), str(HERE.parent)]
os.environ.update(
    VLLM_TARGET_DEVICE="cpu", VLLM_CPU_KVCACHE_SPACE="1", OMP_NUM_THREADS="2", HF_HUB_OFFLINE="1"
)

import psutil  # noqa: E402
from llm.engine import Engine  # noqa: E402
from llm.settings import LlmSettings  # noqa: E402
from llm_servers import gateway  # noqa: E402
from loopback import free_port  # noqa: E402
from spoken_model import make_spoken  # noqa: E402


def main() -> None:
    """Serves until nobody holds the other end of standard input."""
    settings = LlmSettings(
        model_id=str(make_spoken(Path(sys.argv[1]))),
        served_name="spoken",
        auth="none",
        gpu="none",
        dtype="float32",
        snapshot="off",
        fast_boot=True,
        max_model_len=65536,
        reasoning_parser="qwen3",
        tool_parser="hermes",
    )
    engine = Engine(settings, free_port())
    try:
        engine.start()
        with gateway(settings, engine.process) as url:
            child = engine.process._child
            assert child is not None
            print(json.dumps({"engine": engine.base_url, "gateway": url}), flush=True)
            for _ in sys.stdin:
                for worker in psutil.Process(child.pid).children():
                    worker.kill()
    finally:
        engine.stop()


if __name__ == "__main__":
    main()
