"""Sandboxes: one command each, in a local process, with commands beside it as in any container."""

from __future__ import annotations

import asyncio
import base64
import codecs
import contextlib
import json
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from modal_proto import api_pb2

from ..faults import Faults
from ..log_store import LogStore
from ..world import Sandbox, Task, World, new_id
from .calls import Status, failure
from .environment import container_environment
from .exec import STDERR, STDOUT, Exec
from .sidecars import Sidecar
from .spawn import die_with_parent
from .view.view import View
from .views import Views

# What runs when no command is given: nothing, for as long as a sandbox may live.
NO_COMMAND = ("sleep", "172800")
# Variables by which a deployed function finds its control plane: a sandbox is given no way there.
FUNCTIONS_ONLY = ("MODAL_SERVER_URL", "MODAL_OVERRIDE_HEADERS", "MODAL_IS_REMOTE", "PYTHONPATH")
DEFAULT_TIMEOUT_SECONDS = 300
DEFAULT_PROBE_SECONDS = 0.1
LAST_OUTPUT_SECONDS = 2.0
SIGKILL_EXIT_CODE = 137
TaskState = api_pb2.TaskState


@dataclass
class SandboxProcess:
    """A sandbox's processes. Also what commands beside it need: variables, view, list of them."""

    record: Sandbox
    task: Task
    main: Exec = field(default_factory=Exec)
    env: dict[str, str] = field(default_factory=dict)
    view: View | None = None
    beside: list[Exec] = field(default_factory=list)
    sidecars: list[Sidecar] = field(default_factory=list)  # oldest first, also those that have ended
    inputs: int = 0  # numbered pieces of input taken so far
    active_at: float = field(default_factory=time.monotonic)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    job: asyncio.Task[None] | None = None

    @property
    def image_id(self) -> str:
        return self.record.definition.image_id

    def busy(self) -> bool:
        """Tells whether a command beside the sandbox's own runs."""
        commands = [*self.beside, *(each for sidecar in self.sidecars for each in sidecar.beside)]
        return any(each.exit_code is None for each in commands)


