"""The lines that the editor parses."""

from __future__ import annotations

import json

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


def test_gpu_memory_is_that_of_the_whole_device(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    gib = 2**30
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (18 * gib, 24 * gib))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA A10")
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: 2 * gib)
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda: 3 * gib)
    report_gpu_memory("after load")
    printed = capsys.readouterr().out
    text = "GPU memory after load: used=6.0GiB free=18.00GiB total=24.0GiB (torch allocated=2.0 reserved=3.0)"
    assert text in printed
    assert marked(printed, "gpu")[0]["used_gib"] == 6.0
