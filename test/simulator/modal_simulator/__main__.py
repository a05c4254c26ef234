"""``python -m modal_simulator``: starts a local Modal and prints how to reach it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path

from .runtime.views import KINDS, Views
from .server import Options, Simulator


def main() -> None:
    """Runs until SIGINT, SIGTERM or, if asked for, the end of stdin."""
    arguments = _arguments()
    os.umask(0o077)  # what it keeps, it keeps from other users
    options = Options(
        port=arguments.port,
        admin_port=arguments.admin_port,
        state_dir=arguments.state_dir,
        views=arguments.views,
    )
    try:
        asyncio.run(_run(options, arguments.exit_with_stdin))
    except OSError as error:
        sys.exit(f"The local Modal could not be started: {error}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="modal_simulator", description="A Modal control plane on loopback.")
    parser.add_argument("--port", type=int, default=0, help="port of the control plane; 0 = any")
    parser.add_argument("--admin-port", type=int, default=0, help="port of the admin API; 0 = any")
    parser.add_argument("--state-dir", type=Path, help="folder for files; default: temporary")
    parser.add_argument("--exit-with-stdin", action="store_true", help="end when stdin is closed")
    parser.add_argument(
        "--views", choices=KINDS, default="", help="how containers see files; default: the first that works"
    )
    return parser.parse_args()


async def _run(options: Options, exit_with_stdin: bool) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    simulator = Simulator(options)
    try:
        await simulator.start()
        if exit_with_stdin:
            _watch_stdin(ended)
        print(json.dumps(simulator.described()), flush=True)
        _explain(simulator)
        await ended.wait()
    finally:
        await simulator.close()


def _watch_stdin(ended: asyncio.Event) -> None:
    """Sets the event when stdin ends. A thread, because not everything that is a stdin can be polled."""
    loop = asyncio.get_running_loop()

    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                pass
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=watch, name="stdin", daemon=True).start()


def _explain(simulator: Simulator) -> None:
    lines = [
        f"Local Modal at {simulator.server_url}, admin API at {simulator.admin_url}.",
        f"Use it with MODAL_CONFIG_PATH={simulator.config_path}",
        f"The page of a browser login asks for this code: {simulator.admin_token}",
        "It runs the code of deployed apps as ordinary processes of this user, without a sandbox,",
        "and listens on 127.0.0.1 only. Deploy only code that you trust. Stop it with Ctrl-C.",
        *_views_told(simulator.scheduler.views),
    ]
    print("\n".join(lines), file=sys.stderr, flush=True)


def _views_told(views: Views) -> list[str]:
    if views.kind != "none":
        return [f"Each container has its own view of the file system, by {views.kind}."]
    return [
        f"Containers have no view of the file system of their own ({views.why()}): the paths of volumes and",
        "uploaded files are only right in variables and arguments, and code writes to this machine's files.",
    ]


if __name__ == "__main__":
    main()
