"""The pages behind "View Deployment" and ``modal app dashboard``: plain HTML, read only."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from aiohttp import web
from modal_proto import api_pb2

from .world import App, World


def dashboard_routes(world: World) -> list[web.RouteDef]:
    """Returns the routes of the pages."""

    async def environment(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in world.environments:
            raise web.HTTPNotFound(text=f"no environment '{name}'")
        apps = [each for each in world.apps.values() if each.environment == name]
        links = (f'<a href="{_address(world, app)}">{escape(_title(app))}</a> {_state(app)}' for app in apps)
        return _page(f"Environment {name}", [("Apps", links)])

    async def app(request: web.Request) -> web.Response:
        found = world.apps.get(request.match_info["app_id"])
        if found is None:
            raise web.HTTPNotFound(text="no such app")
        versions = (f"v{each.number} by {escape(each.deployed_by)}" for each in reversed(found.history))
        tasks = (escape(task.task_id) for task in world.active_tasks(found.app_id))
        sections = [("Functions", _functions(world, found)), ("Containers", tasks), ("Versions", versions)]
        return _page(f"{_title(found)} ({_state(found)})", sections)

    return [
        web.get("/environments/{name}", environment),
        web.get("/apps/{workspace}/{environment}/{app_id}", app),
    ]


def _functions(world: World, app: App) -> Iterable[str]:
    for tag, function_id in sorted(app.function_ids.items()):
        record = world.functions.get(function_id)
        urls = record.web_urls.values() if record else ()
        yield " ".join([escape(tag), *(f'<a href="{escape(url)}">{escape(url)}</a>' for url in urls)])


def _address(world: World, app: App) -> str:
    return escape(f"/apps/{world.workspace}/{app.environment}/{app.app_id}")


def _title(app: App) -> str:
    return app.name or app.description or app.app_id


def _state(app: App) -> str:
    return api_pb2.AppState.Name(app.state).removeprefix("APP_STATE_").lower()


def _page(title: str, sections: list[tuple[str, Iterable[str]]]) -> web.Response:
    parts = [f'<!doctype html><html lang="en"><title>{escape(title)}</title><h1>{escape(title)}</h1>']
    parts.append("<p>This is a local Modal. Nothing here runs in the cloud or costs money.</p>")
    for heading, rows in sections:
        items = "".join(f"<li>{row}</li>" for row in rows) or "<li>none</li>"
        parts.append(f"<h2>{heading}</h2><ul>{items}</ul>")
    return web.Response(text="".join(parts), content_type="text/html")
