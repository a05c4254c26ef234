"""
The meaning of answers as of Neuronpedia's own server, the default. What it computes is what SAELens and transformers
compute, so these are asked here; a comparison with the server itself was run outside of the suite.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import torch
from appkit.auth import KeyChecker
from interp_kit import LocalBackend, post, settings_for, started, steer_body
from interpret.api import create_app
from interpret.engine import Engine
from saelens_kit import saelens
from schema_check import check_api
from support import KEY, client_for
from transformers import AutoModelForCausalLM, AutoTokenizer

TEMPLATE = (
    "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}<|endoftext|>\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
CHAT = [{"role": "system", "content": "Be kind"}, {"role": "user", "content": "Hi Z"}]


@pytest.fixture(scope="module")
def chat_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model with a chat template, and its SAEs for activations that are not centred."""
    made = tmp_path_factory.mktemp("chat")
    shutil.copytree(folder / "model", made / "model")
    (made / "model" / "chat_template.jinja").write_text(TEMPLATE)
    shutil.copytree(folder / "saes", made / "saes")
    for path in made.glob("saes/*/*/cfg.json"):
        path.write_text(json.dumps({**json.loads(path.read_text()), "model_from_pretrained_kwargs": {}}))
    return made


@pytest.fixture(scope="module")
def like_theirs(chat_folder: Path) -> Engine:
    return started(settings_for(chat_folder, wire="neuronpedia"))


@pytest_asyncio.fixture
async def flat(like_theirs: Engine) -> AsyncIterator[httpx.AsyncClient]:
    checker = KeyChecker((KEY.encode(),), extra_headers=("x-secret-key",))
    async with client_for(create_app(like_theirs.settings, LocalBackend(like_theirs), checker)) as client:
        yield client


def folded(folder: Path, source: str) -> Any:
    """The SAE as SAELens reads it, its decoder norms folded as Neuronpedia's server does."""
    found = saelens().SAE.load_from_disk(folder / "saes" / "res-jb" / source, device="cpu")
    if getattr(found.cfg, "rescale_acts_by_decoder_norm", True):
        found.fold_W_dec_norm()
    return found


def residual(folder: Path, text: str, layer: int) -> torch.Tensor:
    """What transformers itself has before a layer; -1 for after the last."""
    model = AutoModelForCausalLM.from_pretrained(folder / "model")
    ids = torch.tensor([ids_of(folder, text)])
    seen: dict[str, torch.Tensor] = {}
    last = layer == len(model.transformer.h)
    block = model.transformer.h[layer - last]
    hook = block.register_forward_hook if last else block.register_forward_pre_hook
    hook(lambda _, inputs, *output: seen.update(x=(output[0] if output else inputs[0])))
    with torch.no_grad():
        model(ids)
    found = seen["x"]
    return found[0] if isinstance(found, tuple) else found


def ids_of(folder: Path, text: str) -> list[int]:
    tokenizer = AutoTokenizer.from_pretrained(folder / "model")
    ids: list[int] = tokenizer(tokenizer.bos_token + text)["input_ids"]
    return ids


@pytest.mark.parametrize(
    ("source", "layer"), [("0-res-jb", 0), ("1-res-jb", 1), ("2-res-jb", 2), ("3-res-jb", 3)]
)
async def test_activations_are_those_of_saelens_with_folded_norms(
    flat: httpx.AsyncClient, chat_folder: Path, source: str, layer: int
) -> None:
    with torch.no_grad():
        expected = folded(chat_folder, source).encode(residual(chat_folder, "abcZ", layer))[0]
    best = int(expected[1:].max(0).values.argmax())
    found = await post(flat, "activation/single", prompt="abcZ", source=source, index=str(best))
    torch.testing.assert_close(
        torch.tensor(found["activation"]["values"]), expected[1:, best], atol=1e-4, rtol=1e-4
    )
    assert found["activation"]["dfaValues"] is None
    top = await post(flat, "activation/topk-by-token", prompt="abcZ", source=source, topK=2)
    values = [one["activationValue"] for token in top["results"] for one in token["topFeatures"]]
    torch.testing.assert_close(
        torch.tensor(values), expected[1:].topk(2, dim=-1).values.flatten(), atol=1e-4, rtol=1e-4
    )


