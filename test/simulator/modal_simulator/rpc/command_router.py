"""Commands inside running containers: the access that the control plane gives, and the service behind it."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

from grpclib import GRPCError, Status
from modal_proto import api_pb2
from modal_proto import task_command_router_pb2 as router_pb2
from modal_proto.task_command_router_grpc import TaskCommandRouterBase

from ..runtime.exec import STDERR, STDOUT, Exec
from ..runtime.scheduler import Scheduler
from .base import RpcBase, invalid, not_found, unary

STREAMS = {
    router_pb2.TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDOUT: STDOUT,
    router_pb2.TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDERR: STDERR,
}


class CommandAccessRpcs(RpcBase):
    """How a client gets to the command router."""

    router: CommandRouter

    @unary
    async def TaskGetCommandRouterAccess(
        self, request: api_pb2.TaskGetCommandRouterAccessRequest
    ) -> api_pb2.TaskGetCommandRouterAccessResponse:
        if request.task_id not in self.scheduler.containers:
            raise not_found(f"Container '{request.task_id}' is not running")
        return api_pb2.TaskGetCommandRouterAccessResponse(
            url=self.router.url, jwt=self.router.admit(request.task_id)
        )


class CommandRouter(TaskCommandRouterBase):
    """Starts commands in containers; what it does not offer answers UNIMPLEMENTED."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
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
        container = self._scheduler.containers.get(request.task_id)
        if container is None or container.root is None:
            raise not_found(f"Container '{request.task_id}' is not running")
        if not request.command_args:
            raise invalid("No command was given")
        terminal = request.pty_info if request.HasField("pty_info") and request.pty_info.enabled else None
        command = Exec(terminal)
        try:
            await command.start(request.command_args, container.env, container.root)
        except OSError as error:
            raise invalid(f"'{request.command_args[0]}' cannot be started: {error.strerror}") from None
        self._execs[request.task_id, request.exec_id] = command
        container.beside.append(command)
        await stream.send_message(router_pb2.TaskExecStartResponse())

    async def TaskExecStdioRead(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        output = self._exec(request).outputs[STREAMS[request.file_descriptor]]
        async for data in output.read(request.offset):
            await stream.send_message(router_pb2.TaskExecStdioReadResponse(data=data))

    async def TaskExecStdinWrite(self, stream: Any) -> None:
        request = await self._admitted_request(stream)
        self._exec(request).write(request.offset, request.data, request.eof)
        await stream.send_message(router_pb2.TaskExecStdinWriteResponse())

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

    async def _admitted_request(self, stream: Any) -> Any:
        bearer = str(stream.metadata.get("authorization", "")).removeprefix("Bearer ")
        request = await stream.recv_message()
        if self._admitted.get(bearer) != request.task_id:
            raise GRPCError(Status.UNAUTHENTICATED, "This token does not open this container")
        return request

    def _exec(self, request: Any) -> Exec:
        command = self._execs.get((request.task_id, request.exec_id))
        if command is None:
            raise not_found(f"Command '{request.exec_id}' not found")
        return command


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
