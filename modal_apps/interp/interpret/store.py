"""The SAEs of a worker: read when they are first asked for, kept while there is memory."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from .cache import MIB, LruCache
from .errors import out_of_memory, unknown_source, unsupported_source
from .fetch import fetch
from .sae_config import SaeConfig
from .sae_io import read_config, read_sae, weights_bytes
from .sae_math import Sae
from .source import Source

SHARE_OF_FREE_MEMORY = 0.8
log = logging.getLogger(__name__)


def memory_budget(device: str) -> int:
    """Bytes that SAEs may take: most of what is free now on the device, or in the machine without a GPU."""
    if device == "cuda":
        free = torch.cuda.mem_get_info()[0]
    else:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return int(free * SHARE_OF_FREE_MEMORY)


@dataclass
class SaeStore:
    """
    Parameters:
        sources: by id.
        width_of: width of the activations at a hook, which an SAE must fit.
        dtype: of the weights in memory.
        unit_rows: as `read_sae`.
    """

    sources: dict[str, Source]
    width_of: Callable[[str], int]
    dtype: torch.dtype
    device: str
    cache: LruCache[Sae]
    unit_rows: bool = False
    _configs: dict[str, SaeConfig] = field(default_factory=dict)

    def source(self, identifier: str, param: str = "source") -> Source:
        """
        Raises:
            InterpretError: 404 `unknown_source`.
        """
        if identifier not in self.sources:
            raise unknown_source(identifier, param)
        return self.sources[identifier]

    def config(self, identifier: str, param: str = "source") -> SaeConfig:
        """
        What an SAE is, without its weights.

        Raises:
            InterpretError: 404 `unknown_source`, 422 `unsupported_source`.
        """
        source = self.source(identifier, param)
        if identifier not in self._configs:
            self._configs[identifier] = read_config(source, fetch(source))
        return self._configs[identifier]

    def get(self, identifier: str, param: str = "source") -> Sae:
        """
        Raises:
            InterpretError: as `config` and `read_sae`; 503 `out_of_memory` for one larger than the budget.
        """
        config = self.config(identifier, param)
        if kept := self.cache.get(identifier):
            return kept
        source, start = self.sources[identifier], time.perf_counter()
        folder = fetch(source)
        expected = weights_bytes(source, folder, self.dtype)
        if not self.cache.make_room(expected):
            size, budget = expected / MIB, self.cache.budget_bytes / MIB
            raise out_of_memory(
                f"{identifier} takes {size:.0f} MiB of the {budget:.0f} MiB that SAEs may take."
            )
        sae = read_sae(source, folder, config, self.dtype, self.device, unit_rows=self.unit_rows)
        if sae.d_model != (width := self.width_of(config.hook)):
            raise unsupported_source(identifier, f"it reads {sae.d_model} numbers, the model has {width}")
        self.cache.put(identifier, sae, sae.nbytes)
        log.info(
            "loaded %s: %s, %d features of %d, %.1f MiB in %.2f s; %d loaded, %.1f MiB",
            identifier,
            config.architecture,
            sae.d_sae,
            sae.d_model,
            sae.nbytes / MIB,
            time.perf_counter() - start,
            len(self.cache.keys),
            self.cache.used_bytes / MIB,
        )
        return sae

    def by_set(self) -> dict[str, list[str]]:
        """Ids of all sources by set."""
        found: dict[str, list[str]] = {}
        for source in self.sources.values():
            found.setdefault(source.set, []).append(source.id)
        return found
