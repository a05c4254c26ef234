"""What the tests let children do."""

from __future__ import annotations

import mmap
import os
import pickle
import resource
import signal
import socket
import time
from typing import Any

from appkit import bounded_server
from appkit.bounded_server import VALUE, note, send_frame


def add(a: int, b: int) -> int:
    return a + b


def many(size: int) -> bytes:
    return bytes(size)


def take_memory() -> None:
    taken = []
    while True:
        taken.append(bytearray(b"x" * 10_000_000))


def take(mb: int) -> int:
    return len(bytearray(mb << 20)) >> 20


def share(mb: int) -> int:
    """Memory that counts as no data of the process."""
    with mmap.mmap(-1, mb << 20) as taken:
        return len(taken) >> 20


def spin(doing: str = "") -> None:
    note(doing)
    while True:
        pass


def burn(seconds: float) -> str:
    while time.process_time() < seconds:
        pass
    return "burnt"


def recurse() -> None:
    recurse()


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def environment() -> dict[str, str]:
    return dict(os.environ)


def open_files() -> list[str]:
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            continue
    return found


def write_file(path: str) -> None:
    with open(path, "wb") as file:
        file.write(b"x" * 100)


def ignore_signals() -> None:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True:
        pass


class Hostile:
    """Unpickled, it would run a program."""

    def __reduce__(self) -> Any:
        return (os.system, ("touch taken-over",))


class Own:
    """Unpickled, it would call a function of this module."""

    def __reduce__(self) -> Any:
        return (sleep, (0.0,))


def hostile(which: str) -> Any:
    return {"system": Hostile, "function": Own, "socket": lambda: socket.AddressFamily.AF_INET}[which]()


def say_more(size: int) -> None:
    """What a parser that was taken over could do to give more than it may."""
    talk = bounded_server._talk
    assert talk
    talk.settimeout(0.5)  # nobody takes it
    send_frame(talk, VALUE, pickle.dumps(bytes(size)))


def hear_nothing() -> None:
    """What a parser that was taken over could do to have no end."""
    for number in (signal.SIGXCPU, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(3600)


def stop_server() -> None:
    """What it could do so that nobody hears of its end either."""
    os.kill(os.getppid(), signal.SIGSTOP)
    hear_nothing()


def stop_server_and_end() -> int:
    """The same, with a result."""
    os.kill(os.getppid(), signal.SIGSTOP)
    return 1


def process_id() -> int:
    return os.getpid()


def limits() -> tuple[tuple[int, int], int]:
    """The limit of processor time, and the seconds until the alarm."""
    return resource.getrlimit(resource.RLIMIT_CPU), signal.alarm(0)


def bounds() -> dict[str, tuple[int, int]]:
    """The other limits, as the system has them."""
    names = ("AS", "DATA", "FSIZE", "CORE", "NOFILE")
    return {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names}
