"""Runs small files with the installed modal and tells what it says to each.

Reads a JSON list of ``{"id": …, "text": …}`` from the file named by the first argument; prints a JSON object from id
to ``{"outcome": "ok" | "fails", "words": str, "warnings": [str]}``. No server is needed: what would ask one counts as
"ok".
"""

import contextlib
import json
import os
import signal
import sys
import tempfile
import types
import warnings
from pathlib import Path
from typing import Any

os.environ.update(
    MODAL_SERVER_URL="http://127.0.0.1:9", MODAL_TOKEN_ID="ak-none", MODAL_TOKEN_SECRET="as-none"
)
folder = tempfile.mkdtemp()
os.chdir(folder)
Path("files").mkdir()

import modal  # noqa: E402, F401

SECONDS = 5.0


class WaitsForServer(Exception):
    """The file got as far as asking the server."""


def stop(*_: object) -> None:
    raise WaitsForServer


def run(text: str) -> dict[str, Any]:
    """Imports a file, calls its ``main`` if it has one, and tells what came of it."""
    outcome, words = "ok", ""
    module = types.ModuleType("sample")
    sys.modules["sample"] = module
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            exec(compile(text, "sample.py", "exec"), module.__dict__)
            main = getattr(module, "main", None)
            if isinstance(main, types.FunctionType):
                main()
        except WaitsForServer:
            pass
        except Exception as error:
            words = f"{type(error).__name__}: {error}"
            # Without a server these are as far as it can get.
            outcome = "ok" if type(error).__name__ in ("ConnectionError", "AuthError") else "fails"
        finally:
            with contextlib.suppress(WaitsForServer):
                signal.setitimer(signal.ITIMER_REAL, 0)
    said = [str(warning.message) for warning in seen if warning.category.__module__.startswith("modal")]
    return {"outcome": outcome, "words": words[:300], "warnings": [text[:200] for text in said]}


signal.signal(signal.SIGALRM, stop)
samples = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps({sample["id"]: run(sample["text"]) for sample in samples}))
