"""
The engine that the app starts in the cloud: the real vLLM with the app's own command line, on a CPU with a tiny model
of the same architecture. The witness for what it reads is transformers with the same checkpoint.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sysconfig
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import make_document_samples as samples
import pytest
import pytest_asyncio
from appkit.auth import KeyChecker
from appkit.jobs import JobBoard
from document_files import LocalBackend, batch_runner, document, extract, pool_of, word_png, words_tiff
from loopback import free_port
from ocr.api import create_app, fetch_rules
from ocr.engine import Generated, Prompt, PromptTooLong, Sampling
from ocr.engine_choice import make_engine
from ocr.openai_engine import OpenAiEngine
from ocr.settings import DocumentsSettings
from ocr.transformers_engine import TransformersEngine
from support import KEY, client_for, read_manifest, send_sample
from tiny_qwen3_vl import INVOICE_TEXT, PAGE_TEXT, WORDS, lessons

TESTS = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("vllm") is None, reason="not run: the vLLM engine has no build for this machine"
)
MARKDOWN = lessons()[0].prompt
GREEDY = Sampling(max_tokens=40)


@pytest.fixture(scope="module")
def cpu_checkpoint(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint with the one thing that vLLM asks for on a CPU alone: what its text part is."""
    folder = tmp_path_factory.mktemp("cpu") / "qwen3-vl"
    folder.mkdir()
    for file in checkpoint.iterdir():
        (folder / file.name).symlink_to(file.resolve())
    config = json.loads((checkpoint / "config.json").read_text())
    config["text_config"]["architectures"] = ["Qwen3ForCausalLM"]
    (folder / "config.json").unlink()
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture(scope="module")
def vllm_settings(cpu_checkpoint: Path) -> DocumentsSettings:
    """The app's own settings; without CUDA graphs, which take long to make and are none on a CPU."""
    return DocumentsSettings(
        model_id=str(cpu_checkpoint),
        gpu="none",
        dtype="float32",
        snapshot="off",
        max_inputs=4,
        target_inputs=2,
        max_model_len=4096,
        vllm_args="--enforce-eager --seed 0",
    )


@pytest.fixture(scope="module")
def vllm(vllm_settings: DocumentsSettings) -> Iterator[OpenAiEngine]:
    """The engine as the worker makes and starts it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VLLM_TARGET_DEVICE", "cpu")
        patch.setenv("VLLM_CPU_KVCACHE_SPACE", "1")
        patch.setenv("OMP_NUM_THREADS", "2")
        patch.setenv("PYTHONPATH", os.pathsep.join([str(TESTS / "vllm_cpu"), _beside()]))
        engine = make_engine(vllm_settings, free_port())
        assert isinstance(engine, OpenAiEngine)
        engine.load()
        engine.warmup()
    yield engine
    engine.close()
    assert not engine.alive()


def _beside() -> str:
    """The folder of torchvision, which only this engine may import; see requirements-beside.txt."""
    return str(Path(sysconfig.get_path("purelib")).parent / "beside")


@pytest_asyncio.fixture
async def reader(vllm: OpenAiEngine, vllm_settings: DocumentsSettings) -> AsyncIterator[httpx.AsyncClient]:
    """The app in front of it."""
    backend = LocalBackend(vllm)
    runner = batch_runner(pool_of(backend), fetch_rules(vllm_settings))
    app = create_app(vllm_settings, backend, JobBoard({}, runner), KeyChecker((KEY.encode(),)))
    async with client_for(app) as client:
        yield client


async def test_words_and_tokens_are_those_of_transformers(
    vllm: OpenAiEngine, engine: TransformersEngine
) -> None:
    prompts = [*(Prompt(word_png(word), MARKDOWN) for word in WORDS), Prompt(_page(), MARKDOWN)]
    sampling = Sampling(max_tokens=100)
    theirs = await engine.generate(prompts, sampling)
    ours = await vllm.generate(prompts, sampling)
    for mine, other in zip(ours, theirs, strict=True):
        assert isinstance(mine, Generated)
        assert isinstance(other, Generated)
        # vLLM counts the token that ends an answer, transformers' engine does not.
        ended = mine.output_tokens - (mine.finish_reason == "stop")
        assert replace(mine, seconds=0, output_tokens=ended) == replace(other, seconds=0)
    assert [answer.text for answer in ours[-1:] if isinstance(answer, Generated)] == [PAGE_TEXT]


def _page() -> bytes:
    return (samples.SAMPLES / "page.png").read_bytes()


async def test_a_document_of_several_pages_is_read_by_the_app(reader: httpx.AsyncClient) -> None:
    body = (await reader.post("/extract", json=extract("a.tiff", words_tiff("total", "", "paper")))).json()
    assert [page["content"] for page in body["pages"]] == ["total", "", "paper"]
    assert [page["text_source"] for page in body["pages"]] == ["model", "none", "model"]
    assert body["usage"]["image_tokens"] == 128


async def test_a_pdf_is_read_from_its_picture_and_compared_with_its_text(reader: httpx.AsyncClient) -> None:
    sent = extract("a.pdf", samples.invoice(), format="text", text_layer="off", max_pixels=524_288)
    assert (await reader.post("/extract", json=sent)).json()["content"] == INVOICE_TEXT


async def test_the_samples_answer_as_promised(reader: httpx.AsyncClient) -> None:
    for sample in read_manifest("documents")["samples"]:
        await send_sample(reader, "documents", sample)


async def test_a_batch_is_read(reader: httpx.AsyncClient) -> None:
    documents = [document(f"{word}.png", word_png(word)) for word in WORDS]
    job = (await reader.post("/batch", json={"documents": documents})).json()
    while (view := (await reader.get(job["status_url"])).json())["status"] in ("queued", "running"):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    assert [result["content"] for result in view["result"]["results"]] == list(WORDS)


async def test_a_prompt_that_is_too_long_is_told_as_such_by_the_engine(
    vllm: OpenAiEngine, vllm_settings: DocumentsSettings
) -> None:
    believes_more = OpenAiEngine(vllm._base_url, vllm._model, max_model_len=4 * vllm_settings.max_model_len)
    [answer] = await believes_more.generate([Prompt(word_png("total"), "word " * 6000)], GREEDY)
    assert isinstance(answer, PromptTooLong), answer


async def test_an_answer_that_is_cut_says_so(vllm: OpenAiEngine) -> None:
    [answer] = await vllm.generate([Prompt(_page(), MARKDOWN)], Sampling(max_tokens=5))
    assert isinstance(answer, Generated), answer
    assert (answer.finish_reason, answer.output_tokens) == ("length", 5)
    assert PAGE_TEXT.startswith(answer.text)
