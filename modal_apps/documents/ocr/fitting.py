"""Requests made to fit the app's settings: the model's length, and what is done with a page's own text."""

from __future__ import annotations

from typing import cast

from appkit.errors import ApiError

from .preprocess import LEAST_PIXELS
from .prompts import prompt_for
from .rendering import Drawing, TextLayerUse
from .requests import Opts
from .settings import DocumentsSettings
from .token_budget import LEAST_ANSWER, instruction_tokens, most_pixels


def fitted_drawing(opts: Opts, settings: DocumentsSettings) -> Drawing:
    """
    What is needed to draw the pages of a request.

    Raises:
        ApiError: 422 `prompt_too_long`, `max_pixels_too_large` or `only_own_text`.
    """
    use = cast(TextLayerUse, opts.text_layer or settings.text_layer)
    if use == "only" and (opts.prompt or opts.format not in ("text", "markdown")):
        message = (
            "With text_layer only, no model is asked: format is text or markdown, and there is no prompt."
        )
        raise ApiError(422, "only_own_text", message, param="text_layer")
    return {**opts.drawing(), "text_layer": use, "max_pixels": _fitted_pixels(opts, settings)}


def _fitted_pixels(opts: Opts, settings: DocumentsSettings) -> int:
    """Pixels of a page for which the model has room; a number that was asked for is kept or refused."""
    length = settings.max_model_len
    instruction = instruction_tokens(prompt_for(opts.read_options()))
    most = most_pixels(length, instruction, min(LEAST_ANSWER, opts.max_tokens))
    if most < LEAST_PIXELS:
        message = (
            f"The instruction and its schema take about {instruction:,} tokens, which leaves no room for a page: the "
            f"model takes {length:,} of all. Shorten them, or deploy with a larger APP_MAX_MODEL_LEN."
        )
        raise ApiError(422, "prompt_too_long", message, param="schema" if opts.json_schema else "prompt")
    if "max_pixels" in opts.model_fields_set and opts.max_pixels > most:
        message = (
            f"The model takes {length:,} tokens, which leaves room for pages of {most:,} pixels beside this "
            "instruction and an answer. Lower max_pixels, or deploy with a larger APP_MAX_MODEL_LEN."
        )
        raise ApiError(422, "max_pixels_too_large", message, param="max_pixels")
    return min(opts.max_pixels, most)
