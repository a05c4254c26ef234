"""URLs that strangers give: which are refused, and that nothing is reached that was not checked."""

from __future__ import annotations

import asyncio
import datetime
import http.server
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from appkit.fetchguard import FetchError, FetchRules, check_url, fetch, is_public, post, resolve
from appkit.file_kinds import kind_of

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 5000

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.255.255",
    "169.253.255.255",
    "126.255.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.254",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.0",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "febf::1",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.1.2.3",
    "::ffff:169.254.169.254",
    "::ffff:100.64.1.1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:c0a8:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "4000::1",
    "::ffff:0:127.0.0.1",
]


def test_the_list_has_sixty_addresses() -> None:
    assert len({*PUBLIC, *NOT_PUBLIC}) >= 60


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


def names(**known: list[str]) -> Callable[[str, int], Any]:
    """A resolver; `www_a` is the name `www.a`."""

    async def look_up(host: str, port: int) -> list[str]:
        return known[host.replace(".", "_")]

    return look_up


@pytest.mark.parametrize(
    "url",
    [
        "http://good/",
        "ftp://good/a",
        "file:///etc/passwd",
        "gopher://good/",
        "//good/a",
        "good",
        "",
        "https://",
        "https:///a",
        "https://user@good/",
        "https://user:word@good/",
        "https://:word@good/",
        "https://good:8443/",
        "https://good:80/",
        "https://good:22/",
        "https://bad/",
        "https://mixed/",
        "https://six/",
        "https://mapped/",
        "https://good\x00/",
        "https://[::1]/",
        "https://[fe80::1%25eth0]/",
        "javascript:alert(1)",
        "https://good:x/",
    ],
)
async def test_refused_urls(url: str) -> None:
    known = names(
        good=["93.184.216.34"], bad=["10.0.0.1"], mixed=["93.184.216.34", "127.0.0.1"], six=["fd00::1"],
        mapped=["::ffff:7f00:1"],
    )  # fmt: skip

    async def look_up(host: str, port: int) -> list[str]:
        return [host] if ":" in host else await known(host, port)

    with pytest.raises(FetchError) as caught:
        await check_url(url, FetchRules(resolve=look_up))
    assert (caught.value.status, caught.value.code) == (400, "blocked_url")
    assert caught.value.answer("url").param == "url"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://0/",
        "https://[::]/",
        "https://127.0.0.1./",
    ],
)
async def test_loopback_in_any_spelling(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        await check_url(url, FetchRules())
    assert caught.value.code in ("blocked_url", "fetch_failed")


async def test_what_may_be_fetched() -> None:
    rules = FetchRules(resolve=names(good=["93.184.216.34"], six=["2606:4700::1"]))
    target = await check_url("https://good/a?b=c#d", rules)
    assert (target.host, str(target.request_url)) == ("good", "https://93.184.216.34/a?b=c")
    six = await check_url("https://six/", rules)
    assert str(six.request_url) == "https://[2606:4700::1]/"
    plain = FetchRules(allow_http=True, resolve=names(good=["93.184.216.34"]))
    assert (await check_url("http://good:80/", plain)).address == "93.184.216.34"


async def test_a_name_that_is_none() -> None:
    with pytest.raises(FetchError) as caught:
        await fetch("https://no-such-name.invalid/", FetchRules())
    assert (caught.value.status, caught.value.code) == (422, "fetch_failed")


async def test_the_resolver_gives_addresses_without_zones() -> None:
    assert "127.0.0.1" in await resolve("127.0.0.1", 443)


class Site(http.server.BaseHTTPRequestHandler):
    """A small web site; `log` has what was asked of which address."""

    log: list[tuple[str, str, str]]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.log.append((self.server.server_address[0], self.path, self.headers["Host"]))
        path = self.path.partition("?")[0]
        getattr(self, path.strip("/").replace("-", "_") or "png")()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.log.append((self.path, self.headers["X-Signature"], body.decode()))
        self.send({"/ok": 204, "/redirect": 307}.get(self.path, 500), b"", Location="/ok")

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def png(self) -> None:
        self.send(200, PNG, Content_Type="text/plain")

    def redirect(self) -> None:
        self.send(302, b"", Location=self.path.partition("?")[2])

    def missing(self) -> None:
        self.send(404, b"no")

    def packed(self) -> None:
        self.send(200, PNG, Content_Encoding="gzip")

    def page(self) -> None:
        self.send(200, b"<html>" * 1000, Content_Type="image/png")

    def long(self) -> None:
        self.send(200, b"\x89PNG\r\n\x1a\n" + b"x" * 3_000_000)

    def endless(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.give_up_quietly(
            lambda: self.wfile.write(b"10000\r\n" + b"\x89PNG\r\n\x1a\n".ljust(65_536, b"x") + b"\r\n")
        )

    def slow(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()

        def drip() -> None:
            self.wfile.write(b"\x89PNG\r\n\x1a\nx")
            self.wfile.flush()
            threading.Event().wait(0.1)

        self.give_up_quietly(drip)

    def give_up_quietly(self, step: Callable[[], object]) -> None:
        self.close_connection = True
        try:
            for _ in range(1000):
                step()
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """No lines."""


@contextmanager
def site(address: str, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[Any]]]:
    """Serves on an address of loopback; gives the port and the log."""
    handler = type("Handler", (Site,), {"log": []})
    server = http.server.ThreadingHTTPServer((address, port), handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1], handler.log  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def rules_for(port: int, **more: Any) -> FetchRules:
    """Here 127.0.0.2 and 127.0.0.3 stand for the open internet, and the rest of loopback for what is inside."""
    outside = {ipaddress.ip_address("127.0.0.2"), ipaddress.ip_address("127.0.0.3")}
    known = names(www=["127.0.0.2"], other=["127.0.0.3"], inside=["127.0.0.1"])
    settings = {"ports": {"http": port, "https": port}, "allow_http": True, "resolve": known}
    return FetchRules(allowed=lambda address: address in outside, **{**settings, **more})


async def test_a_file_is_fetched_by_its_name_from_the_checked_address() -> None:
    with site("127.0.0.2") as (port, log):
        got = await fetch(f"http://www:{port}/png", rules_for(port, kinds=frozenset({"png"})))
    assert (got.data, got.kind) == (PNG, "png")
    assert log == [("127.0.0.2", "/png", f"www:{port}")]


async def test_a_name_that_changes_its_address_is_looked_up_once() -> None:
    asked = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.2"] if len(asked) == 1 else ["127.0.0.1"]

    with site("127.0.0.2") as (port, outside), site("127.0.0.1", port) as (_, inside):
        await fetch(f"http://localhost:{port}/png", rules_for(port, resolve=rebinding))
        assert (asked, len(outside), inside) == (["localhost"], 1, [])
        with pytest.raises(FetchError) as caught:
            await fetch(f"http://localhost:{port}/png", rules_for(port, resolve=rebinding))
    assert (caught.value.code, inside) == ("blocked_url", [])


@pytest.mark.parametrize(
    "location",
    [
        "http://inside:{port}/png",
        "http://127.0.0.1:{port}/png",
        "//inside:{port}/png",
        "http://www:1/png",
        "file:///etc/passwd",
        "http://user@www:{port}/png",
        "gopher://www:{port}/",
    ],
)
async def test_a_redirect_to_what_is_inside(location: str) -> None:
    async def look_up(host: str, port: int) -> list[str]:
        return {"www": ["127.0.0.2"], "inside": ["127.0.0.1"]}.get(host, [host])

    with site("127.0.0.2") as (port, _), site("127.0.0.1", port) as (_, inside):
        url = f"http://www:{port}/redirect?{location.format(port=port)}"
        with pytest.raises(FetchError) as caught:
            await fetch(url, rules_for(port, resolve=look_up))
    assert (caught.value.code, inside) == ("blocked_url", [])


async def test_three_redirects_and_not_four() -> None:
    with site("127.0.0.2") as (port, log), site("127.0.0.3", port) as (_, other):
        three = f"/redirect?/redirect?http://other:{port}/redirect?/png"
        assert (await fetch(f"http://www:{port}{three}", rules_for(port))).data == PNG
        assert (len(log), len(other)) == (2, 2)
        with pytest.raises(FetchError, match="more than 3 times"):
            await fetch(f"http://www:{port}/redirect?{three}", rules_for(port))


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/missing", 422, "fetch_failed"),
        ("/packed", 422, "fetch_failed"),
        ("/page", 422, "unsupported_type"),
        ("/long", 413, "file_too_large"),
        ("/endless", 413, "file_too_large"),
    ],
)
async def test_what_is_not_taken(path: str, status: int, code: str) -> None:
    with site("127.0.0.2") as (port, _):
        rules = rules_for(port, kinds=frozenset({"png"}), max_bytes=2_000_000)
        with pytest.raises(FetchError) as caught:
            await fetch(f"http://www:{port}{path}", rules)
    assert (caught.value.status, caught.value.code) == (status, code)


