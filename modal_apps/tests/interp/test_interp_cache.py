"""The cache by bytes, and SAEs in it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from interp_kit import PROMPTS, SOURCES, settings_for, started
from interpret.cache import LruCache
from interpret.engine import Engine
from interpret.errors import InterpretError
from interpret.sae_math import Sae
from interpret.store import SaeStore


def filled(budget: int, most: int, *keys: str, size: int = 10) -> LruCache[str]:
    cache: LruCache[str] = LruCache(budget, most)
    for key in keys:
        assert cache.make_room(size)
        cache.put(key, key.upper(), size)
    return cache


def test_the_longest_unused_goes_first() -> None:
    cache = filled(30, 9, "a", "b", "c")
    assert cache.get("a") == "A"
    assert cache.make_room(20)
    assert (cache.keys, cache.used_bytes, cache.evictions) == (["a"], 10, 2)
    assert cache.get("b") is None
    assert (cache.hits, cache.misses) == (1, 1)


def test_the_number_of_items_is_bounded_too() -> None:
    assert filled(1000, 2, "a", "b", "c").keys == ["b", "c"]


def test_what_never_fits_drops_nothing() -> None:
    cache = filled(30, 9, "a", "b")
    assert not cache.make_room(31)
    assert cache.keys == ["a", "b"]
    assert cache.make_room(30)
    assert cache.keys == []


def test_clearing_gives_all_bytes_back() -> None:
    cache = filled(30, 9, "a", "b")
    assert cache.clear() == 20
    assert (cache.used_bytes, cache.keys) == (0, [])


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(1, 60)), max_size=60))
def test_the_budget_holds_whatever_comes(asked: list[tuple[str, int]]) -> None:
    cache: LruCache[int] = LruCache(100, 4)
    used: list[str] = []
    for key, size in asked:
        if cache.get(key) is None and cache.make_room(size):
            cache.put(key, size, size)
        used = [name for name in used if name != key] + [key]
        assert cache.used_bytes <= 100
        assert len(cache.keys) <= 4
        assert cache.keys == [name for name in used if name in cache.keys]
        assert key in cache.keys


def store_of(engine: Engine, budget: int, most: int = 13) -> SaeStore:
    cache: LruCache[Sae] = LruCache(budget, most)
    return SaeStore(engine.sources, lambda _: engine.model.d_model, torch.float32, "cpu", cache)


def test_saes_are_read_once_and_given_up_with_their_sizes_in_the_log(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store = store_of(engine, 80_000)
    first = store.get("0-res-jb")
    assert store.get("0-res-jb") is first
    store.get("1-res-jb")
    store.get("2-res-jb")
    assert store.cache.keys == ["1-res-jb", "2-res-jb"]
    assert store.get("0-res-jb") is not first
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0].startswith("loaded 0-res-jb: standard, 128 features of 32, 0.0 MiB in ")
    assert "evicted 0-res-jb: 0.0 MiB; 1 left, 0.0 MiB" in lines


def test_an_sae_larger_than_the_budget_is_out_of_memory(engine: Engine) -> None:
    with pytest.raises(InterpretError) as caught:
        store_of(engine, 1000).get("0-res-jb")
    assert (caught.value.failure["status"], caught.value.failure["code"]) == (503, "out_of_memory")


def test_an_answer_does_not_depend_on_what_is_in_memory(folder: Path, engine: Engine) -> None:
    small = started(settings_for(folder, max_loaded_saes=1))
    both = [one.run_inference(PROMPTS, []) for one in (engine, small)]
    assert both[0] == both[1]
    assert small.store.cache.keys == [SOURCES[-1]]
    assert small.store.cache.evictions == 3


def test_a_budget_is_most_of_the_free_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from interpret.store import memory_budget

    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (1000, 5000))
    assert memory_budget("cuda") == 800
    assert memory_budget("cpu") > 2**20
