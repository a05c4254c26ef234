"""Limits that fit the model's length, and the engine's arguments, whose witness is vLLM's own parser."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import Any

import httpx
import make_document_samples as samples
import pytest
from appkit.errors import ApiError
from appkit.settings import SettingsError, load
from document_files import extract
from ocr.fitting import fitted_drawing
from ocr.preprocess import LEAST_PIXELS, MOST_PIXELS, count_tokens, final_size
from ocr.prompts import prompt_for
from ocr.requests import Opts
from ocr.settings import OWN_FLAGS, DocumentsSettings
from ocr.token_budget import instruction_tokens
from ocr.vllm_options import vllm_command

LENGTHS = [1024, 2048, 4096, 8192, 16_384, 32_768, 262_144]
SHAPES = [(2480, 3508), (3508, 4961), (1000, 100_000), (60, 11_000), (16_000, 16_000), (256, 256), (595, 842)]


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("form", ["markdown", "text", "html", "json"])
def test_a_page_of_the_most_pixels_leaves_room_for_an_answer(length: int, form: Any) -> None:
    """Whatever a request leaves out, and the most that it may ask for."""
    settings = DocumentsSettings(max_model_len=length)
    usual = fitted_drawing(Opts(format=form), settings)["max_pixels"]
    most = _most(settings, form)
    taken = instruction_tokens(prompt_for(Opts(format=form).read_options()))
    for pixels in (usual, most):
        for shape in SHAPES:
            tokens = count_tokens(*final_size(*shape, pixels))
            assert tokens + taken + 16 <= length, (shape, pixels)


def _most(settings: DocumentsSettings, form: Any) -> int:
    """The largest number that is taken, found by asking."""
    low, high = LEAST_PIXELS, MOST_PIXELS + 1
    while high - low > 1:
        middle = (low + high) // 2
        try:
            fitted_drawing(Opts(format=form, max_pixels=middle), settings)
            low = middle
        except ApiError:
            high = middle
    return low


def test_with_the_usual_length_the_documented_most_is_refused_in_words() -> None:
    with pytest.raises(ApiError, match="leaves room for pages of") as caught:
        fitted_drawing(Opts(max_pixels=MOST_PIXELS), DocumentsSettings())
    assert (caught.value.status_code, caught.value.param) == (422, "max_pixels")
    assert (
        fitted_drawing(Opts(max_pixels=MOST_PIXELS), DocumentsSettings(max_model_len=32_768))["max_pixels"]
        == MOST_PIXELS
    )


def test_a_schema_that_leaves_no_room_is_refused_before_a_gpu_is_started() -> None:
    schema = {"type": "object", "description": "x" * 32_000}
    with pytest.raises(ApiError, match="no room for a page") as caught:
        fitted_drawing(Opts.model_validate({"format": "json", "schema": schema}), DocumentsSettings())
    assert (caught.value.code, caught.value.param) == ("prompt_too_long", "schema")


async def test_the_app_says_so_for_a_request(client: httpx.AsyncClient) -> None:
    answer = await client.post("/extract", json=extract("a.pdf", samples.invoice(), max_pixels=MOST_PIXELS))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "max_pixels_too_large")


def test_a_deploy_with_a_short_length_is_told_of_its_pages() -> None:
    assert any("scaled down" in note for note in DocumentsSettings(max_model_len=1024).notes())
    assert not any("scaled down" in note for note in DocumentsSettings().notes())


@pytest.mark.parametrize("flag", sorted(OWN_FLAGS))
def test_what_the_app_counts_on_is_refused_among_the_engine_s_arguments(flag: str) -> None:
    with pytest.raises(SettingsError, match=f"{flag} is set by the app"):
        load(DocumentsSettings, {"APP_VLLM_ARGS": f"--seed 1 {flag} x"})


def test_the_engine_s_arguments_and_memory_are_those_of_the_settings() -> None:
    environ = {"APP_GPU_MEMORY_UTILIZATION": "0.8"}
    environ["APP_VLLM_ARGS"] = '--seed 1 --reasoning-parser "qwen3"'
    arguments = vllm_command(load(DocumentsSettings, environ)).arguments()
    assert arguments[-4:] == ["--seed", "1", "--reasoning-parser", "qwen3"]
    assert arguments[arguments.index("--gpu-memory-utilization") + 1] == "0.8"
    with_flags = DocumentsSettings().with_flags({"VLLM_FLAG_ENFORCE_EAGER": "1"})
    assert vllm_command(with_flags).arguments()[-1] == "--enforce-eager"


PARSE = """
import json, sys
from vllm.entrypoints.openai.cli_args import make_arg_parser
from vllm.utils.argparse_utils import FlexibleArgumentParser
args = make_arg_parser(FlexibleArgumentParser()).parse_args(json.loads(sys.argv[1]))
print(json.dumps([args.max_model_len, args.gpu_memory_utilization, args.seed, args.limit_mm_per_prompt,
                  args.served_model_name, args.max_num_seqs, args.tensor_parallel_size, args.generation_config]))
"""


@pytest.mark.skipif(
    importlib.util.find_spec("vllm") is None, reason="not run: vLLM has no build for this machine"
)
def test_vllm_s_own_parser_reads_the_command_line() -> None:
    arguments = vllm_command(DocumentsSettings(vllm_args="--seed 7")).arguments()
    told = arguments[arguments.index("serve") + 1 :]
    done = subprocess.run([sys.executable, "-c", PARSE, json.dumps(told)], stdout=subprocess.PIPE, check=True)
    read = json.loads(done.stdout.splitlines()[-1])
    assert read == [16_384, 0.9, 7, {"image": 1, "video": 0}, ["reader"], 32, 1, "vllm"]
