"""Which features fire where, through the whole app."""

from __future__ import annotations

import httpx
import pytest
import torch
from interp_kit import PROMPTS, SET, SOURCES, post
from interpret.engine import Engine
from interpret.sae_math import Sae
from tiny_gpt2_sae import PLANTED, PLANTED_SOURCE, PLANTED_VALUE


def encoded(engine: Engine, prompt: str, source: str) -> torch.Tensor:
    """All features at all tokens, with nothing of the routes: [position, feature]."""
    sae = engine.store.get(source)
    ids = engine.model.reader.read(prompt).ids
    layer = int(sae.config.hook.split(".")[1])
    states = engine.model.model.transformer(
        input_ids=torch.tensor([ids]), output_hidden_states=True
    ).hidden_states
    if sae.config.hook.endswith("pre"):
        return sae.encode(states[layer][0]).detach()
    inner = engine.model.model.transformer
    return sae.encode(inner.h[layer](states[layer])[0]).detach()


async def test_the_planted_feature_is_first_on_its_token(client: httpx.AsyncClient) -> None:
    for prompt, where in (("abcZdef", 4), ("Zero", 1), ("say Z", 5)):
        top = (await post(client, "activation/all", prompt=prompt, sourceSet=SET))["activations"][0]
        assert (top["source"], top["index"], top["maxValueIndex"]) == (PLANTED_SOURCE, PLANTED, where)
        assert top["maxValue"] == pytest.approx(PLANTED_VALUE, rel=0.05)
        assert [position for position, value in enumerate(top["values"]) if value] == [where]
        by_token = await post(client, "activation/topk-by-token", prompt=prompt, source=PLANTED_SOURCE)
        leaders = [token["topFeatures"][0]["featureIndex"] for token in by_token["results"]]
        assert leaders.index(PLANTED) == where - 1  # the first token, which begins the sequence, is left out
        assert leaders.count(PLANTED) == 1
    none = await post(client, "activation/single", prompt="abc", source=PLANTED_SOURCE, index=PLANTED)
    assert none["activation"]["maxValue"] == 0


@pytest.mark.parametrize("source", SOURCES)
async def test_single_is_the_column_of_the_bare_model(
    client: httpx.AsyncClient, engine: Engine, source: str
) -> None:
    every = encoded(engine, "abcZdef", source)
    index = int(every[1:].sum(0).argmax())
    answer = await post(client, "activation/single", prompt="abcZdef", source=source, index=str(index))
    assert answer["tokens"] == list("abcZdef")
    assert answer["tokensIsSpecial"] == [False] * 7
    values = answer["activation"]["values"]
    assert values == pytest.approx(every[1:, index].tolist(), abs=1e-4)
    assert answer["activation"]["maxValue"] == max(values)
    assert answer["activation"]["maxValueIndex"] == values.index(max(values))


