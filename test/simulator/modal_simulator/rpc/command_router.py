"""Commands inside running containers: the access that the control plane gives, and the service behind it."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf.empty_pb2 import Empty
from grpclib import GRPCError, Status
from modal_proto import api_pb2
from modal_proto import task_command_router_pb2 as router_pb2
from modal_proto.task_command_router_grpc import TaskCommandRouterBase

from ..runtime.exec import STDERR, STDOUT, Exec
from ..runtime.sandboxes import SandboxProcess
from ..runtime.scheduler import Place, Scheduler
from . import sidecars
from .base import CALLER, RpcBase, invalid, not_found, unary
from .sandboxes import until_ready
from .snapshots import checked, snapshot_of

STREAMS = {
    router_pb2.TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDOUT: STDOUT,
    router_pb2.TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDERR: STDERR,
}
SANDBOX_STREAMS = {
    router_pb2.SANDBOX_STDIO_FILE_DESCRIPTOR_STDOUT: STDOUT,
    router_pb2.SANDBOX_STDIO_FILE_DESCRIPTOR_STDERR: STDERR,
}
NO_STDOUT = router_pb2.TASK_EXEC_STDOUT_CONFIG_DEVNULL
NO_STDERR = router_pb2.TASK_EXEC_STDERR_CONFIG_DEVNULL
INTO_STDOUT = router_pb2.TASK_EXEC_STDERR_CONFIG_STDOUT

SecretVariables = Callable[[Iterable[api_pb2.SecretSource], Iterable[str]], dict[str, str]]


class CommandAccessRpcs(RpcBase):
    """How a client gets to the command router."""

    router: CommandRouter

    @unary
    async def TaskGetCommandRouterAccess(
        self, request: api_pb2.TaskGetCommandRouterAccessRequest
    ) -> api_pb2.TaskGetCommandRouterAccessResponse:
        if self.scheduler.place(request.task_id) is None:
            raise not_found(f"Container '{request.task_id}' is not running")
        return api_pb2.TaskGetCommandRouterAccessResponse(
            url=self._router_url(), jwt=self.router.admit(request.task_id)
        )

    @unary
    async def SandboxGetCommandRouterAccess(
        self, request: api_pb2.SandboxGetCommandRouterAccessRequest
    ) -> api_pb2.SandboxGetCommandRouterAccessResponse:
        record = self.world.sandboxes.get(request.sandbox_id)
        task_id = record.task_id if record else request.task_id
        # Also of a sandbox that has ended: its output is read here.
        if task_id not in self.scheduler.sandboxes.processes:
            raise not_found(f"Sandbox '{request.sandbox_id or task_id}' not found")
        return api_pb2.SandboxGetCommandRouterAccessResponse(
            url=self._router_url(), jwt=self.router.admit(task_id), worker_ipv4_address="127.0.0.1"
        )

    def _router_url(self) -> str:
        """Returns the address as the client wants to see it.

        The npm SDK takes only https, though it speaks plain text to a control plane on this machine; the Python
        SDK would really begin TLS.
        """
        if CALLER.get({}).get("x-modal-client-type") == str(api_pb2.CLIENT_TYPE_LIBMODAL_JS):
            return self.router.url.replace("http:", "https:", 1)
        return self.router.url


class CommandRouter(TaskCommandRouterBase):
    """Starts commands in containers; what it does not offer answers UNIMPLEMENTED."""

    def __init__(self, scheduler: Scheduler, variables: SecretVariables) -> None:
        self._scheduler = scheduler
        self._variables = variables
        self._admitted: dict[str, str] = {}  # bearer -> task id
        self._execs: dict[tuple[str, str], Exec] = {}  # by task id and exec id
        self.url = ""

    def admit(self, task_id: str) -> str:
        """Returns a token that opens this container only."""
        parts = [json.dumps({"alg": "none"}), json.dumps({"task_id": task_id}), secrets.token_hex(16)]
        token = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
        self._admitted[token] = task_id
        return token

    def close(self) -> None:
        """Ends all commands."""
        for each in self._execs.values():
            each.kill()

    async def TaskExecStart(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        place = await self._place(request.task_id, request.container_id)
        if not request.command_args:
            raise invalid("No command was given")
        if (request.task_id, request.exec_id) not in self._execs:  # else it was sent again
            await self._start(request, place)
        await stream.send_message(router_pb2.TaskExecStartResponse())

    async def _place(self, task_id: str, container_id: str = "") -> Place:
        """Returns where commands of that container, or of one beside it, run, once it is up."""
        process = self._scheduler.sandboxes.running(task_id)
        if process is not None:
            await process.started.wait()
        place = self._scheduler.place(task_id)
        if container_id and isinstance(place, SandboxProcess):
            place = sidecars.by_id(place, container_id)
        if place is None or place.view is None:
            raise not_found(f"Container '{task_id}' is not running")
        return place

    async def _start(self, request: Any, place: Place) -> None:
        terminal = request.pty_info if request.HasField("pty_info") and request.pty_info.enabled else None
        command = Exec(terminal, ignored=_ignored(request), merged=request.stderr_config == INTO_STDOUT)
        env = place.env | self._variables(request.secret_sources, request.secret_ids) | dict(request.env)
        assert place.view is not None
        arguments = [place.view.localize(each) for each in request.command_args]
        try:
            await command.start(arguments, env, place.view.entry(request.workdir))
        except OSError as error:
            raise invalid(f"'{request.command_args[0]}' cannot be started: {error.strerror}") from None
        self._execs[request.task_id, request.exec_id] = command
        place.beside.append(command)
        if request.timeout_secs:
            asyncio.get_running_loop().call_later(request.timeout_secs, command.kill)

    async def TaskExecStdioRead(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        output = self._exec(request).outputs[STREAMS[request.file_descriptor]]
        async for data in output.read(request.offset):
            await stream.send_message(router_pb2.TaskExecStdioReadResponse(data=data))

    async def TaskExecStdinWrite(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        await self._exec(request).write(request.offset, request.data, request.eof)
        await stream.send_message(router_pb2.TaskExecStdinWriteResponse())

    async def TaskExecStdinWriteStream(self, stream: Any) -> None:
        first = await stream.recv_message()
        self._check_admitted(stream, first.start.task_id)
        command, offset = self._exec(first.start), first.start.offset
        while (message := await stream.recv_message()) is not None:
            await command.write(offset, message.data, message.HasField("end"))
            offset += len(message.data)
        await stream.send_message(router_pb2.TaskExecStdinWriteStreamResponse())

    async def TaskExecStdinStatus(self, stream: Any) -> None:
        command = self._exec(await self._admitted_request(stream))
        await stream.send_message(
            router_pb2.TaskExecStdinStatusResponse(
                num_bytes_written=command.written, closed=command.input_closed
            )
        )

    async def TaskExecPoll(self, stream: Any) -> None:
        code = self._exec(await self._admitted_request(stream)).exit_code
        await stream.send_message(router_pb2.TaskExecPollResponse(**_exit_status(code)))

    async def TaskExecWait(self, stream: Any) -> None:
        code = await self._exec(await self._admitted_request(stream)).wait()
        await stream.send_message(router_pb2.TaskExecWaitResponse(**_exit_status(code)))

    async def TaskReloadVolumes(self, stream: Any) -> None:
        # All containers share the files of a volume, so there is nothing to fetch.
        request = await self._admitted_request(stream)
        await self._place(request.task_id, request.container_id)
        await stream.send_message(router_pb2.TaskReloadVolumesResponse())

    async def TaskMountDirectory(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        view = (await self._place(request.task_id, request.container_id)).view
        await checked(self._scheduler.views.mount, view, request.image_id, request.path.decode())
        await stream.send_message(Empty())

    async def TaskUnmountDirectory(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        view = (await self._place(request.task_id, request.container_id)).view
        await checked(self._scheduler.views.unmount, view, request.path.decode())
        await stream.send_message(Empty())

    async def TaskSnapshotDirectory(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        place = await self._place(request.task_id, request.container_id)
        image = await snapshot_of(self._scheduler, place, request.snapshot_id, request.path.decode())
        await stream.send_message(router_pb2.TaskSnapshotDirectoryResponse(image_id=image.image_id))

    async def TaskSnapshotFilesystem(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        place = await self._place(request.task_id, request.container_id)
        image = await snapshot_of(self._scheduler, place, request.snapshot_id)
        await stream.send_message(router_pb2.TaskSnapshotFilesystemResponse(image_id=image.image_id))

    async def TaskContainerCreate(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        process = self._sandbox(request.task_id)
        await self._place(request.task_id)
        env = self._variables(request.secret_sources, request.secret_ids) | dict(request.env)
        definition = sidecars.definition_of(request)
        made = await sidecars.create(
            self._scheduler.sandboxes, process, request.container_name, definition, env
        )
        await stream.send_message(
            router_pb2.TaskContainerCreateResponse(container_id=made.container_id, container_name=made.name)
        )

    async def TaskContainerGet(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        found = sidecars.by_name(
            self._sandbox(request.task_id), request.container_name, request.include_terminated
        )
        await stream.send_message(router_pb2.TaskContainerGetResponse(container=sidecars.info(found)))

    async def TaskContainerList(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        found = sidecars.listed(self._sandbox(request.task_id), request.include_terminated)
        response = router_pb2.TaskContainerListResponse(containers=[sidecars.info(each) for each in found])
        await stream.send_message(response)

    async def TaskContainerWait(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        sidecar = sidecars.by_id(self._sandbox(request.task_id), request.container_id)
        result = await sidecars.result_within(sidecar, request.timeout)
        await stream.send_message(router_pb2.TaskContainerWaitResponse(result=result))

    async def TaskContainerTerminate(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        await sidecars.terminate(sidecars.by_id(self._sandbox(request.task_id), request.container_id))
        await stream.send_message(router_pb2.TaskContainerTerminateResponse())

    async def SandboxStdinWriteV2(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        process = self._sandbox(request.task_id)
        await process.started.wait()
        process.active_at = time.monotonic()
        await process.main.write(request.offset, request.data, request.eof)
        await stream.send_message(router_pb2.SandboxStdinWriteV2Response())

    async def SandboxStdioReadV2(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        process, offset = self._sandbox(request.task_id), request.offset
        await process.started.wait()
        async for data in process.main.outputs[SANDBOX_STREAMS[request.file_descriptor]].read(offset):
            await stream.send_message(
                router_pb2.SandboxStdioReadV2Response(data=data, starting_offset=offset)
            )
            offset += len(data)

    async def SandboxWaitUntilReady(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        ready_at = await until_ready(self._sandbox(request.task_id), request.timeout)
        await stream.send_message(router_pb2.SandboxWaitUntilReadyTcrResponse(ready_at=ready_at))

    async def _admitted_request(self, stream: Any) -> Any:
        request = await stream.recv_message()
        self._check_admitted(stream, request.task_id)
        return request

    def _check_admitted(self, stream: Any, task_id: str) -> None:
        bearer = str(stream.metadata.get("authorization", "")).removeprefix("Bearer ")
        if self._admitted.get(bearer) != task_id:
            raise GRPCError(Status.UNAUTHENTICATED, "This token does not open this container")

    def _sandbox(self, task_id: str) -> SandboxProcess:
        process = self._scheduler.sandboxes.processes.get(task_id)
        if process is None:
            raise not_found(f"Container '{task_id}' is not of a sandbox")
        return process

    def _exec(self, request: Any) -> Exec:
        command = self._execs.get((request.task_id, request.exec_id))
        if command is None:
            raise not_found(f"Command '{request.exec_id}' not found")
        return command


def _ignored(request: Any) -> set[int]:
    ignored = {STDOUT} if request.stdout_config == NO_STDOUT else set()
    return ignored | ({STDERR} if request.stderr_config == NO_STDERR else set())


def _exit_status(code: int | None) -> dict[str, int]:
    if code is None:
        return {}
    return {"signal": -code} if code < 0 else {"code": code}


def _refusal(name: str) -> Any:
    async def refuse(self: Any, stream: Any) -> None:
        raise GRPCError(Status.UNIMPLEMENTED, f"{name} is not offered by the local Modal")

    return refuse


for _name in CommandRouter.__abstractmethods__:
    setattr(CommandRouter, _name, _refusal(_name))
CommandRouter.__abstractmethods__ = frozenset()
