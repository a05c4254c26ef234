"""Callbacks: a POST to a caller's URL that says how a job ended: done, failed, timed out or cancelled."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Sequence
from typing import Any, Protocol

from .auth import KeyChecker
from .fetchguard import FetchError, FetchRules, check_url, post

log = logging.getLogger(__name__)

SIGNATURE_HEADER = "X-Signature"
TRIES = 3
WAITS_S = (1.0, 4.0)


class JobMap(Protocol):
    """Where jobs are kept: what is used of a mapping; a `dict` and a `modal.Dict` both fit."""

    def get(self, key: str, default: Any = None) -> Any: ...

    def __setitem__(self, key: str, value: Any) -> None: ...


class JobCallbacks:
    """
    Sends each job's end once. The worker sees most ends and the web function the others, as a cancel or a container
    that was lost; who comes first marks the job as told.

    Parameters:
        known: where jobs are kept.
        key: of the app, which signs.
        rules: for the callers' URLs.
    """

    def __init__(self, known: JobMap, key: str, rules: FetchRules) -> None:
        self._known = known
        self._key = key
        self._rules = rules
        self._sending: set[asyncio.Task[bool]] = set()

    async def check(self, url: str) -> None:
        """
        Raises:
            ApiError: why the URL is not called.
        """
        try:
            await check_url(url, self._rules)
        except FetchError as error:
            raise error.answer("callback_url") from error

    async def expect(self, job_id: str, url: str) -> None:
        """Keeps where the end of a job is told."""
        await asyncio.to_thread(self._known.__setitem__, f"{job_id}:callback", url)

    async def claim(self, job_id: str, url: str = "") -> str:
        """
        Marks a job as told, before it is: two senders would tell twice.

        Parameters:
            url: where it is told, if the caller knows; looked up otherwise.

        Returns:
            where to tell; '' when somebody did, or nobody wants to know.
        """
        url = url or await asyncio.to_thread(self._known.get, f"{job_id}:callback") or ""
        if not url or await asyncio.to_thread(self._known.get, f"{job_id}:told"):
            return ""
        await asyncio.to_thread(self._known.__setitem__, f"{job_id}:told", True)
        return url

    async def release(self, job_id: str) -> None:
        """Takes a claim back: the job did not end after all."""
        await asyncio.to_thread(self._known.__setitem__, f"{job_id}:told", False)

    async def tell(
        self, job_id: str, status: str, *, url: str = "", result: Any = None, error: str | None = None
    ) -> bool:
        """
        Tells how a job ended, unless somebody did.

        Returns:
            whether the receiver took it now.
        """
        if not (url := await self.claim(job_id, url)):
            return False
        return await self.send(url, job_id, status, result, error)

    def tell_later(self, url: str, job_id: str, status: str, result: Any, error: str | None) -> None:
        """As `send`, in the background: nobody waits for the receiver."""
        task = asyncio.create_task(self.send(url, job_id, status, result, error))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def send(self, url: str, job_id: str, status: str, result: Any, error: str | None) -> bool:
        """Sends the end of a job that was claimed."""
        content = {
            "job_id": job_id,
            "status": status,
            "result": result,
            "error": error,
            "finished_at": now_text(),
        }
        arrived = await send_callback(url, content, self._key, self._rules)
        log.info("job %s, %s: the callback %s", job_id, status, "arrived" if arrived else "did not arrive")
        return arrived


def callbacks_for(known: JobMap, checker: KeyChecker | None, rules: FetchRules) -> JobCallbacks | None:
    """
    Parameters:
        checker: of the app's keys; the first of them signs.

    Returns:
        None for an app without a key: its callers could not tell its callbacks from anybody else's.
    """
    return JobCallbacks(known, checker.keys[0].decode(), rules) if checker else None


def now_text() -> str:
    """The time in UTC, to the millisecond, ISO 8601."""
    now = time.time()
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now % 1 * 1000):03d}Z"


def sign(key: str, body: bytes) -> str:
    """The value of `X-Signature`: who knows the key can tell that the body is from this app."""
    return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


async def send_callback(
    url: str, content: Any, key: str, rules: FetchRules, waits_s: Sequence[float] = WAITS_S
) -> bool:
    """
    Posts a signed JSON body, up to three times until the receiver answers with 2xx.

    Parameters:
        key: of the app; the first, where it has several.
        waits_s: before the second and the third try.

    Returns:
        whether it arrived. A failure is logged and is none of the job's.
    """
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", SIGNATURE_HEADER: sign(key, body)}
    for attempt in range(TRIES):
        if attempt:
            await asyncio.sleep(waits_s[attempt - 1])
        try:
            status = await post(url, body, headers, rules)
        except FetchError as error:
            log.warning("callback, try %d: %s", attempt + 1, error)
            if error.code == "blocked_url":
                return False
            continue
        if 200 <= status < 300:
            return True
        log.warning("callback, try %d: the receiver answered %d", attempt + 1, status)
    return False
