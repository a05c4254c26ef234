"""What fires where: activations of SAE features on prompts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .attention import attentions, attributed, of_layer
from .errors import InterpretError, check_answer_size, non_finite
from .hooks import find_site, mixed_layer, width_at
from .language_model import LanguageModel
from .sae_math import Sae
from .store import SaeStore
from .tokens import Tokens

Payload = dict[str, Any]
SPARSE_DECIMALS = 3  # of Neuronpedia's sparse matrix


@dataclass(frozen=True)
class Ranked:
    """A feature that fires, with what it is ranked by."""

    key: float
    row: Payload


@dataclass(frozen=True)
class Features:
    """Answers requests, as plain dicts with names in snake case, about one or more prompts."""

    model: LanguageModel
    store: SaeStore
    like_neuronpedia: bool = True

    def single(self, payload: Payload) -> list[Payload]:
        """A feature or a vector on each prompt."""
        hook, sae = self._direction(payload)
        # Neuronpedia reads a vector at the tokens that the tokenizer makes, whatever they are.
        as_tokenized = sae is None and self.like_neuronpedia
        prompts = self._read(payload, as_tokenized=as_tokenized)
        found = {}
        for number, tokens, seen in self._run(prompts, [hook]):
            values = finite(self._values(payload, seen[hook], sae), "An activation")
            if self.like_neuronpedia and sae is not None:
                values = values.masked_fill(torch.tensor(tokens.begins, device=values.device), 0)
            first = 0 if as_tokenized else int(tokens.has_bos)
            where = f"prompts[{number}]" if "prompts" in payload else "prompt"
            found[number] = _single(tokens, values.tolist(), first, where)
            if sae is not None and (layer := mixed_layer(hook)) is not None:
                activation = found[number]["activation"]
                target = activation["max_value_index"] + first
                seen_by = of_layer(attentions(self.model, tokens.ids, [layer]), layer, "source")
                activation |= attributed(seen_by, sae.w_enc[:, payload["index"]], target, first)
        return [found[number] for number in range(len(prompts))]

    def all(self, payload: Payload) -> list[Payload]:
        """The features of a set that fire most on each prompt, one SAE after the other."""
        sources = self._selected(payload)
        prompts = self._read(payload)
        hooks = {source: self.store.config(source, "selectedSources").hook for source in sources}
        for hook in hooks.values():
            find_site(self.model.model, hook, "selectedSources")
        for tokens in prompts:
            _check_positions(payload["sort_by_token_indexes"], tokens)
        columns = 2 if any(mixed_layer(hook) is not None for hook in hooks.values()) else 1
        check_answer_size(sum(len(tokens.ids) for tokens in prompts) * payload["num_results"] * columns)
        ranked: list[list[Ranked]] = [[] for _ in prompts]
        residuals = {number: seen for number, _, seen in self._run(prompts, list(hooks.values()))}
        for source in sources:
            sae = self.store.get(source, "selectedSources")
            for number, tokens in enumerate(prompts):
                fresh = _ranked(source, sae, residuals[number][hooks[source]], tokens, payload)
                if not self.like_neuronpedia:
                    fresh = [one for one in fresh if one.key > 0]
                # Stable: of equals the earlier source comes first.
                ranked[number] = sorted([*ranked[number], *fresh], key=lambda one: -one.key)[
                    : payload["num_results"]
                ]
        for rows, tokens in zip(ranked, prompts, strict=True):
            self._attribute([one.row for one in rows], hooks, tokens)
        return [
            {"activations": [one.row for one in rows], "tokens": tokens.strings}
            for rows, tokens in zip(ranked, prompts, strict=True)
        ]

    def _attribute(self, rows: Sequence[Payload], hooks: dict[str, str], tokens: Tokens) -> None:
        """Adds to features of what heads give out which tokens it came from, one SAE after the other."""
        layers = {source: mixed_layer(hooks[source]) for source in {row["source"] for row in rows}}
        wanted = {layer for layer in layers.values() if layer is not None}
        found = attentions(self.model, tokens.ids, wanted) if wanted else {}
        for row in sorted(rows, key=lambda one: str(one["source"])):
            if (layer := layers[row["source"]]) is not None:
                column = self.store.get(row["source"]).w_enc[:, row["index"]]
                row |= attributed(of_layer(found, layer, "source"), column, row["max_value_index"], 0)

    def topk_by_token(self, payload: Payload) -> list[Payload]:
        """The features that fire most at each token of each prompt."""
        prompts = self._read(payload)
        sae, hook = self._sae(payload["source"])
        width = min(payload["top_k"], sae.d_sae)
        check_answer_size(sum(len(tokens.ids) for tokens in prompts) * width * 2)
        found = {}
        for number, tokens, seen in self._run(prompts, [hook]):
            values = finite(encode(sae, seen[hook]), "An activation")
            top = values.topk(width, dim=-1)
            first = int(payload["ignore_bos"] and tokens.has_bos)
            found[number] = _by_token(tokens, first, top.indices.tolist(), top.values.tolist())
        return [found[number] for number in range(len(prompts))]

    @torch.inference_mode()
    def source(self, payload: Payload) -> list[Payload]:
        """Every feature of an SAE that fires, without the token that begins the sequence."""
        prompts = self._read(payload)
        sae, hook = self._sae(payload["source"])
        found, numbers = {}, 0
        for number, tokens, seen in self._run(prompts, [hook]):
            values = finite(encode(sae, seen[hook]), "An activation")
            if tokens.has_bos:
                values[0] = 0
            # How many fire is known only now, but before a number is made of it that takes memory.
            numbers += 2 * int(values.count_nonzero())
            check_answer_size(numbers)
            decimals = SPARSE_DECIMALS if self.like_neuronpedia else None
            found[number] = {"tokens": tokens.strings, "active_features": _sparse(values, decimals)}
        return [found[number] for number in range(len(prompts))]

    def _read(self, payload: Payload, *, as_tokenized: bool = False) -> list[Tokens]:
        read = self.model.reader.read_as_tokenized if as_tokenized else self.model.reader.read
        if "prompt" in payload:
            return [read(payload["prompt"])]
        return [read(text, f"prompts[{number}]") for number, text in enumerate(payload["prompts"])]

    def _run(
        self, prompts: Sequence[Tokens], hooks: Sequence[str]
    ) -> Iterator[tuple[int, Tokens, dict[str, Tensor]]]:
        for number, seen in self.model.activations([tokens.ids for tokens in prompts], hooks):
            yield number, prompts[number], seen

    def _sae(self, source: str) -> tuple[Sae, str]:
        hook = self.store.config(source).hook
        find_site(self.model.model, hook, "source")
        return self.store.get(source), hook

    def _direction(self, payload: Payload) -> tuple[str, Sae | None]:
        if payload.get("source") is None:
            find_site(self.model.model, payload["hook"])
            check_width(
                payload["vector"], width_at(self.model.model, payload["hook"], self.model.d_model), "vector"
            )
            return payload["hook"], None
        sae, hook = self._sae(payload["source"])
        check_index(payload["index"], sae, payload["source"], "index")
        return hook, sae

    def _values(self, payload: Payload, residual: Tensor, sae: Sae | None) -> Tensor:
        if sae is None:
            vector = torch.tensor(payload["vector"], dtype=torch.float32, device=residual.device)
            return residual.float() @ vector
        return encode_one(sae, residual, payload["index"])

    def _selected(self, payload: Payload) -> list[str]:
        every = self.store.by_set().get(payload["source_set"], [])
        if not every:
            name = payload["source_set"]
            raise InterpretError(404, "unknown_source", f"There is no set {name} here.", "sourceSet")
        for number, source in enumerate(payload["selected_sources"]):
            if source not in every:
                where = f"selectedSources[{number}]"
                raise InterpretError(404, "unknown_source", f"There is no source {source} in the set.", where)
        return list(dict.fromkeys(payload["selected_sources"])) or every


@torch.inference_mode()
def encode(sae: Sae, residual: Tensor) -> Tensor:
    """[position, d_model] to [position, d_sae] in float32."""
    return sae.encode(residual).float()


@torch.inference_mode()
def encode_one(sae: Sae, residual: Tensor, index: int) -> Tensor:
    """[position, d_model] to [position] in float32."""
    return sae.encode_one(residual, index).float()


def finite(values: Tensor, what: str) -> Tensor:
    """
    Raises:
        InterpretError: 500 `non_finite`.
    """
    if not torch.isfinite(values).all():
        raise non_finite(what)
    return values


def check_index(index: int, sae: Sae, source: str, param: str) -> None:
    """
    Raises:
        InterpretError: 422 `index_out_of_range`.
    """
    if not 0 <= index < sae.d_sae:
        message = f"{source} has the features 0 to {sae.d_sae - 1}, not {index}."
        raise InterpretError(422, "index_out_of_range", message, param)


def check_width(vector: Sequence[float], d_model: int, param: str) -> None:
    """
    Raises:
        InterpretError: 422 `wrong_vector_length`.
    """
    if len(vector) != d_model:
        message = f"The vector has {len(vector)} numbers; activations have {d_model}."
        raise InterpretError(422, "wrong_vector_length", message, param)


def _check_positions(positions: Sequence[int], tokens: Tokens) -> None:
    for number, position in enumerate(positions):
        if position >= len(tokens.ids):
            message = f"The prompt has the tokens 0 to {len(tokens.ids) - 1}, not {position}."
            raise InterpretError(422, "index_out_of_range", message, f"sortByTokenIndexes[{number}]")


def _single(tokens: Tokens, values: list[float], first: int, param: str) -> Payload:
    kept = values[first:]
    if not kept:
        raise InterpretError(422, "empty_prompt", "The prompt has no token of its own.", param)
    largest = max(kept)
    return {
        "activation": {"values": kept, "max_value": largest, "max_value_index": kept.index(largest)},
        "tokens": tokens.strings[first:],
        "tokens_is_special": tokens.special[first:],
    }


@torch.inference_mode()
def _ranked(source: str, sae: Sae, residual: Tensor, tokens: Tokens, payload: Payload) -> list[Ranked]:
    """The features of one SAE, the strongest first; those that do not fire come last."""
    values = finite(encode(sae, residual), "An activation")
    if payload["ignore_bos"] and tokens.has_bos:
        values[0] = 0
    positions = payload["sort_by_token_indexes"]
    largest, where = values.max(0)
    sums = _counts(positions, values) @ values if positions else torch.zeros_like(largest)
    keys = sums if positions else largest
    order = torch.sort(keys, descending=True, stable=True).indices[: payload["num_results"]]
    columns = (keys, order, values.T, sums, largest, where)
    keys_, order_, values_, sums_, largest_, where_ = (
        part.tolist() if part is order else part[order].tolist() for part in columns
    )
    rows = zip(keys_, order_, values_, sums_, largest_, where_, strict=True)
    return [
        Ranked(
            key,
            {
                "source": source,
                "index": index,
                "values": row,
                "sum_values": total,
                "max_value": most,
                "max_value_index": position,
            },
        )
        for key, index, row, total, most, position in rows
    ]


def _counts(positions: Sequence[int], values: Tensor) -> Tensor:
    """How often each position is asked for, so that one asked for again takes no more memory."""
    return torch.bincount(torch.tensor(positions, device=values.device), minlength=len(values)).to(values)


def _by_token(tokens: Tokens, first: int, indices: list[list[int]], values: list[list[float]]) -> Payload:
    results = [
        {
            "token": tokens.strings[position],
            "token_position": position,
            "is_special": tokens.special[position],
            "top_features": [
                {"feature_index": index, "activation_value": value}
                for index, value in zip(indices[position], values[position], strict=True)
            ],
        }
        for position in range(first, len(tokens.ids))
    ]
    return {"results": results, "tokens": tokens.strings[first:]}


def _sparse(values: Tensor, decimals: int | None) -> dict[str, list[tuple[int, float]]]:
    """By feature: pairs of position and value, where the value is not 0 before it is rounded."""
    places = values.T.nonzero()
    amounts = values.T[places[:, 0], places[:, 1]].tolist()
    found: dict[str, list[tuple[int, float]]] = {}
    for (feature, position), amount in zip(places.tolist(), amounts, strict=True):
        shown = amount if decimals is None else round(amount, decimals)
        found.setdefault(str(feature), []).append((position, shown))
    return found
