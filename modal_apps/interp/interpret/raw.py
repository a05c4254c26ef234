"""Activations of the model itself, decoder rows, and rows that point the same way: what needs no encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from .errors import InterpretError, check_answer_size
from .features import check_index, check_width, finite
from .hooks import hook_name
from .language_model import LanguageModel
from .limits import MOST_NEIGHBOURS
from .store import SaeStore

Payload = dict[str, Any]


@dataclass(frozen=True)
class Raw:
    """Answers requests, as plain dicts with names in snake case."""

    model: LanguageModel
    store: SaeStore
    like_neuronpedia: bool = True

    def raw(self, payload: Payload) -> Payload:
        """Vectors at hooks of several layers, for the last token of each prompt or for all."""
        layers = self._layers(payload["layers"] or [])
        asked = payload["hook_point"]
        point = "resid_post" if asked == "residual_stream" else asked
        hooks = {layer: hook_name(layer, point) for layer in layers}
        read = self.model.reader.read
        prompts = [read(text, f"prompts[{number}]") for number, text in enumerate(payload["prompts"])]
        rows = (
            len(prompts) if payload["type"] == "final_output_token" else sum(len(one.ids) for one in prompts)
        )
        check_answer_size(rows * len(layers) * self.model.d_model)
        results: list[Payload] = [{} for _ in prompts]
        for number, seen in self.model.activations([tokens.ids for tokens in prompts], list(hooks.values())):
            tokens = prompts[number]
            last = len(tokens.ids) - 1
            positions = [last] if payload["type"] == "final_output_token" else list(range(last + 1))
            results[number] = {
                "token_strings": tokens.strings,
                "token_ids": tokens.ids,
                "activations": [
                    {
                        "layer": layer,
                        "token_indices": positions,
                        "values": finite(seen[name][positions].float(), "An activation").tolist(),
                    }
                    for layer, name in hooks.items()
                ],
            }
        return {
            "hook_point": asked,
            "type": payload["type"],
            "dtype": self.model.dtype_name(),
            "device": self.model.device,
            "results": results,
        }

    def _layers(self, asked: list[int]) -> list[int]:
        for number, layer in enumerate(asked):
            if layer >= self.model.layers:
                message = f"The model has the layers 0 to {self.model.layers - 1}, not {layer}."
                raise InterpretError(422, "index_out_of_range", message, f"layers[{number}]")
        return sorted(set(asked)) or list(range(self.model.layers))

    def tokenize(self, payload: Payload) -> Payload:
        """Ids and strings of a text's tokens."""
        tokens = self.model.reader.read(payload["text"], "text", payload["prepend_bos"])
        return {"tokens": tokens.ids, "token_strings": tokens.strings, "prepend_bos": tokens.has_bos}

    def vector(self, payload: Payload) -> Payload:
        """A feature's encoder column, as Neuronpedia's server answers; else its decoder row."""
        sae = self.store.get(payload["source"])
        index = payload["index"]
        check_index(index, sae, payload["source"], "index")
        vector = sae.w_enc[:, index] if self.like_neuronpedia else sae.w_dec[index]
        found: Payload = {"vector": vector.float().tolist(), "hook_name": sae.config.hook}
        if sae.log_sparsity is not None and not self.like_neuronpedia:
            value = float(sae.log_sparsity[index])
            found["log_sparsity"] = value if value > float("-inf") else None
        return found

    @torch.inference_mode()
    def neighbours(self, payload: Payload) -> Payload:
        """The features whose decoder rows have the largest cosine with a feature's row or a vector."""
        if self.like_neuronpedia and not any(
            payload["source"] in one for one in self.store.by_set().values()
        ):
            message = f"Invalid SAE ID or type: {payload['source']}"
            raise InterpretError(404, "unknown_source", message, "source")
        sae = self.store.get(payload["source"])
        feature = payload.get("feature")
        if feature:
            owner = self.store.get(feature["source"], "feature.source")
            check_index(feature["index"], owner, feature["source"], "feature.index")
            query = owner.w_dec[feature["index"]].float()
        else:
            check_width(payload["vector"], sae.d_model, "vector")
            query = torch.tensor(payload["vector"], dtype=torch.float32, device=sae.w_dec.device)
        rows = sae.w_dec.float()
        cosines = rows @ query / (rows.norm(dim=1) * query.norm()).clamp_min(1e-8)
        top = finite(cosines, "A cosine").topk(min(payload["num_results"], MOST_NEIGHBOURS, sae.d_sae))
        name = payload["model"] or self.model.model_id
        found: Payload = {
            "topk_decoder_cossim_features": [
                {
                    "feature": {"source": payload["source"], "index": index, "model": name},
                    "cosine_similarity": value,
                }
                for index, value in zip(top.indices.tolist(), top.values.tolist(), strict=True)
            ]
        }
        if feature:
            found["feature"] = {**feature, "model": feature.get("model") or name}
        return found
