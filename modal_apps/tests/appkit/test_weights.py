"""Which files of a model are fetched, and when the Hub is not asked any more: with the real `huggingface_hub`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from appkit.weights import wanted_files
from appkit.wiring import CACHE_ENV
from local_hub import LocalHub, serving
from support import ROOT, marked
from transformers import BertConfig, BertModel

COMMIT = "a" * 40
REPO = "a/b"
SHARDS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
NEEDED = ["config.json", *SHARDS, "model.safetensors.index.json", "tokenizer.json"]


def test_weights_come_once_and_without_pickles_where_that_is_possible() -> None:
    names = [
        "README.md",
        "config.json",
        "tokenizer.json",
        "vocab.txt",
        "spiece.model",
        "chat_template.jinja",
        "model.safetensors",
        "pytorch_model.bin",
        "tf_model.h5",
        "flax_model.msgpack",
        "code.py",
        "1_Pooling/config.json",
        "2_Dense/pytorch_model.bin",
        "onnx/model.onnx",
    ]
    assert wanted_files(names) == [
        "config.json",
        "tokenizer.json",
        "vocab.txt",
        "spiece.model",
        "chat_template.jinja",
        "model.safetensors",
        "1_Pooling/config.json",
        "2_Dense/pytorch_model.bin",
    ]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model as its author published it: two shards, and files that serving does not need."""
    folder = tmp_path_factory.mktemp("published")
    for name in ("config.json", "tokenizer.json", "README.md"):
        (folder / name).write_text("{}")
    weight_map = {f"weight{number}": shard for number, shard in enumerate(SHARDS)}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    for shard in SHARDS:
        (folder / shard).write_bytes(shard.encode() * 100_000)
    (folder / "pytorch_model.bin").write_bytes(b"not wanted")
    return folder


