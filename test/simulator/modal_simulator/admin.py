"""The admin HTTP API: what tests, benches and the demo use to look in and to break things on purpose."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable
from dataclasses import asdict
from typing import Any

from aiohttp import web
from modal_proto import api_pb2

from .callers import no_pages
from .dispatch import Dispatcher
from .fault_settings import apply_faults, faults_as_json
from .faults import Faults
from .generate import generate_apps
from .load_endpoint import load_endpoint
from .log_emitter import Emission, emit_lines
from .log_store import LogStore
from .pages import find_flow
from .runtime.scheduler import Scheduler
from .world import World


class Admin:
    """Routes of the admin API.

    Parameters:
        world, logs, faults: the simulator's state.
        scheduler: runs the containers.
        dispatcher: keeps the RPC log.
        token: what callers send as a bearer; it lets them approve logins, so also run code.
    """

    def __init__(
        self,
        world: World,
        logs: LogStore,
        faults: Faults,
        scheduler: Scheduler,
        dispatcher: Dispatcher,
        token: str,
    ) -> None:
        self._token = token
        self._world = world
        self._logs = logs
        self._faults = faults
        self._scheduler = scheduler
        self._dispatcher = dispatcher
        self._jobs: set[asyncio.Task[Any]] = set()

    def application(self) -> web.Application:
        """Returns the aiohttp application."""
        application = web.Application(middlewares=[_errors_as_json, no_pages, self._with_token])
        application.add_routes(
            [
                web.get("/health", self._health),
                web.get("/state", self._state),
                web.get("/rpc-log", self._rpc_log),
                web.delete("/rpc-log", self._clear_rpc_log),
                web.get("/faults", self._show_faults),
                web.post("/faults", self._set_faults),
                web.delete("/faults", self._clear_faults),
                web.post("/streams/cut", self._cut_streams),
                web.post("/streams/restart", self._restart_streams),
                web.post("/containers/{task_id}/kill", self._kill_container),
                web.post("/logs/emit", self._emit_logs),
                web.post("/apps/generate", self._generate_apps),
                web.post("/endpoints", self._load_endpoint),
                web.post("/token-flow/{flow_id}/approve", self._approve_token_flow),
            ]
        )
        return application

    async def close(self) -> None:
        """Stops running jobs."""
        for job in list(self._jobs):
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def _state(self, _: web.Request) -> web.Response:
        world = self._world
        return web.json_response(
            {
                "workspace": world.workspace,
                "environments": [each.name for each in world.environments.values()],
                "apps": [
                    {
                        "appId": app.app_id,
                        "name": app.name,
                        "description": app.description,
                        "environment": app.environment,
                        "state": api_pb2.AppState.Name(app.state),
                        "functions": app.function_ids,
                        "versions": len(app.history),
                    }
                    for app in world.apps.values()
                ],
                "functions": [
                    {
                        "functionId": each.function_id,
                        "appId": each.app_id,
                        "tag": each.tag,
                        "urls": each.web_urls,
                    }
                    for each in world.functions.values()
                ],
                "tasks": [
                    {
                        "taskId": task.task_id,
                        "appId": task.app_id,
                        "functionId": task.function_id,
                        "enqueuedAt": task.enqueued_at,
                        "startedAt": task.started_at,
                        "finishedAt": task.finished_at,
                        "state": api_pb2.TaskState.Name(task.state),
                        "gpu": f"{task.gpu_type}:{task.gpu_count}" if task.gpu_count else "",
                    }
                    for task in world.tasks.values()
                ],
                "tokenFlows": [
                    {"id": each.flow_id, "approved": each.approved} for each in world.token_flows.values()
                ],
            }
        )

    async def _rpc_log(self, _: web.Request) -> web.Response:
        return web.json_response({"calls": [asdict(each) for each in self._dispatcher.calls]})

    async def _clear_rpc_log(self, _: web.Request) -> web.Response:
        self._dispatcher.calls.clear()
        return web.json_response({})

    async def _show_faults(self, _: web.Request) -> web.Response:
        return web.json_response(faults_as_json(self._faults))

    async def _set_faults(self, request: web.Request) -> web.Response:
        try:
            apply_faults(self._faults, await _json_body(request))
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.json_response(faults_as_json(self._faults))

    async def _clear_faults(self, _: web.Request) -> web.Response:
        vars(self._faults).update(vars(Faults()))
        return web.json_response({})

    async def _cut_streams(self, _: web.Request) -> web.Response:
        self._logs.cut_streams()
        return web.json_response({})

    async def _restart_streams(self, request: web.Request) -> web.Response:
        seconds = float((await _json_body(request)).get("seconds", 0))
        self._faults.log_streams_down_until = time.monotonic() + seconds
        self._logs.cut_streams()
        return web.json_response({})

    async def _kill_container(self, request: web.Request) -> web.Response:
        task_id = request.match_info["task_id"]
        task = self._world.tasks.get(task_id)
        if task is None or task.finished_at:
            raise web.HTTPNotFound(text=f"no running container '{task_id}'")
        killed = self._scheduler.kill_container(task_id)
        if isinstance(killed, Awaitable):
            await killed
        return web.json_response({})

    async def _emit_logs(self, request: web.Request) -> web.Response:
        body = await _json_body(request)
        app_id = str(body.get("appId", ""))
        if app_id not in self._world.apps:
            raise web.HTTPNotFound(text=f"no app '{app_id}'")
        rate, duration = float(body.get("linesPerSecond", 1000)), float(body.get("seconds", 1))
        if not 0 < rate <= 1_000_000 or not 0 < duration <= 3600:
            raise web.HTTPBadRequest(text="linesPerSecond or seconds is out of range")
        containers, characters = int(body.get("containers", 1)), int(body.get("chunkCharacters", 0))
        if not 0 < containers <= 10_000 or characters < 0:
            raise web.HTTPBadRequest(text="containers or chunkCharacters is out of range")
        lines = max(1, round(rate * duration))
        emission = Emission(app_id, lines, rate, str(body.get("text", "")), containers, characters)
        self._start(emit_lines(self._logs, emission))
        return web.json_response({"lines": lines})

    async def _generate_apps(self, request: web.Request) -> web.Response:
        body = await _json_body(request)
        count, functions = int(body.get("count", 1)), int(body.get("functionsPerApp", 1))
        if not 0 < count <= 10_000 or not 0 < functions <= 1000:
            raise web.HTTPBadRequest(text="count or functionsPerApp is out of range")
        environment = str(body.get("environment", "main"))
        if environment not in self._world.environments:
            raise web.HTTPNotFound(text=f"no environment '{environment}'")
        return web.json_response({"appIds": generate_apps(self._world, environment, count, functions)})

    async def _load_endpoint(self, request: web.Request) -> web.Response:
        try:
            endpoint = load_endpoint(self._world, await _json_body(request))
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.json_response({"endpointId": endpoint.endpoint_id})

    async def _approve_token_flow(self, request: web.Request) -> web.Response:
        find_flow(self._world, request).approved = True
        return web.json_response({"approved": True})

    @web.middleware
    async def _with_token(self, request: web.Request, handler: Any) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not secrets.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            raise web.HTTPUnauthorized(text="the token of the admin API is missing or wrong")
        return await handler(request)

    def _start(self, job: Any) -> None:
        task = asyncio.create_task(job)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)


async def _json_body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except json.JSONDecodeError:
        raise web.HTTPBadRequest(text="the body must be JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body must be a JSON object")
    return body


@web.middleware
async def _errors_as_json(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        return web.json_response({"error": error.text or error.reason}, status=error.status)