class Sandboxes:
    """All sandboxes, also those that have ended: what they wrote can still be read."""

    def __init__(
        self,
        world: World,
        logs: LogStore,
        faults: Faults,
        views: Views,
        server_url: Callable[[], str],
    ) -> None:
        self._world, self._logs, self._faults, self._views = world, logs, faults, views
        self._server_url = server_url
        self.processes: dict[str, SandboxProcess] = {}  # by task id

    def create(self, record: Sandbox) -> SandboxProcess:
        """Begins to start the sandbox and notes it; its task id is set here."""
        gpu = record.definition.resources.gpu_config
        # The end of the id tells clients which kind of sandbox it belongs to.
        record.task_id = new_id("ta") + ("V" if record.second_kind else "")
        task = Task(record.task_id, record.app_id, "", gpu_type=gpu.gpu_type, gpu_count=gpu.count)
        task.sandbox_id = record.sandbox_id
        self._world.sandboxes[record.sandbox_id] = record
        self._world.tasks[task.task_id] = task
        process = self.processes[task.task_id] = SandboxProcess(record, task)
        self._log_state(process, TaskState.TASK_STATE_CREATED)
        process.job = asyncio.create_task(self._live(process))
        return process

    def running(self, task_id: str) -> SandboxProcess | None:
        """Returns the sandbox with that container if it runs."""
        process = self.processes.get(task_id)
        return process if process is not None and not process.ended.is_set() else None

    async def end(self, process: SandboxProcess, result: api_pb2.GenericResult) -> None:
        """Ends a sandbox with that result; does nothing for one that has ended."""
        if process.ended.is_set():
            return
        if process.record.result is None:
            process.record.result = result
        process.stopping.set()
        await process.started.wait()
        process.main.kill()
        await process.ended.wait()

    async def end_app(self, app_id: str) -> None:
        """Ends the sandboxes of an app."""
        owned = [each for each in self.processes.values() if each.record.app_id == app_id]
        await asyncio.gather(*(self.end(each, terminated()) for each in owned))

    async def close(self) -> None:
        """Ends all."""
        await asyncio.gather(*(self.end(each, terminated()) for each in self.processes.values()))

    async def _live(self, process: SandboxProcess) -> None:
        """The whole life of a sandbox."""
        record, task = process.record, process.task
        watches: list[asyncio.Task[None]] = []
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._faults.cold_start_seconds):
                    await process.stopping.wait()
            if record.result is None:
                await self._start(process)
                watches = [asyncio.create_task(each) for each in self._watches(process)]
                process.started.set()
                result = await self._run(process)
                record.result = record.result or result
        except (OSError, ValueError) as error:
            reason = f"The sandbox could not be started: {error}"
            record.result = failure(Status.GENERIC_STATUS_INIT_FAILURE, reason, exitcode=127)
        finally:
            for watch in watches:
                watch.cancel()
            for command in process.beside:
                command.kill()
            process.main.end_outputs()
            task.finished_at = time.time()
            task.result = record.result
            self._log_state(process, TaskState.TASK_STATE_COMPLETED)
            for sidecar in process.sidecars:
                sidecar.end(terminated())
            process.started.set()
            process.ended.set()
            if process.view is not None:
                await asyncio.to_thread(process.view.close)

    async def _start(self, process: SandboxProcess) -> None:
        definition = process.record.definition
        view = await asyncio.to_thread(self._views.make, definition, process.task.task_id)
        process.view = view
        process.env = self._variables(process, definition, view) | process.record.env
        if definition.include_oidc_identity_token:
            process.env["MODAL_IDENTITY_TOKEN"] = _identity_token(process.record)
        terminal = definition.pty_info if definition.pty_info.enabled else None
        process.main = Exec(terminal, on_data=self._logger(process))
        command = [view.localize(each) for each in definition.entrypoint_args or NO_COMMAND]
        await process.main.start(command, process.env, view.entry(), die_with_parent)
        view.opened(process.main.pid)
        process.task.started_at = time.time()
        self._log_state(process, TaskState.TASK_STATE_ACTIVE)

    async def _run(self, process: SandboxProcess) -> api_pb2.GenericResult:
        code = await process.main.wait()
        process.main.kill_left()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_OUTPUT_SECONDS):
                await process.main.outputs_end()
        return _result(code)

    async def add_sidecar(
        self, process: SandboxProcess, name: str, definition: api_pb2.Sandbox, env: dict[str, str]
    ) -> Sidecar:
        """Starts a container beside the sandbox's own. Raises OSError or ValueError."""
        container_id = new_id("co")
        view = await asyncio.to_thread(self._views.make, definition, container_id)
        variables = self._variables(process, definition, view) | env
        sidecar = Sidecar(container_id, name, definition.image_id, variables, view)
        command = [view.localize(each) for each in definition.entrypoint_args or NO_COMMAND]
        try:
            await sidecar.main.start(command, variables, view.entry(), die_with_parent)
        except OSError:
            await asyncio.to_thread(view.close)
            raise
        view.opened(sidecar.main.pid)
        process.sidecars.append(sidecar)
        asyncio.create_task(self._watch_sidecar(sidecar)).add_done_callback(lambda _: None)
        return sidecar

    async def _watch_sidecar(self, sidecar: Sidecar) -> None:
        code = await sidecar.main.wait()
        sidecar.main.kill_left()
        for command in sidecar.beside:
            command.kill()
        sidecar.result = sidecar.result or _result(code)
        sidecar.main.end_outputs()
        sidecar.ended.set()
        await asyncio.to_thread(sidecar.view.close)

    def _variables(self, process: SandboxProcess, definition: api_pb2.Sandbox, view: View) -> dict[str, str]:
        env = container_environment(process.task, definition, self._world, view, self._server_url())
        variables = {name: value for name, value in env.items() if name not in FUNCTIONS_ONLY}
        return variables | {"MODAL_SANDBOX_ID": process.record.sandbox_id}

    def _watches(self, process: SandboxProcess) -> list[Coroutine[Any, Any, None]]:
        definition = process.record.definition
        watches = [self._time_out(process, definition.timeout_secs or DEFAULT_TIMEOUT_SECONDS)]
        if definition.idle_timeout_secs:
            watches.append(self._end_when_idle(process, definition.idle_timeout_secs))
        if definition.HasField("readiness_probe"):
            watches.append(self._probe(process))
        else:
            _set_ready(process)
        return watches

    async def _time_out(self, process: SandboxProcess, seconds: float) -> None:
        await asyncio.sleep(seconds)
        process.record.result = failure(Status.GENERIC_STATUS_TIMEOUT, "", exitcode=124)
        process.main.kill()

    async def _end_when_idle(self, process: SandboxProcess, seconds: float) -> None:
        while True:
            if process.busy():
                process.active_at = time.monotonic()
            left = process.active_at + seconds - time.monotonic()
            if left <= 0:
                break
            await asyncio.sleep(min(left, 0.25))
        process.record.result = failure(Status.GENERIC_STATUS_IDLE_TIMEOUT, "", exitcode=SIGKILL_EXIT_CODE)
        process.main.kill()

    async def _probe(self, process: SandboxProcess) -> None:
        probe = process.record.definition.readiness_probe
        while True:
            if await self._probed(process, probe):
                _set_ready(process)
                return
            await asyncio.sleep(probe.interval_ms / 1000 or DEFAULT_PROBE_SECONDS)

    async def _probed(self, process: SandboxProcess, probe: api_pb2.Probe) -> bool:
        assert process.view is not None
        if not probe.HasField("exec_command"):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", probe.tcp_port)
                writer.close()
                return True
            return False
        command = Exec(ignored=(STDOUT, STDERR))
        try:
            await command.start(list(probe.exec_command.argv), process.env, process.view.entry())
        except OSError:
            return False
        try:
            return await command.wait() == 0
        finally:
            command.close_input()
            command.kill()

    def _logger(self, process: SandboxProcess) -> Callable[[int, bytes], None]:
        decoders = {stream: codecs.getincrementaldecoder("utf-8")("replace") for stream in (STDOUT, STDERR)}

        def log(stream: int, data: bytes) -> None:
            text = decoders[stream].decode(data, final=not data)
            if text:
                self._log(process, fd=stream, data=text)

        return log

    def _log_state(self, process: SandboxProcess, state: int) -> None:
        process.task.state = state
        self._log(process, task_state=state)

    def _log(self, process: SandboxProcess, fd: int = STDOUT, data: str = "", task_state: int = 0) -> None:
        task = process.task
        self._logs.append(
            task.app_id,
            task_id=task.task_id,
            sandbox_id=task.sandbox_id,
            fd=fd,
            data=data,
            task_state=task_state,
        )


def terminated() -> api_pb2.GenericResult:
    """Returns the result of a sandbox that was ended from outside."""
    return failure(Status.GENERIC_STATUS_TERMINATED, "", exitcode=SIGKILL_EXIT_CODE)


def _result(code: int) -> api_pb2.GenericResult:
    if code == 0:
        return api_pb2.GenericResult(status=Status.GENERIC_STATUS_SUCCESS)
    return failure(Status.GENERIC_STATUS_FAILURE, "", exitcode=code if code > 0 else 128 - code)


def _set_ready(process: SandboxProcess) -> None:
    process.record.ready_at = time.time()
    process.ready.set()


def _identity_token(record: Sandbox) -> str:
    """Returns a token of the right shape, which nobody has signed."""
    parts = ({"alg": "none"}, {"sandbox_id": record.sandbox_id, "app_id": record.app_id})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, ""])
