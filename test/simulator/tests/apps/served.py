"""A server with a port of its own, which ends soon, beside a function."""

import os
import subprocess
import sys

import modal

app = modal.App("served")
PORT = int(os.environ.get("SERVED_PORT", "8124"))


@app.server(
    port=PORT, unauthenticated=True, scaledown_window=3, startup_timeout=30, env={"SERVED_PORT": str(PORT)}
)
class Files:
    """Lists its folder."""

    @modal.enter()
    def up(self) -> None:
        import socket
        import time

        command = ["-m", "http.server", str(PORT), "--bind", "127.0.0.1"]
        self.process = subprocess.Popen([sys.executable, *command])
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", PORT)).close()
                return
            except OSError:
                time.sleep(0.05)

    @modal.exit()
    def down(self) -> None:
        print("left")
        self.process.terminate()


@app.function()
def add(a: int, b: int) -> int:
    return a + b