async def test_single_does_not_encode_the_dictionary(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("all features were encoded")

    monkeypatch.setattr(Sae, "encode", refuse)
    for source in ("0-res-jb", "1-res-jb", "3-res-jb"):
        await post(client, "activation/single", prompt="Hello", source=source, index=1)


async def test_a_vector_at_a_hook(client: httpx.AsyncClient, engine: Engine) -> None:
    vector = [0.0] * 31 + [2.0]
    hook = "blocks.1.hook_resid_pre"
    answer = await post(client, "activation/single", prompt="ab", vector=vector, hook=hook)
    ids = torch.tensor([engine.model.reader.read("ab").ids])
    states = engine.model.model.transformer(input_ids=ids, output_hidden_states=True).hidden_states
    assert answer["activation"]["values"] == pytest.approx((states[1][0, 1:, 31] * 2).tolist(), abs=1e-5)


async def test_all_ranks_over_the_whole_set(client: httpx.AsyncClient, engine: Engine) -> None:
    answer = await post(client, "activation/all", prompt="Hello", sourceSet=SET, numResults=1000)
    expected = []
    for source in SOURCES:
        values = encoded(engine, "Hello", source)
        values[0] = 0
        largest, where = values.max(0)
        expected += [
            (float(largest[index]), source, index, int(where[index]))
            for index in largest.nonzero()[:, 0].tolist()
        ]
    expected.sort(key=lambda one: -one[0])
    found = [
        (one["maxValue"], one["source"], one["index"], one["maxValueIndex"]) for one in answer["activations"]
    ]
    assert len(found) == len(expected)
    assert [one[0] for one in found] == pytest.approx([one[0] for one in expected], abs=1e-3)
    assert {one[1:3] for one in found} == {one[1:3] for one in expected}
    assert answer["tokens"] == ["<|endoftext|>", *"Hello"]
    assert all(one["sumValues"] == 0 and len(one["values"]) == 6 for one in answer["activations"])


async def test_all_sorted_by_tokens_and_selected(client: httpx.AsyncClient, engine: Engine) -> None:
    answer = await post(
        client,
        "activation/all",
        prompt="Hello",
        source_set=SET,
        selected_sources=["1-res-jb"],
        sort_by_token_indexes=[2, 4],
        num_results=3,
    )
    sums = encoded(engine, "Hello", "1-res-jb")[[2, 4]].sum(0)
    top = sums.topk(3)
    assert [one["index"] for one in answer["activations"]] == top.indices.tolist()
    assert [one["sumValues"] for one in answer["activations"]] == pytest.approx(top.values.tolist(), abs=1e-4)
    assert {one["source"] for one in answer["activations"]} == {"1-res-jb"}


async def test_ignoring_the_beginning_or_not(client: httpx.AsyncClient) -> None:
    for ignore in (True, False):
        body = {"prompt": "Hello", "sourceSet": SET, "ignoreBos": ignore, "numResults": 1000}
        found = (await post(client, "activation/all", **body))["activations"]
        assert any(one["maxValueIndex"] == 0 for one in found) is not ignore
        by_token = await post(
            client, "activation/topk-by-token", prompt="Hello", source="1-res-jb", topK=3, ignoreBos=ignore
        )
        first = by_token["results"][0]
        assert (first["tokenPosition"], first["isSpecial"]) == ((1, False) if ignore else (0, True))
        assert len(by_token["tokens"]) == len(by_token["results"]) == (5 if ignore else 6)
        assert all(len(one["topFeatures"]) == 3 for one in by_token["results"])


async def test_topk_by_token_is_that_of_the_bare_model(client: httpx.AsyncClient, engine: Engine) -> None:
    answer = await post(
        client, "activation/topk-by-token", prompt="Hello", source="3-res-jb", topK=4, ignoreBos=False
    )
    top = encoded(engine, "Hello", "3-res-jb").topk(4)
    for number, token in enumerate(answer["results"]):
        assert [one["featureIndex"] for one in token["topFeatures"]] == top.indices[number].tolist()
        values = [one["activationValue"] for one in token["topFeatures"]]
        assert values == pytest.approx(top.values[number].tolist(), abs=1e-4)


async def test_a_source_as_a_sparse_matrix(client: httpx.AsyncClient, engine: Engine) -> None:
    answer = await post(client, "activation/source", prompts=PROMPTS, source="2-res-jb")
    for prompt, result in zip(PROMPTS, answer["results"], strict=True):
        dense = torch.zeros(len(result["tokens"]), 128)
        for feature, pairs in result["activeFeatures"].items():
            for position, value in pairs:
                dense[position, int(feature)] = value
        expected = encoded(engine, prompt, "2-res-jb")
        expected[0] = 0
        assert torch.allclose(dense, expected, atol=1e-4)
        assert (
            max(
                len(
                    [
                        1
                        for pairs in result["activeFeatures"].values()
                        for place, _ in pairs
                        if place == position
                    ]
                )
                for position in range(len(result["tokens"]))
            )
            == 8
        )  # its k


async def test_raw_activations(client: httpx.AsyncClient, engine: Engine) -> None:
    ids = engine.model.reader.read("Hello").ids
    states = engine.model.model.transformer(
        input_ids=torch.tensor([ids]), output_hidden_states=True
    ).hidden_states
    answer = await post(client, "activation/raw", prompts=["Hello", "a"], layers=[1, 0])
    assert (answer["hookPoint"], answer["type"]) == ("residual_stream", "final_output_token")
    assert (answer["dtype"], answer["device"]) == ("float32", "cpu")
    result = answer["results"][0]
    assert (result["tokenIds"], result["tokenStrings"][0]) == (ids, "<|endoftext|>")
    assert [one["layer"] for one in result["activations"]] == [0, 1]
    for one in result["activations"]:
        assert one["tokenIndices"] == [5]
        assert one["values"][0] == pytest.approx(states[one["layer"] + 1][0, -1].tolist(), abs=1e-5)
    every = await post(client, "activation/raw", prompts=["Hello"], hookPoint="resid_pre", type="all_tokens")
    activations = every["results"][0]["activations"]
    assert [len(one["values"]) for one in activations] == [6, 6, 6]
    assert activations[0]["values"][3] == pytest.approx(states[0][0, 3].tolist(), abs=1e-5)


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("activation/single", {"source": "3-res-jb", "index": 3}),
        ("activation/all", {"sourceSet": SET, "numResults": 50}),
        ("activation/topk-by-token", {"source": "1-res-jb"}),
    ],
)
async def test_a_batch_equals_its_single_prompts(
    client: httpx.AsyncClient, path: str, more: dict[str, object]
) -> None:
    together = (await post(client, f"{path}-batch", prompts=PROMPTS, **more))["results"]
    for prompt, found in zip(PROMPTS, together, strict=True):
        alone = await post(client, path, prompt=prompt, **more)
        assert close(found, alone), path


