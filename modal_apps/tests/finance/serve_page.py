"""Serves the page on a port, prints its address and the key, and says `asked` when the app is asked for an analysis."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "finbert"), str(ROOT / "tests" / "finance")]

from appkit.auth import KeyChecker  # noqa: E402
from finance.api import create_app  # noqa: E402
from finance.settings import FinbertSettings  # noqa: E402
from finance.ui import mount_page  # noqa: E402
from served import served  # noqa: E402
from starlette.types import Receive, Scope, Send  # noqa: E402
from support import KEY  # noqa: E402


class NoBackend:
    """No file has a text to score."""

    async def score(self, texts: list[str]) -> Any:
        raise RuntimeError("there is no model here")

    async def runners(self) -> int:
        return 0


def main() -> None:
    """Until the input ends."""
    checker = KeyChecker((KEY.encode(),))
    api = create_app(FinbertSettings(), NoBackend(), checker)

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") == "/analyze_financials":
            print("asked", flush=True)
        await api(scope, receive, send)

    with served(mount_page(counted, KEY, checker)) as url:
        print(f"{url} {KEY}", flush=True)
        threading.Thread(target=sys.stdin.read).run()


if __name__ == "__main__":
    main()
