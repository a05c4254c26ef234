"""The guard's reading of a URL beside those of a browser's parser (Node's), of curl and of the system's resolver."""

from __future__ import annotations

import asyncio
import http.server
import ipaddress
import json
import os
import re
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from appkit.fetchguard import FetchError, FetchRules, check_url, fetch, post
from appkit.networks import Address, is_public
from test_networks import BLOCKS, CLOUDS, HOSTS, TRANSLATED, URLS

NODE = Path(__file__).resolve().parents[3] / "node_modules" / ".bin" / "node"
# What a guard may well pass: what looks like an inner address stands where no host is.
TRICKY = [
    "https://8.8.8.8/",
    "https://8.8.8.8:443/",
    "https://8.8.8.8:/",
    "https://8.8.8.8?u=http://127.0.0.1/",
    "https://8.8.8.8#@127.0.0.1/",
    "https://8.8.8.8/@127.0.0.1",
    "https://8.8.8.8/..//127.0.0.1/",
    "https://8.8.8.8/?@127.0.0.1",
    "https://8.8.8.8/%2f%2f127.0.0.1",
    "HTTPS://8.8.8.8/",
    "https://EXAMPLE.com/",
    "https://example.com./",
    "https://b\u00fccher.example/",
    "https://xn--bcher-kva.example/",
    "https://fa\u00df.example/",
    "https://example\u3002com/",
    "https://127.0.0.1.example.com/",
    "https://0x7f000001.example/",
    "https://localhost.example/",
    "https://[2606:4700::1111]/",
    "https://[2606:4700:0:0::1111]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[64:ff9b::808:808]/",
    "https://a_b.example/",
    "https://-a.example/",
]


async def nowhere(host: str, _port: int) -> list[str]:
    """An address for every name, and its own for what is one."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return ["93.184.216.34"]


def literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


@pytest.fixture(scope="module")
def browser() -> dict[str, str | None]:
    """Scheme and host as the WHATWG's algorithm has them; None for what it refuses."""
    script = (
        "const urls = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(urls.map((url) => {"
        "const read = URL.parse(url); return read && read.protocol + '//' + read.hostname; })))"
    )
    urls = [*URLS, *TRICKY]
    done = subprocess.run(
        [NODE, "-e", script], input=json.dumps(urls), capture_output=True, text=True, check=True
    )
    return dict(zip(urls, json.loads(done.stdout), strict=True))


async def reading(url: str) -> tuple[str, str]:
    """What the guard makes of a URL: the code of a refusal, or `ok` with the host."""
    try:
        target = await check_url(url, FetchRules(resolve=nowhere))
    except FetchError as error:
        return error.code, ""
    return "ok", target.host


@pytest.mark.parametrize("url", [*URLS, *TRICKY], ids=ascii)
async def test_no_host_is_another_than_a_browser_reads(url: str, browser: dict[str, str | None]) -> None:
    code, host = await reading(url)
    read = browser[url]
    if code == "ok":
        assert read is not None
        assert read.startswith("https://")
        theirs, ours = read.removeprefix("https://"), literal(host)
        assert (literal(theirs) or theirs) == (ours or host.lower())
        assert ours is None or is_public(ours)
    address = literal(read.partition("//")[2]) if read else None
    if address and not address.is_global and read.startswith("https://"):
        assert code == "blocked_url", f"a browser goes to {address}"


@pytest.mark.parametrize("url", TRICKY, ids=ascii)
async def test_what_only_looks_inner_passes(url: str) -> None:
    assert (await reading(url))[0] == "ok"


class Tunnels(socketserver.BaseRequestHandler):
    """A proxy that notes where its client wants to go, and goes nowhere."""

    def handle(self) -> None:
        head = self.request.recv(65_536).decode("latin-1")
        self.server.asked.append(head.split("\r\n")[0])  # type: ignore[attr-defined]


@contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnels) as server:
        server.asked = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", server.asked  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def test_curl_goes_to_no_inner_host_that_the_guard_passes() -> None:
    """curl tells a proxy which host it reads, so that nothing needs to be reached."""
    gone = 0
    with proxy() as (address, asked):
        for url in [*URLS, *TRICKY]:
            if "\x00" in url or "\ud800" in url:
                continue  # no argument of a program can have these
            asked.clear()
            subprocess.run(
                ["curl", "-qgs", "-o", os.devnull, "-m", "5", "--noproxy", "", "-x", address, "--url", url],
                check=False,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            )
            match = re.match(r"CONNECT (\S+):443 ", asked[0]) if asked else None
            code, host = asyncio.run(reading(url))
            if not match:
                continue
            gone += 1
            theirs = match[1]
            inner = literal(theirs)
            if inner and not inner.is_global:
                assert code == "blocked_url", (url, theirs)
            elif code == "ok":
                # Either reads other forms of a name; both must lead to the same.
                assert (inner or theirs.lower().rstrip(".")) == (literal(host) or host.rstrip(".")), url
    assert gone >= 60


@pytest.mark.parametrize("host", HOSTS, ids=ascii)
async def test_what_the_system_reads_as_an_inner_address_is_refused(host: str) -> None:
    """The C library reads `127.1` and `0x7f.1` too; asked for numbers only, it asks nobody."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), 443, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError, ValueError):
        return
    addresses = [ipaddress.ip_address(str(entry[4][0])) for entry in found]
    assert addresses
    assert not any(is_public(address) for address in addresses)
    assert (await reading(f"https://{host}/"))[0] == "blocked_url"


ANSWERS = [
    *([address] for address in CLOUDS),
    *([str(ipaddress.ip_network(block)[-1])] for block in sorted(BLOCKS.keys() - TRANSLATED)),
    ["8.8.8.8", "127.0.0.1"],
    ["127.0.0.1", "8.8.8.8"],
    ["2606:4700::1111", "::1"],
    ["8.8.8.8", "::ffff:10.0.0.1"],
    ["8.8.8.8", "64:ff9b::a9fe:a9fe"],
    ["8.8.8.8", "fe80::1%eth0"],
]


@pytest.mark.parametrize("answers", ANSWERS, ids=" ".join)
async def test_a_name_that_leads_inside_is_refused(answers: list[str]) -> None:
    async def look_up(_host: str, _port: int) -> list[str]:
        return answers

    with pytest.raises(FetchError) as caught:
        await check_url("https://open.example/", FetchRules(resolve=look_up))
    assert caught.value.code == "blocked_url"


async def inside(host: str) -> list[str]:
    """What a name server of an inner network may answer to any name."""
    return [host] if literal(host) else ["127.0.0.1"]


async def sent(url: str, rules: FetchRules) -> None:
    with suppress(FetchError):
        assert await post(url, b"", {}, rules) == 302


class Redirecting(http.server.BaseHTTPRequestHandler):
    """Leads to what the server is told."""

    def do_GET(self) -> None:
        self.server.count += 1  # type: ignore[attr-defined]
        self.wfile.write(b"HTTP/1.0 302 Found\r\nLocation: " + self.server.location + b"\r\n\r\n")  # type: ignore[attr-defined]

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """No lines."""


async def test_no_redirect_leads_inside() -> None:
    """Every URL that can stand in a header, as the place where an open server leads to."""
    # An empty user is gone once the URL is joined to the one before, and an open address is left.
    harmless = {"https://@8.8.8.8/"}
    urls = [
        url
        for url in URLS
        if url not in harmless and url.startswith(("http", "//", "file", "ftp")) and url.isprintable()
    ]
    assert len(urls) >= 73
    with http.server.ThreadingHTTPServer(("127.0.0.2", 0), Redirecting) as server:
        port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()

        async def look_up(host: str, _port: int) -> list[str]:
            return ["127.0.0.2"] if host == "open.example" else await inside(host)

        rules = FetchRules(
            allow_http=True,
            waits_s=(),
            ports={"http": port, "https": 443},
            allowed=lambda address: str(address) == "127.0.0.2" or is_public(address),
            resolve=look_up,
        )
        for url in urls:
            server.location, server.count = url.encode(), 0  # type: ignore[attr-defined]
            # A hook is told no more than the status; it must not be the end of its sender either.
            await sent(f"http://open.example:{port}/", rules)
            server.count = 0  # type: ignore[attr-defined]
            with pytest.raises(FetchError) as caught:
                await fetch(f"http://open.example:{port}/", rules)
            assert caught.value.code in ("blocked_url", "fetch_failed"), url
            assert server.count == 1, url  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()
