"""
On the path of an engine that runs on a CPU: lets torchvision be imported there.

Its wheel is built for CUDA, and its operators in C do not load beside a torch without. Reading pictures needs none of
them; only its own import asks for two, which are declared here ahead of it.
"""

from __future__ import annotations

import importlib.abc
import sys
from typing import Any


class _BeforeTorchvision(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name == "torchvision":
            sys.meta_path.remove(self)
            import torch

            for operator in ("nms", "qnms"):
                torch.library.define(
                    f"torchvision::{operator}", "(Tensor dets, Tensor scores, float iou) -> Tensor"
                )


sys.meta_path.insert(0, _BeforeTorchvision())
