"""
Serves the page: in the app under /ui, or on a laptop against a deployed URL.

    pip install gradio httpx
    APP_API_KEY=… python -m finance.ui https://WORKSPACE--finbert-analyst-web.modal.run
"""

from __future__ import annotations

import argparse
import os
from typing import Any

import httpx
from appkit.auth import KeyChecker
from starlette.types import ASGIApp

PATH = "/ui"
LONGEST_S = 900.0
MESSAGE = "Any user name; the password is the app's API key."


def mount_page(api: ASGIApp, key: str, checker: KeyChecker | None) -> ASGIApp:
    """
    An ASGI app with the page under /ui, which calls the API in this process.

    Parameters:
        key: sent to the API with every call.
        checker: decides who may log in; None leaves that to Modal's proxy, or to nobody.
    """
    import gradio
    from fastapi import FastAPI
    from fastapi.responses import RedirectResponse

    from .page import build_page

    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @outer.get("/")
    async def root() -> RedirectResponse:
        return RedirectResponse(PATH)

    client = _client("http://app", key, httpx.ASGITransport(api))
    page = build_page(_asker(client))
    # Any name will do, so that a key is all that one needs to know.
    login = (lambda _, password: checker.accepts(password)) if checker else None
    return gradio.mount_gradio_app(
        outer, page, path=PATH, auth=login, auth_message=MESSAGE if checker else None, show_error=True
    )


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
    from .page import build_page

    parser = argparse.ArgumentParser(description="The page of the financial analyst, for a deployed app.")
    parser.add_argument("url", help="URL that the deploy printed")
    parser.add_argument("--port", type=int, default=7860)
    options = parser.parse_args()
    page = build_page(_asker(_client(options.url, os.environ.get("APP_API_KEY", ""))))
    page.launch(server_name="127.0.0.1", server_port=options.port, show_error=True, share=False)


if __name__ == "__main__":
    main()
