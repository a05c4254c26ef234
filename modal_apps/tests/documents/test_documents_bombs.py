"""Documents and schemas that would take all memory or all time: each costs its own request, and no other."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from typing import Any

import document_bombs
import httpx
import pytest
from appkit.jobs import JobBoard
from bombing import blast, check_bounded, check_fits, leave, limited, running, soon_ended
from document_files import LocalBackend, extract, options
from entry_files import load_entry
from fixed_engine import Fixed
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from loopback import until
from make_document_samples import invoice
from ocr.api import create_app
from ocr.reader import PageReader
from ocr.reading import PageIn, ReadOptions, ReadReply
from ocr.rendering import READERS
from ocr.settings import DocumentsSettings
from ocr.structured import CHECKERS, WrongJson, _Validator, checked_answer
from served import served
from word_bombs import WORD

MOST_OF_A_LOOK_MB = 60  # beside what is loaded
HONEST = ("/extract", extract("a.pdf", invoice()))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    engine: Any = Fixed("text")
    settings = DocumentsSettings(engine="transformers")
    app = create_app(settings, LocalBackend(engine), JobBoard({}, None), None)  # type: ignore[arg-type]
    with served(app) as url:
        yield url


@pytest.mark.parametrize("bomb", document_bombs.FILES, ids=lambda bomb: bomb.name)
async def test_a_bomb_costs_one_request_and_no_other(url: str, bomb: document_bombs.Bomb) -> None:
    body = extract("bomb", bomb.make())
    with soon_ended(READERS, bomb.codes):
        done = await blast(url, READERS, ("/extract", body), HONEST)
    check_bounded(done, bomb.codes, READERS.limits.memory_mb)


@pytest.mark.parametrize("bomb", WORD, ids=lambda bomb: bomb.name)
async def test_a_word_file_that_would_unpack_to_too_much_is_refused_before_it_is_unpacked(
    url: str, bomb: document_bombs.Bomb
) -> None:
    done = await blast(url, READERS, ("/extract", extract("bomb", bomb.make())), HONEST)
    check_bounded(done, bomb.codes, MOST_OF_A_LOOK_MB)


@pytest.mark.parametrize(
    ("schema", "code"),
    [(schema, code) for _, schema, code in document_bombs.SCHEMAS],
    ids=[name for name, _, _ in document_bombs.SCHEMAS],
)
async def test_a_schema_that_would_hang_is_refused_at_the_door(url: str, schema: Any, code: str) -> None:
    body = {"url": "https://192.0.2.1/a.png", "format": "json", "schema": schema}
    done = await blast(url, CHECKERS, ("/extract_from_url", body), HONEST)
    check_bounded(done, code, CHECKERS.limits.memory_mb)


# Harmless to look at: nothing of them tells that the answer takes them for ever.
HANGING = "^([a-z]+-?[a-z]+,?)+$"
ALSO_HANGING = "^(a|a)*$"
ANSWER = '"' + "a" * 40 + '!"'


def check_unchecked(reply: ReadReply, engine: Any) -> None:
    [page] = reply["pages"]
    assert (page["content"], page["error"]) == (ANSWER, None)
    assert "whether it follows the schema is unknown" in page["warnings"][0]
    assert engine.asked == 1, "what is unknown is not sent back as wrong"


def read_with(engine: Any, pattern: str) -> Coroutine[Any, Any, ReadReply]:
    wanted: ReadOptions = options(format="json", schema={"type": "string", "pattern": pattern})
    return PageReader(engine).read([PageIn(key="1", png=b"")], wanted)


async def test_an_answer_that_cannot_be_checked_in_time_is_said_to_be_unchecked() -> None:
    engine: Any = Fixed(ANSWER)
    with limited(CHECKERS, 1):
        check_unchecked(await read_with(engine, ALSO_HANGING), engine)


async def test_the_pages_of_others_do_not_wait_for_an_answer_that_is_checked() -> None:
    engine: Any = Fixed(ANSWER)
    with limited(CHECKERS, 600):
        hanging = asyncio.create_task(read_with(engine, HANGING))
        await asyncio.to_thread(until, lambda: bool(running(CHECKERS)))
        other: Any = Fixed("text")
        reply: ReadReply = await PageReader(other).read([PageIn(key="2", png=b"")], options())
    assert reply["pages"][0]["content"] == "text"
    assert not hanging.done()
    for child in running(CHECKERS):
        child.send_signal(signal.SIGXCPU)  # what the system sends at the limit
    check_unchecked(await hanging, engine)


async def test_thousands_of_objects_are_compared_as_honest_schemas_ask() -> None:
    schema = {"type": "array", "uniqueItems": True, "items": {"type": "object"}}
    text = document_bombs.listed(4000)
    assert await checked_answer(text, schema) == (text, "")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 2)
    | st.sampled_from([0.0, 1.0, 0.5])
    | st.text("ab", max_size=1),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", max_size=1), inner, max_size=2),
    max_leaves=4,
)


@given(st.lists(JSON, max_size=4))
def test_equal_items_are_those_that_jsonschema_says_are_equal(items: list[Any]) -> None:
    schema = {"uniqueItems": True}
    assert _Validator(schema).is_valid(items) == Draft202012Validator(schema).is_valid(items)


async def test_a_caller_who_leaves_ends_the_child(url: str) -> None:
    body = extract("bomb", document_bombs.shaded_by_a_program())  # takes no memory, and any time
    with limited(READERS, 30):
        await leave(url, READERS, "/extract", body)
        await asyncio.to_thread(until, lambda: not running(READERS))
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        assert (await client.post(HONEST[0], json=HONEST[1])).status_code == 200


@pytest.mark.parametrize("text", ["[" * 5000, "9" * 5000, '{"a":' * 990 + "1" + "}" * 990])
async def test_json_that_is_too_deep_or_long_is_a_wrong_answer(text: str) -> None:
    with pytest.raises(WrongJson, match="JSON"):
        await checked_answer(text, None)


async def test_the_largest_bodies_at_once_fit_into_the_container(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory_mb = load_entry(monkeypatch, "documents").WEB_MEMORY_MB
    await check_fits(url, "/extract", READERS, DocumentsSettings(), memory_mb)
