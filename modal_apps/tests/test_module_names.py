"""Names of our modules."""

from __future__ import annotations

import sys

from support import ROOT


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    """`from .numbers import …` would be read as Python's own, and a copied file would take its place."""
    modules = [path for path in ROOT.rglob("*.py") if path.stem != "__init__"]
    packages = [path.parent for path in ROOT.rglob("__init__.py")]
    assert len(modules) > 150
    assert len(packages) > 5
    shadowing = [
        str(path.relative_to(ROOT)) for path in (*modules, *packages) if path.stem in sys.stdlib_module_names
    ]
    assert shadowing == []
