"""Settings of the apps that start `vllm serve`."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ..settings import Settings, setting
from .command import CommandError, split_extra


@dataclass(frozen=True, kw_only=True)
class VllmSettings(Settings):
    """See `Settings`."""

    gpu_memory_utilization: float = setting("APP_GPU_MEMORY_UTILIZATION", 0.9, minimum=0.1, maximum=1)
    vllm_args: str = setting("APP_VLLM_ARGS", "", pattern=r".{0,4000}")

    @property
    def own_flags(self) -> frozenset[str]:
        """Flags that the app gives itself and counts on; they are refused among the user's arguments."""
        return frozenset()

    @property
    def extra_arguments(self) -> tuple[str, ...]:
        """
        The user's own arguments.

        Raises:
            CommandError: one of them is refused.
        """
        return split_extra(self.vllm_args, {}, self.own_flags)

    def problems(self) -> list[str]:
        """Adds the arguments of the engine."""
        problems = super().problems()
        try:
            _ = self.extra_arguments
        except CommandError as error:
            problems.append(f"APP_VLLM_ARGS={self.vllm_args}: {error}")
        return problems

    def with_flags(self, environ: Mapping[str, str]) -> Self:
        """
        Adds `VLLM_FLAG_<NAME>` variables of the deploy to the engine's arguments.

        Raises:
            CommandError: one of them is refused.
        """
        extra = split_extra("", environ, self.own_flags)
        return self.with_values(vllm_args=f"{self.vllm_args} {shlex.join(extra)}".strip()) if extra else self
