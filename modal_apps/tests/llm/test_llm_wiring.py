"""What the entry file adds for a monthly limit."""

from __future__ import annotations

from pathlib import Path

import pytest
from entry_files import load_entry

import modal

LIMIT = {"APP_MAX_USD_PER_MONTH": "15", "APP_MIN_CONTAINERS": "0"}


class Volume:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def reload(self) -> None:
        self.asked.append("reload")

    def commit(self) -> None:
        self.asked.append("commit")


@pytest.mark.parametrize("transport", ["function", "server"])
def test_a_monthly_limit_is_counted_on_a_volume_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, transport: str
) -> None:
    entry = load_entry(monkeypatch, "vllm", APP_TRANSPORT=transport, **LIMIT)
    server = next(each for each in entry.recorded if each.get("gpu"))
    volume = server["volumes"]["/spending"]
    assert isinstance(volume, modal.Volume)
    assert volume not in [each for path, each in server["volumes"].items() if path != "/spending"]
    entry.SPENDING, entry.spending = str(tmp_path), Volume()
    spend = entry.monthly_spend(3600.0)
    spend.stop()
    assert spend.month()["gpu_usd"] == pytest.approx(entry.settings.gpu_usd_per_hour, abs=0.01)
    assert entry.spending.asked[:2] == ["reload", "commit"]


@pytest.mark.parametrize("environ", [{}, {**LIMIT, "APP_GPU": "none"}])
def test_without_a_limit_or_a_gpu_nothing_is_counted(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    entry = load_entry(monkeypatch, "vllm", **environ)
    assert not any("/spending" in (each.get("volumes") or {}) for each in entry.recorded)
    assert entry.monthly_spend(1.0) is None
