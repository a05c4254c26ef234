"""The entry to the runtime: which function has which pool, and what the control plane may ask of it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from modal_proto import api_pb2

from ..blobs import BlobStore
from ..faults import Faults
from ..ingress.server import Ingress
from ..log_store import LogStore
from ..world import FunctionRecord, Task, World, new_id
from .calls import Call, Input, Status, failure
from .container import Container
from .environment import TASK_HEADER, container_environment
from .layout import app_layout
from .pool import Pool
from .sandboxes import Sandboxes, SandboxProcess, terminated
from .sidecars import Sidecar
from .view.view import View
from .views import Views

SYSTEM = 3
MAX_CALLS = 10_000
TaskState = api_pb2.TaskState
Place = Container | SandboxProcess | Sidecar


class Scheduler:
    """Runs deployed functions in local processes.

    Parameters:
        server_url: asked when a container starts, as the port is not known earlier.
        tokens: the simulator's token pair; containers do not need it.
        work_dir: folder for what containers have of their own.
        views: how containers get views of their own; empty = as this machine allows.
    """

    def __init__(
        self,
        world: World,
        logs: LogStore,
        faults: Faults,
        blobs: BlobStore,
        server_url: Callable[[], str],
        tokens: tuple[str, str],
        work_dir: Path,
        views: str = "",
    ) -> None:
        self.world, self.logs, self.faults, self.blobs = world, logs, faults, blobs
        self._server_url = server_url
        self.views = Views(world, blobs, work_dir, views)
        self.pools: dict[str, Pool] = {}
        self.containers: dict[str, Container] = {}
        self.sandboxes = Sandboxes(world, logs, faults, self.views, server_url)
        self.calls: dict[str, Call] = {}
        self.ingress = Ingress(world, faults, self)
        self._jobs: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Finds out how to run containers; none runs before the first deploy."""
        await asyncio.to_thread(self.views.choose)

    async def close(self) -> None:
        """Ends every container and every web port."""
        self._closed = True
        await self.sandboxes.close()
        await self.ingress.close()
        containers = list(self.containers.values())
        for pool in self.pools.values():
            pool.queue.clear()
        for container in containers:
            container.draining = True
            container.kill()
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*(container.ended.wait() for container in containers if container.started))

    # What the control plane asks for

    def allocate_web_url(self, app_id: str, tag: str, method: str = "") -> str:
        """Returns the loopback URL of a web function, the same each time."""
        return self.ingress.url(app_id, tag, method)

    async def function_published(self, function_id: str) -> None:
        """Opens the function's web ports; older containers drain."""
        record = self.world.functions[function_id]
        for method in record.web_urls:
            await self.ingress.open(record.app_id, record.tag, method)
        for pool in self._pools_of(function_id):
            pool.replace_containers()
        self.pool(function_id).balance()

    async def stop_app(self, app_id: str) -> None:
        """Ends the app's containers; its web ports go on to say that it is stopped."""
        pools = [pool for pool in self.pools.values() if pool.record.app_id == app_id]
        await asyncio.gather(self.sandboxes.end_app(app_id), *(pool.stop() for pool in pools))

    async def stop_container(self, task_id: str, graceful: bool) -> bool:
        """Ends one container; graceful lets its inputs finish, else they run again elsewhere."""
        sandbox = self.sandboxes.running(task_id)
        if sandbox is not None:
            await self.sandboxes.end(sandbox, terminated())
            return True
        container = self.containers.get(task_id)
        if container is None:
            return False
        pool = self.pools[container.task.function_id]
        running = list(container.running.values())
        pool.drain(container)
        if not container.started:
            container.unwanted.set()
        if not graceful:
            for item in running:
                container.running.pop(item.input_id)
                pool.queue.appendleft(item)
            container.kill()
            pool.balance()
        return True

    def kill_container(self, task_id: str) -> bool:
        """Ends a container as a crash would."""
        sandbox = self.sandboxes.running(task_id)
        if sandbox is not None:
            sandbox.main.kill()
            return True
        container = self.containers.get(task_id)
        if container is not None:
            container.kill()
        return container is not None

    def place(self, task_id: str) -> Place | None:
        """Returns what commands beside a running container need, or None if there is none."""
        return self.containers.get(task_id) or self.sandboxes.running(task_id)

    def stats(self, function_id: str) -> api_pb2.FunctionStats:
        """Returns queue length, containers and running inputs of a function and its bound instances."""
        pools = self._pools_of(function_id)
        return api_pb2.FunctionStats(
            backlog=sum(len(pool.queue) for pool in pools),
            num_total_tasks=sum(len(pool.containers) for pool in pools),
            num_running_inputs=sum(pool.running_inputs() for pool in pools),
        )

    def apply_autoscaler(self, function_id: str) -> None:
        """Acts on changed autoscaler settings."""
        for pool in self._pools_of(function_id):
            pool.balance()

    def accepts_container(self, metadata: Mapping[str, Any]) -> bool:
        """Tells whether a client that sends no token is one of our containers."""
        return str(metadata.get(TASK_HEADER, "")) in self.containers

    # What calls and containers ask for

    def pool(self, function_id: str) -> Pool:
        """Returns the pool of a published function."""
        pool = self.pools.get(function_id)
        if pool is None:
            pool = self.pools[function_id] = Pool(self.world.functions[function_id], self._start_container)
        return pool

    def new_call(self, function_id: str) -> Call:
        """Makes a call without inputs."""
        call = Call(new_id("fc"), function_id, self.world.functions[function_id].app_id)
        self.calls[call.call_id] = call
        self._forget_calls()
        return call

    def submit(self, call: Call, payload: api_pb2.FunctionInput, idx: int, invocation_type: int = 0) -> Input:
        """Queues one input of a call."""
        item = call.add_input(payload, idx, invocation_type)
        self.world.calls[item.input_id] = item.record
        self.pool(call.function_id).submit(item)
        return item

    async def cancel(self, call: Call) -> None:
        """Cancels what is not done of a call."""
        call.cancelled = True
        pool = self.pool(call.function_id)
        for item in list(call.inputs.values()):
            if not item.done:
                await pool.cancel(item)

    def log_state(self, task: Task, state: int) -> None:
        """Logs a container's new state."""
        task.state = state
        self.logs.append(task.app_id, task_id=task.task_id, function_id=task.function_id, task_state=state)

    def _forget_calls(self) -> None:
        """Drops the oldest calls with their data, once nobody can still be waiting for them."""
        while len(self.calls) > MAX_CALLS:
            oldest = next(iter(self.calls.values()))
            if oldest.unfinished:
                return
            del self.calls[oldest.call_id]

    def _pools_of(self, function_id: str) -> list[Pool]:
        own = (pool for pool in self.pools.values() if function_id in _ids(pool.record))
        return [pool for pool in own if pool.record.definition is not None]

    def _start_container(self, pool: Pool) -> Container:
        record, app = pool.record, self.world.apps[pool.record.app_id]
        assert record.definition is not None
        gpu = record.definition.resources.gpu_config
        task = Task(new_id("ta"), app.app_id, record.function_id, gpu_type=gpu.gpu_type, gpu_count=gpu.count)
        self.world.tasks[task.task_id] = task
        arguments = api_pb2.ContainerArguments(
            task_id=task.task_id,
            function_id=record.function_id,
            app_id=app.app_id,
            function_def=record.definition,
            serialized_params=record.serialized_params,
            environment_name=app.environment,
            app_layout=app_layout(app, self.world),
        )
        container = Container(task, record.definition_id, arguments, self._log_text, self._container_exited)
        self.containers[task.task_id] = container
        self.log_state(task, TaskState.TASK_STATE_CREATED)
        self._in_background(self._bring_up(container, pool))
        return container

    async def _bring_up(self, container: Container, pool: Pool) -> None:
        task = container.task
        self.log_state(task, TaskState.TASK_STATE_QUEUED)
        view: View | None = None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(container.unwanted.wait(), self.faults.cold_start_seconds)
        try:
            if container.unwanted.is_set():
                raise RuntimeError("stopped before it was started")
            self.log_state(task, TaskState.TASK_STATE_WORKER_ASSIGNED)
            self.log_state(task, TaskState.TASK_STATE_LOADING_IMAGE)
            function = container.arguments.function_def
            view = await asyncio.to_thread(self.views.make, function, task.task_id)
            env = container_environment(task, function, self.world, view, self._server_url())
            self.log_state(task, TaskState.TASK_STATE_CREATING_CONTAINER)
            if container.draining:
                raise RuntimeError("stopped before it was started")
            await container.start(env, view)
        except Exception as error:
            task.result = (
                terminated()
                if container.draining
                else failure(Status.GENERIC_STATUS_INIT_FAILURE, f"Container could not be started: {error}")
            )
            task.finished_at = time.time()
            container.ended.set()
            self._container_exited(container, 1)
            if view is not None:
                await asyncio.to_thread(view.close)
            return
        limit = pool.limits.startup_timeout
        asyncio.get_running_loop().call_later(limit, self._startup_is_up, container, limit)

    def _startup_is_up(self, container: Container, seconds: float) -> None:
        if container.ready or container.ended.is_set():
            return
        self._log_text(container, SYSTEM, f"Container did not start within {seconds:g}s\n")
        container.task.result = failure(Status.GENERIC_STATUS_INIT_FAILURE, "Container startup timed out")
        container.kill()

    def _log_text(self, container: Container, stream: int, text: str) -> None:
        """Logs output; it belongs to a call only if the container runs exactly one."""
        item = next(iter(container.running.values())) if len(container.running) == 1 else None
        self.logs.append(
            container.task.app_id,
            task_id=container.task_id,
            function_id=container.task.function_id,
            function_call_id=item.call.call_id if item else "",
            input_id=item.input_id if item else "",
            fd=stream,
            data=text,
        )

    def _container_exited(self, container: Container, code: int) -> None:
        if code and not container.draining and container.task.result is None:
            self._log_text(container, SYSTEM, f"Runner failed with exit code: {code}\n")
        self.containers.pop(container.task_id, None)
        self.log_state(container.task, TaskState.TASK_STATE_COMPLETED)
        pool = self.pools[container.task.function_id]
        self._in_background(pool.container_ended(container, code))

    def _in_background(self, job: Coroutine[Any, Any, None]) -> None:
        if self._closed:  # else a container that ends now would have another started in its place
            job.close()
            return
        task = asyncio.ensure_future(job)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)


def _ids(record: FunctionRecord) -> tuple[str, str]:
    return record.function_id, record.base_function_id
