"""A worker's part: pages through an engine, with a second try for answers that repeat or are no JSON."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from appkit.gpu_errors import is_out_of_memory, is_poisoned
from appkit.restore import task_id

from .engine import Engine, Generated, Prompt, PromptTooLong, Sampling
from .prompts import prompt_for, repair_prompt
from .reading import PageIn, PageReply, ReadOptions, ReadReply, failed_page
from .structured import WrongJson, checked_answer

log = logging.getLogger(__name__)

PENALTY = 1.1
PENALISED = (
    "The model repeated itself; this is a second try with a penalty on repetitions, which can change numbers. "
    "Compare them with the page."
)
Answer = Generated | Exception


class PageReader:
    """Reads pages with any engine. Failures come back as data, so that their reader needs no torch."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def read(self, pages: list[PageIn], options: ReadOptions) -> ReadReply:
        """Reads the pages, each for itself: one that fails has an `error`, the others have their text."""
        began = time.time()
        report = self._engine.report()
        self._engine.first_call = False
        answers = await self._answers(pages, options)
        if options["format"] == "json":
            answers = await self._as_json(pages, options, answers)
        replies = [_reply(page["key"], answer) for page, answer in zip(pages, answers, strict=True)]
        poisoned = any(isinstance(answer, Exception) and is_poisoned(answer) for answer in answers)
        return ReadReply(
            pages=replies,
            worker=report,
            worker_id=task_id(),
            began=began,
            ended=time.time(),
            poisoned=poisoned or not self._engine.alive(),
        )

    async def _answers(self, pages: list[PageIn], options: ReadOptions) -> list[Answer]:
        """One answer for each page; one that repeats itself is asked for once more."""
        sampling = Sampling(options["max_tokens"], options["temperature"])
        prompts = [Prompt(page["png"], prompt_for(options)) for page in pages]
        answers = await self._engine.generate(prompts, sampling)
        again = [
            index
            for index, answer in enumerate(answers)
            if isinstance(answer, Generated) and answer.finish_reason == "repetition"
        ]
        if again:
            penalised = replace(sampling, repetition_penalty=PENALTY)
            second = await self._engine.generate([prompts[index] for index in again], penalised)
            for index, answer in zip(again, second, strict=True):
                answers[index] = _better(answers[index], answer)
        return answers

    async def _as_json(
        self, pages: list[PageIn], options: ReadOptions, answers: list[Answer]
    ) -> list[Answer]:
        """The answers as plain JSON text; a wrong one is sent back once, with what is wrong."""
        checked = await _all_checked(answers, options["schema"])
        wrong = [index for index, answer in enumerate(checked) if isinstance(answer, WrongJson)]
        prompts = []
        for index in wrong:
            first = answers[index]
            said = first.text if isinstance(first, Generated) else ""
            prompts.append(Prompt(pages[index]["png"], repair_prompt(options, said, str(checked[index]))))
        if not prompts:
            return checked
        sampling = Sampling(options["max_tokens"], options["temperature"])
        second = await self._engine.generate(prompts, sampling)
        both = [_together(answers[index], again) for index, again in zip(wrong, second, strict=True)]
        for index, answer in zip(wrong, await _all_checked(both, options["schema"]), strict=True):
            # There may be no room to show the model its long answer: what was wrong with that stands.
            if not isinstance(answer, PromptTooLong):
                checked[index] = answer
        return checked


async def _all_checked(answers: Sequence[Answer], schema: Any) -> list[Answer]:
    return list(await asyncio.gather(*(_checked(answer, schema) for answer in answers)))


async def _checked(answer: Answer, schema: Any) -> Answer:
    """The answer with its JSON alone as text, or what is wrong with it."""
    if not isinstance(answer, Generated):
        return answer
    try:
        text, warning = await checked_answer(answer.text, schema)
    except WrongJson as error:
        return error
    return replace(answer, text=text, warning=" ".join(filter(None, [answer.warning, warning])))


def _better(first: Answer, second: Answer) -> Answer:
    """Of an answer that repeats itself and the second try: the penalty of that one changes words, and numbers too."""
    if isinstance(first, Generated) and isinstance(second, Generated):
        if second.finish_reason == "repetition":
            return replace(first, seconds=first.seconds + second.seconds)
        return replace(second, seconds=first.seconds + second.seconds, warning=PENALISED)
    return second


def _together(first: Answer, second: Answer) -> Answer:
    """The second answer, with the time of both."""
    if isinstance(first, Generated) and isinstance(second, Generated):
        return replace(second, seconds=first.seconds + second.seconds)
    return second


def _reply(key: str, answer: Answer) -> PageReply:
    if isinstance(answer, Exception):
        log.warning("page %s failed: %s", key, type(answer).__name__, exc_info=_unless_private(answer))
        return _failure(key, answer)
    warnings = [answer.warning] if answer.warning else []
    if answer.finish_reason == "length":
        warnings.append(
            f"The text was cut after {answer.output_tokens} tokens: raise max_tokens, or where the model's length is "
            "what ended it, lower max_pixels or deploy with a larger APP_MAX_MODEL_LEN."
        )
    if answer.finish_reason == "repetition":
        warnings.append("The model repeated itself twice; the text ends in repetitions.")
    return PageReply(
        key=key,
        content=answer.text.strip(),
        image_tokens=answer.image_tokens,
        prompt_tokens=answer.prompt_tokens,
        output_tokens=answer.output_tokens,
        finish_reason=answer.finish_reason,
        seconds=round(answer.seconds, 4),
        warnings=warnings,
        error=None,
    )


def _unless_private(error: Exception) -> Exception | None:
    """What may be logged in full: the text of a wrong answer is a part of the document."""
    return None if isinstance(error, WrongJson) else error


def _failure(key: str, error: Exception) -> PageReply:
    if isinstance(error, WrongJson):
        message = f"The model's answer was wrong twice. {error}"
        return failed_page(key, 422, "invalid_json_output", message)
    if isinstance(error, PromptTooLong):
        return failed_page(key, 422, "prompt_too_long", f"{error} Lower max_pixels, or shorten the prompt.")
    if is_out_of_memory(error):
        return failed_page(key, 503, "out_of_memory", "The GPU has too little memory for this page.")
    if is_poisoned(error):
        return failed_page(key, 503, "gpu_error", "The GPU failed; its container is replaced.")
    message = f"The engine failed: {type(error).__name__}. The worker's log says more."
    return failed_page(key, 503, "engine_failed", message)
