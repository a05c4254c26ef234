"""Imports the apps' entry files as `modal deploy` does, and keeps what they give to Modal's decorators."""

from __future__ import annotations

import importlib.util
import os
import sys
from types import ModuleType
from typing import Any

import pytest
from modal._utils.async_utils import synchronizer
from support import ROOT

import modal

DECORATORS = ("cls", "function", "server")


def load_entry(monkeypatch: pytest.MonkeyPatch, app: str, **environ: str) -> ModuleType:
    """The module of `app.py`; its `recorded` are the arguments of each decorator in order."""
    recorded: list[dict[str, Any]] = []
    for name in [
        name for name in os.environ if name.startswith(("APP_", "MODAL_", "VLLM_FLAG_", "HF_HUB_OFFLINE"))
    ]:
        monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    for name in DECORATORS:
        _record(monkeypatch, name, recorded)
    spec = importlib.util.spec_from_file_location("app", ROOT / app / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "app", module)  # as the command does
    spec.loader.exec_module(module)
    module.recorded = recorded  # type: ignore[attr-defined]
    return module


def _record(monkeypatch: pytest.MonkeyPatch, name: str, recorded: list[dict[str, Any]]) -> None:
    original = getattr(modal.App, name)

    def wrapper(self: modal.App, **arguments: Any) -> Any:
        recorded.append(arguments)
        return original(self, **arguments)

    monkeypatch.setattr(modal.App, name, wrapper)


def inside(wrapped: Any) -> Any:
    """Modal's own object behind the public one."""
    return synchronizer._translate_in(wrapped)
