"""Messages of a chat to tokens, by the model's own chat template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .errors import InterpretError
from .language_model import LanguageModel
from .reasoning import without_reasoning
from .tokens import Tokens

Payload = dict[str, Any]
Messages = Sequence[dict[str, str]]
NO_TEMPLATE = (
    "This model has no chat template, so it cannot accept chat messages. "
    "Use /v1/steer/completion with a raw `prompt` instead."
)


@dataclass(frozen=True)
class Chat:
    """Renders chats; what is wrong with one is the caller's to know."""

    model: LanguageModel

    def render(self, messages: Messages) -> Tokens:
        """
        The prompt after which the assistant answers. Earlier answers come without their reasoning.

        Raises:
            InterpretError: 400 `no_chat_template`, `chat_template_failed`; 413 `too_many_tokens`.
        """
        kept = [
            {"role": one["role"], "content": without_reasoning(one["content"])}
            if one["role"] == "assistant"
            else {"role": one["role"], "content": one["content"]}
            for one in messages
        ]
        spoken = [one for one in kept if one["content"] or one["role"] != "assistant"]
        return self.model.reader.of_ids(self._ids(self._text(spoken, True, {})))

    def template(self, payload: Payload) -> Payload:
        """
        A chat as the model reads it, and what each token belongs to.

        Raises:
            InterpretError: as `render`.
        """
        messages = [
            {key: value for key, value in one.items() if value is not None} for one in payload["messages"]
        ]
        ends, options = payload["add_generation_prompt"], payload["chat_template_kwargs"]
        text = self._text(messages, ends, options)
        tokens = self.model.reader.of_ids(self._ids(text), "messages")
        return {"prompt": text, "tokens": tokens.ids, "spans": self._spans(messages, options, tokens)}

    def _spans(self, messages: Messages, options: Payload, tokens: Tokens) -> list[Payload]:
        """
        A message's tokens are those by which the rendered chat grows with it; those that are there without its
        content too are its header and its footer. What follows the last message opens the assistant's.
        """
        spans: list[Payload] = [
            {
                "position": position,
                "token_id": token,
                "token_str": text,
                "message_index": None,
                "role": "assistant",
                "channel": None,
                "section": "header",
            }
            for position, (token, text) in enumerate(zip(tokens.ids, tokens.strings, strict=True))
        ]
        start = 0
        for number, message in enumerate(messages):
            end = max(start, _common(self._prefix(messages[: number + 1], options), tokens.ids))
            empty = [*messages[:number], {**message, "content": ""}]
            frame = self._prefix(empty, options)[start:]
            own = tokens.ids[start:end]
            header = min(_common(frame, own), len(own))
            footer = min(_common(frame[::-1], own[::-1]), len(own) - header, len(frame) - header)
            for position in range(start, end):
                inside = position - start
                section = (
                    "header" if inside < header else "footer" if inside >= len(own) - footer else "content"
                )
                spans[position] |= {
                    "message_index": number,
                    "role": message.get("role"),
                    "channel": message.get("channel"),
                    "section": section,
                }
            start = end
        return spans

    def _prefix(self, messages: Messages, options: Payload) -> list[int]:
        return self._ids(self._text(messages, False, options))

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self.model.reader.tokenizer(text, add_special_tokens=False, verbose=False)[
            "input_ids"
        ]
        return ids

    def _text(self, messages: Messages, ends: bool, options: Payload) -> str:
        tokenizer = self.model.reader.tokenizer
        if not tokenizer.chat_template:
            raise InterpretError(400, "no_chat_template", NO_TEMPLATE)
        try:
            text: str = tokenizer.apply_chat_template(
                list(messages), tokenize=False, add_generation_prompt=ends, **options
            )
        except (
            Exception
        ) as error:  # a template is a program of the model's: whatever it raises is about the chat
            message = f"Failed to apply chat template: {error}"
            raise InterpretError(400, "chat_template_failed", message, "messages") from error
        return text


def _common(first: Sequence[int], second: Sequence[int]) -> int:
    """How many items two lists have in common at their start."""
    pairs = zip(first, second, strict=False)
    return next(
        (number for number, (one, other) in enumerate(pairs) if one != other), min(len(first), len(second))
    )
