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
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from modal_proto import api_pb2

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
    """

    terminal: api_pb2.PTYInfo | None = None
    outputs: dict[int, Output] = field(default_factory=lambda: {STDOUT: Output(), STDERR: Output()})
    written: int = 0
    input_closed: bool = False
    _input: int = -1
    _process: asyncio.subprocess.Process | None = None

    async def start(self, command: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        """Starts the command. Raises OSError if it cannot be started."""
        if self.terminal is None:
            stdin, self._input = os.pipe()
            (out, stdout), (err, stderr) = os.pipe(), os.pipe()
            readers = {STDOUT: out, STDERR: err}
            ours = {stdin, stdout, stderr}
        else:
            master, slave = pty.openpty()
            size = struct.pack("HHHH", self.terminal.winsz_rows or 24, self.terminal.winsz_cols or 80, 0, 0)
            fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
            stdin = stdout = stderr = slave
            self._input, readers, ours = os.dup(master), {STDOUT: master}, {slave}
            env = {**env, "TERM": self.terminal.env_term or "xterm-256color"}
            self.outputs[STDERR].add(b"")
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                env=dict(env),
                cwd=folder,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
                preexec_fn=None if self.terminal is None else _take_terminal,
            )
        finally:
            for descriptor in ours:
                os.close(descriptor)
        for stream, reader in readers.items():
            os.set_blocking(reader, False)
            asyncio.get_running_loop().add_reader(reader, self._read, stream, reader)

    def write(self, offset: int, data: bytes, eof: bool) -> None:
        """Gives the command input; what it has been given already is left out."""
        fresh = data[max(0, self.written - offset) :]
        self.written += len(fresh)
        if eof and self.terminal is not None:
            fresh += END_OF_INPUT
        with contextlib.suppress(OSError):  # it has ended
            while fresh:
                fresh = fresh[os.write(self._input, fresh) :]
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
    def exit_code(self) -> int | None:
        """The exit code so far."""
        return self._process.returncode if self._process else None

    def kill(self) -> None:
        """Ends the command and all it started."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _read(self, stream: int, reader: int) -> None:
        try:
            data = os.read(reader, READ_SIZE)
        except BlockingIOError:
            return
        except OSError:  # how a terminal says that nobody holds its other end
            data = b""
        self.outputs[stream].add(data)
        if not data:
            asyncio.get_running_loop().remove_reader(reader)
            os.close(reader)


def _take_terminal() -> None:
    """Makes the terminal on stdin the one that controls the new session, for job control and Ctrl-C."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
