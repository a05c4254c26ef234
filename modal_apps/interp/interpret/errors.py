"""Failures as plain data: they cross from the worker, which has torch, to the web function, which has not."""

from __future__ import annotations

from typing import TypedDict

from .limits import MOST_NUMBERS


class Failure(TypedDict):
    """An error response before it is one: HTTP status, code, message, and the wrong part of the request."""

    status: int
    code: str
    message: str
    param: str | None


class InterpretError(Exception):
    """
    A request that cannot be answered.

    Parameters:
        status: of the HTTP answer.
        code: the rule that was broken, in snake case.
        param: path of the wrong part of the request.
    """

    def __init__(self, status: int, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.failure = Failure(status=status, code=code, message=message, param=param)


def unknown_source(source: str, param: str) -> InterpretError:
    """404: no such SAE in this deployment."""
    return InterpretError(404, "unknown_source", f"There is no source {source} here.", param)


def unsupported_source(source: str, why: str) -> InterpretError:
    """422: the files of an SAE are there, but say something that is not understood."""
    return InterpretError(422, "unsupported_source", f"The SAE {source} cannot be used: {why}.")


def non_finite(what: str) -> InterpretError:
    """500: a number that is none is never sent as if it were one."""
    return InterpretError(500, "non_finite", f"{what} is not a finite number.")


def out_of_memory(message: str) -> InterpretError:
    """503: the GPU had too little memory, also after the cache was emptied."""
    return InterpretError(503, "out_of_memory", message)


def check_answer_size(numbers: int) -> None:
    """
    Parameters:
        numbers: how many the response would have at most.

    Raises:
        InterpretError: 413 `answer_too_large`.
    """
    if numbers > MOST_NUMBERS:
        message = (
            f"The answer would have {numbers:,} numbers; at most {MOST_NUMBERS:,} are given. Ask for less."
        )
        raise InterpretError(413, "answer_too_large", message)
