"""How much of the model's length a page, its instruction and answer take. Needs no package: deploys use it too."""

from __future__ import annotations

MOST_PIXELS = 16_777_216  # of a page, for the model
PIXELS_A_TOKEN = 1024
TEMPLATE_TOKENS = 64  # the chat template's own, and some to spare
BYTES_A_TOKEN = 2  # of text, at the very least
LEAST_ANSWER = 256  # tokens of an answer for which there must be room
USUAL_INSTRUCTION = 256
ROUNDING = 128  # tokens by which a page of few pixels may be larger than asked for
DEFAULT_PIXELS = 2_097_152


def instruction_tokens(text: str) -> int:
    """At most so many tokens for an instruction and what is around it."""
    return len(text.encode()) // BYTES_A_TOKEN + TEMPLATE_TOKENS


def most_pixels(max_model_len: int, instruction: int = USUAL_INSTRUCTION, answer: int = LEAST_ANSWER) -> int:
    """
    The largest page that leaves room for an instruction and an answer, in pixels; less than the model takes at least
    where there is none.

    Parameters:
        max_model_len: tokens of page, instruction and answer together.
        instruction, answer: tokens.
    """
    return min(MOST_PIXELS, (max_model_len - instruction - answer - ROUNDING) * PIXELS_A_TOKEN)
