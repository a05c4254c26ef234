"""The tiny Qwen3-VL in this process and behind HTTP."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from document_files import png, word_png
from ocr.engine import Engine, Generated, Prompt, PromptTooLong, Sampling
from ocr.openai_engine import EngineDown, OpenAiEngine
from ocr.preprocess import prepare
from ocr.transformers_engine import TransformersEngine
from openai_server import OpenAiServer
from PIL import Image
from tiny_qwen3_vl import WORDS, lessons

MARKDOWN = lessons()[0].prompt
GREEDY = Sampling(max_tokens=120)


def prompt(word: str) -> Prompt:
    return Prompt(word_png(word), MARKDOWN)


def texts(answers: list[Generated | Exception]) -> list[str]:
    assert all(isinstance(answer, Generated) for answer in answers), answers
    return [answer.text for answer in answers if isinstance(answer, Generated)]


@pytest.fixture(params=["transformers", "openai"])
def either(request: pytest.FixtureRequest) -> Engine:
    """One engine after the other: both must do the same."""
    if request.param == "transformers":
        return request.getfixturevalue("engine")
    return OpenAiEngine(request.getfixturevalue("server").url, "reader")


@pytest.fixture
def stuck(checkpoint: Path) -> TransformersEngine:
    """A model that says one thing for ever: without its last norm, all tokens are alike to it."""
    engine = TransformersEngine(str(checkpoint))
    engine.load()
    engine.model.model.language_model.norm.weight.data.zero_()
    engine.warmup()
    return engine


async def test_the_trained_pictures_are_read(either: Engine) -> None:
    answers = await either.generate([prompt(word) for word in WORDS], GREEDY)
    right = [text == word for text, word in zip(texts(answers), WORDS, strict=True)]
    assert sum(right) >= 7


async def test_swapped_pictures_give_swapped_texts(either: Engine) -> None:
    first = texts(await either.generate([prompt(WORDS[0]), prompt(WORDS[1])], GREEDY))
    second = texts(await either.generate([prompt(WORDS[1]), prompt(WORDS[0])], GREEDY))
    assert first[0] != first[1]
    assert second == first[::-1]


async def test_pages_of_different_sizes_side_by_side(either: Engine) -> None:
    known = [lessons()[index] for index in (0, 16, 17, 18)]
    prompts = [Prompt(png(lesson.image), lesson.prompt) for lesson in known]
    answers = await either.generate(prompts, GREEDY)
    assert texts(answers) == [lesson.answer for lesson in known]
    counts = [answer.image_tokens for answer in answers if isinstance(answer, Generated)]
    assert counts == [64, 520, 520, 494]


async def test_max_tokens(either: Engine) -> None:
    page = lessons()[16]
    [answer] = await either.generate([Prompt(png(page.image), page.prompt)], Sampling(max_tokens=5))
    assert isinstance(answer, Generated)
    assert (answer.finish_reason, answer.output_tokens) == ("length", 5)
    assert page.answer.startswith(answer.text)


async def test_a_prompt_that_leaves_no_room(checkpoint: Path, server: OpenAiServer) -> None:
    for engine in (
        TransformersEngine(str(checkpoint), max_model_len=100),
        OpenAiEngine(server.url, "reader", max_model_len=100),
    ):
        if isinstance(engine, TransformersEngine):
            engine.load()
        [answer] = await engine.generate([prompt("total")], GREEDY)
        assert isinstance(answer, PromptTooLong)
    assert server.bodies == []


# the transformers engine alone


def test_places_in_the_prompt_are_a_quarter_of_the_patches(engine: TransformersEngine) -> None:
    pages = [
        prepare(Image.effect_noise(size, 90).convert("RGB"), 2**21)
        for size in ((300, 500), (256, 256), (900, 64))
    ]
    inputs = engine.inputs([Prompt(page.png, "Read.") for page in pages])
    in_prompt = (inputs["input_ids"] == engine.model.config.image_token_id).sum(1).tolist()
    grids = inputs["image_grid_thw"]
    assert in_prompt == (grids.prod(1) // 4).tolist() == [page.image_tokens for page in pages]
    assert [[row[2] * 16, row[1] * 16] for row in grids.tolist()] == [
        [page.width, page.height] for page in pages
    ]
    assert torch.equal(
        inputs["mm_token_type_ids"].bool(), inputs["input_ids"] == engine.model.config.image_token_id
    )


def reference_patches(image: Image.Image) -> np.ndarray:
    """Qwen's layout in NumPy: blocks of 2 x 2 patches of 16 x 16 pixels, each twice in time."""
    values = np.asarray(image, np.float32) / 255
    values = ((values - 0.5) / 0.5).transpose(2, 0, 1)
    rows = []
    for top in range(0, image.height, 32):
        for left in range(0, image.width, 32):
            for down in (0, 16):
                for right in (0, 16):
                    patch = values[:, top + down : top + down + 16, left + right : left + right + 16]
                    rows.append(np.stack([patch, patch], axis=1).reshape(-1))
    return np.stack(rows)


