"""What the routes answer: camelCase, and optional fields that are not set are left out."""

from __future__ import annotations

from typing import Literal

from .requests import Wire


class ActivationOut(Wire):
    """A feature at each token. The largest value is at `maxValueIndex`, the first of equals."""

    values: list[float]
    max_value: float
    max_value_index: int


class SingleOut(Wire):
    """Tokens are those of the prompt, without the one that begins the sequence; `values` fit to them."""

    activation: ActivationOut
    tokens: list[str]
    tokens_is_special: list[bool]


class SingleBatchOut(Wire):
    results: list[SingleOut]


class FeatureOut(Wire):
    """`sumValues` is over the tokens that the request sorts by; 0 without any."""

    source: str
    index: int
    values: list[float]
    sum_values: float
    max_value: float
    max_value_index: int


class AllOut(Wire):
    """Only features that fire, the strongest first. `values` fit to `tokens`, the beginning one included."""

    activations: list[FeatureOut]
    tokens: list[str]


class AllBatchOut(Wire):
    results: list[AllOut]


class TopFeature(Wire):
    feature_index: int
    activation_value: float


class TokenOut(Wire):
    """`tokenPosition` counts the token that begins the sequence."""

    token: str
    token_position: int
    is_special: bool
    top_features: list[TopFeature]


class TopKOut(Wire):
    results: list[TokenOut]
    tokens: list[str]


class TopKBatchOut(Wire):
    results: list[TopKOut]


class SourceResult(Wire):
    """`activeFeatures`: index of a feature to its pairs of token position and value."""

    tokens: list[str]
    active_features: dict[str, list[tuple[int, float]]]


class SourceOut(Wire):
    results: list[SourceResult]


class RawLayer(Wire):
    """`values` has a vector for each of `tokenIndices`."""

    layer: int
    token_indices: list[int]
    values: list[list[float]]


class RawResult(Wire):
    token_strings: list[str]
    token_ids: list[int]
    activations: list[RawLayer]


class RawOut(Wire):
    hook_point: str
    type: str
    dtype: str
    device: str
    results: list[RawResult]


class TopLogprob(Wire):
    token: str
    logprob: float


class Logprob(Wire):
    """Natural logarithms of probabilities, before temperature and penalty."""

    token: str
    logprob: float
    top_logprobs: list[TopLogprob]


class SteerOutput(Wire):
    """`output` is the prompt and what follows it."""

    type: Literal["STEERED", "DEFAULT"]
    output: str
    logprobs: list[Logprob] | None = None


class SteerOut(Wire):
    outputs: list[SteerOutput]


class TokenizeOut(Wire):
    tokens: list[int]
    token_strings: list[str]
    prepend_bos: bool


class VectorOut(Wire):
    """`logSparsity`: base-10 logarithm of how often the feature fires, where the SAE's files have it."""

    vector: list[float]
    hook_name: str
    log_sparsity: float | None = None


class NamedFeature(Wire):
    source: str
    index: int
    model: str


class Neighbour(Wire):
    feature: NamedFeature
    cosine_similarity: float


class NeighboursOut(Wire):
    feature: NamedFeature | None = None
    topk_decoder_cossim_features: list[Neighbour]


class Limits(Wire):
    """What a request may ask for at most."""

    token_limit: int
    max_completion_tokens: int
    max_prompts: int
    max_num_results: int
    max_answer_numbers: int
    max_loaded_saes: int


class CapabilitiesOut(Wire):
    """`sources` by set: for a local folder they are known once a worker has answered; `?wake=1` asks it."""

    model: str
    model_names: list[str]
    backend: str
    sae_sets: list[str]
    sources: dict[str, list[str]]
    loaded_sources: list[str]
    capture_points: list[str]
    steer_methods: list[str]
    limits: Limits
    endpoints: dict[str, bool]
