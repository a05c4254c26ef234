"""
The process that forks children for `bounded.py`, and what a child does. Started as `python -m appkit.bounded_server`;
imports nothing but the standard library and the modules that it is told to load.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import pickle
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import traceback
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

# What the server is told: start or kill, number of the child, and its `Bounds`.
ORDER = struct.Struct("!sQIIII")
# What it tells: child, how it ended, KiB that it took at most, milliseconds of processor time.
EXITED = struct.Struct("!QiQQ")
FRAME = struct.Struct("!sQ")
START, KILL, NOTE, VALUE, MEMORY, LARGE, FAILED = b"S", b"K", b"N", b"V", b"M", b"L", b"F"
# Of the environment only what a program needs to find its libraries: no keys, no tokens.
NEEDED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ", "TMPDIR")
# A process that is forked must have one thread; NumPy's algebra would start one for each processor.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
MOST_FILES = 64
LONGEST_TRACEBACK = 4000
DIE_WITH_PARENT = 1  # of Linux's prctl

_talk: socket.socket | None = None


class Bounds(NamedTuple):
    """What a child may take, in seconds of the processor and of the clock, and in MiB."""

    cpu_s: int
    wall_s: int
    memory_mb: int
    result_mb: int


NO_BOUNDS = Bounds(0, 0, 0, 0)  # of an order that starts nothing


@dataclass(frozen=True)
class Exit:
    """How a child ended, as `os.wait4` says it."""

    status: int
    peak_kb: int
    seconds: float


def start_server(preload: tuple[str, ...]) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Starts the server, which ends when this process does. Returns the socket to it and its process."""
    ours, theirs = socket.socketpair()
    environment = {name: os.environ[name] for name in NEEDED if name in os.environ}
    environment |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= ONE_THREAD
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(theirs.fileno()), *preload],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env=environment,
            start_new_session=True,  # Ctrl-C is for this process, which then ends it
        )
    return ours, process


def note(text: str) -> None:
    """Says in a child what it does now, for the case that it is ended. Elsewhere it does nothing."""
    if _talk:
        send_frame(_talk, NOTE, text.encode(errors="replace"))


def send_frame(to: socket.socket, tag: bytes, data: bytes) -> None:
    """Sends a tag and its data."""
    to.sendall(FRAME.pack(tag, len(data)))
    to.sendall(data)


def read_frame(source: socket.socket, most: int) -> tuple[bytes, bytes] | None:
    """A tag and its data; None at the end, and for more data than `most`."""
    head = _read(source, FRAME.size)
    if head is None:
        return None
    tag, size = FRAME.unpack(head)
    data = _read(source, size) if size <= most else None
    return None if data is None else (tag, bytes(data))


def _read(source: socket.socket, size: int) -> bytearray | None:
    data = bytearray(size)
    view, done = memoryview(data), 0
    while done < size:
        count = source.recv_into(view[done:])
        if not count:
            return None
        done += count
    return data


def reason_of(status: int) -> Literal["time", "memory", "crash"]:
    """Why a child that gave no result has ended. Libraries in C abort when they get no memory."""
    if not os.WIFSIGNALED(status):
        return "crash"
    number = os.WTERMSIG(status)
    if number in (signal.SIGXCPU, signal.SIGALRM):
        return "time"
    # SIGKILL: by the system, which has no memory left. We kill only those that nobody waits for.
    return "memory" if number in (signal.SIGABRT, signal.SIGKILL, signal.SIGTRAP) else "crash"


def serve(control: socket.socket) -> None:
    """Forks, kills and waits, until the other side is gone."""
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    running: dict[int, int] = {}
    waited: list[socket.socket | int] = [control, woken]
    while True:
        ready, _, _ = select.select(waited, [], [])
        if woken in ready:
            os.read(woken, 512)
            _reap(control, running)
        if control not in ready:
            continue
        data, descriptors, _, _ = socket.recv_fds(control, ORDER.size, 1)
        if not data:
            break
        kind, number, *limits = ORDER.unpack(data)
        if kind == START:
            talk = socket.socket(fileno=descriptors[0])
            pid = os.fork()
            if pid == 0:
                _be_child(control, talk, (woken, waker), Bounds(*limits))
            running[number] = pid
            talk.close()
        elif number in running:
            os.kill(running[number], signal.SIGKILL)
    for pid in running.values():
        os.kill(pid, signal.SIGKILL)


def _reap(control: socket.socket, running: dict[int, int]) -> None:
    for number, pid in list(running.items()):
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if not done:
            continue
        del running[number]
        peak_kb = usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
        with suppress(OSError):
            milliseconds = round(1000 * (usage.ru_utime + usage.ru_stime))
            control.sendall(EXITED.pack(number, status, peak_kb, milliseconds))


def _be_child(control: socket.socket, talk: socket.socket, pipes: tuple[int, int], bounds: Bounds) -> None:
    """What a child does. It never returns."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        for pipe in pipes:
            os.close(pipe)
        quiet = os.open(os.devnull, os.O_RDWR)  # libraries print parts of what they read
        for stream in (1, 2):
            os.dup2(quiet, stream)
        _limit(bounds)
        _work(talk, bounds.result_mb << 20)
    finally:
        os._exit(0)


def _limit(bounds: Bounds) -> None:
    _die_with_parent()
    signal.alarm(bounds.wall_s)  # its default action ends the process, whatever that is doing
    # The first gives the signal that says so; at the second the system kills, and no cause is told.
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu_s, bounds.cpu_s + 1))
    limits = {
        resource.RLIMIT_DATA: _taken("VmData") + (bounds.memory_mb << 20),
        resource.RLIMIT_AS: _taken("VmSize") + (bounds.memory_mb << 20),
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: MOST_FILES,
    }
    for kind, most in limits.items():
        with suppress(ValueError, OSError):  # a system that does not know it, or has a lower one
            resource.setrlimit(kind, (most, most))


def _taken(name: str) -> int:
    """Bytes of this process by Linux's own name for them; 0 elsewhere."""
    with suppress(OSError), open("/proc/self/status") as status:
        for line in status:
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) << 10
    return 0


def _die_with_parent() -> None:
    if sys.platform == "linux" and _prctl:
        _prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)


def _find_prctl() -> Any:
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        return ctypes.CDLL(None).prctl
    return None


def _work(talk: socket.socket, most: int) -> None:
    global _talk
    _talk = talk
    order = read_frame(talk, 1 << 40)
    if order is None:
        return
    try:
        work, args = pickle.loads(order[1])
        del order
        result = pickle.dumps(work(*args), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        tag, result = MEMORY, b""
    except BaseException:
        tag, result = FAILED, traceback.format_exc()[-LONGEST_TRACEBACK:].encode(errors="replace")
    else:
        tag, result = (VALUE, result) if len(result) <= most else (LARGE, b"")
    send_frame(talk, tag, result)


_prctl = None


def main() -> None:
    """Loads the modules and serves the socket whose number is the first argument."""
    global _prctl
    control = socket.socket(fileno=int(sys.argv[1]))
    logging.disable()  # parsers log parts of what they read
    warnings.simplefilter("ignore")
    _prctl = _find_prctl()
    for name in sys.argv[2:]:
        importlib.import_module(name)
    control.sendall(EXITED.pack(0, 0, 0, 0))  # of no child: all is loaded
    gc.collect()
    gc.freeze()  # so that children do not copy the pages of what is loaded
    serve(control)


if __name__ == "__main__":
    # What is loaded imports this module by its name; there must be one only.
    sys.modules["appkit.bounded_server"] = sys.modules["__main__"]
    main()
