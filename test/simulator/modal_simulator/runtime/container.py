"""One container: a local process that runs Modal's own container entry point."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from modal_proto import api_pb2

from ..world import Task
from .calls import Input
from .exec import Exec
from .spawn import die_with_parent, spawn
from .view.view import View

STDOUT, STDERR = 1, 2
READ_SIZE = 1 << 16
GRACE_SECONDS = 1.5

OnText = Callable[["Container", int, str], None]
OnExit = Callable[["Container", int], None]


@dataclass
class InputRequest:
    """A container's open question for work."""

    answer: asyncio.Future[list[Input] | None]  # None = stop
    batch_size: int  # 0 = not batched
    linger_seconds: float


@dataclass
class Container:
    """The process and what is known of it.

    Parameters:
        definition_id: the definition it runs; it drains when another one is published.
    """

    task: Task
    definition_id: str
    arguments: api_pb2.ContainerArguments
    on_text: OnText
    on_exit: OnExit
    running: dict[str, Input] = field(default_factory=dict)
    request: InputRequest | None = None
    cancelled_inputs: list[str] = field(default_factory=list)
    cancellation: asyncio.Event = field(default_factory=asyncio.Event)
    draining: bool = False
    idle_since: float = 0.0
    # What commands beside the process need: its variables and its view, known once it has been started.
    env: dict[str, str] = field(default_factory=dict)
    view: View | None = None
    beside: list[Exec] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    unwanted: asyncio.Event = field(default_factory=asyncio.Event)  # set to end one that has not started
    _process: asyncio.subprocess.Process | None = None
    _pipes: dict[int, tuple[int, codecs.IncrementalDecoder]] = field(default_factory=dict)

    @property
    def image_id(self) -> str:
        return self.arguments.function_def.image_id

    @property
    def task_id(self) -> str:
        return self.task.task_id

    @property
    def started(self) -> bool:
        """Whether there is, or was, a process."""
        return self._process is not None

    @property
    def ready(self) -> bool:
        """Whether it has asked for its first input."""
        return self.task.started_at > 0

    async def start(self, env: dict[str, str], view: View) -> None:
        """Starts the process. Raises OSError if it cannot be started."""
        self.env, self.view = env, view
        data = self.arguments.SerializeToString()
        await asyncio.to_thread(_write_private, view.place(view.arguments_path), data)
        readers, writers = zip(*(os.pipe() for _ in (STDOUT, STDERR)), strict=True)
        try:
            self._process = await spawn(
                view.entry(),
                [view.python, *_entry_point(self.arguments.function_def)],
                {**env, "MODAL_CONTAINER_ARGUMENTS_PATH": view.arguments_path},
                die_with_parent,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writers[0],
                stderr=writers[1],
            )
            view.opened(self._process.pid)
        finally:
            for writer in writers:
                os.close(writer)
        for stream, reader in zip((STDOUT, STDERR), readers, strict=True):
            self._listen(stream, reader)
        asyncio.create_task(self._watch()).add_done_callback(lambda _: None)

    def drain_output(self) -> None:
        """Reads what the process has written so far, so that it is logged before what follows."""
        for stream in list(self._pipes):
            self._read(stream)

    async def stop(self) -> None:
        """Ends the process: asks for no more work, interrupts, and kills what is left."""
        self.draining = True
        if self.request is not None and not self.request.answer.done():
            self.request.answer.set_result(None)
        if self.arguments.function_def.is_server:
            self.signal(signal.SIGTERM)
        elif self.running:
            self.signal(signal.SIGINT)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await self.ended.wait()
        self.kill()
        await self.ended.wait()

    def kill(self) -> None:
        """Ends the process and all it started, at once."""
        self.signal(signal.SIGKILL)

    def signal(self, number: int) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _listen(self, stream: int, reader: int) -> None:
        os.set_blocking(reader, False)
        self._pipes[stream] = (reader, codecs.getincrementaldecoder("utf-8")("replace"))
        asyncio.get_running_loop().add_reader(reader, self._read, stream)

    def _read(self, stream: int) -> None:
        pipe = self._pipes.get(stream)
        if pipe is None:
            return
        reader, decoder = pipe
        while True:
            try:
                data = os.read(reader, READ_SIZE)
            except BlockingIOError:
                return
            text = decoder.decode(data, final=not data)
            if text:
                self.on_text(self, stream, text)
            if not data:
                asyncio.get_running_loop().remove_reader(reader)
                os.close(reader)
                del self._pipes[stream]
                return

    async def _watch(self) -> None:
        assert self._process is not None
        assert self.view is not None
        code = await self._process.wait()
        self.drain_output()
        self.kill()  # children that outlived the process
        for command in self.beside:
            command.kill()
        for stream in list(self._pipes):
            reader, _ = self._pipes.pop(stream)
            asyncio.get_running_loop().remove_reader(reader)
            os.close(reader)
        self.task.finished_at = time.time()
        self.ended.set()
        self.on_exit(self, code)
        await asyncio.to_thread(self.view.close)


def _entry_point(function: api_pb2.Function) -> list[str]:
    """Returns the interpreter's arguments: Modal's entry point, with one change for ``web_server``.

    There Modal looks for the server at the container's eth0; here it is a process of this machine.
    """
    webhooks = [function.webhook_config, *(m.webhook_config for m in function.method_definitions.values())]
    if all(webhook.type != api_pb2.WEBHOOK_TYPE_WEB_SERVER for webhook in webhooks):
        return ["-m", "modal._container_entrypoint"]
    return [
        "-c",
        "import runpy; from modal._runtime import asgi; asgi.get_ip_address = lambda _: '127.0.0.1'; "
        "runpy.run_module('modal._container_entrypoint', run_name='__main__', alter_sys=True)",
    ]


def _write_private(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
