"""When containers are told to end, by a clock that jumps from one timer to the next."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from modal_proto import api_pb2
from modal_simulator.rpc.container import INPUT_POLL_SECONDS
from modal_simulator.runtime.calls import Call, Input
from modal_simulator.runtime.container import Container, InputRequest
from modal_simulator.runtime.pool import Pool, clock
from modal_simulator.world import FunctionRecord, Task

Result = TypeVar("Result")


class JumpingLoop(asyncio.SelectorEventLoop):
    """A loop that waits for nothing: when all that is left are timers, it is the first timer's time."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        timers = [each.when() for each in self._scheduled if not each.cancelled()]  # type: ignore[attr-defined]
        if timers and not self._ready:  # type: ignore[attr-defined]
            self.now = max(self.now, min(timers))
        super()._run_once()  # type: ignore[misc]


def run(job: Coroutine[Any, Any, Result]) -> Result:
    loop = JumpingLoop()
    try:
        return loop.run_until_complete(job)
    finally:
        loop.close()


class Life:
    """A container that asks for work as the real one does, over and over."""

    def __init__(self, window: int) -> None:
        definition = api_pb2.Function()
        settings = api_pb2.AutoscalerSettings(scaledown_window=window)
        record = FunctionRecord("fu-1", "ap-1", "f", definition=definition, autoscaler=settings)
        self.pool = Pool(record, self._start)
        self.left_off = self.told_to_end = 0.0
        self._job: asyncio.Task[None] | None = None

    async def call(self, seconds: float) -> None:
        """Has one input worked on for so long."""
        call = Call("fc-1", "fu-1", "ap-1")
        item = call.add_input(api_pb2.FunctionInput(args=str(seconds).encode()), 0, 0)
        self.pool.submit(item)
        await call.wait_for_outputs(0, 1000)

    async def end(self) -> None:
        """Waits until the container has been told to end."""
        assert self._job is not None
        async with asyncio.timeout(777.7):
            await self._job

    def _start(self, pool: Pool) -> Container:
        nothing = api_pb2.ContainerArguments()
        task = Task("ta-1", "ap-1", "fu-1", started_at=1.0)
        container = Container(task, "", nothing, lambda *_: None, lambda *_: None)
        self._job = asyncio.ensure_future(self._live(container))
        return container

    async def _live(self, container: Container) -> None:
        while True:
            request = InputRequest(asyncio.get_running_loop().create_future(), 0, 0)
            self.pool.ask(container, request)
            try:
                async with asyncio.timeout(INPUT_POLL_SECONDS):
                    items = await request.answer
            except TimeoutError:
                container.request = None
                continue
            if items is None:
                self.told_to_end = clock()
                return
            await self._work(items)

    async def _work(self, items: list[Input]) -> None:
        success = api_pb2.GenericResult(status=api_pb2.GenericResult.GENERIC_STATUS_SUCCESS)
        for item in items:
            await asyncio.sleep(float(item.payload.args))
            await self.pool.finish(item, success)
        self.left_off = clock()


@pytest.mark.parametrize("polled", [False, True], ids=["alone", "while something looks at it"])
@pytest.mark.parametrize("window", [2, 5, 30, 61])
def test_a_container_is_told_to_end_when_its_window_is_over(window: int, polled: bool) -> None:
    async def look(life: Life) -> None:
        while True:
            life.pool.balance()
            await asyncio.sleep(0.07)

    async def live() -> float:
        life = Life(window)
        looking = asyncio.ensure_future(look(life)) if polled else None
        for seconds in (0.5, 0, 3):
            await life.call(seconds)
            await asyncio.sleep(window - 1)  # less than the window, which begins anew
        await life.end()
        if looking is not None:
            looking.cancel()
        return life.told_to_end - life.left_off

    assert window <= run(live()) < window + 0.1
