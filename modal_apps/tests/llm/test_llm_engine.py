"""The real vLLM engine on a CPU with a tiny Qwen2, behind the gateway."""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import anthropic
import httpx
import openai
import pytest
import tiny_lora
import tiny_qwen2
import torch
from llm.engine import Engine
from llm.routes import opened
from llm.settings import LlmSettings
from llm.smoke import check
from llm_servers import gateway
from loopback import free_port, until
from openai import OpenAI
from PIL import Image
from prometheus_client.parser import text_string_to_metric_families
from support import KEY, read_manifest, send_sample
from transformers import AutoModelForCausalLM, AutoTokenizer

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("vllm") is None, reason="not run: the vLLM engine has no build for this machine"
)
MESSAGES: Any = [{"role": "user", "content": "What is the capital of France?"}]
# Enough work that it would still go on when its caller has left.
COPIES, TOKENS = 64, 250


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_qwen2.make_qwen2(tmp_path_factory.mktemp("models") / "qwen2")


@pytest.fixture(scope="module")
def lora(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_lora.make_lora(checkpoint, tmp_path_factory.mktemp("lora"))


@pytest.fixture(scope="module")
def settings(checkpoint: Path, lora: Path) -> LlmSettings:
    return LlmSettings(
        model_id=str(checkpoint),
        auth="key",
        gpu="none",
        dtype="float32",
        snapshot="off",
        fast_boot=True,
        max_model_len=256,
        vllm_args=f"--seed 0 --served-model-name tiny --enable-lora --lora-modules sql={lora / 'adapter'}",
    )


@pytest.fixture(scope="module")
def engine(settings: LlmSettings) -> Iterator[Engine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VLLM_TARGET_DEVICE", "cpu")
        patch.setenv("VLLM_CPU_KVCACHE_SPACE", "1")
        patch.setenv("OMP_NUM_THREADS", "2")
        engine = Engine(settings, free_port())
        engine.start()
    yield engine
    engine.stop()


@pytest.fixture(scope="module")
def url(settings: LlmSettings, engine: Engine) -> Iterator[str]:
    with gateway(settings, engine.process) as url:
        yield url


@pytest.fixture(scope="module")
def client(url: str) -> OpenAI:
    return OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0)


def running(url: str) -> int:
    status = httpx.get(f"{url}/status", headers={"X-API-Key": KEY}).json()
    return status["queue"]["running"] + status["queue"]["waiting"]


def made_tokens(url: str) -> float:
    """Tokens that the engine has made since it began."""
    text = httpx.get(f"{url}/metrics", headers={"X-API-Key": KEY}).text
    families = {family.name: family.samples for family in text_string_to_metric_families(text)}
    return sum(each.value for each in families["vllm:generation_tokens"] if each.name.endswith("_total"))


def test_models_and_health(client: OpenAI, url: str) -> None:
    assert [model.id for model in client.models.list()] == ["tiny", "llm", "sql"]
    assert httpx.get(f"{url}/health").json()["status"] == "ok"
    assert "vllm:num_requests_running" in httpx.get(f"{url}/metrics", headers={"X-API-Key": KEY}).text


PROMPTS = ("The quick brown", "Revenue grew", "one two three")


def made_by_transformers(checkpoint: Path) -> list[list[int]]:
    """Greedy tokens after each prompt."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32)
    made = []
    for prompt in PROMPTS:
        ids = tokenizer(prompt, return_tensors="pt")
        tokens = model.generate(**ids, max_new_tokens=16, do_sample=False)
        made.append(tokens[0, ids["input_ids"].shape[1] :].tolist())
    return made


def made_by_engine(client: OpenAI, model: str) -> list[list[int]]:
    answers = [
        client.completions.create(
            model=model, prompt=prompt, max_tokens=16, temperature=0, extra_body={"return_token_ids": True}
        )
        for prompt in PROMPTS
    ]
    return [answer.choices[0].token_ids for answer in answers]  # type: ignore[attr-defined]


def test_greedy_tokens_are_those_of_transformers(client: OpenAI, checkpoint: Path) -> None:
    assert made_by_engine(client, "tiny") == made_by_transformers(checkpoint)


def test_a_lora_module_answers_by_its_name_as_the_merged_model_does(
    client: OpenAI, url: str, checkpoint: Path, lora: Path
) -> None:
    merged = made_by_transformers(lora / "merged")
    assert made_by_engine(client, "sql") == merged
    assert merged != made_by_transformers(checkpoint)  # else any model would pass
    status = httpx.get(f"{url}/status", headers={"X-API-Key": KEY}).json()
    assert status["served_names"] == ["tiny", "llm", "sql"]
    with pytest.raises(openai.NotFoundError, match="This app serves tiny, llm, sql, not sqI"):
        client.completions.create(model="sqI", prompt="a")


def test_nothing_of_the_engine_is_open_but_the_listed_routes(
    url: str, engine: Engine, settings: LlmSettings
) -> None:
    """By the engine's own description of itself."""
    described = httpx.get(f"{engine.base_url}/openapi.json", timeout=300).json()["paths"]
    listed = opened(settings.route_groups)
    assert {"/v1/chat/completions", "/v1/messages", "/v1/responses", "/tokenize"} <= described.keys() & listed
    own = {"/v1/models", "/metrics", "/health"}
    closed = sorted(described.keys() - listed.keys() - own)
    assert closed
    for path in closed:
        for method in described[path]:
            answer = httpx.request(method, url + path, json={}, headers={"X-API-Key": KEY}, timeout=60)
            assert (answer.status_code, path) == (404, path)


def test_the_messages_and_responses_apis_answer_their_own_clients(client: OpenAI, url: str) -> None:
    words: Any = [{"role": "user", "content": "What is the capital of France?"}]
    claude = anthropic.Anthropic(base_url=url, api_key=KEY, max_retries=0)
    message = claude.messages.create(model="llm", max_tokens=8, messages=words)
    assert (message.type, message.usage.output_tokens) == ("message", 8)
    assert (
        claude.messages.count_tokens(model="llm", messages=words).input_tokens == message.usage.input_tokens
    )
    with pytest.raises(anthropic.NotFoundError):
        claude.messages.create(model="claude", max_tokens=8, messages=words)
    response = client.responses.create(model="llm", input="What is the capital?", max_output_tokens=8)
    assert response.usage is not None
    assert response.usage.output_tokens == 8


def test_chat_usage_stop_seed_and_logprobs(client: OpenAI) -> None:
    arguments: Any = {"model": "llm", "messages": MESSAGES, "max_tokens": 12, "seed": 5, "temperature": 1.0}
    first = client.chat.completions.create(**arguments, logprobs=True, top_logprobs=2)
    again = client.chat.completions.create(**arguments)
    text = first.choices[0].message.content
    assert text == again.choices[0].message.content
    assert first.usage is not None
    assert first.usage.total_tokens == first.usage.prompt_tokens + first.usage.completion_tokens
    assert first.choices[0].logprobs is not None
    content = first.choices[0].logprobs.content
    assert content is not None
    assert len(content) == first.usage.completion_tokens
    assert all(len(token.top_logprobs) == 2 for token in content)
    greedy = client.completions.create(model="tiny", prompt="The quick", max_tokens=12, temperature=0)
    word = greedy.choices[0].text[3:5]
    cut = client.completions.create(
        model="tiny", prompt="The quick", max_tokens=12, temperature=0, stop=[word]
    )
    assert word not in cut.choices[0].text
    assert cut.choices[0].finish_reason == "stop"


def test_a_stream_has_its_events_in_order_and_ends_with_done(client: OpenAI, url: str) -> None:
    body = {"model": "tiny", "messages": MESSAGES, "max_tokens": 10, "temperature": 0, "stream": True}
    body["stream_options"] = {"include_usage": True}
    with httpx.stream(
        "POST", f"{url}/v1/chat/completions", json=body, headers={"X-API-Key": KEY}, timeout=60
    ) as answer:
        lines = [line.removeprefix("data: ") for line in answer.iter_lines() if line]
    assert lines[-1] == "[DONE]"
    events = [json.loads(line) for line in lines[:-1]]
    text = "".join(event["choices"][0]["delta"].get("content") or "" for event in events if event["choices"])
    whole = client.chat.completions.create(model="tiny", messages=MESSAGES, max_tokens=10, temperature=0)
    assert text == whole.choices[0].message.content
    assert events[-1]["usage"]["completion_tokens"] > 0


def test_sixteen_streams_at_once(client: OpenAI) -> None:
    def stream(number: int) -> str:
        events = client.completions.create(
            model="tiny", prompt=f"number {number}", max_tokens=24, temperature=0, stream=True
        )
        return "".join(event.choices[0].text for event in events)

    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(stream, range(16)))
    assert together[3] == stream(3)
    assert together[11] == stream(11)