def test_pixels_equal_a_numpy_reference(engine: TransformersEngine) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((300, 500), 60 + 20 * band) for band in range(3)])
    page = prepare(noise, 2**21)
    inputs = engine.inputs([Prompt(page.png, "Read.")])
    expected = reference_patches(Image.open(io.BytesIO(page.png)))
    assert inputs["pixel_values"].shape == expected.shape == (4 * page.image_tokens, 1536)
    assert np.abs(inputs["pixel_values"].numpy() - expected).max() < 1e-6


def test_resizing_ahead_changes_nothing(engine: TransformersEngine) -> None:
    image = Image.effect_noise((333, 777), 80).convert("RGB")
    ahead = engine.inputs([Prompt(prepare(image, 2**24).png, "Read.")])
    inside = engine.inputs([Prompt(png(image), "Read.")])
    assert torch.equal(ahead["image_grid_thw"], inside["image_grid_thw"])
    assert torch.allclose(ahead["pixel_values"], inside["pixel_values"], atol=1e-6)


async def test_a_batch_of_four_is_four_singles(engine: TransformersEngine) -> None:
    prompts = [
        prompt(WORDS[0]),
        Prompt(png(lessons()[16].image), MARKDOWN),
        prompt(WORDS[2]),
        Prompt(word_png("total"), "?"),
    ]
    together = await engine.generate(prompts, GREEDY)
    alone = [(await engine.generate([one], GREEDY))[0] for one in prompts]
    assert [replace(one, seconds=0) for one in together] == [replace(one, seconds=0) for one in alone]


def test_padding_is_on_the_left(engine: TransformersEngine) -> None:
    inputs = engine.inputs([prompt("total"), Prompt(png(lessons()[16].image), MARKDOWN)])
    assert inputs["attention_mask"][0, 0] == 0
    assert inputs["attention_mask"][:, -1].tolist() == [1, 1]


async def test_a_page_that_fails_fails_alone(engine: TransformersEngine) -> None:
    answers = await engine.generate([prompt(WORDS[0]), Prompt(b"no picture", "?"), prompt(WORDS[1])], GREEDY)
    assert isinstance(answers[1], Exception)
    assert texts([answers[0], answers[2]]) == list(WORDS[:2])


async def test_a_model_that_repeats_itself_is_stopped(stuck: TransformersEngine) -> None:
    [answer] = await stuck.generate([prompt("total")], Sampling(max_tokens=500))
    assert isinstance(answer, Generated)
    assert (answer.finish_reason, answer.output_tokens) == ("repetition", 72)


async def test_temperature_chooses_other_words(stuck: TransformersEngine) -> None:
    made = texts(await stuck.generate([prompt("total")] * 2, Sampling(max_tokens=20, temperature=1.0)))
    assert made[0] != made[1]