async def test_a_vector_is_the_encoder_column(flat: httpx.AsyncClient, chat_folder: Path) -> None:
    found = await post(flat, "util/sae-vector", source="1-res-jb", index=7)
    column = folded(chat_folder, "1-res-jb").W_enc[:, 7].detach()
    torch.testing.assert_close(torch.tensor(found["vector"]), column, atol=1e-5, rtol=1e-5)
    assert set(found) == {"vector", "hookName"}


async def test_the_top_features_are_filled_up_with_those_that_do_not_fire(flat: httpx.AsyncClient) -> None:
    body = {"prompt": "Z", "sourceSet": "res-jb", "selectedSources": ["0-res-jb"], "numResults": 128}
    found = await post(flat, "activation/all", **body)
    assert len(found["activations"]) == 128
    assert found["activations"][-1]["maxValue"] == 0


async def test_tokens_that_begin_a_sequence_count_nothing(
    flat: httpx.AsyncClient, like_theirs: Engine
) -> None:
    found = await post(flat, "activation/single", prompt="Z<|endoftext|>Z", source="1-res-jb", index="3")
    assert found["activation"]["values"][1] == 0
    assert found["tokensIsSpecial"] == [False, True, False]
    vector = {"vector": [1.0] * 32, "hook": "blocks.1.hook_resid_post"}
    found = await post(flat, "activation/single", prompt="ab", **vector)
    assert found["tokens"] == ["a", "b"]  # this tokenizer adds none by itself
    ids = like_theirs.model.reader.read_as_tokenized("ab").ids
    [(_, seen)] = like_theirs.model.activations([ids], [vector["hook"]])  # type: ignore[list-item]
    expected = seen["blocks.1.hook_resid_post"].sum(-1)
    torch.testing.assert_close(torch.tensor(found["activation"]["values"]), expected)


def continued(folder: Path, ids: list[int], count: int) -> str:
    """What transformers writes greedily after tokens, alone."""
    model = AutoModelForCausalLM.from_pretrained(folder / "model")
    tokenizer = AutoTokenizer.from_pretrained(folder / "model")
    whole = model.generate(torch.tensor([ids]), max_new_tokens=count, do_sample=False)[0]
    text: str = tokenizer.decode(whole[len(ids) :])
    return text


async def test_a_completion_is_what_follows_the_prompt(flat: httpx.AsyncClient, chat_folder: Path) -> None:
    body = steer_body(prompt="Hello", temperature=0, nCompletionTokens=8)
    found = await post(flat, "steer/completion", **body)
    texts = {one["type"]: one["output"] for one in found["outputs"]}
    assert texts["DEFAULT"] == continued(chat_folder, ids_of(chat_folder, "Hello"), 8)
    assert texts["STEERED"] != texts["DEFAULT"]


async def test_a_vector_of_length_one_steers(flat: httpx.AsyncClient, chat_folder: Path) -> None:
    row = folded(chat_folder, "2-res-jb").W_dec[7].detach()
    unit = row / row.norm()
    feature = await post(
        flat,
        "steer/completion",
        **steer_body(temperature=0, features=[{"source": "1-res-jb", "index": 7, "strength": 9}]),
    )
    sae = folded(chat_folder, "1-res-jb")
    assert float(sae.W_dec[7].norm()) == pytest.approx(1, abs=1e-5)
    vector = [{"steeringVector": sae.W_dec[7].tolist(), "strength": 9, "hook": "blocks.1.hook_resid_pre"}]
    same = await post(flat, "steer/completion", **steer_body(temperature=0, features=None, vectors=vector))
    assert feature == same
    # Of a topk whose features would change, nothing is folded.
    assert float(unit.norm()) == pytest.approx(1, abs=1e-5)
    assert float(row.norm()) == pytest.approx(1.5, abs=1e-4)