@pytest.mark.parametrize("stream", [True, False])
def test_a_caller_that_leaves_frees_the_slot(url: str, stream: bool) -> None:
    body = {"model": "tiny", "prompt": "a", "max_tokens": TOKENS, "stream": stream, "ignore_eos": True}
    copies = {**body, "n": COPIES}
    headers = {"X-API-Key": KEY}
    before = made_tokens(url)
    with (
        contextlib.suppress(httpx.ReadTimeout),  # without a stream nothing comes in so short a time
        httpx.stream("POST", f"{url}/v1/completions", json=copies, headers=headers, timeout=0.6) as answer,
    ):
        next(answer.iter_lines())
    until(lambda: running(url) == 0, 60)
    assert made_tokens(url) - before < COPIES * TOKENS


def test_errors_are_the_engines_own(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-5", messages=MESSAGES)
    assert unknown.value.code == "unknown_model"
    with pytest.raises(openai.BadRequestError) as long:
        client.completions.create(model="tiny", prompt="word " * 400, max_tokens=5)
    assert "256" in str(long.value)
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="tiny", messages=MESSAGES, temperature=-1)
    with pytest.raises(openai.AuthenticationError):
        OpenAI(base_url=client.base_url, api_key="another-key-of-length", max_retries=0).models.list()
    assert client.completions.create(model="tiny", prompt="next", max_tokens=2).choices[0].text is not None


