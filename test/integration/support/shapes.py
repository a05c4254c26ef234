"""Imports Python files as the Modal CLI does, one after the other, and prints what Modal then knows of each as JSON."""

import json
import os
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")

from modal._functions import _Function  # noqa: E402
from modal.app import App  # noqa: E402
from modal.cli.import_refs import ImportRef, import_file_or_module, list_cli_commands  # noqa: E402
from modal.functions import Function  # noqa: E402

settings_of: dict[int, dict[str, Any]] = {}
made: list[_Function] = []
from_local = _Function._from_local


def noting(*args: Any, **settings: Any) -> _Function:
    function = from_local(*args, **settings)
    made.append(function)  # so that no other gets its id
    settings_of[id(function)] = settings
    return function


_Function._from_local = staticmethod(noting)


def gpus(function: _Function) -> list[str]:
    asked = function._spec_.gpus
    if not asked:
        return []
    return [asked] if isinstance(asked, str) else [str(gpu) for gpu in asked]


def secrets(function: _Function) -> list[str]:
    found = [getattr(secret, "_name", None) for secret in function._spec_.secrets]
    return sorted(name for name in found if name)


def functions_of(app: App) -> dict[str, Any]:
    from modal._utils.async_utils import synchronizer

    found = {}
    for tag, inner in app._local_state.functions.items():
        function = synchronizer._translate_out(inner)
        settings = settings_of.get(id(inner), {})
        found[tag] = {
            "gpus": gpus(inner),
            "secrets": secrets(inner),
            "minContainers": settings.get("min_containers") or 0,
            "clusterSize": settings.get("cluster_size"),
        }
        assert isinstance(function, Function)
    return found


def read(path: str, module: bool) -> dict[str, Any]:
    imported = import_file_or_module(ImportRef(path, module))
    members = {name: getattr(imported, name) for name in dir(imported)}
    apps = {name: member for name, member in members.items() if isinstance(member, App)}
    commands = [command.names for command in list_cli_commands(members)]
    return {
        "apps": {
            name: {
                "name": app.name,
                "functions": functions_of(app),
                "entryPoints": sorted(app._local_state.local_entrypoints),
            }
            for name, app in apps.items()
        },
        "commands": sorted(sorted(names) for names in commands),
    }


def main() -> None:
    found = {}
    for path in sys.argv[1:]:
        try:
            found[path] = read(path, False)
        except BaseException as error:
            found[path] = {"error": f"{type(error).__name__}: {error.__cause__ or error}"}
    sys.stdout.write(json.dumps(found) + os.linesep)


main()
