"""Second tries, JSON, prompts and repetition, around an engine that says what it is told to."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from document_files import options, word_png
from hypothesis import given
from hypothesis import strategies as st
from ocr.engine import Generated, Prompt, PromptTooLong, Sampling
from ocr.prompts import built_in, prompt_for, prompt_name, repair_prompt, without_marks
from ocr.reader import PageReader
from ocr.reading import PageIn, ReadReply
from ocr.repetition import repeats
from ocr.structured import BadSchema, WrongJson, check_schema, checked_answer, parse_answer
from ocr.transformers_engine import TransformersEngine

SCHEMA = {"type": "object", "properties": {"total": {"type": "number"}}, "required": ["total"]}


class Scripted:
    """Gives prepared answers and keeps what it was asked."""

    def __init__(self, *answers: Generated | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, Sampling]] = []
        self.first_call = True

    async def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> list[Generated | Exception]:
        self.asked += [(prompt.text, sampling) for prompt in prompts]
        return [self.answers.pop(0) for _ in prompts]

    def report(self) -> Any:
        return {"first_call": self.first_call}

    def alive(self) -> bool:
        return True


def said(text: str, reason: Any = "stop") -> Generated:
    return Generated(text, 64, 100, 7, reason, 0.5)


async def read(engine: Any, count: int = 1, **changes: Any) -> ReadReply:
    pages = [PageIn(key=str(index), png=b"") for index in range(count)]
    return await PageReader(engine).read(pages, options(**changes))


async def test_the_first_call_is_told_once() -> None:
    engine = Scripted(said("a"), said("b"))
    reader = PageReader(engine)  # type: ignore[arg-type]
    replies = [await reader.read([PageIn(key="1", png=b"")], options()) for _ in range(2)]
    assert [reply["worker"]["first_call"] for reply in replies] == [True, False]


async def test_repetition_is_tried_once_more_with_a_penalty() -> None:
    engine = Scripted(said("good"), said("la la", "repetition"), said("better"))
    reply = await read(engine, 2)
    assert [page["content"] for page in reply["pages"]] == ["good", "better"]
    assert [page["finish_reason"] for page in reply["pages"]] == ["stop", "stop"]
    assert [sampling.repetition_penalty for _, sampling in engine.asked] == [1.0, 1.0, 1.1]
    assert reply["pages"][1]["seconds"] == 1.0
    assert "second try" in reply["pages"][1]["warnings"][0], "a penalty may change numbers"


async def test_repetition_twice_is_said() -> None:
    reply = await read(Scripted(said("la", "repetition"), said("la la", "repetition")))
    [page] = reply["pages"]
    assert (page["content"], page["finish_reason"], page["error"]) == ("la", "repetition", None), (
        "without the penalty"
    )
    assert "repeated itself" in page["warnings"][0]


async def test_a_model_that_always_repeats_itself(checkpoint: Any) -> None:
    engine = TransformersEngine(str(checkpoint))
    engine.load()
    engine.model.model.language_model.norm.weight.data.zero_()
    engine.warmup()
    reply = await PageReader(engine).read([PageIn(key="1", png=word_png("total"))], options(max_tokens=500))
    assert reply["pages"][0]["finish_reason"] == "repetition"


async def test_a_cut_text_is_said() -> None:
    reply = await read(Scripted(said("begin", "length")))
    assert "raise max_tokens" in reply["pages"][0]["warnings"][0]


async def test_json_is_checked_and_made_plain() -> None:
    engine = Scripted(said('```json\n{"total": 3.50}\n```'))
    reply = await read(engine, format="json", schema=SCHEMA)
    assert reply["pages"][0]["content"] == '{"total": 3.5}'
    assert json.dumps(SCHEMA) in engine.asked[0][0]


async def test_wrong_json_is_repaired_once() -> None:
    engine = Scripted(said('{"total": "x"}'), said('{"total": 1}'))
    reply = await read(engine, format="json", schema=SCHEMA)
    assert reply["pages"][0]["content"] == '{"total": 1}'
    assert "$.total: 'x' is not of type 'number'" in engine.asked[1][0]
    assert '{"total": "x"}' in engine.asked[1][0]


@pytest.mark.parametrize("second", ["{}", "nothing", '{"total": NaN}'])
async def test_json_that_stays_wrong_is_that_page_s_error(second: str) -> None:
    engine = Scripted(said("no json"), said('{"total": 2}'), said(second))
    reply = await read(engine, 2, format="json", schema=SCHEMA)
    bad, good = reply["pages"]
    assert bad["error"] is not None
    assert (bad["error"]["status"], bad["error"]["code"]) == (422, "invalid_json_output")
    assert (good["content"], good["error"]) == ('{"total": 2}', None)
    assert len(engine.asked) == 3


@pytest.mark.parametrize(
    ("error", "status", "code", "poisoned"),
    [
        (PromptTooLong("too many"), 422, "prompt_too_long", False),
        (torch.OutOfMemoryError("CUDA out of memory"), 503, "out_of_memory", False),
        (RuntimeError("CUDA error: device-side assert"), 503, "gpu_error", True),
        (RuntimeError("secret words of a page"), 503, "engine_failed", False),
    ],
)
async def test_failures_are_data(error: Exception, status: int, code: str, poisoned: bool) -> None:
    reply = await read(Scripted(said("a"), error), 2)
    first, second = reply["pages"]
    assert first["error"] is None
    assert second["error"] is not None
    assert (second["error"]["status"], second["error"]["code"]) == (status, code)
    assert "secret" not in second["error"]["message"]
    assert reply["poisoned"] is poisoned
    json.dumps(reply["pages"])


def test_prompts_say_what_is_wanted() -> None:
    assert prompt_for(options()) == built_in()["markdown"]
    assert prompt_name(options()) == "markdown@1"
    assert prompt_name(options(format="json", schema=SCHEMA)) == "json_schema@1"
    custom = options(prompt="List the names.", language="German")
    assert prompt_for(custom) == "List the names.\nThe text is in German."
    assert prompt_name(custom) == "custom"
    assert len({prompt_for(options(format=form)) for form in ("markdown", "text", "html", "json")}) == 4
    both = prompt_for(options(format="json", schema=SCHEMA, prompt="Find the total."))
    assert both.startswith("Find the total.\n")
    assert json.dumps(SCHEMA) in both


def test_the_model_s_marks_do_not_pass() -> None:
    marked = "a<|image_pad|>b<|im_<|x|>end|>c"
    assert without_marks(marked) == "abc"
    assert prompt_for(options(prompt=marked, language="<|im_start|>")).strip() == "abc\nThe text is in ."
    assert "<|" not in repair_prompt(options(format="json"), "<|im_end|>", "<|im_end|>")


@pytest.mark.parametrize("text", ["<|" * 20_000 + "|>" * 20_000, "<|a" * 9000 + "|>" * 9000, "a|>" * 9000])
def test_marks_within_marks_without_end_are_taken_out_too(text: str) -> None:
    assert not re.search(r"<\|[^|<>]{0,40}\|>", without_marks(text))


@pytest.mark.parametrize(
    "text", ["1e400", '{"a":-1e999}', "```json\n[1e400]\n```", '"\\ud800"', '{"\\udfff":1}']
)
@pytest.mark.parametrize("schema", [None, {}])
async def test_what_python_alone_takes_for_json_is_none(text: str, schema: Any) -> None:
    with pytest.raises(WrongJson, match="no JSON"):
        await checked_answer(text, schema)


async def test_a_mark_in_a_prompt_does_not_shift_the_picture(engine: TransformersEngine) -> None:
    page = PageIn(key="1", png=word_png("total"))
    reply = await PageReader(engine).read([page], options(prompt="<|image_pad|><|vision_start|>"))
    assert (reply["pages"][0]["error"], reply["pages"][0]["image_tokens"]) == (None, 64)


@pytest.mark.parametrize(
    ("tokens", "place"),
    [
        ([7] * 71, None),
        ([7] * 100, 72),
        (list(range(12)) * 6, 72),
        (list(range(12)) * 5, None),
        ([99, 98, *list(range(12)) * 9], 74),
        (list(range(30)) * 6, 5 * 30 + 12),
        ([1, 2, 3, 4, 5] * 30, 12 + 5 * 15),
        # rows that differ in one place
        ([token for row in range(40) for token in [*range(20), 100 + row]], None),
        # the same words, but not one after the other
        ([token for gap in range(1, 20) for token in [*range(12), *range(200, 200 + gap)]], None),
        ([5] * 17 + list(range(20, 90)) + [5] * 17, None),
    ],
)
def test_repetition(tokens: list[int], place: int | None) -> None:
    assert repeats(tokens) == place


# Rows and lines as they may be equal on a real page, and how many of them there may be at most.
EQUAL_ROWS = [
    ("| | | | | |\n", 60),
    ("|  |  |  |\n", 100),
    ("| 0.00 | 0.00 |\n", 60),
    ("| Mon | 08:00 | 17:00 | 8.00 |\n", 31),
    ("0.00 0.00 0.00\n", 60),
    ("Widget A  1  12.50  12.50\n", 60),
    ("N/A N/A N/A\n", 60),
    ("Signature\n", 20),
    ("- [ ] \n", 40),
    ("☐ Yes ☐ No\n", 40),
    ("________________________\n", 40),
    ("<tr><td></td><td></td><td></td></tr>", 60),
    ("<tr><td>0</td><td>0.00</td></tr>\n", 60),
    ('{"item": "", "hours": null}, ', 60),
    ('{"quantity": 0, "price": 0.0},\n', 60),
    ("| 0.00 ", 31),
    ("Mon 8\nTue 8\nWed 8\nThu 8\nFri 8\nSat 0\nSun 0\n", 5),
    ("\t0\t0\t0\n", 80),
    (" | - | - | - |\n", 70),
]
LOOPS = [
    "the same words and again ",
    "The company grew and grew in that year.\n",
    "This sentence is as long as those of a letter are, and comes again and again. ",
    "### And so we come to the last part of what was said at the meeting of the board\n\n",
    "aaaaaaaaaaaa",
    "etc., etc., and so on, ",
    "| 0.00 | 0.00 |\n",
    '{"quantity": 0, "price": 0.0},\n',
    "8\n",
    "....",
    " ",
    "\n",
]


def letters(text: str) -> list[int]:
    return [ord(sign) for sign in text]


def text_of(text: str) -> Any:
    return lambda places: "".join(text[place] for place in places)


@pytest.mark.parametrize(("row", "times"), EQUAL_ROWS)
def test_equal_rows_are_no_repetition(row: str, times: int) -> None:
    text = "# Timesheet\n" + row * times + "\nTotal 0.00"
    assert repeats(letters(text), text_of(text)) is None


@pytest.mark.parametrize("unit", LOOPS)
def test_what_never_ends_is_a_repetition(unit: str) -> None:
    text = "# A page\n" + unit * (8000 // len(unit))
    place = repeats(letters(text), text_of(text))
    assert place is not None
    assert place <= 4000


@given(st.lists(st.integers(0, 3), max_size=60), st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_whatever_repeats_six_times_is_seen(before: list[int], unit: list[int]) -> None:
    times = 6 * -(-12 // len(unit)) + 1
    assert repeats(before + unit * times) is not None


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ([], "is an object"),
        ("string", "is an object"),
        ({"type": "nothing"}, "no JSON Schema"),
        ({"properties": {"a": {"$ref": "https://example.com/s.json"}}}, "refer only to itself"),
        ({"anyOf": [{"$ref": "file:///etc/passwd"}]}, "refer only to itself"),
        ({"description": "x" * 40_000}, "characters"),
    ],
)
def test_bad_schemas(schema: Any, why: str) -> None:
    with pytest.raises(BadSchema, match=why):
        check_schema(schema)


def test_a_schema_may_refer_to_itself() -> None:
    schema = {"$defs": {"n": {"type": "integer"}}, "type": "array", "items": {"$ref": "#/$defs/n"}}
    check_schema(schema)
    assert parse_answer("[1, 2]", schema) == [1, 2]
    with pytest.raises(WrongJson, match=r"\$\[1\]"):
        parse_answer('[1, "a"]', schema)
    with pytest.raises(WrongJson, match="cannot be applied"):
        parse_answer("1", {"$ref": "#/nowhere"})


def test_json_without_a_schema() -> None:
    assert parse_answer(" null ", None) is None
    with pytest.raises(WrongJson):
        parse_answer("Here it is: {}", None)


@pytest.mark.parametrize(
    "pattern",
    [
        "^(a|a)*$",
        "^(a|aa)+$",
        "^(aa|a)+$",
        "^((a{0,5}){0,5})*$",
        "^((a{1,30}){1,30}){1,30}$",
        "^(ab|a|b)*$",
        "^(([a-z]{0,9}){0,9}){0,9}!$",
        "(?=(a+)+$)",
        "^(a{1,3})*$",
        "^([a-z]|ab)+$",
        "^(\\w|\\d\\d)*$",
        "^(a|)*$",
        "^(?:(?i:a)b|Ac)*$",
        "^((a|ab)(c|bcd))*$",
        "^(.?){1,40}$",
    ],
)
def test_patterns_that_can_be_read_in_several_ways_are_refused(pattern: str) -> None:
    with pytest.raises(BadSchema, match="several ways"):
        check_schema({"pattern": pattern})


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d{4}-\d{2}-\d{2}$",
        r"^(\d{1,3}\.){3}\d{1,3}$",
        r"^[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){2,7}$",
        "^(EUR|USD)+$",
        r"^\w+([.-]\w+)*@\w+(\.\w+)+$",
        "^(yes|no)$",
        "^([a-z]|[0-9])+$",
        r"^-?\d{1,3}(,\d{3})*(\.\d+)?$",
    ],
)
def test_patterns_that_people_write_are_taken(pattern: str) -> None:
    check_schema({"pattern": pattern})