async def test_samples_answer_as_promised(url: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        for sample in read_manifest("vllm")["samples"]:
            await send_sample(client, "vllm", sample)


def test_the_checks_for_a_deployed_app_pass(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        check(url, {"APP_API_KEY": KEY})
    assert ended.value.code == 0, capsys.readouterr().out


def test_the_engine_ends_and_the_next_request_says_so(url: str, engine: Engine, client: OpenAI) -> None:
    """The last test of this file: it ends the engine, first its worker and then the rest."""
    child = engine.process._child
    assert child is not None
    os.killpg(child.pid, signal.SIGKILL)
    until(lambda: not engine.process.alive())
    with pytest.raises(openai.InternalServerError) as caught:
        client.completions.create(model="tiny", prompt="a", max_tokens=2)
    assert (caught.value.status_code, caught.value.code) == (503, "gpu_error")
    assert httpx.get(f"{url}/health").status_code == 503


# What vLLM itself makes of each command line: its parser, and its part that fetches.
ASK_VLLM = """
import json, sys
from vllm import envs
from vllm.entrypoints.openai.cli_args import make_arg_parser
from vllm.multimodal.media.connector import MediaConnector
from vllm.utils.argparse_utils import FlexibleArgumentParser

urls, commands = map(json.loads, sys.argv[1:])
parser = make_arg_parser(FlexibleArgumentParser())

def fetched(connector, url):
    try:
        return list(connector.fetch_image(url).size)
    except Exception as error:
        return str(error)

def asked(command):
    args = parser.parse_args(command)
    connector = MediaConnector(
        allowed_media_domains=args.allowed_media_domains, allowed_local_media_path=args.allowed_local_media_path
    )
    return [fetched(connector, url) for url in urls]

print(json.dumps([envs.VLLM_MEDIA_URL_ALLOW_REDIRECTS, [asked(command) for command in commands]]))
"""


def test_vllm_fetches_from_the_hosts_of_the_setting_alone(settings: LlmSettings) -> None:
    made = io.BytesIO()
    Image.new("RGB", (3, 2)).save(made, "PNG")
    png = made.getvalue()

    class Pictures(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers["Host"].partition(":")[0])
            self.send_response(200)
            self.send_header("Content-Length", str(len(png)))
            self.end_headers()
            self.wfile.write(png)

    asked: list[str] = []
    inside = HTTPServer(("127.0.0.1", 0), Pictures)
    threading.Thread(target=inside.serve_forever, daemon=True).start()
    urls = [
        "data:image/png;base64," + base64.b64encode(png).decode(),
        f"http://127.0.0.1:{inside.server_port}/a.png",
        f"HTTP://user@localhost:{inside.server_port}/no-host.invalid",
        "file:///etc/passwd",
    ]
    engines = [
        Engine(settings.with_values(media_hosts=hosts))
        for hosts in ("", "127.0.0.1", "a.example, 127.0.0.1,localhost")
    ]
    commands = [one.process._command[one.process._command.index("serve") + 1 :] for one in engines]
    unguarded = commands[0][: commands[0].index("--allowed-media-domains")]
    done = subprocess.run(
        [sys.executable, "-c", ASK_VLLM, json.dumps(urls), json.dumps([*commands, unguarded])],
        env={**os.environ, **engines[0].process._environ},
        stdout=subprocess.PIPE,
        check=True,
    )
    inside.shutdown()
    redirects, answers = json.loads(done.stdout.splitlines()[-1])
    size = [3, 2]
    assert redirects is False
    assert [[one == size for one in answer] for answer in answers] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, False],  # without the argument, vLLM fetches whatever it is told
    ]
    refused = (answers[0][1], answers[0][2], answers[1][2])
    assert all("allowed domains" in answer for answer in refused)
    assert all("Cannot load local files" in answer[3] for answer in answers)
    assert asked == ["127.0.0.1", "127.0.0.1", "localhost", "127.0.0.1", "localhost"]