async def test_the_time_is_for_the_whole_and_not_for_each_byte() -> None:
    with site("127.0.0.2") as (port, _), pytest.raises(FetchError) as caught:
        await fetch(f"http://www:{port}/slow", rules_for(port, timeout_s=0.5))
    # Who waits for the end of the file finds it cut off, which is another failure.
    assert caught.value.code == "fetch_timeout"


async def test_nobody_there() -> None:
    with pytest.raises(FetchError) as caught:
        await fetch("http://www:9/", rules_for(9))
    assert caught.value.code == "fetch_failed"


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with site("127.0.0.2") as (port, log), site("127.0.0.1") as (proxy, asked):
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
        await fetch(f"http://www:{port}/png", rules_for(port))
    assert (len(log), asked) == (1, [])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of the name www.test that signs itself, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "www.test")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(1)).not_valid_after(
        now + datetime.timedelta(1)
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("www.test")]), critical=False)
    made = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("tls") / "www.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


async def test_tls_is_for_the_name_and_not_for_the_address(certificate: Path) -> None:
    asked: list[str | None] = []
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    serving.sni_callback = lambda _socket, name, _context: asked.append(name)
    trusting = ssl.create_default_context(cafile=str(certificate))
    known = names(www_test=["127.0.0.2"], wrong_test=["127.0.0.2"])
    with site("127.0.0.2", tls=serving) as (port, log):
        rules = rules_for(port, allow_http=False, resolve=known, tls=trusting)
        assert (await fetch(f"https://www.test:{port}/png", rules)).data == PNG
        assert (asked, len(log)) == (["www.test"], 1)
        with pytest.raises(FetchError) as caught:
            await fetch(f"https://www.test:{port}/redirect?http://www.test:{port}/png", rules)
        assert caught.value.code == "blocked_url", "from https to http"
        with pytest.raises(FetchError):
            await fetch(f"https://wrong.test:{port}/png", rules)
        with pytest.raises(FetchError):
            await fetch(
                f"https://www.test:{port}/png", rules_for(port, resolve=known)
            )  # the usual certificates
        assert len(log) == 2


