"""Request bodies, as Neuronpedia's clients send it: camelCase, or snake_case; what is unknown is ignored."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from .limits import (
    LOWEST_TEMPERATURE,
    MOST_COMPLETION_TOKENS,
    MOST_LAYERS,
    MOST_LENS_RESULTS,
    MOST_MESSAGES,
    MOST_POSITIONS,
    MOST_PROMPTS,
    MOST_RESULTS,
    MOST_SOURCES,
    MOST_STRENGTH,
)

Prompt = Annotated[str, Field(min_length=1, max_length=200_000)]
Prompts = Annotated[list[Prompt], Field(min_length=1, max_length=MOST_PROMPTS)]
Name = Annotated[str, Field(min_length=1, max_length=512)]
Index = Annotated[int, Field(ge=0)]
# Sums of products of them are finite in float32.
Strength = Annotated[float, Field(ge=-MOST_STRENGTH, le=MOST_STRENGTH, allow_inf_nan=False)]
Vector = Annotated[list[Strength], Field(min_length=1, max_length=65_536)]
Point = Literal["residual_stream", "resid_post", "resid_pre", "mlp_out", "attn_out"]


LENS_CHAT = (
    "The lens takes no chat here: render it by /v1/apply-chat-template and send its tokens as inputTokenIds."
)
# Arguments of transformers' own, which would change what comes back.
TEMPLATE_ARGUMENTS = {
    "conversation",
    "tools",
    "documents",
    "chat_template",
    "add_generation_prompt",
    "continue_final_message",
    "tokenize",
    "padding",
    "truncation",
    "max_length",
    "return_tensors",
    "return_dict",
    "tokenizer_kwargs",
    "return_assistant_tokens_mask",
}


class Wire(BaseModel):
    """Names are camelCase outside and snake_case inside."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True, protected_namespaces=()
    )


class _Request(Wire):
    model: Annotated[Name | None, Field(description="The loaded model's name; left out, it is that one.")] = (
        None
    )


class _OneFeature(_Request):
    source: Annotated[Name | None, Field(description="SAE, such as 5-res-jb; with `index`.")] = None
    index: Index | None = None
    vector: Annotated[Vector | None, Field(description="In place of a feature; with `hook`.")] = None
    hook: Name | None = None

    @model_validator(mode="after")
    def _feature_or_vector(self) -> Self:
        pairs = [(self.source, self.index), (self.vector, self.hook)]
        if sorted(sum(part is not None for part in pair) for pair in pairs) != [0, 2]:
            raise PydanticCustomError(
                "feature_or_vector",
                "Invalid request data: exactly one of layer/index or vector must be provided",
            )
        return self


class SingleIn(_OneFeature):
    """One feature, or a vector of one's own, on one prompt."""

    prompt: Prompt


class SingleBatchIn(_OneFeature):
    """The same on several prompts."""

    prompts: Prompts


class _AllFeatures(_Request):
    source_set: Name
    selected_sources: Annotated[
        list[Name], Field(max_length=MOST_SOURCES, description="Empty: all of the set.")
    ] = []
    sort_by_token_indexes: Annotated[
        list[Index],
        Field(
            max_length=MOST_POSITIONS,
            description="Sort by the sum over these tokens; empty: by the largest value.",
        ),
    ] = []
    ignore_bos: bool = True
    num_results: Annotated[int, Field(ge=1, le=MOST_RESULTS)] = 25


class AllIn(_AllFeatures):
    """The features of a set that fire most on a prompt."""

    prompt: Prompt


class AllBatchIn(_AllFeatures):
    """The same on several prompts."""

    prompts: Prompts


class _TopK(_Request):
    source: Name
    top_k: Annotated[int, Field(ge=1, le=MOST_RESULTS)] = 5
    ignore_bos: bool = True


class TopKIn(_TopK):
    """The features that fire most at each token."""

    prompt: Prompt


class TopKBatchIn(_TopK):
    """The same on several prompts."""

    prompts: Prompts


class SourceIn(_Request):
    """All features of one SAE that fire, as a sparse matrix."""

    prompts: Prompts
    source: Name


