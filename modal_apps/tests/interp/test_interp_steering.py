"""Steering: what is added, what is written, and how it is sent."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import torch
from interp_kit import post, steer_body
from interpret.engine import Engine
from interpret.requests import SteerIn
from interpret.steering import make_steering
from torch import Tensor

HOOK = "blocks.2.hook_resid_pre"


def residuals(
    engine: Engine, body: dict[str, Any], mask: list[float] | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """The residual without and with steering, [position, d_model], and the decoder row."""
    payload = SteerIn.model_validate(body).model_dump(by_alias=False)
    steering = make_steering(engine.model, engine.store, payload)
    ids = engine.model.reader.read("Hello").ids
    weights = torch.tensor(mask or [1.0] * len(ids))[None, :, None]
    [(_, plain)] = engine.model.activations([ids], [HOOK])
    [(_, steered)] = engine.model.activations([ids], [HOOK], steering.changes(weights))
    return plain[HOOK], steered[HOOK], engine.store.get("2-res-jb").w_dec[7]


def test_the_projection_moves_by_strength_times_norm_squared(engine: Engine) -> None:
    plain, steered, row = residuals(engine, steer_body(strengthMultiplier=1.5))
    moved = (steered - plain) @ row
    assert moved.tolist() == pytest.approx([8 * 1.5 * float(row @ row)] * 6, rel=1e-4)
    plain, steered, row = residuals(engine, steer_body(normalizeSteering=True))
    assert ((steered - plain) @ row).tolist() == pytest.approx([8 * float(row.norm())] * 6, rel=1e-4)


def test_several_features_and_vectors_add_up(engine: Engine) -> None:
    features = [{"source": "2-res-jb", "index": index, "strength": 2} for index in (7, 8)]
    plain, steered, _ = residuals(engine, steer_body(features=features))
    rows = engine.store.get("2-res-jb").w_dec
    assert torch.allclose(steered - plain, (2 * (rows[7] + rows[8])).expand(6, -1), atol=1e-4)
    vector = {"steeringVector": rows[7].tolist(), "strength": 4, "hook": HOOK}
    by_vector = residuals(engine, steer_body(features=None, vectors=[vector]))
    assert torch.allclose(by_vector[1] - by_vector[0], (4 * rows[7]).expand(6, -1), atol=1e-4)


def test_positions_that_are_left_out_stay(engine: Engine) -> None:
    plain, steered, _ = residuals(engine, steer_body(), [0.0, 1, 1, 1, 1, 1])
    assert torch.equal(plain[0], steered[0])
    assert not torch.allclose(plain[1], steered[1])


@pytest.mark.parametrize("strength", [0.0, 1.0, 3.0])
def test_orthogonal_decomposition_scales_what_lies_along_the_row(engine: Engine, strength: float) -> None:
    features = [{"source": "2-res-jb", "index": 7, "strength": strength}]
    plain, steered, row = residuals(engine, steer_body(steerMethod="ORTHOGONAL_DECOMP", features=features))
    centred = [value - value.mean(-1, keepdim=True) for value in (plain, steered)]
    # As in a model with centred weights, where the row's own mean has no effect on what is read.
    unit = row / row.norm()
    expected = plain + (strength - 1) * (centred[0] @ unit)[:, None] * unit
    assert torch.allclose(steered, expected, atol=1e-4)
    vector = {"steeringVector": row.tolist(), "strength": strength, "hook": HOOK}
    body = steer_body(steerMethod="ORTHOGONAL_DECOMP", features=None, vectors=[vector])
    plain, steered, _ = residuals(engine, body)
    assert torch.allclose(steered @ row, strength * (plain @ row), atol=1e-3)


def texts(answer: dict[str, Any]) -> dict[str, str]:
    return {output["type"]: output["output"] for output in answer["outputs"]}


@pytest.mark.parametrize("temperature", [0, 0.9])
@pytest.mark.parametrize("method", ["SIMPLE_ADDITIVE", "ORTHOGONAL_DECOMP"])
async def test_what_changes_nothing_is_the_default_token_for_token(
    client: httpx.AsyncClient, temperature: float, method: str
) -> None:
    strength = 0 if method == "SIMPLE_ADDITIVE" else 1
    features = [{"source": source, "index": 7, "strength": strength} for source in ("2-res-jb", "0-res-jb")]
    body = steer_body(
        features=features, temperature=temperature, nCompletionTokens=40, nLogprobs=3, steerMethod=method
    )
    steered, default = (await post(client, "steer/completion", **body))["outputs"]
    assert (steered["type"], default["type"]) == ("STEERED", "DEFAULT")
    assert steered["output"] == default["output"]
    assert steered["logprobs"] == default["logprobs"]
    assert len(default["output"]) > len("Hello")


async def test_strong_steering_changes_the_text(client: httpx.AsyncClient) -> None:
    features = [{"source": "2-res-jb", "index": 7, "strength": 100}]
    found = texts(await post(client, "steer/completion", **steer_body(features=features, temperature=0)))
    assert found["STEERED"] != found["DEFAULT"]
    assert all(text.startswith("Hello") for text in found.values())


async def test_the_default_is_greedy_generation_of_transformers(
    client: httpx.AsyncClient, engine: Engine
) -> None:
    body = steer_body(types=["DEFAULT"], temperature=0, nCompletionTokens=30)
    found = texts(await post(client, "steer/completion", **body))["DEFAULT"]
    ids = engine.model.reader.read("Hello").ids
    made = engine.model.model.generate(
        torch.tensor([ids]),
        max_new_tokens=30,
        do_sample=False,
        pad_token_id=engine.model.reader.tokenizer.eos_token_id,
    )[0].tolist()
    expected = made[1:-1] if made[-1] == engine.model.reader.tokenizer.eos_token_id else made[1:]
    assert found == engine.model.reader.text(expected)


async def test_a_steered_completion_is_one_without_a_cache(client: httpx.AsyncClient, engine: Engine) -> None:
    """Each token anew from all that come before, with the feature at every position."""
    body = steer_body(types=["STEERED"], temperature=0, nCompletionTokens=12)
    found = texts(await post(client, "steer/completion", **body))["STEERED"]
    payload = SteerIn.model_validate(body).model_dump(by_alias=False)
    steering = make_steering(engine.model, engine.store, payload)
    ids = engine.model.reader.read("Hello").ids
    from interpret.hooks import hooked

    for _ in range(12):
        with torch.no_grad(), hooked(engine.model.model, (), steering.changes(torch.ones(1, len(ids), 1))):
            ids.append(int(engine.model.model(input_ids=torch.tensor([ids])).logits[0, -1].argmax()))
    assert found == engine.model.reader.text(ids[1:])


async def test_special_tokens_can_be_left_out(client: httpx.AsyncClient, engine: Engine) -> None:
    # A feature so strong that the beginning's key alone changes what follows.
    features = [{"source": "0-res-jb", "index": 3, "strength": 30}]
    both = [
        await post(
            client,
            "steer/completion",
            **steer_body(
                features=features, steerSpecialTokens=flag, types=["STEERED"], temperature=0, nLogprobs=1
            ),
        )
        for flag in (True, False)
    ]
    assert both[0] != both[1]


async def test_the_seed_decides(client: httpx.AsyncClient) -> None:
    found = [
        texts(await post(client, "steer/completion", **steer_body(seed=seed, nCompletionTokens=30)))[
            "DEFAULT"
        ]
        for seed in (1, 1, 2)
    ]
    assert found[0] == found[1] != found[2]


async def test_the_penalty_forbids_repetition(client: httpx.AsyncClient, engine: Engine) -> None:
    body = steer_body(types=["DEFAULT"], temperature=0, nCompletionTokens=50, nLogprobs=1)
    plain = await post(client, "steer/completion", **body)
    other = await post(client, "steer/completion", **{**body, "freqPenalty": 100})
    tops = [one["topLogprobs"][0] for one in other["outputs"][0]["logprobs"]]
    emitted = [one["logprob"] for one in other["outputs"][0]["logprobs"]]
    assert plain != other
    assert any(top["logprob"] > own for top, own in zip(tops, emitted, strict=True))
    ids = engine.model.reader.read(other["outputs"][0]["output"]).ids
    assert len(set(ids[6:])) == len(ids[6:]) == 50
    assert not set(ids[6:]) & set(ids[:6])
    assert len(set(plain["outputs"][0]["output"])) < 40


async def test_logprobs_are_of_the_model_itself(client: httpx.AsyncClient, engine: Engine) -> None:
    body = steer_body(types=["DEFAULT"], temperature=0, nCompletionTokens=1, nLogprobs=4)
    [one] = (await post(client, "steer/completion", **body))["outputs"][0]["logprobs"]
    ids = torch.tensor([engine.model.reader.read("Hello").ids])
    logs = engine.model.model(input_ids=ids).logits[0, -1].log_softmax(-1).topk(4)
    assert [top["logprob"] for top in one["topLogprobs"]] == pytest.approx(logs.values.tolist(), abs=1e-5)
    assert one["token"] == one["topLogprobs"][0]["token"] == engine.model.reader.text([int(logs.indices[0])])
    assert one["logprob"] == pytest.approx(float(logs.values[0].detach()), abs=1e-5)
    without = await post(client, "steer/completion", **{**body, "nLogprobs": 0})
    assert "logprobs" not in without["outputs"][0]


async def events(client: httpx.AsyncClient, body: dict[str, Any]) -> list[dict[str, Any]]:
    async with client.stream("POST", "/v1/steer/completion", json={**body, "stream": True}) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line async for line in answer.aiter_lines() if line]
    assert all(line.startswith("data: ") for line in lines)
    return [json.loads(line.removeprefix("data: ")) for line in lines]


@pytest.mark.parametrize("logprobs", [0, 2])
@pytest.mark.parametrize("types", [["STEERED", "DEFAULT"], ["DEFAULT", "STEERED"], ["STEERED"]])
async def test_a_stream_ends_with_what_comes_at_once(
    client: httpx.AsyncClient, types: list[str], logprobs: int
) -> None:
    body = steer_body(types=types, nCompletionTokens=10, nLogprobs=logprobs)
    at_once = await post(client, "steer/completion", **body)
    streamed = await events(client, body)
    assert streamed[-1] == at_once
    assert [output["type"] for output in at_once["outputs"]] == types
    assert len(streamed) == 10 * len(types)
    lengths = [sum(len(output["output"].encode()) for output in event["outputs"]) for event in streamed]
    assert lengths[0] < lengths[-1]


async def test_a_model_that_ends_at_once_gives_the_prompt(client: httpx.AsyncClient, engine: Engine) -> None:
    end = engine.model.reader.tokenizer.eos_token_id
    handle = engine.model.model.lm_head.register_forward_hook(
        lambda _, __, logits: logits + 1e6 * (torch.arange(logits.shape[-1]) == end)
    )
    try:
        answer = await post(client, "steer/completion", **steer_body(nLogprobs=2))
        streamed = await events(client, steer_body())
    finally:
        handle.remove()
    assert texts(answer) == {"STEERED": "Hello", "DEFAULT": "Hello"}
    assert texts(streamed[-1]) == {"STEERED": "Hello", "DEFAULT": "Hello"}


def test_completions_take_turns(engine: Engine) -> None:
    """Two at once are what they are one after the other: nobody's hooks or dice reach the other."""
    payloads = [
        SteerIn.model_validate(steer_body(seed=seed, nCompletionTokens=12)).model_dump(by_alias=False)
        for seed in (1, 2)
    ]
    alone = [engine.call("steer", payload)["result"] for payload in payloads]
    streams = [engine.stream(payload) for payload in payloads]
    last: list[Any] = [{}, {}]
    for both in zip(*streams, strict=True):
        for number, reply in enumerate(both):
            last[number][reply["result"]["type"]] = reply["result"]["output"]
    assert last == [texts(answer) for answer in alone]
