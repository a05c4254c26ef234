"""Response bodies: camelCase, and optional fields that are not set are left out."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from .requests import ChatMessage, Wire


class ActivationOut(Wire):
    """
    A feature at each token. The largest value is at `maxValueIndex`, the first of equals. For SAEs of what heads give
    out, `dfaValues` is what each token brought to the feature there, through attention; null for others.
    """

    values: list[float]
    max_value: float
    max_value_index: int
    dfa_values: list[float] | None = None
    dfa_max_value: float | None = None
    dfa_target_index: int | None = None


class SingleOut(Wire):
    """Tokens are those of the prompt, without the one that begins the sequence; `values` fit to them."""

    activation: ActivationOut
    tokens: list[str]
    tokens_is_special: list[bool]


class SingleBatchOut(Wire):
    """Results in the order of the prompts."""

    results: list[SingleOut]


class FeatureOut(Wire):
    """`sumValues` is over the tokens that the request sorts by; 0 without any."""

    source: str
    index: int
    values: list[float]
    sum_values: float
    max_value: float
    max_value_index: int
    dfa_values: list[float] | None = None
    dfa_target_index: int | None = None
    dfa_max_value: float | None = None


class AllOut(Wire):
    """The strongest features first, up to numResults. `values` fit to `tokens`, the beginning one included."""

    activations: list[FeatureOut]
    tokens: list[str]
    counts: list[list[float]] | None = None


class AllBatchOut(Wire):
    """Results in the order of the prompts."""

    results: list[AllOut]


class TopFeature(Wire):
    """A feature that fires at a token."""

    feature_index: int
    activation_value: float


class TokenOut(Wire):
    """`tokenPosition` counts the token that begins the sequence."""

    token: str
    token_position: int
    is_special: bool
    top_features: list[TopFeature]


class TopKOut(Wire):
    """The strongest features at each token."""

    results: list[TokenOut]
    tokens: list[str]


class TopKBatchOut(Wire):
    """Results in the order of the prompts."""

    results: list[TopKOut]


class SourceResult(Wire):
    """`activeFeatures`: index of a feature to its pairs of token position and value."""

    tokens: list[str]
    active_features: dict[str, list[tuple[int, float]]]


class SourceOut(Wire):
    """Results in the order of the prompts."""

    results: list[SourceResult]


class RawLayer(Wire):
    """`values` has a vector for each of `tokenIndices`."""

    layer: int
    token_indices: list[int]
    values: list[list[float]]


class RawResult(Wire):
    """Activations of one prompt, by layer."""

    token_strings: list[str]
    token_ids: list[int]
    activations: list[RawLayer]


class RawOut(Wire):
    """Activations of the model itself at one kind of hook; `dtype` and `device` are the model's."""

    hook_point: str
    type: str
    dtype: str
    device: str
    results: list[RawResult]


class AttentionOut(Wire):
    """
    The weights of a head: the strongest eight of each token that are 0.005 or more. An index is that of the token that
    looks, times `seqLen`, plus that of the token that is looked at. `maxActivation` leaves the first token out.
    """

    seq_len: int
    attention_indices: list[int]
    attention_values: list[float]
    max_activation: float
    tokens: list[str]


class LensOut(BaseModel):
    """Frames of the lens together; their names are snake_case, as those of a stream."""

    meta: dict[str, Any]
    tokens: list[dict[str, Any]]
    done: dict[str, Any]


class TopLogprob(Wire):
    """A token that could have come, with the natural logarithm of its probability."""

    token: str
    logprob: float


class Logprob(Wire):
    """Natural logarithms of probabilities, before temperature and penalty."""

    token: str
    logprob: float
    top_logprobs: list[TopLogprob]


class SteerOutput(Wire):
    """`output` is what follows the prompt; with APP_WIRE=legacy the prompt too."""

    type: Literal["STEERED", "DEFAULT"]
    output: str
    logprobs: list[Logprob] | None = None


class SteerOut(Wire):
    """Completions in the order of the types that were asked for."""

    outputs: list[SteerOutput]


class SteerChatResult(Wire):
    """`raw` is the prompt as the model read it and what it wrote; `chatTemplate` the same as messages."""

    chat_template: list[ChatMessage]
    raw: str
    type: Literal["STEERED", "DEFAULT"] | None = None
    logprobs: list[Logprob] | None = None


class SteerChatOut(Wire):
    """Chats in the order of the types that were asked for, and the request as the model read it."""

    outputs: list[SteerChatResult]
    input: SteerChatResult


class TokenSpan(Wire):
    """`section` is header, content or footer of the message that the token belongs to."""

    position: int
    token_id: int
    token_str: str
    message_index: int | None
    role: str | None
    channel: str | None
    section: str


class ChatTemplateOut(Wire):
    """A chat as the model reads it, and which message each token belongs to."""

    prompt: str
    tokens: list[int]
    spans: list[TokenSpan]


class SimilarityOut(Wire):
    """What Neuronpedia's server gives for temporal SAEs, which this app does not serve: a row for each token."""

    similarity_matrix: list[list[float]]
    tokens: list[str]


class TokenizeOut(Wire):
    """Ids and texts of the tokens; `prependBos` tells whether the first begins the sequence."""

    tokens: list[int]
    token_strings: list[str]
    prepend_bos: bool


class VectorOut(Wire):
    """
    The encoder column of a feature. With APP_WIRE=legacy its decoder row, and `logSparsity`, the base-10 logarithm of
    how often it fires, where the SAE's files have it.
    """

    vector: list[float]
    hook_name: str
    log_sparsity: float | None = None


class NamedFeature(Wire):
    """A feature by its place on Neuronpedia."""

    source: str
    index: int
    model: str


class Neighbour(Wire):
    """A feature whose decoder row points almost the same way."""

    feature: NamedFeature
    cosine_similarity: float


class NeighboursOut(Wire):
    """The nearest features first; `feature` is the one that was asked about, when it was one."""

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


class FlatCapabilitiesOut(BaseModel):
    """
    What Neuronpedia's routers read, in its names. What is not known before a worker has answered is null; `?wake=1`
    asks it. Neuronpedia's server has more keys, about parts that this one does not have.
    """

    model_config = ConfigDict(protected_namespaces=())

    model: str
    model_names: list[str]
    backend: str
    device: str | None
    max_concurrent_requests: int
    max_tokens: int | None
    token_limit: int
    activation_token_limit: int
    max_num_results: int
    max_prompts: int
    max_completion_tokens: int
    max_loaded_saes: int
    capture_points: list[str]
    steer_methods: list[str]
    hooks_available: bool
    graph_replay: bool
    static_points: list[str]
    static_writes: list[str]
    generation_only: bool
    num_layers: int | None
    sae_sets: list[str]
    sources: dict[str, list[str]]
    loaded_sources: list[str]
    endpoints: dict[str, bool]


class FlatError(BaseModel):
    """Every response that is not a success. `detail` is there when a field of the request is wrong."""

    error: str
    detail: list[dict[str, Any]] | None = None
