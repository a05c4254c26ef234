"""`python serve_gateway.py ENGINE_URL PORT`: the gateway alone, open to all of this machine, for the bench."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "vllm")]

import uvicorn  # noqa: E402
from llm.gateway import EngineState, create_app  # noqa: E402
from llm.settings import LlmSettings  # noqa: E402

settings = LlmSettings(model_id="/m", auth="none", gpu="none", snapshot="off")
state = EngineState(sys.argv[1], lambda: True, restored=False, load_s=0.0)
uvicorn.run(create_app(settings, state, None), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
