"""
Serves the page: in the app under /ui, or on a laptop against a deployed URL.

    pip install gradio httpx
    APP_API_KEY=… python -m finance.ui https://WORKSPACE--finbert-analyst-web.modal.run
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import Any

import httpx
from appkit.auth import KeyChecker
from appkit.gate import Counters, Gate
from appkit.own_origin import OwnOrigin
from starlette.types import ASGIApp

PATH = "/ui"
LONGEST_S = 900.0
BODY_MB = 48
# Parts of gradio for who writes a page: endless streams without a login, and requests to other servers.
CLOSED = (
    f"{PATH}/gradio_api/dev/",
    f"{PATH}/gradio_api/proxy=",
    f"{PATH}/proxy=",
    f"{PATH}/gradio_api/vibe",
    f"{PATH}/gradio_api/heartbeat",
    f"{PATH}/openapi.json",
    f"{PATH}/docs",
    f"{PATH}/redoc",
)
# Also when somebody opens one in a window of its own.
FILES = (f"{PATH}/gradio_api/file", f"{PATH}/file", f"{PATH}/gradio_api/stream")
MOST_FILE_BYTES = 10 * 2**20  # that of the API, whose module needs what a laptop does not have
MESSAGE = "Any user name; the password is the app's API key."


def mount_page(api: ASGIApp, key: str, checker: KeyChecker | None, most_body_mb: int = BODY_MB) -> ASGIApp:
    """
    An ASGI app with the page under /ui, which calls the API in this process.

    Parameters:
        key: sent to the API with every call.
        checker: decides who may log in; None leaves that to Modal's proxy, or to nobody.
        most_body_mb: limit of each request to the page, in MiB, as that of the API.
    """
    client = _client("http://app", key, httpx.ASGITransport(api))
    # Any name will do, so that a key is all that one needs to know.
    login = (lambda _, password: checker.accepts(password)) if checker else None
    return _served(build(client), most_body_mb, login=login)


def build(client: httpx.AsyncClient) -> Any:
    """The page, which asks the API that a client reaches."""
    from .page import build_page

    return build_page(_asker(client))


def _served(
    page: Any,
    most_body_mb: int,
    *,
    login: Callable[[str, str], bool] | None = None,
    hosts: frozenset[str] = frozenset(),
) -> ASGIApp:
    import gradio
    from fastapi import FastAPI
    from fastapi.responses import RedirectResponse

    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @outer.get("/")
    async def root() -> RedirectResponse:
        return RedirectResponse(PATH)

    mounted = gradio.mount_gradio_app(
        outer,
        page,
        path=PATH,
        auth=login,
        auth_message=MESSAGE if login else None,
        show_error=False,  # errors of ours are shown in any case; the text of others is nobody's business
        max_file_size=MOST_FILE_BYTES,
        allowed_paths=[],
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
    )
    guarded = OwnOrigin(mounted, frozenset({"/", PATH, f"{PATH}/"}), hosts, CLOSED, FILES)
    # The key is asked for by the page's own login.
    return Gate(guarded, None, most_body_mb << 20, Counters(), quiet=True)


def _client(url: str, key: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    headers = {"X-API-Key": key} if key else {}
    return httpx.AsyncClient(
        base_url=url, headers=headers, transport=transport, timeout=LONGEST_S, follow_redirects=True
    )


def _asker(client: httpx.AsyncClient) -> Any:
    async def ask(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        try:
            answer = await client.post("/analyze_financials", json=body)
            return answer.status_code, answer.json()
        except (httpx.HTTPError, ValueError) as error:
            message = f"The app did not answer as it should ({type(error).__name__}). Is the URL right?"
            return 502, {"error": {"message": message}}

    return ask


def main() -> None:
    """Serves the page on this machine only."""
    import uvicorn

    parser = argparse.ArgumentParser(description="The page of the financial analyst, for a deployed app.")
    parser.add_argument("url", help="URL that the deploy printed")
    parser.add_argument("--port", type=int, default=7860)
    options = parser.parse_args()
    page = build(_client(options.url, os.environ.get("APP_API_KEY", "")))
    names = frozenset(f"{name}:{options.port}" for name in ("127.0.0.1", "localhost"))
    print(f"The page is at http://127.0.0.1:{options.port}{PATH}", flush=True)
    app = _served(page, BODY_MB, hosts=names)
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
