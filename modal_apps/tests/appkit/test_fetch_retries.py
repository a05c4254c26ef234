"""Downloads that are tried again, and those that are not."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from appkit.fetchguard import FetchError, fetch
from test_appkit_fetchguard import PNG, rules_for

SOON = (0.01, 0.01)


@contextmanager
def failing(*answers: int | str) -> Iterator[tuple[int, list[str]]]:
    """A server that gives these answers in turn, then the file: a status, `cut`, or a place that it leads to."""
    asked: list[str] = []
    left = list(answers)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            answer = left.pop(0) if left else 200
            if isinstance(answer, str) and answer != "cut":
                self.send_response(302)
                self.send_header("Location", answer)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200 if answer == "cut" else int(answer))
            self.send_header("Content-Length", str(len(PNG)))
            self.end_headers()
            self.wfile.write(PNG[:2000] if answer == "cut" else PNG)

        def log_message(self, *_: object) -> None:
            """No lines."""

    server = http.server.ThreadingHTTPServer(("127.0.0.2", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.server_address[1], asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("first", [408, 429, 500, 502, 503, 504, "cut"])
async def test_what_may_pass_is_tried_again(first: Any) -> None:
    with failing(first, 503) as (port, asked):
        got = await fetch(f"http://www:{port}/a", rules_for(port, waits_s=SOON))
    assert (got.data, len(asked)) == (PNG, 3)


async def test_three_tries_are_all() -> None:
    with failing(503, 503, 503, 503) as (port, asked), pytest.raises(FetchError) as caught:
        await fetch(f"http://www:{port}/a", rules_for(port, waits_s=SOON))
    assert (caught.value.code, len(asked)) == ("fetch_failed", 3)
    assert str(caught.value) == "The URL answered with status 503, in 3 tries."


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
async def test_what_will_stay_so_is_asked_for_once(status: int) -> None:
    with failing(status) as (port, asked), pytest.raises(FetchError) as caught:
        await fetch(f"http://www:{port}/a", rules_for(port, waits_s=SOON))
    assert (str(caught.value), len(asked)) == (f"The URL answered with status {status}.", 1)


async def test_each_try_is_checked_anew() -> None:
    """A name that points inside at the second look is refused, and nothing there is asked."""
    looks: list[str] = []

    async def look_up(host: str, port: int) -> list[str]:
        looks.append(host)
        return ["127.0.0.2"] if len(looks) == 1 else ["127.0.0.1"]

    with failing(503) as (port, asked), pytest.raises(FetchError) as caught:
        await fetch(f"http://www:{port}/a", rules_for(port, waits_s=SOON, resolve=look_up))
    assert (caught.value.code, looks, asked) == ("blocked_url", ["www", "www"], ["/a"])


async def test_a_try_begins_with_the_first_url() -> None:
    with failing("/b", 503) as (port, asked):
        rules = rules_for(port, waits_s=SOON)
        got = await fetch(f"http://www:{port}/a", rules)
    assert (got.data, asked) == (PNG, ["/a", "/b", "/a"])


async def test_the_time_is_for_all_tries_together() -> None:
    with failing(503, 503, 503) as (port, asked), pytest.raises(FetchError) as caught:
        await fetch(f"http://www:{port}/a", rules_for(port, waits_s=(3600.0, 3600.0), timeout_s=0.5))
    assert (caught.value.code, len(asked)) == ("fetch_timeout", 1)


async def test_a_caller_who_leaves_ends_the_waiting() -> None:
    with failing(503, 503) as (port, asked):
        task = asyncio.create_task(
            fetch(f"http://www:{port}/a", rules_for(port, waits_s=(3600.0, 3600.0), timeout_s=7200))
        )
        while not asked:  # noqa: ASYNC110 - the server is a thread
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(asked) == 1