async def test_the_part_along_a_vector_is_limited(like_theirs: Engine, flat: httpx.AsyncClient) -> None:
    vector = torch.zeros(32)
    vector[3] = 2.0
    body = steer_body(
        temperature=0,
        steerMethod="PROJECTION_CAP",
        features=None,
        vectors=[{"steeringVector": vector.tolist(), "strength": 0.25, "hook": "blocks.1.hook_resid_pre"}],
    )
    assert (await flat.post("/v1/steer/completion", json=body)).status_code == 200
    from interpret.steering import make_steering

    payload = {"steer_method": "PROJECTION_CAP", "strength_multiplier": 1.0, "normalize_steering": False}
    payload["vectors"] = [
        {"steering_vector": vector.tolist(), "strength": 0.25, "hook": "blocks.1.hook_resid_pre"}
    ]
    [direction] = make_steering(like_theirs.model, like_theirs.store, payload).directions
    x = torch.randn(1, 6, 32)
    changed = direction.apply(x, torch.ones(1, 6, 1))
    torch.testing.assert_close(changed[..., 3], x[..., 3].clamp_max(0.25))
    torch.testing.assert_close(changed[..., :3], x[..., :3])


@pytest.mark.parametrize("stream", [False, True])
async def test_a_chat_is_rendered_and_answered(
    flat: httpx.AsyncClient, chat_folder: Path, stream: bool
) -> None:
    body = steer_body(
        prompt=CHAT, temperature=0, nCompletionTokens=6, stream=stream, steerSpecialTokens=False
    )
    answer = await flat.post("/v1/steer/completion-chat", json=body)
    assert answer.status_code == 200, answer.text
    found = (
        json.loads(answer.text.strip().splitlines()[-1].removeprefix("data: ")) if stream else answer.json()
    )
    tokenizer = AutoTokenizer.from_pretrained(chat_folder / "model")
    prompt = tokenizer.apply_chat_template(CHAT, tokenize=False, add_generation_prompt=True)
    ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    plain = {one["type"]: one for one in found["outputs"]}["DEFAULT"]
    written = continued(chat_folder, ids, 6)
    assert plain["raw"] == prompt + written
    assert plain["chatTemplate"] == [*CHAT, {"role": "assistant", "content": written.strip()}]
    assert found["input"] == {"raw": prompt, "chatTemplate": CHAT}


async def test_spans_tell_what_each_token_belongs_to(flat: httpx.AsyncClient, chat_folder: Path) -> None:
    found = await post(flat, "apply-chat-template", messages=CHAT)
    tokenizer = AutoTokenizer.from_pretrained(chat_folder / "model")
    prompt = tokenizer.apply_chat_template(CHAT, tokenize=False, add_generation_prompt=True)
    assert found["prompt"] == prompt == "".join(span["tokenStr"] for span in found["spans"])
    assert found["tokens"] == tokenizer(prompt, add_special_tokens=False)["input_ids"]

    def text(section: str, message: int | None) -> str:
        chosen = [
            one for one in found["spans"] if (one["section"], one["messageIndex"]) == (section, message)
        ]
        return "".join(one["tokenStr"] for one in chosen)

    assert [text("content", 0), text("content", 1)] == ["Be kind", "Hi Z"]
    assert [text("header", 0), text("footer", 0)] == ["[system]", "<|endoftext|>\n"]
    assert text("header", None) == "[assistant]"
    assert {one["role"] for one in found["spans"]} == {"system", "user", "assistant"}


