"""Answers whose size is a product of a caller's numbers are refused before the model runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from interpret import errors
from interpret.errors import InterpretError, check_answer_size
from interpret.features import Features
from interpret.fetch import fetch
from interpret.raw import Raw
from interpret.settings import InterpSettings
from interpret.sources import catalogue
from interpret.tokens import Tokens


class NoPass:
    """A model as large as GPT-2 that must not be run."""

    layers = 12
    d_model = 768

    class reader:
        @staticmethod
        def read(text: str, param: str = "") -> Tokens:
            return Tokens([1] * 512, ["a"] * 512, [False] * 512, False)

    def activations(self, *_: Any) -> Any:
        raise AssertionError("the model ran")


class Store:
    """SAEs as wide as those of GPT-2."""

    def by_set(self) -> dict[str, list[str]]:
        return {"s": []}


def test_the_answer_of_the_report_is_refused_before_the_model_runs() -> None:
    payload = {"prompts": ["a"] * 32, "layers": None, "hook_point": "resid_post", "type": "all_tokens"}
    with pytest.raises(InterpretError) as caught:
        Raw(NoPass(), Store()).raw(payload)  # type: ignore[arg-type]
    failure = caught.value.failure
    assert (failure["status"], failure["code"]) == (413, "answer_too_large")
    assert "150,994,944" in failure["message"]
    # One long prompt at every layer, and the last token of many, are what people ask for.
    for honest in ({**payload, "prompts": ["a"]}, {**payload, "type": "final_output_token"}):
        with pytest.raises(AssertionError, match="the model ran"):
            Raw(NoPass(), Store()).raw(honest)  # type: ignore[arg-type]


def test_the_bound_is_where_it_says() -> None:
    check_answer_size(errors.MOST_NUMBERS)
    with pytest.raises(InterpretError):
        check_answer_size(errors.MOST_NUMBERS + 1)


def test_top_features_of_many_tokens_are_refused_before_the_model_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Wide:
        d_sae = 24_576

    monkeypatch.setattr(Features, "_sae", lambda *_: (Wide(), "hook"))
    payload = {"prompts": ["a"] * 32, "source": "s", "top_k": 1000, "ignore_bos": True}
    with pytest.raises(InterpretError) as caught:
        Features(NoPass(), Store()).topk_by_token(payload)  # type: ignore[arg-type]
    assert caught.value.failure["code"] == "answer_too_large"
    with pytest.raises(AssertionError, match="the model ran"):
        Features(NoPass(), Store()).topk_by_token({**payload, "top_k": 5})  # type: ignore[arg-type]


def test_saes_of_the_hub_are_pinned_when_a_commit_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str | None] = []

    def download(_repo: str, name: str, *, revision: str | None, local_files_only: bool) -> str:
        asked.append(revision)
        return str(tmp_path / name)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    commit = "a" * 40
    fetch(catalogue(["res-jb"], "", commit)["5-res-jb"])
    fetch(catalogue(["res-jb"], "")["5-res-jb"])
    assert asked == [commit, commit, None, None]


def test_a_deploy_says_when_the_saes_are_not_pinned() -> None:
    note = "APP_SAE_REVISION is empty: the newest commit of jbloom/GPT2-Small-SAEs-Reformatted is used."
    assert note in InterpSettings().notes()
    assert note not in InterpSettings(sae_revision="a" * 40).notes()
    assert note not in InterpSettings(sae_path="/cache/saes").notes()
