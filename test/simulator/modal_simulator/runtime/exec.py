"""A command that runs beside a container's own process, with or without a terminal: what ``modal shell`` opens."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from modal_proto import api_pb2

from .spawn import spawn
from .view.view import Entry

STDOUT, STDERR = 1, 2
READ_SIZE = 1 << 16
END_OF_INPUT = b"\x04"


@dataclass
class Output:
    """What a command has written to one stream; readers may begin anywhere and come back."""

    data: bytearray = field(default_factory=bytearray)
    closed: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, data: bytes) -> None:
        """Appends data; none ends the stream."""
        self.data += data
        self.closed = self.closed or not data
        self.changed.set()
        self.changed = asyncio.Event()

    async def read(self, offset: int) -> AsyncIterator[bytes]:
        """Yields everything from the offset to the end of the stream."""
        while True:
            changed = self.changed
            if offset < len(self.data):
                chunk = bytes(self.data[offset : offset + READ_SIZE])
                offset += len(chunk)
                yield chunk
            elif self.closed:
                return
            else:
                await changed.wait()


@dataclass
class Exec:
    """One command.

    Parameters:
        terminal: size and kind of the caller's terminal; None = plain pipes.
        on_data: told of each piece of output; an empty one ends its stream.
        ignored: streams that nobody reads.
        merged: whether stderr goes where stdout goes.
    """

    terminal: api_pb2.PTYInfo | None = None
    on_data: Callable[[int, bytes], None] | None = None
    ignored: Collection[int] = ()
    merged: bool = False
    outputs: dict[int, Output] = field(default_factory=lambda: {STDOUT: Output(), STDERR: Output()})
    written: int = 0
    input_closed: bool = False
    _input: int = -1
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _process: asyncio.subprocess.Process | None = None

    async def start(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        entry: Entry,
        before: Callable[[], None] | None = None,
    ) -> None:
        """Starts the command, after ``before`` in its process. Raises OSError if it cannot be started."""
        if self.terminal is None:
            stdin, self._input = os.pipe()
            (out, stdout), (err, stderr) = os.pipe(), os.pipe()
            readers = {STDOUT: out, STDERR: err}
            ours = {stdin, stdout, stderr}
            if self.merged:
                stderr = stdout
        else:
            master, slave = pty.openpty()
            size = struct.pack("HHHH", self.terminal.winsz_rows or 24, self.terminal.winsz_cols or 80, 0, 0)
            fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
            stdin = stdout = stderr = slave
            self._input, readers, ours = os.dup(master), {STDOUT: master}, {slave}
            env = {**env, "TERM": self.terminal.env_term or "xterm-256color"}
            self.outputs[STDERR].add(b"")
        try:
            self._process = await spawn(
                entry,
                command,
                env,
                self._preparation(before),
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
            )
        except BaseException:
            for descriptor in (*readers.values(), self._input):
                os.close(descriptor)
            self.input_closed = True
            raise
        finally:
            for descriptor in ours:
                os.close(descriptor)
        os.set_blocking(self._input, False)
        for stream, reader in readers.items():
            os.set_blocking(reader, False)
            asyncio.get_running_loop().add_reader(reader, self._read, stream, reader)

    async def write(self, offset: int, data: bytes, eof: bool) -> None:
        """Gives the command input, as fast as it reads; what it has been given already is left out."""
        async with self._writing:
            fresh = data[max(0, self.written - offset) :]
            self.written += len(fresh)
            if eof and self.terminal is not None:
                fresh += END_OF_INPUT
            with contextlib.suppress(OSError):  # it has ended
                while fresh and not self.input_closed:
                    fresh = fresh[await self._write_some(fresh) :]
            if eof:
                self.close_input()

    def close_input(self) -> None:
        """Says that no more input comes."""
        if not self.input_closed:
            self.input_closed = True
            os.close(self._input)

    async def wait(self) -> int:
        """Returns the exit code, negative for a signal, once the command has ended."""
        assert self._process is not None
        return await self._process.wait()

    @property
    def pid(self) -> int:
        """The process's number; it has been started."""
        assert self._process is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code so far."""
        return self._process.returncode if self._process else None

    def kill(self) -> None:
        """Ends the command and all it started."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def end_outputs(self) -> None:
        """Lets readers end, whatever may still hold the streams open, and takes no more input."""
        for output in self.outputs.values():
            if not output.closed:
                output.add(b"")
        if self._input >= 0:
            self.close_input()

    def _preparation(self, before: Callable[[], None] | None) -> Callable[[], None] | None:
        if self.terminal is None:
            return before

        def prepare() -> None:
            _take_terminal()
            if before is not None:
                before()

        return prepare

    async def _write_some(self, data: bytes) -> int:
        try:
            return os.write(self._input, data)
        except BlockingIOError:
            await writable(self._input)
            return 0

    def kill_left(self) -> None:
        """Ends what the command started and left behind; call it right after ``wait``."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def outputs_end(self) -> None:
        """Waits until all output is read; something that left the command's session may hold it open."""
        for output in self.outputs.values():
            while not output.closed:
                await output.changed.wait()

    def _read(self, stream: int, reader: int) -> None:
        try:
            data = os.read(reader, READ_SIZE)
        except BlockingIOError:
            return
        except OSError:  # how a terminal says that nobody holds its other end
            data = b""
        if stream not in self.ignored or not data:
            self.outputs[stream].add(data)
        if self.on_data is not None:
            self.on_data(stream, data)
        if not data:
            asyncio.get_running_loop().remove_reader(reader)
            os.close(reader)


async def writable(descriptor: int) -> None:
    """Waits until a pipe takes more."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_writer(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_writer(descriptor)


def _take_terminal() -> None:
    """Makes the terminal on stdin the one that controls the new session, for job control and Ctrl-C."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
