"""The words that go to the model with a page. The built-in ones are in `prompts.json`."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from .reading import ReadOptions

MOST_REPEATED = 4000
# Would be read as the model's own marks, such as a place for one more picture.
_SPECIAL_AT_END = re.compile(r"<\|[^|<>]{0,40}\|>\Z")
LONGEST_MARK = 44


@cache
def built_in() -> dict[str, str]:
    """Prompts by name; `version` among them."""
    table = json.loads(Path(__file__).with_name("prompts.json").read_text())
    return {name: str(value) for name, value in table.items()}


def prompt_name(options: ReadOptions) -> str:
    """What an answer calls the prompt: `markdown@1`, or `custom`."""
    return "custom" if options["prompt"] else f"{_name(options)}@{built_in()['version']}"


def prompt_for(options: ReadOptions) -> str:
    """The instruction for every page of a request."""
    prompts = built_in()
    schema = json.dumps(options["schema"], ensure_ascii=False)
    lines = [options["prompt"] or prompts[_name(options)].replace("{schema}", schema)]
    if options["prompt"] and options["schema"] is not None:
        lines.append(prompts["schema"].replace("{schema}", schema))
    if options["language"]:
        lines.append(prompts["language"].replace("{language}", options["language"]))
    return without_marks("\n".join(lines))


def repair_prompt(options: ReadOptions, answer: str, problem: str) -> str:
    """The instruction for the second try after an answer that is not the JSON asked for."""
    words = built_in()["repair"].replace("{problem}", problem[:MOST_REPEATED])
    return f"{prompt_for(options)}\n{without_marks(words.replace('{answer}', answer[:MOST_REPEATED]))}"


def without_marks(text: str) -> str:
    """
    The text without the model's special tokens, also where taking one out makes another: in one pass, as each sign is
    taken at most twice.
    """
    kept: list[str] = []
    for sign in text:
        kept.append(sign)
        if sign == ">" and (mark := _SPECIAL_AT_END.search("".join(kept[-LONGEST_MARK:]))):
            del kept[-len(mark[0]) :]
    return "".join(kept)


def _name(options: ReadOptions) -> str:
    return "json_schema" if options["schema"] is not None else options["format"]
