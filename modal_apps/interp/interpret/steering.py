"""Steering: changes of activations along a feature's decoder row or a given vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .errors import InterpretError
from .features import check_index, check_width
from .hooks import Change, find_site, width_at
from .language_model import LanguageModel
from .store import SaeStore

Payload = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Direction:
    """
    Parameters:
        vector: [d_model].
        coefficient: how often it counts.
        centred: whether activations count without their mean, as the feature's SAE saw them.
        method: SIMPLE_ADDITIVE adds `coefficient * vector`. ORTHOGONAL_DECOMP scales the part of an activation
            that lies along the vector by `coefficient`, so that 1 leaves all as it is and 0 takes that part out.
            PROJECTION_CAP leaves that part no longer than `coefficient`.
    """

    hook: str
    vector: Tensor
    coefficient: float
    centred: bool
    method: str

    def apply(self, activation: Tensor, mask: Tensor) -> Tensor:
        """
        Parameters:
            activation: [batch, position, d_model].
            mask: [batch, position, 1]; 0 leaves a position as it is.
        """
        return activation + mask.to(activation.dtype) * self._step(activation).to(activation.dtype)

    def _step(self, activation: Tensor) -> Tensor:
        if self.method == "SIMPLE_ADDITIVE":
            return self.coefficient * self.vector
        seen = activation.float()
        if self.centred:
            seen = seen - seen.mean(-1, keepdim=True)
        unit = self.vector / self.vector.norm()
        along = (seen @ unit)[..., None]
        if self.method == "PROJECTION_CAP":
            return (self.coefficient - along).clamp_max(0) * unit
        return (self.coefficient - 1) * along * unit


@dataclass(frozen=True)
class Steering:
    """All directions of a request."""

    directions: tuple[Direction, ...]

    def changes(self, mask: Tensor) -> dict[str, list[Change]]:
        """Changes by hook for one forward pass over positions with this mask."""
        found: dict[str, list[Change]] = {}
        for direction in self.directions:
            change = _bound(direction, mask)
            found.setdefault(direction.hook, []).append(change)
        return found


def _bound(direction: Direction, mask: Tensor) -> Change:
    return lambda activation: direction.apply(activation, mask)


def make_steering(model: LanguageModel, store: SaeStore, payload: Payload) -> Steering:
    """
    Raises:
        InterpretError: 404 and 422 for a source, an index, a hook or a vector that does not fit; 422 `zero_vector`.
    """
    found = [
        _feature(model, store, item, f"features[{number}]")
        for number, item in enumerate(payload.get("features") or [])
    ]
    found += [
        _vector(model, item, f"vectors[{number}]") for number, item in enumerate(payload.get("vectors") or [])
    ]
    return Steering(tuple(_direction(one, number, payload) for number, one in enumerate(found)))


@dataclass(frozen=True, eq=False)
class _Wanted:
    """One feature or vector of a request, before its strength is scaled; the fields are those of `Direction`."""

    hook: str
    vector: Tensor
    strength: float
    centred: bool = False


def _feature(model: LanguageModel, store: SaeStore, item: Payload, param: str) -> _Wanted:
    config = store.config(item["source"], f"{param}.source")
    find_site(model.model, config.hook, f"{param}.source")
    sae = store.get(item["source"], f"{param}.source")
    check_index(item["index"], sae, item["source"], f"{param}.index")
    row = sae.w_dec[item["index"]].float()
    return _Wanted(config.hook, row, item["strength"], config.centred)


def _vector(model: LanguageModel, item: Payload, param: str) -> _Wanted:
    find_site(model.model, item["hook"], f"{param}.hook")
    width = width_at(model.model, item["hook"], model.d_model)
    check_width(item["steering_vector"], width, f"{param}.steeringVector")
    vector = torch.tensor(item["steering_vector"], dtype=torch.float32, device=model.device)
    return _Wanted(item["hook"], vector, item["strength"])


def _direction(wanted: _Wanted, number: int, payload: Payload) -> Direction:
    method, vector = payload["steer_method"], wanted.vector
    if method != "SIMPLE_ADDITIVE" or payload["normalize_steering"]:
        norm = vector.norm()
        if norm == 0:
            kind = "features" if payload.get("features") else "vectors"
            raise InterpretError(
                422, "zero_vector", "A vector of zeros has no direction.", f"{kind}[{number}]"
            )
        vector = vector / norm if payload["normalize_steering"] else vector
    return Direction(
        hook=wanted.hook,
        vector=vector,
        coefficient=wanted.strength * payload["strength_multiplier"],
        centred=wanted.centred,
        method=method,
    )