async def test_a_post_follows_nothing() -> None:
    with site("127.0.0.2") as (port, log):
        headers = {"X-Signature": "s"}
        assert await post(f"http://www:{port}/ok", b"body", headers, rules_for(port)) == 204
        assert await post(f"http://www:{port}/redirect", b"body", headers, rules_for(port)) == 307
        with pytest.raises(FetchError):
            await post(f"http://inside:{port}/ok", b"body", headers, rules_for(port))
    assert log == [("/ok", "s", "body"), ("/redirect", "s", "body")]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"RIFF1234WEBPVP8 ", "webp"),
        (b"RIFF1234WAVE", None),
        (b"II*\x00", "tiff"),
        (b"MM\x00*", "tiff"),
        (b"BM1234", "bmp"),
        (b"GIF89a", "gif"),
        (b"%PDF-1.7", "pdf"),
        (b"\r\n  %PDF-1.7", "pdf"),
        (b"x" * 1100 + b"%PDF-1.7", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_kinds(data: bytes, kind: str | None) -> None:
    assert kind_of(data) == kind


async def test_names_that_take_for_ever_hold_up_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name can be made to take so long here, so the system's function is replaced."""
    end = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: end.wait(120) and [])
    rules = FetchRules(timeout_s=0.5)
    sent = [asyncio.create_task(check_url(f"https://{number}.example", rules)) for number in range(60)]
    try:
        done = await asyncio.gather(*sent, return_exceptions=True)
        assert {one.code for one in done if isinstance(one, FetchError)} == {"fetch_timeout"}
        assert len(done) == sum(isinstance(one, FetchError) for one in done)
        async with asyncio.timeout(60):
            assert await asyncio.to_thread(lambda: "at work") == "at work"
    finally:
        end.set()
