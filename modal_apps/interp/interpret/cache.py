"""Keeps what was used last, by the bytes that it takes."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
MIB = 2**20
log = logging.getLogger(__name__)


@dataclass
class LruCache(Generic[T]):
    """
    Parameters:
        budget_bytes: all items together take no more.
        max_items: and there are no more of them.
    """

    budget_bytes: int
    max_items: int
    hits: int = 0
    misses: int = 0
    evictions: int = 0
    _items: OrderedDict[str, tuple[T, int]] = field(default_factory=OrderedDict)

    @property
    def used_bytes(self) -> int:
        """Bytes of all items."""
        return sum(size for _, size in self._items.values())

    @property
    def keys(self) -> list[str]:
        """Keys, the longest unused first."""
        return list(self._items)

    def get(self, key: str) -> T | None:
        """The item, which then counts as just used; None when it is not kept."""
        if key not in self._items:
            self.misses += 1
            return None
        self.hits += 1
        self._items.move_to_end(key)
        return self._items[key][0]

    def make_room(self, size: int) -> bool:
        """
        Drops the longest unused items until one of `size` bytes fits.

        Returns:
            whether it fits; one larger than the whole budget never does, and then nothing is dropped.
        """
        if size > self.budget_bytes:
            return False
        while self._items and (
            self.used_bytes + size > self.budget_bytes or len(self._items) >= self.max_items
        ):
            key, (_, freed) = self._items.popitem(last=False)
            self.evictions += 1
            log.info(
                "evicted %s: %.1f MiB; %d left, %.1f MiB",
                key,
                freed / MIB,
                len(self._items),
                self.used_bytes / MIB,
            )
        return True

    def put(self, key: str, item: T, size: int) -> None:
        """Keeps an item for which there is room."""
        self._items[key] = (item, size)

    def clear(self) -> int:
        """
        Returns:
            the bytes that were given up.
        """
        freed = self.used_bytes
        self.evictions += len(self._items)
        self._items.clear()
        log.info("emptied the SAE cache: %.1f MiB", freed / MIB)
        return freed
