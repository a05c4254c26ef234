"""Tells a caller's URL once how a job ended: done, failed, cancelled, or ended from outside."""

from __future__ import annotations

import asyncio
from typing import Any

from appkit.errors import ApiError
from appkit.fetchguard import FetchError, FetchRules, check_url
from appkit.job_news import JobMap, now_text, send_callback
from appkit.jobs import JobBoard, JobView

# Ends that the job itself may not have been able to tell.
FROM_OUTSIDE = ("failed", "cancelled")


class EndNews:
    """
    Parameters:
        known: what is known of jobs; the worker and the web function share it.
        key: signs what is sent; '' for an app without one, which sends nothing.
    """

    def __init__(self, known: JobMap, key: str, rules: FetchRules) -> None:
        self._known = known
        self._key = key
        self._rules = rules

    async def check(self, url: str) -> None:
        """
        Raises:
            ApiError: 422 `callback_needs_key`, or why the URL is not called.
        """
        if not self._key:
            message = "A callback is signed with the app's API key, and this app has none."
            raise ApiError(422, "callback_needs_key", message, param="callback_url")
        try:
            await check_url(url, self._rules)
        except FetchError as error:
            raise error.answer("callback_url") from error

    async def expect(self, job_id: str, url: str) -> None:
        """Remembers whom to tell of a job, for an end that the job itself cannot tell."""
        await self._keep(f"{job_id}:callback", url)

    async def tell(self, job_id: str, status: str, url: str, **more: Any) -> None:
        """Tells the end of a job, unless that was done before. A failure is logged and is none of the job's."""
        if await asyncio.to_thread(self._known.get, f"{job_id}:told"):
            return
        await self._keep(f"{job_id}:told", True)
        news = {"job_id": job_id, "status": status, "result": None, "error": None, "finished_at": now_text()}
        await send_callback(url, {**news, **more}, self._key, self._rules)

    async def tell_end(self, view: JobView) -> None:
        """Tells an end that came from outside, once somebody sees it."""
        if view["status"] not in FROM_OUTSIDE:
            return
        url = await asyncio.to_thread(self._known.get, f"{view['job_id']}:callback")
        if url:
            await self.tell(view["job_id"], view["status"], url, error=view["error"])

    async def _keep(self, key: str, value: Any) -> None:
        await asyncio.to_thread(self._known.__setitem__, key, value)


class Jobs:
    """The routes of jobs: hands in, shows, cancels, and sees that each end is told."""

    def __init__(self, board: JobBoard, news: EndNews) -> None:
        self._board = board
        self._news = news
        self._telling: set[asyncio.Task[None]] = set()

    async def submit(self, payload: Any, callback_url: str) -> Any:
        """See `JobBoard.submit`; a URL that may not be called is refused first."""
        if callback_url:
            await self._news.check(callback_url)
        accepted = await self._board.submit(payload)
        if callback_url:
            await self._news.expect(accepted["job_id"], callback_url)
        return accepted

    async def view(self, job_id: str) -> JobView:
        """See `JobBoard.view`."""
        return self._seen(await self._board.view(job_id))

    async def cancel(self, job_id: str) -> JobView:
        """See `JobBoard.cancel`."""
        return self._seen(await self._board.cancel(job_id))

    def _seen(self, view: JobView) -> JobView:
        # Beside the answer: a receiver may be slow, and it is tried three times.
        task = asyncio.create_task(self._news.tell_end(view))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
        return view
