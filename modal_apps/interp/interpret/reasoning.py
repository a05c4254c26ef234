"""What a model wrote as its turn of a chat, without the marks around it."""

from __future__ import annotations

OPEN, CLOSE = "<think>", "</think>"
# Marks that end a turn, of the families of chat models that are served.
TURN_ENDS = (
    "<|im_end|>",
    "<end_of_turn>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "<|endoftext|>",
    "<|eom_id|>",
    "<\uff5cend\u2581of\u2581sentence\uff5c>",  # of DeepSeek
)


def turn_of(output: str, prompt: str) -> str:
    """
    Parameters:
        output: what was written after the prompt; its end may be missing.
        prompt: a template may have opened the reasoning, which then belongs to the turn.
    """
    ends = [found for mark in TURN_ENDS if (found := output.find(mark)) >= 0]
    text = output[: min(ends)] if ends else output
    opened = prompt.rfind(OPEN)
    if opened >= 0 and prompt.rfind(CLOSE) < opened and not text.lstrip().startswith(OPEN):
        text = OPEN + text
    return text.strip()


def without_reasoning(text: str) -> str:
    """A turn without the reasoning that was closed in it."""
    kept, rest = [], text
    while (start := rest.find(OPEN)) >= 0 and (end := rest.find(CLOSE, start)) >= 0:
        kept.append(rest[:start])
        rest = rest[end + len(CLOSE) :]
    return "".join([*kept, rest]).strip()
