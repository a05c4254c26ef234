"""Names of our modules, and that types are checked in all of them."""

from __future__ import annotations

import configparser
import sys

from catalogue import KNOWN
from support import APPS, ROOT


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    """`from .numbers import …` would be read as Python's own, and in a copied folder it could take its place."""
    modules = [path for path in ROOT.rglob("*.py") if path.stem != "__init__"]
    packages = [path.parent for path in ROOT.rglob("__init__.py")]
    assert len(modules) > 150
    assert len(packages) > 5
    named = {path.stem: str(path.relative_to(ROOT)) for path in (*modules, *packages)}
    assert {name: named[name] for name in named.keys() & sys.stdlib_module_names} == {}


def test_mypy_checks_every_package_and_every_entry_file() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT.parent / "mypy.ini")
    given = {key: config["mypy"][key].split(", ") for key in ("packages", "modules")}
    assert sorted(given["packages"]) == sorted(["appkit", *(KNOWN[app].package for app in APPS)])
    assert sorted(given["modules"]) == sorted(f"{app}.app" for app in APPS)
