"""The lines that the editor parses."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest
from appkit.gpu_memory import report_gpu_memory
from appkit.progress import Progress, phase


def marked(printed: str, name: str) -> list[dict[str, object]]:
    return [
        json.loads(line.removeprefix(f"::{name} "))
        for line in printed.splitlines()
        if line.startswith(f"::{name} ")
    ]


def test_progress_counts_failures_and_ends_complete(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("finbert", "r-1", 3)
    progress.item("a.xlsx", "28 items", 2.0)
    progress.item("b.pdf", "not read", 1.0, ok=False)
    progress.item("c.csv", "5 items", 3.0)
    printed = capsys.readouterr().out
    assert "[1/3] 0.1min remaining - a.xlsx: 28 items in 2.00s" in printed
    lines = marked(printed, "progress")
    assert [line["done"] for line in lines] == [1, 2, 3]
    assert [line["eta_s"] for line in lines] == [4.0, 1.5, 0.0]
    last = {
        "app": "finbert",
        "run": "r-1",
        "done": 3,
        "total": 3,
        "ok": 2,
        "failed": 1,
        "item": "c.csv",
        "seconds": 3.0,
        "eta_s": 0.0,
    }
    assert lines[-1] == last


def test_a_phase_is_reported_also_when_it_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with phase("load"):
        pass
    with pytest.raises(OSError, match="gone"), phase("restore"):
        raise OSError("gone")
    lines = marked(capsys.readouterr().out, "phase")
    assert [(line["name"], line["ok"]) for line in lines] == [("load", True), ("restore", False)]


def test_without_a_gpu_one_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert report_gpu_memory("after load") is None
    assert capsys.readouterr().out == "GPU: none\n"


class _Driver:
    """Stands in for NVIDIA's driver library, as no machine of the tests has two of its cards."""

    def __init__(self, cards: list[tuple[str, int, int]]) -> None:
        self.cards = cards

    def nvmlInit(self) -> None: ...

    def nvmlShutdown(self) -> None: ...

    def nvmlDeviceGetCount(self) -> int:
        return len(self.cards)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> tuple[str, int, int]:
        return self.cards[index]

    def nvmlSystemGetDriverVersion(self) -> str:
        return "580.10"

    def nvmlDeviceGetName(self, handle: tuple[str, int, int]) -> str:
        return handle[0]

    def nvmlDeviceGetMemoryInfo(self, handle: tuple[str, int, int]) -> SimpleNamespace:
        return SimpleNamespace(used=handle[1] * 2**30, total=handle[2] * 2**30)


def test_gpu_memory_is_counted_by_the_driver_for_each_card(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", _Driver([("NVIDIA A10", 6, 24), ("NVIDIA A10", 8, 24)]))
    status = report_gpu_memory("after load")
    printed = capsys.readouterr().out
    assert "GPU memory after load: used=6.0GiB free=18.0GiB total=24.0GiB\n" in printed
    assert [card["used_gib"] for card in marked(printed, "gpu")] == [6.0, 8.0]
    assert status == {
        "name": "NVIDIA A10",
        "count": 2,
        "memory_total_gib": 48.0,
        "memory_used_gib": 14.0,
        "driver": "580.10",
    }
