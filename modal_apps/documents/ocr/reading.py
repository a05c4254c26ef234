"""What goes to a worker and what comes back, in plain types: the web function has no torch."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, Protocol

from appkit.status import WorkerReport
from typing_extensions import TypedDict  # pydantic needs it so before Python 3.12

Format = Literal["markdown", "text", "html", "json"]
FinishReason = Literal["stop", "length", "repetition"]


class ReadOptions(TypedDict):
    """How pages are read; see the request's fields. Empty texts and None stand for nothing given."""

    format: Format
    schema: Any
    prompt: str
    language: str
    max_tokens: int
    temperature: float


class PageIn(TypedDict):
    """A page for a worker. `key` comes back with its reply; the sides of `png` are multiples of 32."""

    key: str
    png: bytes


class PageError(TypedDict):
    """Why a page could not be read, as an error response would say it."""

    status: int
    code: str
    message: str


class PageReply(TypedDict):
    """What a worker read; `seconds` is the time of this page, also when others were read beside it."""

    key: str
    content: str
    image_tokens: int
    prompt_tokens: int
    output_tokens: int
    finish_reason: FinishReason
    seconds: float
    warnings: list[str]
    error: PageError | None


class ReadReply(TypedDict):
    """
    Replies in the order of the pages.

    Keys:
        worker_id: of the container.
        began, ended: seconds since 1970, of the work on these pages.
        poisoned: whether the worker's GPU cannot be used again. The web side does not read it.
    """

    pages: list[PageReply]
    worker: WorkerReport
    worker_id: str
    began: float
    ended: float
    poisoned: NotRequired[bool]


class Backend(Protocol):
    """How the web function reaches the model: a Modal class when deployed, the model itself in a test."""

    async def read(self, pages: list[PageIn], options: ReadOptions) -> ReadReply:
        """
        Raises:
            BackendError: the worker failed or cannot be reached. One page that fails is no such case.
            TimeoutError: it took too long.
        """
        ...

    async def runners(self) -> int:
        """How many workers run now. Starts none."""
        ...


def failed_page(key: str, status: int, code: str, message: str) -> PageReply:
    """The reply for a page that could not be read."""
    error = PageError(status=status, code=code, message=message)
    return PageReply(
        key=key,
        content="",
        image_tokens=0,
        prompt_tokens=0,
        output_tokens=0,
        finish_reason="stop",
        seconds=0.0,
        warnings=[],
        error=error,
    )