def close(one: object, two: object) -> bool:
    """Equal, with numbers within 1e-4."""
    if isinstance(one, dict) and isinstance(two, dict):
        return set(one) == set(two) and all(close(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(close, one, two))
    if isinstance(one, float) or isinstance(two, float):
        return one == pytest.approx(two, abs=1e-4)
    return one == two


async def test_tokens(client: httpx.AsyncClient, engine: Engine) -> None:
    answer = await post(client, "tokenize", text="aé")
    assert answer["tokenStrings"][:2] == ["<|endoftext|>", "a"]
    assert (answer["prependBos"], len(answer["tokens"])) == (True, 4)
    plain = await post(client, "tokenize", text="aé", prependBos=False)
    assert (plain["tokens"], plain["prependBos"]) == (answer["tokens"][1:], False)
    given = await post(client, "tokenize", text="<|endoftext|>aé")
    assert given == answer
    assert engine.model.reader.text(plain["tokens"]) == "aé"


async def test_decoder_rows_and_their_neighbours(client: httpx.AsyncClient, engine: Engine) -> None:
    rows = engine.store.get("1-res-jb").w_dec
    answer = await post(client, "util/sae-vector", source="1-res-jb", index=9)
    assert answer["vector"] == pytest.approx(rows[9].tolist())
    assert answer["hookName"] == "blocks.1.hook_resid_pre"
    assert answer["logSparsity"] == pytest.approx(-5 + 4 * 9 / 127)
    cosines = torch.nn.functional.cosine_similarity(rows[9], rows, dim=-1).topk(4)
    by_vector = await post(
        client, "util/sae-topk-by-decoder-cossim", vector=answer["vector"], source="1-res-jb", numResults=4
    )
    feature = {"source": "1-res-jb", "index": 9}
    by_name = await post(
        client, "util/sae-topk-by-decoder-cossim", feature=feature, source="1-res-jb", numResults=4
    )
    for found in (by_vector, by_name):
        pairs = found["topkDecoderCossimFeatures"]
        assert [pair["feature"]["index"] for pair in pairs] == cosines.indices.tolist()
        assert [pair["cosineSimilarity"] for pair in pairs] == pytest.approx(
            cosines.values.tolist(), abs=1e-5
        )
    assert "feature" not in by_vector
    assert by_name["feature"]["index"] == 9
    many = await post(
        client, "util/sae-topk-by-decoder-cossim", feature=feature, source="0-res-jb", numResults=5000
    )
    assert len(many["topkDecoderCossimFeatures"]) == 128


def test_without_http(engine: Engine) -> None:
    [first, _] = engine.run_inference(["abcZ", "b"], [SET], 2)
    assert (first["prompt"], first["tokens"][1:]) == ("abcZ", list("abcZ"))
    assert (first["sets"][SET][0]["source"], first["sets"][SET][0]["index"]) == (PLANTED_SOURCE, PLANTED)
    assert len(first["sets"][SET]) == 2
    with pytest.raises(ValueError, match="There is no set none here"):
        engine.run_inference(["a"], ["none"])
    with pytest.raises(ValueError, match="max is 512"):
        engine.run_inference(["a" * 600], [SET])