class RawIn(_Request):
    """Activations of the model itself. `residual_stream` is `resid_post`."""

    prompts: Prompts
    layers: Annotated[
        list[Index] | None, Field(max_length=MOST_LAYERS, description="Empty or left out: all.")
    ] = None
    hook_point: Point = "residual_stream"
    type: Literal["final_output_token", "all_tokens"] = "final_output_token"


class AttentionIn(_Request):
    """Where one head looks."""

    prompt: Prompt
    layer: Index
    head: Index


class LensIn(_Request):
    """What each layer would predict. Exactly one of `prompt` and `inputTokenIds`, which is read as it is."""

    type: Annotated[list[Literal["LOGIT_LENS", "JACOBIAN_LENS"]], Field(min_length=1, max_length=2)]
    prompt: Prompt | None = None
    input_token_ids: Annotated[list[Index], Field(max_length=MOST_POSITIONS)] = []
    top_n: Annotated[int, Field(ge=1, le=MOST_LENS_RESULTS)] = 10
    layers: Annotated[
        list[int], Field(max_length=MOST_LAYERS, description="Empty: all. The last is always there.")
    ] = []
    max_seq_len: Annotated[int | None, Field(ge=0)] = None
    prepend_bos: bool = True
    cached_token_ids: Annotated[
        list[Index],
        Field(max_length=MOST_POSITIONS, description="Tokens at the start that need no read-out."),
    ] = []
    filter_non_word_tokens: Annotated[bool, Field(description="Leave out what is no word.")] = True
    stream: Annotated[bool, Field(description="A frame on each line, in place of one object.")] = True
    temperature: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 1.0
    # Known to other clients and refused below unless empty, so that no form offers them.
    chat: SkipJsonSchema[None] = None
    num_completion_tokens: SkipJsonSchema[Literal[0]] = 0
    steer_tokens: SkipJsonSchema[Annotated[list[None], Field(max_length=0)]] = []
    swap_token: SkipJsonSchema[None] = None

    @model_validator(mode="before")
    @classmethod
    def _what_is_not_here(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given

        def has(name: str) -> bool:
            return bool(given.get(name) or given.get(to_camel(name)))

        if has("chat"):
            raise PydanticCustomError("no_chat_lens", LENS_CHAT)
        if has("num_completion_tokens") and not has("input_token_ids"):
            raise PydanticCustomError(
                "no_generation", "The lens reads prompts only: numCompletionTokens is 0."
            )
        if has("steer_tokens") or has("swap_token"):
            raise PydanticCustomError("no_lens_steering", "Steering through the lens is not supported here.")
        return {name: value for name, value in given.items() if to_camel(name) != "numCompletionTokens"}

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if "JACOBIAN_LENS" in self.type:
            raise PydanticCustomError("no_jacobian_lens", "Jacobian lens is not available for this model")
        if not self.input_token_ids and self.prompt is None:
            raise PydanticCustomError("no_prompt", "Provide exactly one of 'prompt' or 'chat'")
        return self


class SteerFeature(_Request):
    """A feature to steer with. It counts `strength` times `strengthMultiplier`."""

    source: Name
    index: Index
    strength: Strength


class SteerVector(Wire):
    """A vector of one's own to steer with, at a hook."""

    steering_vector: Vector
    strength: Strength
    hook: Name


class _Steered(_Request):
    steer_method: Annotated[
        Literal["SIMPLE_ADDITIVE", "ORTHOGONAL_DECOMP", "PROJECTION_CAP"],
        Field(description="Add the vector, or scale or limit the part of the activation that lies along it."),
    ] = "SIMPLE_ADDITIVE"
    normalize_steering: Annotated[bool, Field(description="Divide each vector by its norm.")] = False
    types: Annotated[list[Literal["STEERED", "DEFAULT"]], Field(min_length=1, max_length=2)] = [
        "STEERED",
        "DEFAULT",
    ]
    features: Annotated[list[SteerFeature] | None, Field(min_length=1, max_length=64)] = None
    vectors: Annotated[list[SteerVector] | None, Field(min_length=1, max_length=64)] = None
    n_completion_tokens: Annotated[int, Field(ge=1, le=MOST_COMPLETION_TOKENS)] = 32
    temperature: Annotated[
        float, Field(ge=0, le=100, allow_inf_nan=False, description="0: always the likeliest.")
    ] = 0.7
    strength_multiplier: Strength = 1.0
    freq_penalty: Annotated[
        float,
        Field(ge=-100, le=100, allow_inf_nan=False, description="Times how often a token is there already."),
    ] = 0.0
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] = 0
    stream: Annotated[bool, Field(description="Server-sent events, each with the outputs so far.")] = False
    n_logprobs: Annotated[int, Field(ge=0, le=10)] = 0
    steer_special_tokens: Annotated[
        bool, Field(description="Steer also where the token begins, ends or marks a chat.")
    ] = True

    def streamed_logprobs(self) -> int:
        """How many logprobs the events of a stream have together, where the completion does not end early."""
        events = self.n_completion_tokens * len(self.types)
        return events * (events + 1) // 2 * (self.n_logprobs + 1) if self.n_logprobs else 0

    @model_validator(mode="after")
    def _features_or_vectors(self) -> Self:
        if (self.features is None) == (self.vectors is None):
            raise PydanticCustomError(
                "features_or_vectors",
                "Invalid request data: exactly one of features or vectors must be provided",
            )
        if 0 < self.temperature < LOWEST_TEMPERATURE:
            raise PydanticCustomError(
                "temperature", f"The temperature is 0, or at least {LOWEST_TEMPERATURE}."
            )
        if len(set(self.types)) < len(self.types):
            raise PydanticCustomError("repeated_type", "Each of types may be there once.")
        return self


