"""
Work on what callers send, in child processes that can be ended: for parsers, which a small input can make take
all memory or all time.

A child has a limit of memory, processor time, time and result. It is forked from a small server process with one
thread and the parsers loaded (`bounded_server.py`), so it costs milliseconds, has no secrets in its environment and
none of this process's memory. Where the system does not enforce a limit of memory, as macOS, only the others hold.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import pickle
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from weakref import WeakKeyDictionary

from starlette.requests import Request

from .bounded_results import load_result
from .bounded_server import (
    EXITED,
    FAILED,
    KILL,
    LARGE,
    MEMORY,
    NOTE,
    ORDER,
    START,
    VALUE,
    Exit,
    read_frame,
    reason_of,
    send_frame,
    start_server,
)
from .errors import ApiError, unavailable

log = logging.getLogger(__name__)
T = TypeVar("T")

Reason = Literal["time", "memory", "result", "crash", "bug"]
GRACE_S = 5  # after which a child that should have ended is ended from here
WALL_FACTOR = 3  # a child that shares its processor with others may take longer than its processor time


@dataclass(frozen=True)
class Limits:
    """
    Of one child.

    Parameters:
        seconds: of processor time; three times as many may pass by the clock.
        memory_mb: that it may take beside the loaded parsers.
        result_mb: of what it gives back.
    """

    seconds: int
    memory_mb: int
    result_mb: int = 16


class Ended(Exception):
    """
    The child was ended, or gave no result.

    Parameters:
        reason: the limit that it broke; `crash` when it died of itself, `bug` for an exception that is not its own.
        note: what it last said that it was doing.
    """

    def __init__(self, reason: Reason, note: str = "") -> None:
        super().__init__(f"{reason}{f' in {note}' if note else ''}")
        self.reason = reason
        self.note = note


@dataclass
class Children:
    """
    Runs functions in children. Made once, as a constant of a module: the server starts with the first child.

    Parameters:
        preload: modules with the functions and their parsers.
        roots: packages whose classes a result may hold, beside plain values.
        at_once: children at a time. With `limits` it bounds what all of them take together.
        most_waiting: more callers than so many are refused.
    """

    preload: tuple[str, ...]
    roots: tuple[str, ...]
    limits: Limits
    at_once: int = 2
    most_waiting: int = 32
    peak_kb: int = 0  # of the largest child so far
    _server: _Server | None = None
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = field(
        default_factory=WeakKeyDictionary
    )
    _waiting: int = 0
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(16, "bounded"))

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """
        The result of `work(*args)`, computed in a child. When the caller is cancelled, the child is ended.

        Parameters:
            work: a function of a module; it answers with its own errors as values.

        Raises:
            Ended: see there.
            ApiError: 503 `overloaded`, when too many wait.
        """
        if self._waiting >= self.most_waiting:
            raise unavailable("overloaded", f"{self._waiting} files are waiting to be read already.", 5)
        loop = asyncio.get_running_loop()
        turns = self._turns.setdefault(loop, asyncio.Semaphore(self.at_once))
        self._waiting += 1
        try:
            await turns.acquire()
        finally:
            self._waiting -= 1
        child = _Child(self, work, args)
        try:
            # In this context, so that what it logs belongs to the request.
            return await loop.run_in_executor(self._threads, contextvars.copy_context().run, child.run)
        finally:
            child.end()
            turns.release()

    def server(self) -> _Server:
        """The server, started when there is none."""
        with self._starting:
            if self._server is None or self._server.is_gone:
                self._server = _Server(self.preload)
            return self._server


@dataclass
class _Child:
    """One child, from its start to its exit. `run` blocks its thread; `end` may be called from another."""

    children: Children
    work: Callable[..., Any]
    args: tuple[Any, ...]
    note: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: _Server | None = None
    _number: int = 0
    _ended: bool = False

    def run(self) -> Any:
        """
        Raises:
            Ended: see there.
        """
        limits = self.children.limits
        order = pickle.dumps((self.work, self.args), pickle.HIGHEST_PROTOCOL)
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                if self._ended:
                    raise Ended("crash")
                self._server = self.children.server()
                self._number, exited = self._server.start(theirs, limits)
            # A child that was taken over may ignore the alarm, or keep the server from hearing of its end.
            late = threading.Timer(limits.seconds * WALL_FACTOR + GRACE_S, self._give_up, (ours,))
            late.start()
            try:
                frame = self._talk(ours, order)
                left = exited.result(limits.seconds * WALL_FACTOR + 2 * GRACE_S)
            except TimeoutError as error:
                self._server.stop()
                raise Ended("time", self.note) from error
            finally:
                late.cancel()
        self.children.peak_kb = max(self.children.peak_kb, left.peak_kb)
        if frame is None:
            raise Ended(reason_of(left.status), self.note)
        tag, data = frame
        if tag == VALUE:
            try:
                return load_result(data, self.children.roots)
            except (pickle.UnpicklingError, AttributeError, ImportError) as error:
                log.error("a reader gave a result that is none: %s", error)
                raise Ended("bug", self.note) from error
        if tag == FAILED:
            log.warning("a reader failed in %s: %s", self.note or "its work", data.decode(errors="replace"))
        raise Ended({MEMORY: "memory", LARGE: "result"}.get(tag, "bug"), self.note)

    def end(self) -> None:
        """Ends the child, if it still runs."""
        with self._lock:
            self._ended = True
            if self._server:
                self._server.kill(self._number)

    def _give_up(self, ours: socket.socket) -> None:
        self.end()
        with suppress(OSError):
            ours.shutdown(socket.SHUT_RDWR)

    def _talk(self, ours: socket.socket, order: bytes) -> tuple[bytes, bytes] | None:
        """Sends the order and waits for the result; None when the child died without one."""
        most = (self.children.limits.result_mb << 20) + 4096
        try:
            send_frame(ours, START, order)
            del order
            while frame := read_frame(ours, most):
                if frame[0] != NOTE:
                    return frame
                self.note = frame[1].decode(errors="replace")[:300]
        except OSError:
            pass
        return None


class _Server:
    """The process that forks the children, and a thread that hears of their exits."""

    def __init__(self, preload: tuple[str, ...]) -> None:
        self._control, self._process = start_server(preload)
        self._lock = threading.Lock()
        self._exits: dict[int, Future[Exit]] = {}
        self._last = 0
        self.is_gone = False
        threading.Thread(target=self._listen, name="bounded-exits", daemon=True).start()

    def start(self, theirs: socket.socket, limits: Limits) -> tuple[int, Future[Exit]]:
        """Forks a child that talks over the socket. Returns its number and its exit."""
        exited: Future[Exit] = Future()
        with self._lock:
            if self.is_gone:
                raise Ended("crash")
            self._last += 1
            number = self._last
            self._exits[number] = exited
            wall = limits.seconds * WALL_FACTOR
            order = ORDER.pack(START, number, limits.seconds, wall, limits.memory_mb, limits.result_mb)
            try:
                socket.send_fds(self._control, [order], [theirs.fileno()])
            except OSError as error:
                raise Ended("crash") from error
        return number, exited

    def kill(self, number: int) -> None:
        """Ends a child. Only the server knows its process for sure: it has not been waited for yet."""
        with self._lock:
            if number in self._exits:
                with suppress(OSError):
                    self._control.sendall(ORDER.pack(KILL, number, 0, 0, 0, 0))

    def stop(self) -> None:
        """Ends the server, and with it its children; the next child gets another."""
        self.is_gone = True
        self._process.kill()

    def _listen(self) -> None:
        with suppress(OSError):
            while data := self._control.recv(EXITED.size, socket.MSG_WAITALL):
                number, status, peak_kb = EXITED.unpack(data)
                with self._lock:
                    exited = self._exits.pop(number, None)
                if exited:
                    exited.set_result(Exit(status, peak_kb))
        with self._lock:
            self.is_gone = True
            lost, self._exits = list(self._exits.values()), {}
        self._control.close()
        self._process.wait()
        for exited in lost:
            exited.set_result(Exit(0, 0))


async def while_wanted(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """
    The result of `work`, which is cancelled when the caller of the request has gone.

    Parameters:
        request: whose body has been read.

    Raises:
        ApiError: 499 `client_gone`, which nobody reads.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ApiError(499, "client_gone", "The caller has gone.")
        return await task
    finally:
        task.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
