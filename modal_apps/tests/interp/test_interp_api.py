"""The wire format, and every error with its status and body."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch
from appkit.auth import KeyChecker
from appkit.backend import BackendError
from appkit.logs import setup_logging
from interp_kit import PROMPTS, SET, LocalBackend, post, settings_for, started, steer_body
from interpret.api import create_app
from interpret.backend import Reply
from interpret.engine import Engine
from interpret.settings import InterpSettings
from safetensors.torch import load_file, save_file
from support import KEY, ROOT, client_for, documented_routes, listed_routes, read_manifest, send_sample

ALL = {"prompt": "Hello", "sourceSet": SET, "numResults": 3}
SINGLE = {"prompt": "Hello", "source": "0-res-jb", "index": 5}


def error(answer: httpx.Response) -> dict[str, Any]:
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "code", "param", "request_id"}
    assert body["error"]["request_id"] == answer.headers["X-Request-ID"]
    return body["error"]


async def test_names_are_camel_case_outside_and_either_inside(client: httpx.AsyncClient) -> None:
    camel = await post(client, "activation/all", **ALL, selectedSources=["1-res-jb"], sortByTokenIndexes=[1])
    snake = await post(
        client,
        "activation/all",
        prompt="Hello",
        source_set=SET,
        selected_sources=["1-res-jb"],
        sort_by_token_indexes=[1],
        num_results=3,
        ignore_bos=True,
        something_else=1,
    )
    assert camel == snake
    assert set(camel) == {"activations", "tokens"}
    assert set(camel["activations"][0]) == {
        "source",
        "index",
        "values",
        "sumValues",
        "maxValue",
        "maxValueIndex",
    }
    steered = await post(client, "steer/completion", **steer_body(nCompletionTokens=2, temperature=0))
    body = steer_body(temperature=0)
    in_snake = {
        "prompt": body["prompt"],
        "steer_method": body["steerMethod"],
        "normalize_steering": False,
        "types": body["types"],
        "features": body["features"],
        "n_completion_tokens": 2,
        "temperature": 0,
        "strength_multiplier": 1.0,
        "freq_penalty": 0.0,
        "seed": 3.0,
    }
    assert await post(client, "steer/completion", **in_snake) == steered
    assert set(steered["outputs"][0]) == {"type", "output"}  # optional fields that are not set are left out


async def test_no_answer_holds_a_null_or_an_underscore(client: httpx.AsyncClient) -> None:
    feature = {"source": "1-res-jb", "index": 1}
    answers = [
        await post(client, "activation/single", **SINGLE),
        await post(client, "activation/single-batch", prompts=PROMPTS, source="0-res-jb", index=5),
        await post(client, "activation/all-batch", prompts=PROMPTS, sourceSet=SET),
        await post(client, "activation/topk-by-token-batch", prompts=PROMPTS, source="3-res-jb"),
        await post(client, "activation/raw", prompts=["a"]),
        await post(client, "steer/completion", **steer_body(nLogprobs=1)),
        await post(client, "tokenize", text="a"),
        await post(client, "util/sae-vector", **feature),
        await post(client, "util/sae-topk-by-decoder-cossim", feature=feature, source="0-res-jb"),
        (await client.get("/v1/capabilities?wake=1")).json(),
    ]
    for key, value in (pair for answer in answers for pair in pairs(answer)):
        assert value is not None, key
        if key not in ("activation_single",):
            assert "_" not in key or key.startswith(("activation_", "lens_", "steer_")), key


def pairs(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from pairs(inner)
    if isinstance(value, list):
        for inner in value:
            yield from pairs(inner)


@pytest.mark.parametrize("header", ["X-SECRET-KEY", "X-API-Key", "Authorization"])
async def test_keys(engine: Engine, backend: LocalBackend, header: str) -> None:
    checker = KeyChecker((KEY.encode(),), extra_headers=("x-secret-key",))
    async with client_for(create_app(engine.settings, backend, checker), key="") as client:
        scheme = "Bearer " if header == "Authorization" else ""
        for value, status in ((KEY, 200), (KEY[:-1], 401), (KEY + "x", 401), ("", 401)):
            answer = await client.post("/v1/tokenize", json={"text": "a"}, headers={header: scheme + value})
            assert answer.status_code == status
        assert error(answer)["code"] == "missing_key"
        assert (await client.get("/health")).status_code == 200
        for path in ("/docs", "/openapi.json", "/status", "/v1/capabilities"):
            assert (await client.get(path)).status_code == 401
    assert backend.calls == ["tokenize"]


async def test_health_status_and_capabilities_start_no_worker(engine: Engine, backend: LocalBackend) -> None:
    async with client_for(create_app(engine.settings, backend, None)) as client:
        health = await client.get("/health")
        assert health.json() == {"status": "ok", "app": "sae-inference", "version": "0.2.0"}
        before = (await client.get("/status")).json()
        capabilities = (await client.get("/v1/capabilities")).json()
        assert backend.calls == []
        assert (before["status"], before["torch"], capabilities["sources"]) == ("cold", None, {})
        assert (capabilities["saeSets"], capabilities["limits"]["tokenLimit"]) == ([SET], 512)
        engine.store.get("1-res-jb")
        after = (await client.get("/status?wake=1")).json()
        assert (after["status"], after["model"]["dtype"], backend.calls) == ("ready", "float32", ["describe"])
        assert "1-res-jb" in after["loaded_sources"]
        assert after["cost"]["gpu_usd_per_hour"] == 1.1
        known = (await client.get("/v1/capabilities")).json()
        assert known["sources"] == {SET: ["0-res-jb", "1-res-jb", "2-res-jb", "3-res-jb"]}
        assert "1-res-jb" in known["loadedSources"]


async def test_sources_on_the_hub_are_known_without_a_worker(backend: LocalBackend) -> None:
    async with client_for(create_app(InterpSettings(wire="legacy"), backend, None)) as client:
        assert len((await client.get("/v1/capabilities")).json()["sources"]["res-jb"]) == 13
        answer = await client.post("/v1/util/sae-vector", json={"source": "13-res-jb", "index": 0})
        assert (answer.status_code, error(answer)["code"]) == (404, "unknown_source")
    assert backend.calls == []


@pytest.mark.parametrize("name", ["gpt2-small", "openai-community/gpt2", "gpt2", None])
async def test_names_of_the_model(engine: Engine, name: str | None) -> None:
    settings = engine.settings.with_values(model_id="gpt2-small")
    async with client_for(create_app(settings, LocalBackend(engine), None)) as client:
        await post(client, "tokenize", text="a", model=name)
        answer = await client.post("/v1/tokenize", json={"text": "a", "model": "gemma-2-2b"})
        assert (answer.status_code, error(answer)["code"]) == (404, "unknown_model")


async def test_headers_tell_the_times(client: httpx.AsyncClient, engine: Engine) -> None:
    engine.model.first_call = True
    colds = []
    for _ in range(2):
        answer = await client.post("/v1/activation/single", json=SINGLE)
        assert float(answer.headers["X-Model-Seconds"]) > 0
        assert float(answer.headers["X-Queue-Seconds"]) >= 0
        colds.append(answer.headers["X-Cold-Start"])
    assert colds == ["1", "0"]


def feature(**changes: Any) -> list[dict[str, Any]]:
    return [{"source": "2-res-jb", "index": 7, "strength": 8, **changes}]


def vector(**changes: Any) -> dict[str, Any]:
    one = {"steeringVector": [1.0] * 32, "strength": 1, "hook": "blocks.0.hook_resid_pre", **changes}
    return steer_body(features=None, vectors=[one])


ROUTES = {
    "single": "activation/single",
    "singles": "activation/single-batch",
    "all": "activation/all",
    "topk": "activation/topk-by-token",
    "source": "activation/source",
    "raw": "activation/raw",
    "steer": "steer/completion",
    "tokens": "tokenize",
    "row": "util/sae-vector",
    "near": "util/sae-topk-by-decoder-cossim",
}
LONG = "a" * 600
VALIDATION = [
    ("single", {"prompt": "a"}, "feature_or_vector", None),
    ("single", {**SINGLE, "vector": [1.0], "hook": "x"}, "feature_or_vector", None),
    ("single", {"prompt": "a", "source": "0-res-jb"}, "feature_or_vector", None),
    ("single", {**SINGLE, "index": 128}, "index_out_of_range", "index"),
    ("single", {**SINGLE, "index": -1}, "greater_than_equal", "index"),
    ("single", {**SINGLE, "index": "x"}, "int_parsing", "index"),
    ("single", {**SINGLE, "prompt": ""}, "string_too_short", "prompt"),
    ("single", {**SINGLE, "prompt": "<|endoftext|>"}, "empty_prompt", "prompt"),
    (
        "single",
        {"prompt": "a", "vector": [1.0], "hook": "blocks.0.hook_mlp_out"},
        "wrong_vector_length",
        "vector",
    ),
    (
        "single",
        {"prompt": "a", "vector": [1.0] * 32, "hook": "blocks.9.hook_mlp_out"},
        "unknown_hook",
        "hook",
    ),
    (
        "singles",
        {"prompts": ["a", "<|endoftext|>"], "source": "0-res-jb", "index": 0},
        "empty_prompt",
        "prompts[1]",
    ),
    ("singles", {"prompts": [], "source": "0-res-jb", "index": 0}, "too_short", "prompts"),
    ("all", {"prompt": "a"}, "missing", "sourceSet"),
    ("all", {**ALL, "numResults": 1001}, "less_than_equal", "numResults"),
    ("all", {**ALL, "sortByTokenIndexes": [1, 6]}, "index_out_of_range", "sortByTokenIndexes[1]"),
    ("topk", {"prompt": "a", "source": "0-res-jb", "topK": 0}, "greater_than_equal", "topK"),
    ("raw", {"prompts": ["a"], "layers": [0, 3]}, "index_out_of_range", "layers[1]"),
    ("raw", {"prompts": ["a"], "hookPoint": "hook_z"}, "literal_error", "hookPoint"),
    ("steer", steer_body(features=None), "features_or_vectors", None),
    ("steer", {**vector(), "features": feature()}, "features_or_vectors", None),
    ("steer", steer_body(types=["STEERED", "STEERED"]), "repeated_type", None),
    ("steer", steer_body(types=[]), "too_short", "types"),
    ("steer", steer_body(steerMethod="MULTIPLY"), "literal_error", "steerMethod"),
    ("steer", steer_body(nCompletionTokens=513), "less_than_equal", "nCompletionTokens"),
    ("steer", steer_body(nCompletionTokens=0), "greater_than_equal", "nCompletionTokens"),
    ("steer", steer_body(nLogprobs=11), "less_than_equal", "nLogprobs"),
    ("steer", steer_body(temperature=-1), "greater_than_equal", "temperature"),
    ("steer", steer_body(features=feature(index=128)), "index_out_of_range", "features[0].index"),
    ("steer", vector(hook="blocks.0.hook_q"), "unknown_hook", "vectors[0].hook"),
    ("steer", vector(steeringVector=[1.0]), "wrong_vector_length", "vectors[0].steeringVector"),
    ("steer", {**vector(steeringVector=[0.0] * 32), "normalizeSteering": True}, "zero_vector", "vectors[0]"),
    (
        "steer",
        {**vector(steeringVector=[0.0] * 32), "steerMethod": "ORTHOGONAL_DECOMP"},
        "zero_vector",
        "vectors[0]",
    ),
    ("all", {**ALL, "sortByTokenIndexes": [1] * 8193}, "too_long", "sortByTokenIndexes"),
    ("all", {**ALL, "selectedSources": ["0-res-jb"] * 1025}, "too_long", "selectedSources"),
    ("raw", {"prompts": ["a"], "layers": [0] * 1025}, "too_long", "layers"),
    ("steer", steer_body(temperature=1e-320), "temperature", None),
    ("steer", steer_body(temperature=9e-4), "temperature", None),
    ("steer", steer_body(strengthMultiplier=1e308), "less_than_equal", "strengthMultiplier"),
    ("steer", steer_body(features=feature(strength=-1e308)), "greater_than_equal", "features[0].strength"),
    ("steer", vector(steeringVector=[1e38] * 32), "less_than_equal", "vectors[0].steeringVector[0]"),
    ("near", {"source": "0-res-jb", "vector": [1e308] * 32}, "less_than_equal", "vector[0]"),
    ("row", {"source": "0-res-jb", "index": 128}, "index_out_of_range", "index"),
    ("near", {"source": "0-res-jb"}, "feature_or_vector", None),
    ("near", {"source": "0-res-jb", "vector": [1.0]}, "wrong_vector_length", "vector"),
    (
        "near",
        {"source": "0-res-jb", "feature": {"source": "1-res-jb", "index": 128}},
        "index_out_of_range",
        "feature.index",
    ),
]
MISSING = [
    ("single", {**SINGLE, "source": "9-res-jb"}, "unknown_source", "source"),
    ("all", {**ALL, "sourceSet": "none"}, "unknown_source", "sourceSet"),
    ("all", {**ALL, "selectedSources": ["0-res-jb", "9-res-jb"]}, "unknown_source", "selectedSources[1]"),
    ("topk", {"prompt": "a", "source": "x"}, "unknown_source", "source"),
    ("source", {"prompts": ["a"], "source": "x"}, "unknown_source", "source"),
    ("steer", steer_body(features=feature(source="x")), "unknown_source", "features[0].source"),
    ("steer", steer_body(features=feature(model="x")), "unknown_model", "features[0].model"),
    ("row", {"source": "x", "index": 0}, "unknown_source", "source"),
    ("near", {"source": "x", "vector": [1.0]}, "unknown_source", "source"),
    (
        "near",
        {"source": "0-res-jb", "feature": {"source": "x", "index": 0}},
        "unknown_source",
        "feature.source",
    ),
    ("tokens", {"text": "a", "model": "x"}, "unknown_model", "model"),
    ("steer", steer_body(model="x", stream=True), "unknown_model", "model"),
    ("raw", {"prompts": ["a"], "model": "x"}, "unknown_model", "model"),
]
TOO_LARGE = [
    ("single", {**SINGLE, "prompt": LONG}, "too_many_tokens", "prompt"),
    ("all", {**ALL, "prompt": LONG}, "too_many_tokens", "prompt"),
    ("raw", {"prompts": ["a", LONG]}, "too_many_tokens", "prompts[1]"),
    ("steer", steer_body(prompt=LONG), "too_many_tokens", "prompt"),
    ("steer", steer_body(prompt=LONG, stream=True), "too_many_tokens", "prompt"),
    ("tokens", {"text": LONG}, "too_many_tokens", "text"),
    ("source", {"prompts": ["a"] * 33, "source": "0-res-jb"}, "too_many_inputs", "prompts"),
]
TYPES = {404: "not_found_error", 413: "payload_too_large", 422: "validation_error"}


@pytest.mark.parametrize(
    ("status", "route", "body", "code", "param"),
    [
        (status, *case)
        for status, cases in ((422, VALIDATION), (404, MISSING), (413, TOO_LARGE))
        for case in cases
    ],
)
async def test_what_is_wrong_with_a_request(
    client: httpx.AsyncClient, status: int, route: str, body: dict[str, Any], code: str, param: str | None
) -> None:
    answer = await client.post(f"/v1/{ROUTES[route]}", json=body)
    assert answer.status_code == status, answer.text
    found = error(answer)
    assert (found["type"], found["code"], found["param"]) == (TYPES[status], code, param)


async def test_what_is_wrong_before_the_request_is_read(client: httpx.AsyncClient, engine: Engine) -> None:
    cases = [
        ("GET", "/v1/nothing", None, 404, "no_route"),
        ("GET", "/v1/tokenize", None, 405, "method_not_allowed"),
        ("POST", "/v1/tokenize", b"{", 400, "malformed_json"),
        ("POST", "/v1/tokenize", bytes(5 << 20), 413, "body_too_large"),
    ]
    for method, path, content, status, code in cases:
        answer = await client.request(
            method, path, content=content, headers={"Content-Type": "application/json"}
        )
        assert (answer.status_code, error(answer)["code"]) == (status, code)


async def test_a_context_that_is_too_long(folder: Path, backend: LocalBackend) -> None:
    engine = started(settings_for(folder, token_limit=1000))
    async with client_for(create_app(engine.settings, LocalBackend(engine), None)) as client:
        answer = await client.post(
            "/v1/steer/completion", json=steer_body(prompt="a" * 900, nCompletionTokens=200)
        )
        assert (answer.status_code, error(answer)["code"]) == (422, "context_too_long")


async def test_a_refused_model_or_set_starts_no_gpu(client: httpx.AsyncClient, backend: LocalBackend) -> None:
    for body in ({**ALL, "model": "x"}, {**ALL, "sourceSet": "x"}, {"prompt": 1}):
        assert (await client.post("/v1/activation/all", json=body)).status_code in (404, 422)
    assert backend.calls == []


def broken_weights(folder: Path, to: Path) -> Path:
    """The tiny model with a weight in one SAE that is no number."""
    (to / "saes" / SET).mkdir(parents=True)
    (to / "model").symlink_to(folder / "model")
    source = to / "saes" / SET / "0-res-jb"
    source.mkdir()
    origin = folder / "saes" / SET / "0-res-jb"
    (source / "cfg.json").write_text((origin / "cfg.json").read_text())
    tensors = load_file(origin / "sae_weights.safetensors")
    tensors["W_enc"][3, 3] = float("nan")
    save_file(tensors, source / "sae_weights.safetensors")
    return to


async def test_weights_that_are_no_numbers(folder: Path, tmp_path: Path) -> None:
    engine = started(settings_for(broken_weights(folder, tmp_path / "broken")))
    async with client_for(create_app(engine.settings, LocalBackend(engine), None)) as client:
        for path, body in (("activation/single", SINGLE), ("activation/all", ALL)):
            answer = await client.post(f"/v1/{path}", json=body)
            assert (answer.status_code, error(answer)["code"]) == (500, "non_finite")
            assert error(answer)["type"] == "server_error"
    assert engine.store.cache.keys == []


async def test_an_sae_of_another_model_or_with_an_unknown_hook(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "model").symlink_to(folder / "model")
    weights = {"W_enc": (16, 128), "W_dec": (128, 16), "b_enc": (128,), "b_dec": (16,)}
    for name, hook in (("0-res-jb", "blocks.0.hook_resid_pre"), ("1-res-jb", "blocks.0.attn.hook_q")):
        source = tmp_path / "saes" / SET / name
        source.mkdir(parents=True)
        (source / "cfg.json").write_text(json.dumps({"hook_name": hook}))
        save_file(
            {key: torch.zeros(shape) for key, shape in weights.items()}, source / "sae_weights.safetensors"
        )
    engine = started(settings_for(tmp_path))
    async with client_for(create_app(engine.settings, LocalBackend(engine), None)) as client:
        answer = await client.post("/v1/activation/single", json=SINGLE)
        assert (answer.status_code, error(answer)["code"]) == (422, "unsupported_source")
        assert "it reads 16 numbers, the model has 32" in error(answer)["message"]
        answer = await client.post("/v1/activation/all", json={**ALL, "selectedSources": ["1-res-jb"]})
        assert (answer.status_code, error(answer)["code"]) == (422, "unknown_hook")
        assert error(answer)["param"] == "selectedSources"


async def test_answers_that_are_no_numbers(folder: Path) -> None:
    engine = started(settings_for(folder))
    with torch.no_grad():
        engine.model.model.transformer.wpe.weight[3] = float("inf")
    feature = {"source": "0-res-jb", "index": 5}
    bodies = {
        "activation/single": SINGLE,
        "activation/all": ALL,
        "activation/topk-by-token": {"prompt": "Hello", "source": "0-res-jb"},
        "activation/source": {"prompts": ["Hello"], "source": "3-res-jb"},
        "activation/raw": {"prompts": ["Hello"]},
        "steer/completion": steer_body(),
    }
    async with client_for(create_app(engine.settings, LocalBackend(engine), None)) as client:
        for path, body in bodies.items():
            answer = await client.post(f"/v1/{path}", json=body)
            assert (answer.status_code, error(answer)["code"]) == (500, "non_finite"), path
        streamed = await client.post("/v1/steer/completion", json=steer_body(stream=True))
        assert (streamed.status_code, error(streamed)["code"]) == (500, "non_finite")
        assert (await client.post("/v1/util/sae-vector", json=feature)).status_code == 200


def failing(engine: Engine, failures: list[Exception]) -> Callable[..., None]:
    """Makes forward passes of the blocks fail, one for each of the failures."""

    def fail(*_: object) -> None:
        if failures:
            raise failures.pop(0)

    return engine.model.model.transformer.h[0].register_forward_hook(fail).remove


async def test_out_of_memory_empties_the_cache_and_is_tried_again(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = started(settings_for(folder))
    expected = engine.call("source", {"prompts": ["Hello"], "source": "1-res-jb"})["result"]
    async with client_for(create_app(engine.settings, LocalBackend(engine), None)) as client:
        for path, body in (
            ("activation/source", {"prompts": ["Hello"], "source": "1-res-jb"}),
            ("steer/completion", steer_body()),
            ("steer/completion", steer_body(stream=True)),
        ):
            engine.store.get("3-res-jb")
            remove = failing(engine, [torch.cuda.OutOfMemoryError("CUDA out of memory")])
            answer = await client.post(f"/v1/{path}", json=body)
            remove()
            assert answer.status_code == 200
            assert "3-res-jb" not in engine.store.cache.keys
            if path == "activation/source":
                assert [result["tokens"] for result in answer.json()["results"]] == [expected[0]["tokens"]]
            remove = failing(engine, [torch.cuda.OutOfMemoryError("CUDA out of memory")] * 2)
            answer = await client.post(f"/v1/{path}", json=body)
            remove()
            assert (answer.status_code, error(answer)["code"]) == (503, "out_of_memory")
            assert int(answer.headers["Retry-After"]) > 0
    assert not engine.poisoned
    assert "out of memory; the SAEs are given up and it is tried once more" in caplog.text


async def test_a_broken_gpu_is_told_apart(folder: Path) -> None:
    engine = started(settings_for(folder))
    async with client_for(create_app(engine.settings, LocalBackend(engine), None)) as client:
        remove = failing(engine, [RuntimeError("CUDA error: an illegal memory access was encountered")])
        answer = await client.post("/v1/activation/single", json=SINGLE)
        remove()
    assert (answer.status_code, error(answer)["code"]) == (503, "gpu_error")
    assert engine.poisoned


async def test_a_failure_within_a_stream_is_its_last_event(folder: Path) -> None:
    engine = started(settings_for(folder))
    calls = 0

    def fail(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    engine.model.model.transformer.h[0].register_forward_hook(fail)
    async with client_for(create_app(engine.settings, LocalBackend(engine), None)) as client:
        answer = await client.post("/v1/steer/completion", json=steer_body(stream=True))
        lines = [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line]
        assert answer.status_code == 200
        assert [set(line) for line in lines] == [{"outputs"}] * 3 + [{"error"}]
        assert lines[-1]["error"]["code"] == "out_of_memory"
        assert (await client.get("/status")).json()["requests"]["failed"] == 1


class BrokenBackend(LocalBackend):
    """Fails as it is told."""

    def __init__(self, failure: Exception | None) -> None:
        self.failure = failure

    async def call(self, name: str, payload: dict[str, Any]) -> Reply:
        if self.failure is None:
            await asyncio.sleep(10)
        raise self.failure or AssertionError

    async def stream(self, payload: dict[str, Any]) -> AsyncGenerator[Reply, None]:
        yield await self.call("", payload)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (BackendError("gone, token hf_secret"), 503, "worker_failed"),
        (TimeoutError(), 504, "deadline"),
        (None, 504, "deadline"),
        (RuntimeError("boom hf_secret"), 500, "internal"),
    ],
)
async def test_a_failing_worker(failure: Exception | None, status: int, code: str, stream: bool) -> None:
    app = create_app(InterpSettings(timeout_s=1, wire="legacy"), BrokenBackend(failure), None)
    async with client_for(app) as client:
        answer = await client.post("/v1/steer/completion", json=steer_body(stream=stream))
    assert (answer.status_code, error(answer)["code"]) == (status, code)
    assert "hf_secret" not in answer.text
    assert "Traceback" not in answer.text
    if status == 503:
        assert int(answer.headers["Retry-After"]) > 0


async def test_a_bug_in_the_worker_is_not_hidden(engine: Engine) -> None:
    with pytest.raises(KeyError):
        engine.call("nothing", {})


async def test_logs_have_no_prompts(client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    setup_logging("sae-inference", "INFO")
    await client.post("/v1/activation/single", json={**SINGLE, "prompt": "private words"})
    printed = capsys.readouterr().out
    assert "POST /v1/activation/single 200" in printed
    assert "private" not in printed
    assert KEY not in printed


def test_loading_reports_its_phases(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started(settings_for(folder))
    printed = capsys.readouterr().out
    phases = [json.loads(line[8:])["name"] for line in printed.splitlines() if line.startswith("::phase ")]
    assert phases == ["load_model", "move_to_device", "warm_up"]
    assert "GPU: none" in printed or "GPU memory after load" in printed


def test_loading_does_not_touch_cuda(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("CUDA was touched before the snapshot")

    for name in ("is_available", "device_count", "current_device", "init", "mem_get_info"):
        monkeypatch.setattr(torch.cuda, name, refuse)
    Engine(settings_for(folder)).load()


def test_folders_that_are_not_there_are_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="There is no checkpoint at /none in this container"):
        Engine(settings_for(folder).with_values(model_id="/none")).load()
    with pytest.raises(FileNotFoundError, match="There is no SAE in"):
        Engine(settings_for(folder).with_values(sae_path=str(tmp_path))).load()


def test_the_web_function_needs_no_torch() -> None:
    heavy = ("torch", "transformers", "numpy", "safetensors", "huggingface_hub", "modal")
    code = f"import sys, interpret.api; sys.exit(any(name in sys.modules for name in {heavy}))"
    paths = os.pathsep.join([str(ROOT), str(ROOT / "interp")])
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths})
    assert done.returncode == 0


def test_the_package_does_not_import_modal() -> None:
    for path in (ROOT / "interp" / "interpret").glob("*.py"):
        assert "import modal" not in path.read_text(), path.name


async def test_routes_are_those_of_the_manifest(client: httpx.AsyncClient) -> None:
    openapi = (await client.get("/openapi.json")).json()
    assert listed_routes("interp") == documented_routes(openapi)
    for path, methods in openapi["paths"].items():
        if path.startswith("/v1/"):
            for operation in methods.values():
                assert "$ref" in operation["responses"]["200"]["content"]["application/json"]["schema"]


@pytest.mark.parametrize("sample", read_manifest("interp")["samples"], ids=lambda sample: sample["id"])
async def test_samples_answer_as_promised(client: httpx.AsyncClient, sample: dict[str, Any]) -> None:
    answer = await send_sample(client, "interp", sample)
    if sample["id"] == "steer":
        steered, default = answer.json()["outputs"]
        assert steered["output"] != default["output"]
