"""
Fetches what a stranger's URL names, and nothing that the stranger could not reach without this app.

Every name is resolved once; if any of its addresses is not public the URL is refused, and the connection goes to
an address that was checked. Redirects are followed by hand and each is checked anew.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from .errors import ApiError
from .file_kinds import kind_of
from .networks import Address, is_public

log = logging.getLogger(__name__)
Resolve = Callable[[str, int], Awaitable[list[str]]]

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# The client reads where a redirect leads to also when it does not follow it.
FAILED = (httpx.HTTPError, httpx.InvalidURL, UnicodeError)
HEAD = 1024
LONGEST_URL = 8192
# Of its own: a name whose servers are silent holds a thread for a minute, and all else would wait for it.
# Responses of a server that another try may not get.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
WAITS_S = (1.0, 3.0)  # before the second and the third try
RESOLVERS = ThreadPoolExecutor(8, "resolve")


class FetchError(Exception):
    """
    The URL was not fetched.

    Parameters:
        status, code: of the error response that it becomes.
        passing: whether another try may do better.
    """

    def __init__(self, status: int, code: str, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.passing = passing

    def answer(self, param: str | None = None) -> ApiError:
        """The same as a response to the caller."""
        return ApiError(self.status, self.code, str(self), param=param)


def blocked(why: str) -> FetchError:
    """The refusal of a URL that points where it must not."""
    return FetchError(400, "blocked_url", f"This URL is not fetched: {why}.")


async def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name, of both versions; one of a zone keeps it, and is refused for it."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(RESOLVERS, socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class FetchRules:
    """
    Parameters:
        allow_http: whether `http` is allowed beside `https`.
        kinds: types of files, by their first bytes, that are taken; empty takes all.
        timeout_s: for the whole fetch with its redirects, tries and the time between them.
        waits_s: before the second try and each further one; as many as these, and none for `post`.
        ports: by scheme.
        allowed: which addresses may be reached.
        resolve: the addresses of a name; called once for each URL of a chain of redirects.
        tls: None for the usual certificates.
    """

    allow_http: bool = False
    kinds: frozenset[str] = frozenset()
    max_bytes: int = 32 * 2**20
    max_redirects: int = 3
    timeout_s: float = 30.0
    waits_s: tuple[float, ...] = WAITS_S
    ports: Mapping[str, int] = field(default_factory=lambda: {"https": 443, "http": 80})
    allowed: Callable[[Address], bool] = is_public
    resolve: Resolve = resolve
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True)
class Target:
    """A URL that may be fetched, and the address that was checked for it."""

    url: httpx.URL
    address: str

    @property
    def request_url(self) -> httpx.URL:
        """The URL with the address in place of the name, so that nobody looks the name up again."""
        return self.url.copy_with(host=self.address, fragment=None)

    @property
    def host(self) -> str:
        """The name, in ASCII."""
        return self.url.raw_host.decode("ascii")


@dataclass(frozen=True)
class Fetched:
    """What came; `kind` is None when the first bytes are of no known type. `url` is the last one."""

    data: bytes
    kind: str | None
    url: str


async def check_url(text: str, rules: FetchRules) -> Target:
    """
    Raises:
        FetchError: 400 `blocked_url`; 422 `fetch_failed` for a name without an address, and `fetch_timeout` for one
            that takes too long.
    """
    if len(text) > LONGEST_URL or not text.isprintable() or " " in text or "\\" in text:
        raise blocked("it is too long or has characters that no URL has")
    try:
        url = httpx.URL(text)
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise blocked("it cannot be read") from error
    schemes = ("https", "http") if rules.allow_http else ("https",)
    if url.scheme not in schemes:
        raise blocked(f"only {' and '.join(schemes)} are allowed")
    if "@" in url.netloc.decode("ascii") or url.userinfo or "@" in _authority(text):
        raise blocked("it carries a user name or password")
    if not host:
        raise blocked("it names no host")
    if ":" not in host and not re.fullmatch(r"[A-Za-z0-9._-]+", host):
        raise blocked("its host has characters that no name has")
    if _is_number(host):
        raise blocked("its host is a number in a form that is no address")
    port = {"https": 443, "http": 80}[url.scheme] if url.port is None else url.port
    if port != rules.ports[url.scheme]:
        raise blocked(f"port {port} is not allowed")
    try:
        async with asyncio.timeout(rules.timeout_s):
            addresses = await rules.resolve(host, port)
    except TimeoutError as error:
        message = f"The URL's host has no address after {rules.timeout_s:g} s."
        raise FetchError(422, "fetch_timeout", message) from error
    except (OSError, UnicodeError) as error:
        later = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
        raise FetchError(422, "fetch_failed", "The URL's host has no address.", passing=later) from error
    if not addresses:
        raise FetchError(422, "fetch_failed", "The URL's host has no address.")
    if not all(rules.allowed(ipaddress.ip_address(address)) for address in addresses):
        raise blocked("its host is not on the open internet")
    return Target(url, addresses[0])


def _authority(text: str) -> str:
    return re.split(r"[/?#]", text.partition("//")[2], maxsplit=1)[0]


def _is_number(host: str) -> bool:
    """Resolvers read `2130706433`, `0x7f.1` and `0177.0.0.1` as addresses; only four plain numbers are one."""
    last = host.rstrip(".").rpartition(".")[2]
    if ":" in host or not re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", last):
        return False
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return True
    return False


async def fetch(url: str, rules: FetchRules) -> Fetched:
    """
    Fetches a file. What may pass, as a broken connection or a busy server, is tried again, from the first URL and
    with every check again.

    Raises:
        FetchError: 400 `blocked_url`; 413 `file_too_large`; 422 `fetch_failed`, `fetch_timeout` or
            `unsupported_type`.
    """
    tried = 0
    try:
        async with asyncio.timeout(rules.timeout_s):
            for wait_s in (*rules.waits_s, None):
                tried += 1
                try:
                    return await _once(url, rules)
                except FetchError as error:
                    if not error.passing or wait_s is None:
                        raise _tried(error, tried) from error
                    log.info("fetch, try %d: %s", tried, error)
                await asyncio.sleep(wait_s)
    except TimeoutError as error:
        message = f"The URL was not fetched within {rules.timeout_s:g} s{_tries(tried)}."
        raise FetchError(422, "fetch_timeout", message) from error
    raise AssertionError("the last try returns or raises")


async def _once(url: str, rules: FetchRules) -> Fetched:
    """
    Raises:
        FetchError: as `fetch`.
    """
    try:
        return await _follow(url, rules)
    except FAILED as error:
        message = f"The URL was not fetched: {type(error).__name__}."
        raise FetchError(422, "fetch_failed", message, passing=_may_pass(error)) from error


def _may_pass(error: BaseException | None) -> bool:
    """Whether a connection broke, or took too long; what a server says wrongly, it says again."""
    if not isinstance(error, httpx.TransportError) or isinstance(error, httpx.UnsupportedProtocol):
        return False
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return False
        error = error.__cause__ or error.__context__
    return True


def _tried(error: FetchError, tried: int) -> FetchError:
    """The same fault, with how often it was met."""
    if tried == 1:
        return error
    return FetchError(error.status, error.code, f"{str(error).removesuffix('.')}{_tries(tried)}.")


def _tries(tried: int) -> str:
    return f", in {tried} tries" if tried > 1 else ""


async def post(url: str, body: bytes, headers: Mapping[str, str], rules: FetchRules) -> int:
    """
    Sends a body and follows no redirect.

    Returns:
        the status.

    Raises:
        FetchError: as `fetch`.
    """
    try:
        async with asyncio.timeout(rules.timeout_s):
            target = await check_url(url, rules)
            async with _client(rules) as client:
                request = _request(client, target, "POST", headers, body)
                answer = await client.send(request, stream=True)
                await answer.aclose()
                return answer.status_code
    except TimeoutError as error:
        message = f"The URL did not answer within {rules.timeout_s:g} s."
        raise FetchError(422, "fetch_timeout", message) from error
    except FAILED as error:
        raise FetchError(422, "fetch_failed", f"The URL did not answer: {type(error).__name__}.") from error


async def _follow(url: str, rules: FetchRules) -> Fetched:
    async with _client(rules) as client:
        for _ in range(rules.max_redirects + 1):
            target = await check_url(url, rules)
            answer = await client.send(_request(client, target, "GET", {}), stream=True)
            try:
                if answer.status_code not in REDIRECTS:
                    return await _read(answer, target, rules)
                url = _next_url(target.url, answer.headers.get("location", ""))
            finally:
                await answer.aclose()
    raise FetchError(422, "fetch_failed", f"The URL leads on more than {rules.max_redirects} times.")


def _next_url(url: httpx.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise blocked("it leads on to one that cannot be read") from error


def _client(rules: FetchRules) -> httpx.AsyncClient:
    # Without the environment's proxies: a proxy would look the name up itself.
    return httpx.AsyncClient(
        verify=rules.tls or True,
        trust_env=False,
        follow_redirects=False,
        timeout=rules.timeout_s,
        limits=httpx.Limits(max_keepalive_connections=0),
    )


def _request(
    client: httpx.AsyncClient,
    target: Target,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
) -> httpx.Request:
    named = target.url.netloc.decode("ascii")
    return client.build_request(
        method,
        target.request_url,
        content=body,
        # A packed body could unpack to far more than was counted.
        headers={**headers, "Host": named, "Accept-Encoding": "identity"},
        extensions={"sni_hostname": target.host},  # TLS asks for, and checks, the name and not the address
    )


async def _read(answer: httpx.Response, target: Target, rules: FetchRules) -> Fetched:
    if answer.status_code != 200:
        message = f"The URL answered with status {answer.status_code}."
        raise FetchError(422, "fetch_failed", message, passing=answer.status_code in PASSING)
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise FetchError(422, "fetch_failed", "The URL answered with a packed body, which was not asked for.")
    too_large = FetchError(
        413, "file_too_large", f"The file at the URL is larger than {rules.max_bytes >> 20} MiB."
    )
    length = answer.headers.get("content-length", "")
    if re.fullmatch("[0-9]{1,18}", length) and int(length) > rules.max_bytes:
        raise too_large
    data = bytearray()
    async for part in answer.aiter_raw():
        begins = len(data) < HEAD
        data += part
        if len(data) > rules.max_bytes:
            raise too_large
        if begins and len(data) >= HEAD:
            _check_kind(bytes(data[:HEAD]), rules)
    _check_kind(bytes(data[:HEAD]), rules)
    return Fetched(bytes(data), kind_of(bytes(data[:HEAD])), str(target.url))


def _check_kind(head: bytes, rules: FetchRules) -> None:
    if rules.kinds and kind_of(head) not in rules.kinds:
        known = ", ".join(sorted(rules.kinds))
        raise FetchError(422, "unsupported_type", f"The file at the URL is none of {known}.")
