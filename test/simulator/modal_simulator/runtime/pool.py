"""The containers of one function and the inputs that wait for them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from modal_proto import api_pb2

from ..world import CallRecord, FunctionRecord
from .calls import Input, Status, failure
from .container import Container, InputRequest
from .limits import Limits, limits_of, may_stop_idle, retry_delay, wanted_containers

CALL_RUNNING, CALL_SUCCESS = 2, 3
# api_pb2.GenericResult.GenericStatus -> status of the call record
CALL_STATUS = {
    Status.GENERIC_STATUS_SUCCESS: 3,
    Status.GENERIC_STATUS_FAILURE: 4,
    Status.GENERIC_STATUS_TIMEOUT: 5,
    Status.GENERIC_STATUS_TERMINATED: 6,
    Status.GENERIC_STATUS_INIT_FAILURE: 7,
    Status.GENERIC_STATUS_INTERNAL_FAILURE: 8,
}
RETRIED = (
    Status.GENERIC_STATUS_FAILURE,
    Status.GENERIC_STATUS_TIMEOUT,
    Status.GENERIC_STATUS_INTERNAL_FAILURE,
)


def clock() -> float:
    """Returns the time by which idle containers are measured: that of the loop, whose timers end them."""
    return asyncio.get_running_loop().time()


StartContainer = Callable[["Pool"], Container]
OnRunning = Callable[[Container], None]


@dataclass
class Pool:
    """Queue and containers of one function.

    Parameters:
        record: the function, read anew at each decision.
        start_container: makes a container and begins to start its process.
    """

    record: FunctionRecord
    start_container: StartContainer
    containers: dict[str, Container] = field(default_factory=dict)
    queue: deque[Input] = field(default_factory=deque)
    _linger: asyncio.TimerHandle | None = None
    open_requests: int = 0  # of a server
    asked_at: float = 0.0  # when a server was last asked for something
    _next_end: asyncio.TimerHandle | None = None

    @property
    def limits(self) -> Limits:
        assert self.record.definition is not None
        return limits_of(self.record.definition, self.record.autoscaler)

    @property
    def fresh(self) -> list[Container]:
        """Containers that take new inputs."""
        return [each for each in self.containers.values() if not each.draining]

    def running_inputs(self) -> int:
        return sum(len(container.running) for container in self.containers.values())

    def submit(self, item: Input) -> None:
        """Queues an input and sees to a container for it."""
        self.queue.append(item)
        self.balance()

    def ask(self, container: Container, request: InputRequest) -> None:
        """Notes that a container wants work."""
        container.request = request
        if container.draining:
            self._answer(container, None)
            return
        if not container.idle_since:
            container.idle_since = clock()
        self.balance()

    def balance(self) -> None:
        """Hands out what waits, starts containers for what is left, and ends those that are idle."""
        self._hand_out()
        missing = self._wanted() - len(self.fresh)
        for _ in range(missing):
            container = self.start_container(self)
            self.containers[container.task_id] = container
        self._end_idle()

    def replace_containers(self) -> None:
        """Lets containers of older definitions finish their inputs and end."""
        for container in self.fresh:
            if container.definition_id != self.record.definition_id:
                self.drain(container)
        self.balance()

    def drain(self, container: Container) -> None:
        """Gives a container no more work; it ends when its inputs are done."""
        container.draining = True
        self._answer(container, None)
        if self.is_server:
            container.signal(signal.SIGTERM)

    @property
    def is_server(self) -> bool:
        """Whether its containers listen on a port and take no inputs."""
        return self.record.definition is not None and self.record.definition.is_server

    @contextlib.contextmanager
    def serving(self) -> Iterator[Container | None]:
        """Gives a server's container for the time of one request, or None and has one started."""
        self.asked_at = clock()
        self.open_requests += 1
        try:
            container = next((each for each in self.fresh if each.ready), None)
            self.balance()
            yield container
        finally:
            self.open_requests -= 1
            self.asked_at = clock()
            for each in self.fresh:
                each.idle_since = self.asked_at
            self.balance()

    def _wanted(self) -> int:
        """Returns how many containers that take work there should be."""
        limits = self.limits
        if not self.is_server:
            running = sum(len(container.running) for container in self.fresh)
            return wanted_containers(len(self.queue), running, limits)
        if len(self.containers) > len(self.fresh):
            return len(self.fresh)  # all containers share this machine's ports: the old one must leave first
        asked = self.asked_at and clock() - self.asked_at < limits.scaledown_window
        return 1 if limits.min_containers or self.open_requests or asked else 0

    async def stop(self) -> None:
        """Ends all containers and fails what waits."""
        waiting, self.queue = list(self.queue), deque()
        for item in waiting:
            await self.finish(
                item, failure(Status.GENERIC_STATUS_TERMINATED, "The app was stopped"), retry=False
            )
        await asyncio.gather(*(container.stop() for container in list(self.containers.values())))

    async def container_ended(self, container: Container, exit_code: int) -> None:
        """Settles the inputs that a container leaves behind."""
        self.containers.pop(container.task_id, None)
        result = container.task.result or failure(
            Status.GENERIC_STATUS_INTERNAL_FAILURE,
            "function was terminated by signal"
            if exit_code < 0
            else f"Runner failed with exit code: {exit_code}",
            exitcode=exit_code,
        )
        if exit_code and container.task.result is None and not container.draining:
            container.task.result = result
        for item in list(container.running.values()):
            await self.finish(item, result)
        if not container.ready and not container.draining:
            self.asked_at = 0.0
            # It never came up, and the next one would not either: say so to those who wait.
            waiting, self.queue = list(self.queue), deque()
            for item in waiting:
                await self.finish(item, result, retry=False)
        if self.record.definition is not None:
            self.balance()

    async def finish(
        self,
        item: Input,
        result: api_pb2.GenericResult,
        data_format: int = 0,
        started_at: float = 0.0,
        retry: bool = True,
    ) -> None:
        """Stores an input's result, or queues it again if the function retries and it failed."""
        if item.done:
            return
        self._leave(item)
        limits = self.limits
        if (
            retry
            and result.status in RETRIED
            and item.retry_count < limits.retries
            and not item.call.cancelled
        ):
            item.retry_count += 1
            asyncio.get_running_loop().call_later(retry_delay(item.retry_count, limits), self.submit, item)
            self.balance()
            return
        item.done = True
        _close_record(item.record, result.status)
        await item.call.finish(
            api_pb2.FunctionGetOutputsItem(
                result=result,
                idx=item.idx,
                input_id=item.input_id,
                data_format=data_format,  # type: ignore[arg-type]
                task_id=item.record.task_id,
                input_started_at=started_at or item.record.started_at,
                output_created_at=time.time(),
                retry_count=item.retry_count,
            )
        )
        self.balance()

    async def cancel(self, item: Input) -> None:
        """Ends an input that waits, or tells its container to."""
        if item in self.queue:
            self.queue.remove(item)
            await self.finish(item, failure(Status.GENERIC_STATUS_TERMINATED, "Cancelled"), retry=False)
            return
        container = self.containers.get(item.container_id)
        if container is not None and item.input_id in container.running:
            container.cancelled_inputs.append(item.input_id)
            container.cancellation.set()

    def _hand_out(self) -> None:
        for container in sorted(self.fresh, key=lambda each: -len(each.running)):
            if not self.queue:
                return
            request = container.request
            if request is None or request.answer.done():
                continue
            if request.batch_size and not self._batch_is_due(request):
                continue
            count = max(1, request.batch_size)
            items = [self.queue.popleft() for _ in range(min(count, len(self.queue)))]
            for item in items:
                self._begin(container, item)
            self._answer(container, items)

    def _batch_is_due(self, request: InputRequest) -> bool:
        oldest = time.time() - self.queue[0].record.enqueued_at
        if len(self.queue) >= request.batch_size or oldest >= request.linger_seconds:
            return True
        if self._linger is not None:
            self._linger.cancel()
        loop = asyncio.get_running_loop()
        self._linger = loop.call_later(request.linger_seconds - oldest + 0.001, self.balance)
        return False

    def _begin(self, container: Container, item: Input) -> None:
        container.running[item.input_id] = item
        item.container_id = container.task_id
        now = time.time()
        item.record.task_id, item.record.started_at, item.record.status = container.task_id, now, CALL_RUNNING
        if container.task.enqueued_at >= item.record.enqueued_at:
            item.record.startup_seconds = now - container.task.enqueued_at
        loop = asyncio.get_running_loop()
        item.timer = loop.call_later(self.limits.timeout, self._time_is_up, container, item)

    def _time_is_up(self, container: Container, item: Input) -> None:
        if item.done or item.input_id not in container.running:
            return
        text = f"Task's current input in container hit its timeout of {self.limits.timeout:g}s"
        container.on_text(container, 3, text + "\n")
        container.task.result = failure(Status.GENERIC_STATUS_TIMEOUT, "function execution timed out")
        container.kill()

    def _leave(self, item: Input) -> None:
        if item.timer is not None:
            item.timer.cancel()
        container = self.containers.get(item.container_id)
        if container is not None:
            container.running.pop(item.input_id, None)
            if not container.running:
                container.idle_since = clock()

    def _answer(self, container: Container, items: list[Input] | None) -> None:
        request, container.request = container.request, None
        if request is not None and not request.answer.done():
            request.answer.set_result(items)

    def _end_idle(self) -> None:
        """Ends containers whose window is over and comes back when the next one's is.

        A container that is just between two polls is seen again when it asks.
        """
        if self._next_end is not None:
            self._next_end.cancel()
        idle = [each for each in self.fresh if self._is_idle(each)]
        for container in sorted(idle, key=lambda each: each.idle_since):
            idle_for = clock() - container.idle_since
            if may_stop_idle(len(self.fresh), idle_for, self.limits):
                self.drain(container)
                continue
            wait = self.limits.scaledown_window - idle_for
            if wait > 0:
                self._next_end = asyncio.get_running_loop().call_later(wait + 0.01, self._end_idle)
            return

    def _is_idle(self, container: Container) -> bool:
        if self.is_server:
            return container.ready and not self.open_requests
        return container.request is not None and not container.running


def _close_record(record: CallRecord, status: int) -> None:
    record.finished_at = time.time()
    record.status = CALL_STATUS.get(status, CALL_STATUS[Status.GENERIC_STATUS_INTERNAL_FAILURE])
