"""What happens around every RPC: the log of calls, the check of credentials, faults, errors."""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grpclib import GRPCError, Status
from grpclib.const import Handler
from grpclib.exceptions import StreamTerminatedError

from .falsify import FalsifiedStream
from .faults import Faults
from .rpc.base import CALLER

OPEN_RPCS = frozenset({"TokenFlowCreate", "TokenFlowWait"})
CONTAINER_CLIENT = "3"
LOG_LENGTH = 5000


@dataclass
class RpcCall:
    """One line of the RPC log."""

    name: str
    started_at: float = field(default_factory=time.time)
    seconds: float = -1.0  # -1 while it runs
    status: str = ""
    client_type: str = ""


class Dispatcher:
    """Wraps the handlers of a service.

    Parameters:
        tokens: the pair that opens everything.
        faults: switches that make calls fail or wait.
        accepts_container: whether a client that says it is a container, by its metadata, is one.
    """

    def __init__(
        self,
        tokens: tuple[str, str],
        faults: Faults,
        accepts_container: Callable[[Mapping[str, Any]], bool],
    ) -> None:
        self._tokens = tokens
        self._faults = faults
        self._accepts_container = accepts_container
        self.calls: deque[RpcCall] = deque(maxlen=LOG_LENGTH)

    def wrap(self, mapping: Mapping[str, Handler]) -> dict[str, Handler]:
        """Returns the same handlers with everything of this class around them."""
        return {
            path: handler._replace(func=self._around(path.rpartition("/")[2], handler.func))
            for path, handler in mapping.items()
        }

    def _around(self, name: str, func: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        async def serve(stream: Any) -> None:
            call = RpcCall(name, client_type=str(stream.metadata.get("x-modal-client-type", "")))
            self.calls.append(call)
            CALLER.set(stream.metadata)
            begun = time.monotonic()
            try:
                self._authenticate(name, stream.metadata)
                await self._fault(name)
                wrong = self._faults.answers.get(name)
                await func(FalsifiedStream(stream, wrong) if wrong else stream)
                call.status = "OK"
            except GRPCError as error:
                call.status = error.status.name
                raise
            except (asyncio.CancelledError, StreamTerminatedError):
                call.status = "CANCELLED"
                raise
            except Exception as error:
                call.status = "INTERNAL"
                traceback.print_exc(file=sys.stderr)
                raise GRPCError(Status.INTERNAL, f"{name} failed: {error!r}") from error
            finally:
                call.seconds = time.monotonic() - begun

        return serve

    def _authenticate(self, name: str, metadata: Mapping[str, Any]) -> None:
        if name in OPEN_RPCS:
            return
        token_id = str(metadata.get("x-modal-token-id", ""))
        token_secret = str(metadata.get("x-modal-token-secret", ""))
        if metadata.get("x-modal-client-type") == CONTAINER_CLIENT and not token_id:
            if self._accepts_container(metadata):
                return
            raise GRPCError(Status.UNAUTHENTICATED, "This container is not known here")
        if not token_id:
            raise GRPCError(Status.UNAUTHENTICATED, "Token missing. Could not authenticate client.")
        known = secrets.compare_digest(token_id.encode(), self._tokens[0].encode())
        if not known or not secrets.compare_digest(token_secret.encode(), self._tokens[1].encode()):
            raise GRPCError(Status.UNAUTHENTICATED, f"Token ID '{token_id}' not found or its secret is wrong")

    async def _fault(self, name: str) -> None:
        fault = self._faults.rpc.get(name) or self._faults.rpc.get("*")
        if fault is None or fault.remaining == 0:
            return
        if fault.remaining > 0:
            fault.remaining -= 1
        if fault.delay_seconds:
            await asyncio.sleep(fault.delay_seconds)
        if fault.code:
            raise GRPCError(Status(fault.code), fault.message or f"{name}: fault switched on")
