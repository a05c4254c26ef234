"""What people see in a browser: the page of a login, and those behind "View Deployment" and ``modal app dashboard``."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from html import escape

from aiohttp import web
from modal_proto import api_pb2

from .callers import own_pages_only
from .world import App, TokenFlow, World


class Pages:
    """The pages and who may see them.

    Whoever asks for a login is told the address of its page, so that page needs the code that only the person who
    started the simulator has. The other pages show what is deployed; their address is known to clients with a token.

    Parameters:
        world: what the pages show.
        code: approves a login.
    """

    def __init__(self, world: World, code: str) -> None:
        self._world = world
        self._code = code
        self._folder = secrets.token_urlsafe(16)
        self.base_url = ""  # set once the HTTP server listens

    @property
    def dashboard_url(self) -> str:
        """Where the pages of environments and apps are; known to clients with a token only."""
        return f"{self.base_url}/{self._folder}"

    def login_url(self, flow_id: str) -> str:
        """Returns the address of a login's page."""
        return f"{self.base_url}/token-flow/{flow_id}"

    def application(self) -> web.Application:
        """Returns the aiohttp application."""
        application = web.Application(middlewares=[own_pages_only])
        application.add_routes(
            [
                web.get("/token-flow/{flow_id}", self._login),
                web.post("/token-flow/{flow_id}/approve", self._approve),
                web.get(f"/{self._folder}/environments/{{name}}", self._environment),
                web.get(f"/{self._folder}/apps/{{workspace}}/{{environment}}/{{app_id}}", self._app),
            ]
        )
        return application

    async def _login(self, request: web.Request) -> web.Response:
        return self._login_page(find_flow(self._world, request))

    async def _approve(self, request: web.Request) -> web.Response:
        flow = find_flow(self._world, request)
        given = str((await request.post()).get("code", ""))
        if not secrets.compare_digest(given.strip().encode(), self._code.encode()):
            return self._login_page(flow, "This is not the code that was printed at the start.", 403)
        flow.approved = True
        return _page("Local Modal", "<p>The login is approved. You can close this page.</p>")

    def _login_page(self, flow: TokenFlow, refusal: str = "", status: int = 200) -> web.Response:
        body = (
            f"<p>{refusal}</p>"
            f'<form method="post" action="/token-flow/{escape(flow.flow_id)}/approve">'
            '<label>Code that the local Modal printed at its start: <input name="code" type="password"></label> '
            "<button>Approve this login</button></form>"
        )
        return _page("Local Modal", body, status)

    async def _environment(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._world.environments:
            raise web.HTTPNotFound(text=f"no environment '{name}'")
        apps = [each for each in self._world.apps.values() if each.environment == name]
        links = (f'<a href="{self._address(app)}">{escape(_title(app))}</a> {_state(app)}' for app in apps)
        return _page(f"Environment {name}", _sections([("Apps", links)]))

    async def _app(self, request: web.Request) -> web.Response:
        found = self._world.apps.get(request.match_info["app_id"])
        if found is None:
            raise web.HTTPNotFound(text="no such app")
        versions = (f"v{each.number} by {escape(each.deployed_by)}" for each in reversed(found.history))
        tasks = (escape(task.task_id) for task in self._world.active_tasks(found.app_id))
        sections = [("Functions", self._functions(found)), ("Containers", tasks), ("Versions", versions)]
        return _page(f"{_title(found)} ({_state(found)})", _sections(sections))

    def _functions(self, app: App) -> Iterable[str]:
        for tag, function_id in sorted(app.function_ids.items()):
            record = self._world.functions.get(function_id)
            urls = record.web_urls.values() if record else ()
            yield " ".join([escape(tag), *(f'<a href="{escape(url)}">{escape(url)}</a>' for url in urls)])

    def _address(self, app: App) -> str:
        return escape(f"/{self._folder}/apps/{self._world.workspace}/{app.environment}/{app.app_id}")


def find_flow(world: World, request: web.Request) -> TokenFlow:
    """Returns the login that the path names. Raises HTTPNotFound if there is none."""
    flow = world.token_flows.get(request.match_info["flow_id"])
    if flow is None:
        raise web.HTTPNotFound(text="no such login")
    return flow


def _title(app: App) -> str:
    return app.name or app.description or app.app_id


def _state(app: App) -> str:
    return api_pb2.AppState.Name(app.state).removeprefix("APP_STATE_").lower()


def _sections(sections: list[tuple[str, Iterable[str]]]) -> str:
    parts: list[str] = []
    for heading, rows in sections:
        items = "".join(f"<li>{row}</li>" for row in rows) or "<li>none</li>"
        parts.append(f"<h2>{heading}</h2><ul>{items}</ul>")
    return "".join(parts)


def _page(title: str, body: str, status: int = 200) -> web.Response:
    head = f'<!doctype html><html lang="en"><title>{escape(title)}</title><h1>{escape(title)}</h1>'
    note = "<p>This is a local Modal. Nothing here runs in the cloud or costs money.</p>"
    return web.Response(
        text=head + note + body,
        content_type="text/html",
        status=status,
        headers={"X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"},
    )
