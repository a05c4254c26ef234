"""What every group of RPCs shares: state, the unary adapter, errors, environment look-up and paging."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp
from grpclib import GRPCError, Status
from modal_proto import api_pb2

from ..blobs import BlobStore
from ..faults import Faults
from ..log_store import LogStore
from ..world import App, Environment, FunctionRecord, World

if TYPE_CHECKING:
    from ..pages import Pages
    from ..runtime.scheduler import Scheduler

# Metadata of the request being served.
CALLER: ContextVar[Mapping[str, Any]] = ContextVar("CALLER")
NAME_PATTERN = re.compile(r"[a-zA-Z0-9._-]{1,64}")
DEFAULT_BUILDER_VERSION = "2025.06"


class Created(Protocol):
    """A record that knows when it was created."""

    created_at: float


Record = TypeVar("Record", bound=Created)


class RpcBase:
    """State that the RPC mixins read; ``server.ModalServicer`` fills it."""

    world: World
    logs: LogStore
    faults: Faults
    blobs: BlobStore
    scheduler: Scheduler
    tokens: tuple[str, str]
    work_dir: Path
    pages: Pages

    @property
    def client_version(self) -> str:
        """The version that the client being served says it has."""
        metadata = CALLER.get({})
        return str(metadata.get("x-modal-libmodal-version") or metadata.get("x-modal-client-version", ""))

    def require_plan(self, feature: str) -> None:
        """Raises PERMISSION_DENIED while the workspace is on the smallest plan."""
        if self.faults.starter_plan:
            raise GRPCError(
                Status.PERMISSION_DENIED, f"{feature} are not available on the Starter plan of this workspace"
            )

    def environment(self, name: str) -> Environment:
        """Returns the environment of that name ('' = the default one). Raises NOT_FOUND."""
        if not name:
            return next(each for each in self.world.environments.values() if each.default)
        environment = self.world.environments.get(name)
        if environment is None:
            raise not_found(f"Environment '{name}' not found")
        return environment

    def environment_by_id(self, environment_id: str) -> Environment:
        """Returns the environment with that id. Raises NOT_FOUND."""
        for environment in self.world.environments.values():
            if environment.environment_id == environment_id:
                return environment
        raise not_found(f"Environment '{environment_id}' not found")

    def app(self, app_id: str) -> App:
        """Returns the app with that id. Raises NOT_FOUND."""
        app = self.world.apps.get(app_id)
        if app is None:
            raise not_found(f"App '{app_id}' not found")
        return app

    def function(self, function_id: str) -> FunctionRecord:
        """Returns the function with that id. Raises NOT_FOUND."""
        record = self.world.functions.get(function_id)
        if record is None:
            raise not_found(f"Function '{function_id}' not found")
        return record


Handler = Callable[[Any, Any], Awaitable[Any]]


def unary(handler: Handler) -> Any:
    """Turns ``async def Rpc(self, request) -> response`` into what grpclib calls with a stream."""

    @functools.wraps(handler)
    async def serve(self: Any, stream: Any) -> None:
        request = await stream.recv_message()
        await stream.send_message(await handler(self, request))

    return serve


def not_found(message: str) -> GRPCError:
    """Returns the error for an object that does not exist."""
    return GRPCError(Status.NOT_FOUND, message)


def invalid(message: str) -> GRPCError:
    """Returns the error for a request that can never succeed."""
    return GRPCError(Status.INVALID_ARGUMENT, message)


def check_name(kind: str, name: str) -> None:
    """Raises INVALID_ARGUMENT unless the name is one Modal accepts for an object of that kind."""
    if not NAME_PATTERN.fullmatch(name):
        raise invalid(
            f"Invalid {kind} name: '{name}'. Names may contain only alphanumeric characters, dashes, "
            "periods, and underscores, and must be no longer than 64 characters."
        )


def no_buckets(mounts: Iterable[api_pb2.CloudBucketMount]) -> None:
    """Raises UNIMPLEMENTED for a mounted bucket."""
    for mount in mounts:
        raise GRPCError(
            Status.UNIMPLEMENTED,
            f"The local Modal has no cloud buckets, so '{mount.bucket_name}' cannot be mounted at {mount.mount_path}. "
            "Use a Volume there instead.",
        )


def timestamp(seconds: float) -> Timestamp:
    """Returns unix seconds as a protobuf Timestamp."""
    whole = int(seconds)
    return Timestamp(seconds=whole, nanos=int((seconds - whole) * 1e9))


def seconds(value: Timestamp) -> float:
    """Returns a protobuf Timestamp as unix seconds."""
    return value.seconds + value.nanos / 1e9


def page(records: Iterable[Record], pagination: api_pb2.ListPagination) -> list[Record]:
    """Returns one page, newest first, of the records created before the given time."""
    before = pagination.created_before or time.time() + 1
    chosen = sorted((each for each in records if each.created_at < before), key=lambda each: -each.created_at)
    return chosen[: pagination.max_objects or 100]