def test_loading_makes_no_cuda_call(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a CUDA call before the snapshot")

    for name in ("is_available", "device_count", "current_device", "init", "_lazy_init"):
        monkeypatch.setattr(torch.cuda, name, refuse)
    TransformersEngine(str(checkpoint)).load()


def test_a_missing_checkpoint_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="/no/such"):
        TransformersEngine("/no/such").load()


# the engine behind HTTP alone


async def test_what_the_server_gets(server: OpenAiServer) -> None:
    engine = OpenAiEngine(server.url, "reader", max_model_len=400)
    await engine.generate([prompt("total")], Sampling(300, 0.0, 1.1))
    [body] = server.bodies
    picture, text = body["messages"][0]["content"]
    assert picture["image_url"]["url"].startswith("data:image/png;base64,")
    assert text == {"type": "text", "text": MARKDOWN}
    assert (body["model"], body["temperature"], body["repetition_penalty"]) == ("reader", 0.0, 1.1)
    assert body["max_tokens"] == 400 - 64 - len(MARKDOWN) // 2 - 64, "no more than there is room for"


async def test_many_pages_are_in_flight(server: OpenAiServer) -> None:
    await OpenAiEngine(server.url, "reader").generate([prompt(word) for word in WORDS], GREEDY)
    assert server.most_busy == len(WORDS)


async def test_a_repeating_stream_is_left(stuck: TransformersEngine) -> None:
    with OpenAiServer(stuck) as server:
        server.engine._each = lambda prompts, sampling: [  # type: ignore[method-assign]
            Generated("ab" * 5000, 64, 90, 5000, "length", 1.0) for _ in prompts
        ]
        [answer] = await OpenAiEngine(server.url, "reader").generate([prompt("total")], Sampling(5000))
        assert isinstance(answer, Generated)
        assert (answer.finish_reason, answer.prompt_tokens) == ("repetition", 90)
        assert 60 <= answer.output_tokens <= 80
        for _ in range(100):
            await asyncio.sleep(0.01)
        assert server.sent_chunks < 5000, "the server went on"


async def test_failures_of_the_server(server: OpenAiServer) -> None:
    engine = OpenAiEngine(server.url, "reader")
    server.status = 400
    [answer] = await engine.generate([prompt("total")], GREEDY)
    assert isinstance(answer, PromptTooLong)
    server.status = 500
    [answer] = await engine.generate([prompt("total")], GREEDY)
    assert isinstance(answer, EngineDown)
    assert "500" in str(answer)
    server.status, server.cut_off = 200, True
    [answer] = await engine.generate([prompt("total")], GREEDY)
    assert isinstance(answer, EngineDown)
    assert "half-way" in str(answer)


async def test_a_server_that_is_gone() -> None:
    [answer] = await OpenAiEngine("http://127.0.0.1:9", "reader").generate([prompt("total")], GREEDY)
    assert isinstance(answer, EngineDown)


class Process:
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def start(self, timeout_s: float) -> None:
        self.told.append(f"start {timeout_s:g}")

    def stop(self) -> None:
        self.told.append("stop")

    def alive(self) -> bool:
        return "stop" not in self.told

    def post(self, path: str) -> None:
        self.told.append(path)


def test_the_life_of_the_process(server: OpenAiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    process = Process()
    engine = OpenAiEngine(server.url, "reader", process, startup_timeout_s=77)
    monkeypatch.setenv("MODAL_TASK_ID", "ta-1")
    engine.load()
    assert process.told == []
    engine.warmup()
    engine.sleep()
    monkeypatch.setenv("MODAL_TASK_ID", "ta-2")
    engine.first_call = False
    engine.resume()
    assert process.told == ["start 77", "/sleep?level=1", "/wake_up"]
    assert len(server.bodies) == 1, "one page to warm up with"
    assert engine.report()["restored"]
    assert engine.report()["first_call"]
    engine.close()
    assert not engine.alive()
