"""Jobs as spawned calls of a Modal function."""

from __future__ import annotations

from typing import Any

import modal

from .backend import BackendError
from .jobs import Outcome
from .wiring import reaching_worker


class SpawnedJobs:
    """
    A `Runner` whose jobs are spawned calls, with the calls' ids.

    Parameters:
        function: the Modal function that does the work.
        too_long: what a caller is told of a job that Modal ended because its time was over.
    """

    def __init__(self, function: Any, too_long: str) -> None:
        self._function = function
        self._too_long = too_long

    async def spawn(self, payload: Any) -> str:
        with reaching_worker():
            return (await self._function.spawn.aio(payload)).object_id

    async def outcome(self, job_id: str) -> Outcome:
        call: Any = modal.FunctionCall.from_id(job_id)
        try:
            return Outcome("done", await call.get.aio(timeout=0))
        except modal.exception.OutputExpiredError:
            return Outcome("expired")
        except modal.exception.FunctionTimeoutError:
            return Outcome("failed", error=self._too_long)
        except (modal.exception.TimeoutError, TimeoutError):
            return Outcome("pending")
        except modal.exception.InputCancellation:
            return Outcome("cancelled")
        except (modal.exception.AuthError, modal.exception.ConnectionError) as error:
            raise BackendError(f"{type(error).__name__}: {error}") from error
        except Exception as error:
            return Outcome("failed", error=f"{type(error).__name__}. The app's log says why.")

    async def cancel(self, job_id: str) -> None:
        call: Any = modal.FunctionCall.from_id(job_id)
        with reaching_worker():
            await call.cancel.aio()
