"""An ASGI app on a port, in a thread: for Modal's Server, which sends requests to a port."""

from __future__ import annotations

import threading
from typing import Any

GRACE_S = 20


class AsgiServer:
    """uvicorn in a thread of this process."""

    def __init__(self, app: Any, host: str, port: int) -> None:
        import uvicorn

        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,  # its lines go where ours go; the gate has one for each request
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        """
        Returns at once; Modal itself waits until the port answers.
        """
        self._thread.start()

    def stop(self) -> None:
        """Takes nothing new, answers what it has, and ends."""
        self._server.should_exit = True
        self._thread.join(GRACE_S + 5)
