"""
`python official_clients.py BASE_URL`: reads streams with the clients that their makers publish.

Takes lines `CLIENT NAME` on standard input, asks BASE_URL/NAME, and prints for each a line of JSON with what the client
made of it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import anthropic
import openai
from huggingface_hub import InferenceClient
from huggingface_hub.errors import TextGenerationError

Made = dict[str, Any]
MESSAGES: Any = [{"role": "user", "content": "?"}]


def nothing() -> Made:
    """What a stream without events comes to."""
    return {"text": "", "reasoning": "", "tools": "", "tokens": None, "error": None}


def client(url: str) -> openai.OpenAI:
    """OpenAI's own client, which asks once."""
    return openai.OpenAI(base_url=url, api_key="none", max_retries=0)


def chat(url: str) -> Made:
    """Chat completions: the first choice."""
    made = nothing()
    try:
        for chunk in client(url).chat.completions.create(model="m", messages=MESSAGES, stream=True):
            made["tokens"] = chunk.usage.completion_tokens if chunk.usage else made["tokens"]
            for choice in chunk.choices:
                if choice.index == 0:
                    _delta(made, choice.delta)
    except openai.APIError as error:
        made["error"] = _said(error.body) or error.message
    return made


def _delta(made: Made, delta: Any) -> None:
    made["text"] += delta.content or delta.refusal or ""
    # Not in OpenAI's own API, but every server's.
    made["reasoning"] += getattr(delta, "reasoning", None) or getattr(delta, "reasoning_content", None) or ""
    for call in delta.tool_calls or []:
        if call.function.name:
            made["tools"] += f"\n{call.function.name} "
        made["tools"] += call.function.arguments or ""


def completions(url: str) -> Made:
    """Completions of a text: the first choice."""
    made = nothing()
    try:
        for chunk in client(url).completions.create(model="m", prompt="?", stream=True):
            made["tokens"] = chunk.usage.completion_tokens if chunk.usage else made["tokens"]
            made["text"] += "".join(choice.text for choice in chunk.choices if choice.index == 0)
    except openai.APIError as error:
        made["error"] = _said(error.body) or error.message
    return made


def responses(url: str) -> Made:
    """The response as the last event has it; where it failed, what had come."""
    made = nothing()
    try:
        for event in client(url).responses.create(model="m", input="?", stream=True):
            if event.type == "response.output_text.delta":
                made["text"] += event.delta
            elif event.type in ("response.completed", "response.incomplete"):
                made.update(_whole(event.response))
            elif event.type == "response.failed" and event.response.error:
                made["error"] = event.response.error.message
            elif event.type == "error":
                made["error"] = event.message
    except openai.APIError as error:
        made["error"] = _said(error.body) or error.message
    return made


def _whole(response: Any) -> Made:
    reasoning, tools = "", ""
    for item in response.output:
        if item.type == "reasoning":
            reasoning += "".join(part.text for part in [*(item.content or []), *item.summary])
        elif item.type == "function_call":
            tools += f"\n{item.name} {item.arguments}"
    tokens = response.usage.output_tokens if response.usage else None
    return {"text": response.output_text, "reasoning": reasoning, "tools": tools, "tokens": tokens}


def messages(url: str) -> Made:
    """The message as Anthropic's client puts it together."""
    made = nothing()
    asked = anthropic.Anthropic(base_url=url, api_key="none", max_retries=0)
    with asked.messages.stream(model="m", max_tokens=9, messages=MESSAGES) as stream:
        try:
            message = stream.get_final_message()
            made["tokens"] = message.usage.output_tokens
        except anthropic.APIError as error:
            made["error"] = _said(error.body) or error.message
            message = stream.current_message_snapshot
    for block in message.content:
        if block.type == "text":
            made["text"] += block.text
        elif block.type == "thinking":
            made["reasoning"] += block.thinking
        elif block.type == "tool_use":
            made["tools"] += f"\n{block.name} {json.dumps(block.input)}"
    return made


def tgi(url: str) -> Made:
    """Hugging Face's client of Text Generation Inference."""
    made = nothing()
    asked = InferenceClient(model=url)  # what it reads from ends with it
    try:
        for event in asked.text_generation("?", stream=True, details=True):
            made["text"] += "" if event.token.special else event.token.text
            made["tokens"] = event.details.generated_tokens if event.details else made["tokens"]
    except TextGenerationError as error:
        made["error"] = str(error)
    return made


def _said(body: object) -> str:
    """The message of an error's body, which is one of several things."""
    if not isinstance(body, dict):
        return body if isinstance(body, str) else ""
    inner = body.get("error")
    return _said(inner) if inner else str(body.get("message", ""))


CLIENTS: dict[str, Callable[[str], Made]] = {
    "chat": chat,
    "completions": completions,
    "responses": responses,
    "messages": messages,
    "tgi": tgi,
}


def main() -> None:
    """Reads them all."""
    for line in sys.stdin:
        name, path = line.split()
        print(json.dumps(CLIENTS[name](f"{sys.argv[1]}/{path}")), flush=True)


if __name__ == "__main__":
    main()
