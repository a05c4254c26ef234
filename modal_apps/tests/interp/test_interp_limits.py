"""Answers whose size is a product of a caller's numbers are refused before the model runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import huggingface_hub
import pytest
import torch
from interp_kit import LocalBackend, settings_for, started, steer_body
from interpret import errors
from interpret.api import create_app
from interpret.errors import InterpretError, check_answer_size
from interpret.features import Features, _counts
from interpret.fetch import fetch
from interpret.limits import MOST_STREAMED
from interpret.raw import Raw
from interpret.requests import SteerIn
from interpret.settings import InterpSettings
from interpret.source_catalogue import catalogue
from interpret.tokens import Tokens
from support import client_for


class NoPass:
    """A model as large as GPT-2 that must not be run."""

    layers = 12
    d_model = 768

    class reader:
        @staticmethod
        def read(text: str, param: str = "") -> Tokens:
            return Tokens([1] * 512, ["a"] * 512, [False] * 512, False, [False] * 512)

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
    fetch(catalogue(["res-jb"], "", commit, ["gpt2-small"])["5-res-jb"])
    fetch(catalogue(["res-jb"], "", models=["gpt2-small"])["5-res-jb"])
    assert asked == [commit, commit, None, None]


def test_a_deploy_says_when_the_saes_are_not_pinned() -> None:
    note = "APP_SAE_REVISION is empty: the newest commit of jbloom/GPT2-Small-SAEs-Reformatted is used."
    assert note in InterpSettings().notes()
    assert note not in InterpSettings(sae_revision="a" * 40).notes()
    assert note not in InterpSettings(sae_path="/cache/saes").notes()


def test_a_position_asked_for_again_counts_again_but_takes_no_more_memory() -> None:
    values = torch.tensor([[1.0, 2.0], [3.0, 5.0], [7.0, 11.0]])
    assert (_counts([1, 0, 1], values) @ values).tolist() == values[[1, 0, 1]].sum(0).tolist()
    # Rows instead of counts would be 800 GB.
    wide = torch.ones(1, 1).expand(2, 100_000_000)
    assert _counts([1] * 1000, wide).tolist() == [0, 1000]


async def test_a_stream_of_too_many_logprobs_is_refused_before_the_model_runs(
    client: httpx.AsyncClient, backend: LocalBackend
) -> None:
    large = steer_body(stream=True, nCompletionTokens=500, nLogprobs=10)
    answer = await client.post("/v1/steer/completion", json=large)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "answer_too_large")
    assert not backend.calls
    # Without a stream, or with few, each is sent once or not often.
    assert not SteerIn.model_validate({**large, "nLogprobs": 0}).streamed_logprobs()
    assert SteerIn.model_validate({**large, "nCompletionTokens": 64}).streamed_logprobs() < MOST_STREAMED


async def test_steering_that_the_model_cannot_bear_is_the_callers_fault(folder: Path) -> None:
    engine = started(settings_for(folder, dtype="float16"))
    vectors = [{"steeringVector": [1e6] * 32, "strength": 1e6, "hook": "blocks.0.hook_resid_pre"}]
    body = steer_body(features=None, vectors=vectors)
    async with client_for(create_app(engine.settings, LocalBackend(engine), None)) as client:
        for stream in (False, True):
            answer = await client.post("/v1/steer/completion", json={**body, "stream": stream})
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "non_finite")