def environ(hub: LocalHub | None, cache: Path) -> dict[str, str]:
    """Of a container that reaches the hub, or none."""
    url = hub.url if hub else "http://127.0.0.1:9"
    reached = {"HF_ENDPOINT": url, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1"}
    return {**os.environ, "HF_HOME": str(cache), "PYTHONPATH": str(ROOT), **reached}


def start(code: str, hub: LocalHub | None, cache: Path) -> subprocess.Popen[str]:
    imports = "from appkit.weights import download, fetch_if_pinned, is_complete\n"
    command = [sys.executable, "-c", imports + code]
    return subprocess.Popen(command, env=environ(hub, cache), stdout=subprocess.PIPE, text=True)


def output(code: str, hub: LocalHub | None, cache: Path) -> str:
    process = start(code, hub, cache)
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    return printed


FETCH = f"download({REPO!r}, {COMMIT!r})"
FACTS = f"""
import os
off = fetch_if_pinned({REPO!r}, {COMMIT!r})
from huggingface_hub import constants
print("FACTS", off, constants.HF_HUB_OFFLINE, os.environ["HF_HUB_OFFLINE"], is_complete({REPO!r}, {COMMIT!r}))
"""


def facts(hub: LocalHub | None, cache: Path) -> list[str]:
    """What a container finds at its start: Hub off by return value, in this process, for children; all there."""
    line = next(line for line in output(FACTS, hub, cache).splitlines() if line.startswith("FACTS"))
    return line.split()[1:]


ALL_THERE = ["True", "True", "1", "True"]
NOT_THERE = ["False", "False", "0", "False"]


def test_a_download_that_was_killed_is_completed_where_it_ended(published: Path, tmp_path: Path) -> None:
    with serving(LocalHub(REPO, COMMIT, published, stops_at=SHARDS[1])) as hub:
        process = start(FETCH, hub, tmp_path)
        assert hub.stopped.wait(60)
        process.send_signal(signal.SIGKILL)
        process.wait()
    snapshot = tmp_path / "hub" / "models--a--b" / "snapshots" / COMMIT
    assert (snapshot / SHARDS[0]).exists()  # a folder, a configuration and a shard: not a model
    assert not (snapshot / SHARDS[1]).exists()
    assert facts(None, tmp_path) == NOT_THERE  # and no Hub to complete it

    with serving(LocalHub(REPO, COMMIT, published)) as hub:
        assert facts(hub, tmp_path) == ALL_THERE
    fetched = [line for line in hub.seen if line.startswith("GET") and "/resolve/" in line]
    assert all(SHARDS[0] not in line for line in fetched)  # it was whole
    assert any(SHARDS[1] in line for line in fetched)
    for name in NEEDED:
        assert (snapshot / name).read_bytes() == (published / name).read_bytes()
    assert not (snapshot / "pytorch_model.bin").exists()
    assert facts(None, tmp_path) == ALL_THERE  # from now on without the Hub


def test_a_folder_that_somebody_else_began_is_not_taken_for_a_model(published: Path, tmp_path: Path) -> None:
    """The Hub's own function takes it, since it has no list of what belongs in it."""
    snapshot = tmp_path / "hub" / "models--a--b" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    code = f"""
from huggingface_hub import snapshot_download
print("FOUND", snapshot_download({REPO!r}, revision={COMMIT!r}, local_files_only=True))
"""
    assert f"FOUND {snapshot}" in output(code, None, tmp_path)
    assert facts(None, tmp_path) == NOT_THERE
    with serving(LocalHub(REPO, COMMIT, published)) as hub:
        assert facts(hub, tmp_path) == ALL_THERE


@pytest.mark.parametrize("harm", ["missing", "short", "no list"])
def test_what_is_lost_later_is_fetched_again(published: Path, tmp_path: Path, harm: str) -> None:
    with serving(LocalHub(REPO, COMMIT, published)) as hub:
        printed = output(FETCH, hub, tmp_path)
        lines = marked(printed, "progress")
        assert sorted(line["item"] for line in lines) == NEEDED
        assert [(line["done"], line["total"]) for line in lines] == [(n, 5) for n in range(1, 6)]
        model = tmp_path / "hub" / "models--a--b"
        shard = model / "snapshots" / COMMIT / SHARDS[1]
        assert facts(None, tmp_path) == ALL_THERE
        match harm:
            case "missing":
                shard.unlink()
            case "short":
                shard.resolve().write_bytes(b"half")
            case "no list":
                (model / "trees" / f"{COMMIT}.json").unlink()
        assert facts(None, tmp_path) == NOT_THERE
        assert facts(hub, tmp_path) == ALL_THERE
    assert shard.read_bytes() == (published / SHARDS[1]).read_bytes()


def test_the_newest_commit_and_a_folder_are_never_pinned(published: Path, tmp_path: Path) -> None:
    code = f"print('PINNED', fetch_if_pinned({REPO!r}, ''), fetch_if_pinned('/models/x', {COMMIT!r}))"
    with serving(LocalHub(REPO, COMMIT, published)) as hub:
        assert "PINNED False False" in output(code, hub, tmp_path)
    assert hub.seen == []


def test_a_model_that_is_not_there_is_an_error_of_the_prefetch(published: Path, tmp_path: Path) -> None:
    with serving(LocalHub(REPO, COMMIT, published)) as hub:
        process = start("download('a/none', '')", hub, tmp_path)
        process.communicate(timeout=120)
    assert process.returncode == 1


LOAD = f"""
import threading
import transformers
from transformers import BertModel
BertModel.from_pretrained({REPO!r}, revision={COMMIT!r})
for thread in threading.enumerate():
    if thread.name == "Thread-auto_conversion":
        thread.join(60)
"""


@pytest.mark.parametrize("as_in_the_images", [True, False])
def test_weights_without_safetensors_start_no_conversion(tmp_path: Path, as_in_the_images: bool) -> None:
    """The thread of transformers asks the Hub for another form of the weights while a snapshot is taken."""
    folder = tmp_path / "published"
    model = BertModel(BertConfig(vocab_size=9, hidden_size=8, num_hidden_layers=1, num_attention_heads=1))
    model.config.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    with serving(LocalHub(REPO, COMMIT, folder)) as hub:
        variables = CACHE_ENV if as_in_the_images else {}
        kept = {name: value for name, value in variables.items() if name != "HF_HOME"}
        command = [sys.executable, "-c", LOAD]
        done = subprocess.run(command, env={**environ(hub, tmp_path / "cache"), **kept}, timeout=1800)
    assert done.returncode == 0
    asked = [line for line in hub.seen if "/commits/" in line or "/discussions" in line]
    assert bool(asked) is not as_in_the_images, hub.seen
