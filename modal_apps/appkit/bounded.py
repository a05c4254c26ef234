"""
Work on what callers send, in child processes that can be ended: for parsers, which a small input can make take
all memory or all time.

A child has a limit of memory, processor time, time and result. It is forked from a small server process with one
thread and the parsers loaded (`bounded_server.py`), so it costs milliseconds, has no secrets in its environment and
none of this process's memory. Where the system does not enforce a limit of memory, as macOS, only the others hold.

Work has a short try first, and the whole limit only in turns of its own; see `bounded_turns.py`.
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
from dataclasses import dataclass, field, replace
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
    NO_BOUNDS,
    NOTE,
    ORDER,
    START,
    VALUE,
    Bounds,
    Exit,
    read_frame,
    reason_of,
    send_frame,
    start_server,
)
from .bounded_turns import TooManyWait, Turns
from .errors import ApiError, unavailable
from .logs import caller

log = logging.getLogger(__name__)
T = TypeVar("T")

Reason = Literal["time", "memory", "result", "crash", "bug"]
GRACE_S = 5  # after which a child that should have ended is ended from here
WALL_FACTOR = 2  # a child that shares its processor with others may take longer than its processor time
LOAD_S = 120  # for the parsers to load, once
FIRST_S = 1  # of processor time, for the first try


@dataclass(frozen=True)
class Limits:
    """
    Of one child.

    Parameters:
        seconds: of processor time; twice as many and one may pass by the clock.
        memory_mb: that it may take beside the loaded parsers.
        result_mb: of what it gives back.
    """

    seconds: int
    memory_mb: int
    result_mb: int = 16


class Budget:
    """
    Processor time for work that takes many children.

    Parameters:
        seconds: in all.
        within: another one that the same work counts for.
    """

    def __init__(self, seconds: float, within: Budget | None = None) -> None:
        self.seconds = seconds
        self._within = within
        self._spent = 0.0

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left of this one; the one that it is within is asked for itself."""
        return self._spent >= self.seconds

    def spend(self, seconds: float) -> None:
        """Counts what a child took."""
        self._spent += seconds
        if self._within:
            self._within.spend(seconds)


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
        most_waiting: more than so many who wait are refused.
    """

    preload: tuple[str, ...]
    roots: tuple[str, ...]
    limits: Limits
    at_once: int = 2
    most_waiting: int = 32
    peak_kb: int = 0  # of the largest child so far
    _server: _Server | None = None
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = field(default_factory=WeakKeyDictionary)
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(16, "bounded"))

    async def run(self, work: Callable[..., T], *args: Any, budget: Budget | None = None) -> T:
        """
        The result of `work(*args)`, computed in a child. When the caller is cancelled, the child is ended.

        Parameters:
            work: a function of a module, which may be called twice; it answers with its own errors as values.
            budget: counts the processor time.

        Raises:
            Ended: see there.
            ApiError: 503 `overloaded`, when too many wait.
        """
        first = replace(self.limits, seconds=min(FIRST_S, self.limits.seconds))
        try:
            return await self._try(work, args, first, budget)
        except Ended as error:
            if error.reason != "time" or first.seconds == self.limits.seconds:
                raise
        return await self._try(work, args, self.limits, budget, is_long=True)

    async def _try(
        self,
        work: Callable[..., T],
        args: tuple[Any, ...],
        limits: Limits,
        budget: Budget | None,
        *,
        is_long: bool = False,
    ) -> T:
        loop = asyncio.get_running_loop()
        turns = self._turns.setdefault(loop, Turns(self.at_once, self.most_waiting))
        try:
            async with turns.turn(caller(), is_long=is_long):
                child = _Child(self, work, args, limits)
                try:
                    # In this context, so that what it logs belongs to the request.
                    return await loop.run_in_executor(
                        self._threads, contextvars.copy_context().run, child.run
                    )
                finally:
                    child.end()
                    if budget:
                        budget.spend(child.seconds)
        except TooManyWait as error:
            raise unavailable(
                "overloaded", f"{error.count} files are waiting to be read already.", 5
            ) from error

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
    limits: Limits
    note: str = ""
    seconds: float = 0.0  # of processor time that it took
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: _Server | None = None
    _number: int = 0
    _ended: bool = False
    _was_late: bool = False

    def run(self) -> Any:
        """
        Raises:
            Ended: see there.
        """
        order = pickle.dumps((self.work, self.args), pickle.HIGHEST_PROTOCOL)
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                if self._ended:
                    raise Ended("crash")
                self._server = self.children.server()
                self._number, exited = self._server.start(theirs, self.limits)
            # A child that was taken over may ignore the alarm, or keep the server from hearing of its end.
            late = threading.Timer(self.limits.seconds * WALL_FACTOR + GRACE_S, self._give_up, (ours,))
            late.start()
            try:
                frame = self._talk(ours, order)
                left = exited.result(self.limits.seconds * WALL_FACTOR + 2 * GRACE_S)
            except TimeoutError as error:
                self._server.stop()
                raise Ended("time", self.note) from error
            finally:
                late.cancel()
        self.seconds = left.seconds
        self.children.peak_kb = max(self.children.peak_kb, left.peak_kb)
        if frame is None:
            # Killed by us, and not by a system without memory: on a busy machine it may hardly have begun.
            raise Ended("time" if self._was_late else reason_of(left.status), self.note)
        tag, data = frame
        if tag == VALUE:
            try:
                return load_result(data, self.children.roots)
            except (pickle.UnpicklingError, AttributeError, ImportError) as error:
                log.error("a reader gave a result that is none: %s", error)
                raise Ended("bug", self.note) from error
        if tag == FAILED:
            log.warning("a reader failed in %s: %s", self.note or "its work", data.decode(errors="replace"))
        reason: Reason = "memory" if tag == MEMORY else "result" if tag == LARGE else "bug"
        raise Ended(reason, self.note)

    def end(self) -> None:
        """Ends the child, if it still runs."""
        with self._lock:
            self._ended = True
            if self._server:
                self._server.kill(self._number)

    def _give_up(self, ours: socket.socket) -> None:
        self._was_late = True
        self.end()
        with suppress(OSError):
            ours.shutdown(socket.SHUT_RDWR)

    def _talk(self, ours: socket.socket, order: bytes) -> tuple[bytes, bytes] | None:
        """Sends the order and waits for the result; None when the child died without one."""
        most = (self.limits.result_mb << 20) + 4096
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
        self._loaded = threading.Event()
        threading.Thread(target=self._listen, name="bounded-exits", daemon=True).start()

    def start(self, theirs: socket.socket, limits: Limits) -> tuple[int, Future[Exit]]:
        """Forks a child that talks over the socket. Returns its number and its exit."""
        self._loaded.wait(LOAD_S)  # what the parsers take to load, on a busy machine, is not the file's fault
        exited: Future[Exit] = Future()
        with self._lock:
            if self.is_gone:
                raise Ended("crash")
            self._last += 1
            number = self._last
            self._exits[number] = exited
            wall_s = limits.seconds * WALL_FACTOR + 1
            bounds = Bounds(limits.seconds, wall_s, limits.memory_mb, limits.result_mb)
            order = ORDER.pack(START, number, *bounds)
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
                    self._control.sendall(ORDER.pack(KILL, number, *NO_BOUNDS))

    def stop(self) -> None:
        """Ends the server, and with it its children; the next child gets another."""
        self.is_gone = True
        self._process.kill()

    def _listen(self) -> None:
        with suppress(OSError):
            while data := self._control.recv(EXITED.size, socket.MSG_WAITALL):
                number, status, peak_kb, milliseconds = EXITED.unpack(data)
                self._loaded.set()
                with self._lock:
                    exited = self._exits.pop(number, None)
                if exited:
                    exited.set_result(Exit(status, peak_kb, milliseconds / 1000))
        self._loaded.set()
        with self._lock:
            self.is_gone = True
            lost, self._exits = list(self._exits.values()), {}
        self._control.close()
        self._process.wait()
        for exited in lost:
            exited.set_result(Exit(0, 0, 0.0))


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
