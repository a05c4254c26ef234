"""Deployed code really runs: each kind of function, deployed by the real CLI and called as a user would."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from clients import command_environment
from modal_proto import api_pb2
from modal_simulator.server import Options, Simulator
from modal_simulator.world import App, ProxyToken
from tricks import RIGHT_HOST, answer, let_in

APPS = Path(__file__).parent / "apps"
Call = Callable[[str], Awaitable[str]]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def run(simulator: Simulator, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env=command_environment(simulator),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 90)
    if process.returncode:
        raise RuntimeError(out.decode())
    return out.decode().strip()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def simulator(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Simulator]:
    """A simulator with the app of all kinds deployed."""
    os.environ["DEVELOPERS_SECRET"] = "hush"
    running = Simulator(Options(state_dir=tmp_path_factory.mktemp("state")))
    await running.start()
    await run(running, "-m", "modal", "deploy", str(APPS / "kinds.py"))
    yield running
    await running.close()
    del os.environ["DEVELOPERS_SECRET"]


@pytest.fixture
def call(simulator: Simulator) -> Call:
    """Evaluates an expression with ``f`` (function by name) and ``c`` (class by name); returns its JSON."""

    async def evaluate(expression: str) -> str:
        code = (
            "import json, modal\n"
            "f = lambda name: modal.Function.from_name('kinds', name)\n"
            "c = lambda name: modal.Cls.from_name('kinds', name)\n"
            f"print(json.dumps({expression}))"
        )
        return json.loads(await run(simulator, "-c", code))

    return evaluate


@pytest_asyncio.fixture(loop_scope="module")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def app_named(simulator: Simulator, name: str) -> App:
    app = simulator.world.deployed_app(name, "main")
    assert app is not None
    return app


def url(simulator: Simulator, tag: str, app: str = "kinds") -> str:
    return simulator.world.functions[app_named(simulator, app).function_ids[tag]].web_urls[""]


def logged(simulator: Simulator, app: str = "kinds") -> str:
    batches = simulator.logs.range(app_named(simulator, app).app_id, 0, 1e11, 20000)
    return "".join(item.data for batch in batches for item in batch.items)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.05)
    pytest.fail("It did not happen in 20 seconds.")


async def test_variables_of_image_and_secret_and_none_of_the_developer(call: Call) -> None:
    names = ("FROM_IMAGE", "FROM_SECRET", "MODAL_TOKEN_ID", "DEVELOPERS_SECRET")
    result = await call(f"[f('environment').remote(n) for n in {names}]")
    assert result == ["yes", "hush", None, None]


async def test_an_endpoint_is_public_but_only_at_its_own_address(simulator: Simulator) -> None:
    address = f"{url(simulator, 'web')}/wait?seconds=0"
    for lines in ([], ["Origin: https://evil.example"], ["Origin: null"]):
        assert (await answer(address, [RIGHT_HOST, *lines]))[0] == 200, lines
    assert (await answer(address, ["Host: localhost:PORT"]))[0] == 200
    assert await let_in(address, origins=False) == []


async def test_generator_and_spawn(call: Call) -> None:
    assert await call("[list(f('count').remote_gen(4)), f('environment').spawn('FROM_IMAGE').get()]") == [
        [0, 1, 2, 3],
        "yes",
    ]


async def test_exception_reaches_the_caller_and_the_log(simulator: Simulator) -> None:
    code = "import modal; modal.Function.from_name('kinds', 'fail').remote('on purpose')"
    with pytest.raises(RuntimeError, match="ValueError: on purpose"):
        await run(simulator, "-c", code)
    assert "ValueError: on purpose" in logged(simulator)


async def test_no_more_containers_than_allowed(call: Call) -> None:
    assert len(set(await call("list(f('container').map(range(8)))"))) == 2


async def test_batches_form(call: Call) -> None:
    assert await call("list(c('Batched')().sizes.map(range(8)))") == [4] * 8


async def test_parameters_enter_and_exit(simulator: Simulator, call: Call) -> None:
    code = "[c('Lifecycle')(start=10).add.remote(1), c('Lifecycle')().add.remote(1)]"
    assert await call(code) == [11, 2]
    # Each instance is a container of its own, and ends when it has been idle for its window.
    await until(lambda: logged(simulator).count("left") == 2)
    assert logged(simulator).count("entered") == 2


async def test_timeout_ends_the_call(simulator: Simulator) -> None:
    with pytest.raises(RuntimeError, match="FunctionTimeoutError"):
        await run(simulator, "-c", "import modal; modal.Function.from_name('kinds', 'too_slow').remote()")
    assert "hit its timeout of 1s" in logged(simulator)


async def test_retries(call: Call) -> None:
    assert await call("f('third_time').remote()") == 3


async def test_volume_is_seen_by_the_command_line(simulator: Simulator, call: Call) -> None:
    await call("f('write').remote('kept')")
    target = simulator.work_dir / "note.txt"
    await run(simulator, "-m", "modal", "volume", "get", "kinds-volume", "note.txt", str(target))
    assert target.read_text() == "kept"


async def test_large_bodies_both_ways(simulator: Simulator, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{url(simulator, 'web')}/echo", data=b"x" * (6 << 20)) as response:
        assert await response.json() == 6 << 20
        assert response.headers["modal-function-call-id"].startswith("fc-")
    async with http.get(f"{url(simulator, 'web')}/large") as response:
        assert len(await response.json()) == 5 << 20


async def test_events_come_one_by_one(simulator: Simulator, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{url(simulator, 'web')}/events") as response:
        chunks = [chunk async for chunk, _ in response.content.iter_chunks()]
    assert [chunk for chunk in chunks if chunk] == [b"data: 0\n\n", b"data: 1\n\n", b"data: 2\n\n"]


async def test_web_socket(simulator: Simulator, http: aiohttp.ClientSession) -> None:
    async with http.ws_connect(f"{url(simulator, 'web')}/socket") as socket:
        await socket.send_str("hello")
        assert await socket.receive_str() == "HELLO"


async def test_long_request_is_polled(simulator: Simulator, http: aiohttp.ClientSession) -> None:
    simulator.faults.web_time_limit_seconds = 0.5
    target = f"{url(simulator, 'web')}/wait?seconds=1.5"
    try:
        async with http.get(target, allow_redirects=False) as response:
            assert response.status == 303
            again = response.headers["Location"]
        async with http.post(again) as response:
            assert (response.status, await response.text()) == (400, "modal-http: bad redirect method")
        async with http.get(target) as response:
            assert await response.json() == "done"
            assert len(response.history) >= 2
    finally:
        simulator.faults.web_time_limit_seconds = 150.0


async def test_crash_is_an_error_and_the_next_request_works(
    simulator: Simulator, http: aiohttp.ClientSession
) -> None:
    async with http.get(f"{url(simulator, 'web')}/die") as response:
        assert response.status == 500
        assert "Runner failed with exit code: 3" in await response.text()
    crashed = [task for task in simulator.world.tasks.values() if task.result and task.result.exitcode == 3]
    assert len(crashed) == 1
    async with http.post(f"{url(simulator, 'web')}/echo", data=b"abc") as response:
        assert await response.json() == 3


async def test_proxy_token(simulator: Simulator, http: aiohttp.ClientSession) -> None:
    simulator.world.proxy_tokens["wk-1"] = ProxyToken("wk-1", "ws-1")
    target = url(simulator, "guarded")
    async with http.get(target) as response:
        assert (response.status, await response.text()) == (
            401,
            "modal-http: missing credentials for proxy authorization",
        )
    async with http.get(target, headers={"Modal-Key": "wk-1", "Modal-Secret": "no"}) as response:
        assert (response.status, await response.text()) == (
            401,
            "modal-http: invalid credentials for proxy authorization",
        )
    for headers in ({"Modal-Key": "wk-1", "Modal-Secret": "ws-1"}, {"Authorization": "Bearer wk-1.ws-1"}):
        async with http.get(target, headers=headers) as response:
            assert await response.json() == "in"


async def test_budget_and_rate(simulator: Simulator, http: aiohttp.ClientSession) -> None:
    target = f"{url(simulator, 'web')}/wait?seconds=0"
    simulator.faults.budget_exhausted = True
    async with http.get(target) as response:
        assert response.status == 429
        assert "spend limit reached" in await response.text()
    simulator.faults.budget_exhausted = False
    simulator.faults.requests_per_second = 1
    try:
        statuses = [(await http.get(target)).status for _ in range(3)]
    finally:
        simulator.faults.requests_per_second = 0
    assert 429 in statuses


async def test_web_server(simulator: Simulator, http: aiohttp.ClientSession) -> None:
    async with http.get(url(simulator, "server")) as response:
        assert response.status == 200
        assert "Directory listing" in await response.text()


async def test_import_error_in_the_container(simulator: Simulator, http: aiohttp.ClientSession) -> None:
    await run(simulator, "-m", "modal", "deploy", str(APPS / "broken.py"))
    async with http.get(url(simulator, "web", "broken")) as response:
        assert response.status == 500
        text = await response.text()
    assert text.startswith("modal-http: internal error: status Failure: <ModuleNotFoundError(")
    assert "no_such_package_in_the_container" in logged(simulator, "broken")


async def test_redeploy_fails_no_request(simulator: Simulator, http: aiohttp.ClientSession) -> None:
    target = f"{url(simulator, 'web')}/wait?seconds=0.05"
    statuses: list[int] = []
    deploying = asyncio.create_task(run(simulator, "-m", "modal", "deploy", str(APPS / "kinds.py")))
    while not deploying.done():
        async with http.get(target) as response:
            statuses.append(response.status)
    await deploying
    assert set(statuses) == {200}
    running = simulator.world.active_tasks(app_named(simulator, "kinds").app_id)
    assert running


async def test_task_states_in_order(simulator: Simulator) -> None:
    app_id = app_named(simulator, "kinds").app_id
    states: dict[str, list[int]] = {}
    async for batch in simulator.logs.follow(app_id, "", 0):
        for item in batch.items:
            if item.task_state:
                states.setdefault(batch.task_id, []).append(item.task_state)
    order = [
        api_pb2.TASK_STATE_CREATED,
        api_pb2.TASK_STATE_QUEUED,
        api_pb2.TASK_STATE_WORKER_ASSIGNED,
        api_pb2.TASK_STATE_LOADING_IMAGE,
        api_pb2.TASK_STATE_CREATING_CONTAINER,
        api_pb2.TASK_STATE_IDLE,
        api_pb2.TASK_STATE_COMPLETED,
    ]
    assert states
    for seen in states.values():
        assert seen == [state for state in order if state in seen]


async def test_a_new_deploy_takes_many_requests_at_once(
    simulator: Simulator, http: aiohttp.ClientSession
) -> None:
    await run(simulator, "-m", "modal", "deploy", str(APPS / "kinds.py"))
    names = ("environment", "container", "fail")
    calls = "; ".join(f"f('{name}').spawn(1)" for name in names)
    await run(simulator, "-c", f"import modal; f = lambda n: modal.Function.from_name('kinds', n); {calls}")
    async with http.get(f"{url(simulator, 'web')}/wait?seconds=0") as response:
        assert response.status == 200


async def test_stop_ends_containers_and_endpoints(simulator: Simulator, http: aiohttp.ClientSession) -> None:
    target, app_id = url(simulator, "web"), app_named(simulator, "kinds").app_id
    await run(simulator, "-m", "modal", "app", "stop", "-y", "kinds")
    async with http.get(target) as response:
        assert (response.status, await response.text()) == (
            404,
            "modal-http: app for invoked web endpoint is stopped",
        )
    await until(lambda: not simulator.world.active_tasks(app_id))
