"""The page for people, in the app and on a laptop, used as a browser does: log in, upload, ask."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from appkit.auth import KeyChecker
from appkit.logs import setup_logging
from finance.api import create_app
from finance.settings import FinbertSettings
from finance.ui import mount_page
from finance_backend import SAMPLES, LocalBackend
from gradio_client import Client, exceptions, handle_file
from loopback import free_port, until
from served import is_up, served
from support import KEY, ROOT, client_for

CHECKER = KeyChecker((KEY.encode(),))
STATEMENT = str(SAMPLES / "statement.xlsx")


@pytest.fixture
def page_url(backend: LocalBackend) -> Iterator[str]:
    """The app with its page, as the container serves it."""
    setup_logging("finbert-analyst")
    api = create_app(FinbertSettings(), backend, CHECKER)
    with served(mount_page(api, KEY, CHECKER)) as url:
        yield f"{url}/ui"


def test_upload_ask_and_read(page_url: str) -> None:
    client = Client(page_url, auth=("anybody", KEY), verbose=False)
    response, ratios, sentiment, log, figures, warnings = client.predict(
        [handle_file(STATEMENT)], "ratios and tone", api_name="/analyze"
    )
    assert "## Profitability" in response
    assert ratios["headers"] == ["Ratio", "FY2025", "FY2024", "FY2023", "FY2022", "Remarks"]
    assert ["Net margin", "9.55%", "8.15%", "6.28%", "4.99%", ""] in ratios["data"]
    [revenue] = [row for row in figures["data"] if row[:2] == ["Revenue", "FY2025"]]
    assert revenue[2:8] == [
        "184,600,000",
        "USD",
        "Revenue",
        "184600 x1,000",
        "FY2025",
        "statement.xlsx, Income statement, B4",
    ]
    assert warnings["headers"] == ["Warning", "About", "Periods", "Where"]
    assert {entry["label"] for entry in sentiment["confidences"]} == {"positive", "neutral", "negative"}
    assert "read statement.xlsx" in log
    with pytest.raises(exceptions.AppError, match="Choose one or more statements"):
        client.predict(None, "", api_name="/analyze")
    with pytest.raises(exceptions.AppError, match="neither UTF-8"):
        client.predict(
            [handle_file(str(ROOT / "documents" / "samples" / "page.png"))], "", api_name="/analyze"
        )


def test_the_key_is_the_password(page_url: str) -> None:
    with pytest.raises((exceptions.AuthenticationError, ValueError)):
        Client(page_url, auth=("anybody", "not-the-key-of-it"), verbose=False)
    answer = httpx.post(f"{page_url}/gradio_api/call/analyze", json={"data": [None, ""]})
    assert answer.status_code == 401
    assert KEY not in httpx.get(page_url, follow_redirects=True).text


def test_on_a_laptop_it_calls_the_deployed_url(backend: LocalBackend) -> None:
    port = free_port()
    paths = os.pathsep.join([str(ROOT), str(ROOT / "finbert")])
    environ = {**os.environ, "PYTHONPATH": paths, "APP_API_KEY": KEY}
    with served(create_app(FinbertSettings(), backend, CHECKER)) as api:
        command = [sys.executable, "-m", "finance.ui", api, "--port", str(port)]
        process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            until(lambda: is_up(url) or time.sleep(0.2) is not None, 90)
            client = Client(f"{url}/ui", verbose=False)
            response, *_ = client.predict([handle_file(STATEMENT)], "margins", api_name="/analyze")
            assert "Net margin" in response
        finally:
            process.terminate()
            process.wait(10)


async def test_the_api_leads_to_the_page(backend: LocalBackend) -> None:
    async def url() -> str:
        return "https://x--app-ui.modal.run"

    async with client_for(create_app(FinbertSettings(), backend, CHECKER, url), key="") as client:
        answer = await client.get("/ui")
    assert (answer.status_code, answer.headers["location"]) == (307, "https://x--app-ui.modal.run/ui")
    async with client_for(create_app(FinbertSettings(), backend, CHECKER), key="") as client:
        assert (await client.get("/ui")).status_code == 404