async def test_a_model_without_a_chat_template_says_so(folder: Path) -> None:
    engine = started(settings_for(folder, wire="neuronpedia"))
    async with client_for(create_app(engine.settings, LocalBackend(engine), None)) as client:
        for path, body in (
            ("steer/completion-chat", steer_body(prompt=CHAT)),
            ("apply-chat-template", {"messages": CHAT}),
        ):
            answer = await client.post(f"/v1/{path}", json=body)
            assert answer.status_code == 400
            assert "no chat template" in answer.json()["error"]


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("activation/single", {"prompt": "a", "source": "9-res-jb", "index": "1"}, 400, "no source 9-res-jb"),
        (
            "activation/single",
            {"prompt": "a", "source": "0-res-jb", "index": "128"},
            400,
            "features 0 to 127",
        ),
        ("activation/single", {"prompt": "a"}, 400, "exactly one of layer/index or vector"),
        ("activation/all", {"prompt": "a", "sourceSet": "x"}, 400, "Invalid source set"),
        ("tokenize", {"text": "a" * 600}, 400, "Text too long: 601 tokens, max is 512"),
        ("tokenize", {"text": 3}, 422, "text: "),
        ("activation/raw", {"prompts": ["a"], "hookPoint": "x"}, 400, "Input should be"),
        ("activation/raw", {"prompts": []}, 400, "at least 1 item"),
        (
            "util/sae-topk-by-decoder-cossim",
            {"source": "0-res-jb"},
            400,
            "exactly one of feature or vector must be provided",
        ),
        (
            "util/sae-topk-by-decoder-cossim",
            {"source": "fake-source", "feature": {"source": "0-res-jb", "index": 1}},
            400,
            "Invalid SAE ID or type: fake-source",
        ),
        (
            "util/similarity-matrix-pred",
            {"modelId": "a", "sourceId": "0-res-jb", "index": 0, "text": "a"},
            400,
            "not temporal",
        ),
        ("nothing", {}, 404, "Not Found"),
    ],
)
async def test_errors_are_texts(
    flat: httpx.AsyncClient, path: str, body: dict[str, Any], status: int, words: str
) -> None:
    answer = await flat.post(f"/v1/{path}", json=body)
    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert ("detail" in answer.json()) == (status == 422)


async def test_equal_prompts_have_equal_answers(flat: httpx.AsyncClient, like_theirs: Engine) -> None:
    """In two rows of a batch, a matrix product can differ in the last digits: one row is asked for both."""
    rows: list[int] = []
    hook = like_theirs.model.model.transformer.wte.register_forward_hook(
        lambda _, ids, __: rows.append(len(ids[0]))
    )
    body = {"sourceSet": "res-jb", "selectedSources": [], "sortByTokenIndexes": [], "ignoreBos": True}
    found = await post(flat, "activation/all-batch", prompts=["abcZ", "other", "abcZ"], **body)
    hook.remove()
    assert found["results"][0] == found["results"][2] != found["results"][1]
    assert sum(rows) == 2


async def test_one_model_is_served_whatever_it_is_called(flat: httpx.AsyncClient) -> None:
    await post(flat, "tokenize", text="a", model="gemma-2-2b")
    answer = await flat.post("/v1/tokenize", json={"text": "a"}, headers={"Authorization": "Bearer wrong"})
    assert (answer.status_code, set(answer.json())) == (401, {"error"})


async def test_capabilities_are_flat(flat: httpx.AsyncClient) -> None:
    before = (await flat.get("/v1/capabilities")).json()
    assert (before["device"], before["num_layers"]) == (None, None)  # not known, and not guessed
    found = (await flat.get("/v1/capabilities?wake=1")).json()
    assert (found["device"], found["num_layers"], found["max_tokens"], found["token_limit"]) == (
        "cpu",
        3,
        1024,
        512,
    )
    assert found["endpoints"]["steer_completion_chat"]
    assert not found["endpoints"]["lens_jacobian"]
    assert (await flat.get("/health")).json()["status"] == "healthy"
    assert (await flat.post("/initialize")).status_code == 200


async def test_an_sae_of_the_wrong_shape_is_named_and_the_next_request_works(
    chat_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(chat_folder, tmp_path / "x")
    broken = tmp_path / "x" / "saes" / "res-jb" / "1-res-jb" / "sae_weights.safetensors"
    broken.write_bytes(broken.read_bytes()[:100])
    engine = started(settings_for(tmp_path / "x", wire="neuronpedia"))
    async with client_for(create_app(engine.settings, LocalBackend(engine), None)) as client:
        body = {"prompt": "a", "index": "1"}
        answer = await client.post("/v1/activation/single", json={**body, "source": "1-res-jb"})
        assert answer.status_code == 400
        assert "sae_weights.safetensors cannot be read" in answer.json()["error"]
        await post(client, "activation/single", **body, source="0-res-jb")


def test_answers_are_as_documented(like_theirs: Engine) -> None:
    checker = KeyChecker((KEY.encode(),), extra_headers=("x-secret-key",))
    tried = check_api(create_app(like_theirs.settings, LocalBackend(like_theirs), checker))
    assert "POST /v1/steer/completion-chat" in tried