class SteerIn(_Steered):
    """A completion with features added, beside one without."""

    prompt: Prompt


class ChatMessage(Wire):
    """One message of a chat."""

    role: Annotated[str, Field(min_length=1, max_length=64)]
    content: Annotated[str, Field(max_length=200_000)]


class SteerChatIn(_Steered):
    """What the model answers in a chat with features added, beside its answer without."""

    prompt: Annotated[list[ChatMessage], Field(min_length=1, max_length=MOST_MESSAGES)]
    is_assistant_axis: Annotated[
        Literal[False] | None, Field(description="Not supported: there is no persona data here.")
    ] = False


class TemplateMessage(ChatMessage):
    """One message, with the channel that spans name."""

    channel: Annotated[str | None, Field(max_length=64)] = None


class ChatTemplateIn(_Request):
    """A chat to render. `chatTemplateKwargs` go to the template, such as {"enable_thinking": false}."""

    messages: Annotated[list[TemplateMessage], Field(min_length=1, max_length=MOST_MESSAGES)]
    add_generation_prompt: bool = True
    chat_template_kwargs: Annotated[dict[str, bool | int | float | str | None], Field(max_length=32)] = {}

    @model_validator(mode="after")
    def _own_names(self) -> Self:
        taken = sorted(TEMPLATE_ARGUMENTS & set(self.chat_template_kwargs))
        if taken:
            raise PydanticCustomError("reserved_name", f"chatTemplateKwargs may not set {', '.join(taken)}.")
        return self


class SimilarityIn(Wire):
    """Predicted similarities of tokens, which only temporal SAEs have."""

    model_id: Name
    source_id: Name
    index: int
    text: Prompt


class TokenizeIn(_Request):
    """A text in tokens. `prependBos` left out does what the other routes do."""

    text: Prompt
    prepend_bos: bool | None = None


class Feature(_Request):
    """A feature by name."""

    source: Name
    index: Index


class VectorIn(_Request):
    """The decoder row of a feature."""

    source: Name
    index: Index


class NeighboursIn(_Request):
    """Features of a source whose decoder rows point most nearly the same way."""

    feature: Feature | None = None
    vector: Vector | None = None
    source: Name
    num_results: Annotated[int, Field(ge=1, description="At most 128 are given.")] = 10

    @model_validator(mode="after")
    def _feature_or_vector(self) -> Self:
        if (self.feature is None) == (self.vector is None):
            raise PydanticCustomError(
                "feature_or_vector",
                "Invalid request data: exactly one of feature or vector must be provided",
            )
        return self
