"""Which files of a model are fetched, and when the Hub is not asked any more."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace

import huggingface_hub
import pytest
from appkit.weights import download, use_offline_if_cached, wanted_files
from huggingface_hub import constants
from support import marked

COMMIT = "a" * 40


def test_weights_come_once_and_without_pickles_where_that_is_possible() -> None:
    names = [
        *("README.md", "config.json", "tokenizer.json", "vocab.txt", "spiece.model", "chat_template.jinja"),
        *("model.safetensors", "pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "code.py"),
        *("1_Pooling/config.json", "2_Dense/pytorch_model.bin", "onnx/model.onnx"),
    ]
    assert wanted_files(names) == [
        *("config.json", "tokenizer.json", "vocab.txt", "spiece.model", "chat_template.jinja"),
        *("model.safetensors", "1_Pooling/config.json", "2_Dense/pytorch_model.bin"),
    ]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Hub cache with one commit of one model."""
    model = tmp_path / "hub" / "models--a--b"
    (model / "snapshots" / COMMIT).mkdir(parents=True)
    (model / "snapshots" / COMMIT / "config.json").write_text("{}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    return tmp_path


@pytest.mark.parametrize(
    ("model", "revision", "offline"),
    [("a/b", COMMIT, True), ("a/b", "b" * 40, False), ("a/b", "", False), ("/models/x", COMMIT, False)],
)
def test_the_hub_is_turned_off_only_for_a_commit_that_is_there(
    cache: Path, model: str, revision: str, offline: bool
) -> None:
    assert use_offline_if_cached(model, revision) is offline
    assert constants.HF_HUB_OFFLINE is offline
    assert os.environ["HF_HUB_OFFLINE"] == ("1" if offline else "0")


def test_a_download_says_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The Hub cannot be reached here, so its two calls are answered by this test."""
    names = ["config.json", "2_Dense/model.safetensors", "notes.md"]
    asked: list[tuple[str, str]] = []

    def model_info(_: object, model_id: str, revision: str | None) -> SimpleNamespace:
        assert (model_id, revision) == ("a/b", None)
        return SimpleNamespace(sha=COMMIT, siblings=[SimpleNamespace(rfilename=name) for name in names])

    def fetch(_: str, name: str, revision: str) -> str:
        asked.append((name, revision))
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
        return str(path)

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", fetch)
    assert download("a/b", "") == str(tmp_path)
    assert asked == [("config.json", COMMIT), ("2_Dense/model.safetensors", COMMIT)]
    lines = marked(capsys.readouterr().out, "progress")
    assert [(line["done"], line["total"], line["item"]) for line in lines] == [
        (1, 2, "config.json"),
        (2, 2, "2_Dense/model.safetensors"),
    ]
    assert json.dumps(lines)
