"""The engine's command line: what the settings say, and nothing that would open it."""

from __future__ import annotations

import pytest
from appkit.settings import SettingsError, alias_notes, load
from appkit.vllm_server.command import CommandError, VllmCommand, split_extra
from llm.engine import Engine, engine_command
from llm.settings import LlmSettings


def options_of(settings: LlmSettings) -> list[str]:
    return engine_command(settings).arguments()[4:]


def test_the_defaults() -> None:
    assert options_of(LlmSettings()) == [
        "Qwen/Qwen2.5-7B-Instruct",
        "--host",
        "127.0.0.1",
        "--port",
        "8001",
        "--served-model-name",
        "Qwen/Qwen2.5-7B-Instruct",
        "llm",
        "--dtype",
        "auto",
        "--max-model-len",
        "8192",
        "--max-num-seqs",
        "64",
        "--gpu-memory-utilization",
        "0.9",
        "--disable-uvicorn-access-log",
        "--enable-sleep-mode",
        "--allowed-media-domains",
        "no-host.invalid",
    ]


def test_every_setting_has_its_flag() -> None:
    settings = LlmSettings(
        model_id="a/b",
        model_revision="c" * 40,
        served_name="mine",
        gpu="H100:2",
        max_usd_per_hour=10,
        snapshot="off",
        fast_boot=True,
        quantization="fp8",
        chat_template="t.jinja",
        speculative='{"method": "ngram"}',
        reasoning_parser="qwen3",
        tool_parser="hermes",
        vllm_args="--seed 3 --max-logprobs=5",
    )
    line = engine_command(settings).printed()
    for part in (
        "vllm serve a/b",
        "--served-model-name mine llm",
        f"--revision {'c' * 40}",
        "--tensor-parallel-size 2",
        "--enforce-eager",
        "--quantization fp8",
        "--chat-template t.jinja",
        """--speculative-config '{"method": "ngram"}'""",
        "--reasoning-parser qwen3",
        "--enable-auto-tool-choice --tool-call-parser hermes",
    ):
        assert part in line
    assert line.endswith("--seed 3 --max-logprobs=5")
    assert "--enable-sleep-mode" not in line


def test_without_a_gpu_nothing_is_said_of_its_memory() -> None:
    assert "--gpu-memory-utilization" not in options_of(LlmSettings(gpu="none"))


@pytest.mark.parametrize(
    "text",
    [
        "--host 0.0.0.0",
        "--port=1",
        "--api-key x",
        "--api_key x",
        "--trust-remote-code",
        "--trust_remote",
        "--HOST 1",
        "--ho 1.2.3.4",
        "--allowed-media-domains a.example",
        "--allowed_media_domains=a.example",
        "--allowed-local-media-path /",
    ],
)
def test_arguments_that_would_open_the_engine_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="is set by the app and cannot be given"):
        load(LlmSettings, {"APP_VLLM_ARGS": text})


@pytest.mark.parametrize("text", ["--hf-overrides {}", "--seed 1", "--max-logprobs 3", "--tokenizer x"])
def test_other_arguments_pass(text: str) -> None:
    assert load(LlmSettings, {"APP_VLLM_ARGS": text}).vllm_args == text


def test_arguments_with_open_quotes_are_named() -> None:
    with pytest.raises(SettingsError, match="APP_VLLM_ARGS=--seed '1: cannot be split"):
        load(LlmSettings, {"APP_VLLM_ARGS": "--seed '1"})


@pytest.mark.parametrize(
    ("environ", "hosts"),
    [
        ({}, ["no-host.invalid"]),
        ({"APP_MEDIA_HOSTS": ""}, ["no-host.invalid"]),
        ({"APP_MEDIA_HOSTS": "a.example"}, ["a.example"]),
        ({"APP_MEDIA_HOSTS": "a.example, b.example,c.example"}, ["a.example", "b.example", "c.example"]),
    ],
    ids=["absent", "empty", "one", "several"],
)
def test_pictures_are_fetched_from_the_hosts_of_the_setting_alone(
    environ: dict[str, str], hosts: list[str]
) -> None:
    settings = load(LlmSettings, environ)
    started = Engine(settings).process._command
    assert started == engine_command(settings).arguments()
    assert started[started.index("--allowed-media-domains") :] == ["--allowed-media-domains", *hosts]
    assert load(LlmSettings, settings.container_env()) == settings


@pytest.mark.parametrize("wrong", ["https://a.example", "a.example/x", "A.example", "--api-key x", " ", ","])
def test_what_is_no_list_of_hosts_is_refused(wrong: str) -> None:
    with pytest.raises(SettingsError, match="APP_MEDIA_HOSTS"):
        load(LlmSettings, {"APP_MEDIA_HOSTS": wrong})


@pytest.mark.parametrize(
    ("text", "names", "rest"),
    [
        ("--served-model-name sql-7b chat --seed 1", ["sql-7b", "chat"], ["--seed", "1"]),
        ("--seed 1 --served_model_name=sql", ["sql"], ["--seed", "1"]),
        ("--served-model a --max-logprobs=5 --served-model-name b", ["b"], ["--max-logprobs=5"]),
        ("--seed 1", ["Qwen/Qwen2.5-7B-Instruct"], ["--seed", "1"]),
    ],
)
def test_names_among_the_arguments_are_those_that_are_served(
    text: str, names: list[str], rest: list[str]
) -> None:
    settings = load(LlmSettings, {"APP_VLLM_ARGS": text})
    assert settings.served_names == [*names, "llm"]
    options = options_of(settings)
    assert options.count("--served-model-name") == 1
    start = options.index("--served-model-name") + 1
    assert options[start : start + len(names) + 1] == [*names, "llm"]
    assert options[options.index("no-host.invalid") + 1 :] == rest


def test_flags_come_from_variables_too() -> None:
    environ = {"VLLM_FLAG_MAX_LOGPROBS": "7", "VLLM_FLAG_ENABLE_LOG_OUTPUTS": "true", "VLLM_HOST_IP": "x"}
    settings = LlmSettings(vllm_args="--seed 1").with_flags(environ)
    assert settings.vllm_args == "--seed 1 --enable-log-outputs --max-logprobs 7"
    assert load(LlmSettings, settings.container_env()) == settings
    with pytest.raises(CommandError, match="--api-key"):
        split_extra("", {"VLLM_FLAG_API_KEY": "x"})


def test_secrets_are_not_printed() -> None:
    command = VllmCommand(
        "m", {}, ("--hf-token", "hf_secret", "--some-key=secret", "--max-num-batched-tokens", "8")
    )
    assert command.printed().endswith("--hf-token '***' '--some-key=***' --max-num-batched-tokens 8")


def test_the_older_names() -> None:
    environ = {"MODAL_MODEL": "a/b", "MODAL_GPU_TYPE": "A10G", "MODAL_SCALEDOWN_WINDOW_MINUTES": "7"}
    settings = load(LlmSettings, environ)
    assert (settings.model_id, settings.gpus, settings.scaledown_window_s) == ("a/b", ["A10"], 420)
    assert len(alias_notes(LlmSettings, environ)) == 3


@pytest.mark.parametrize(("minutes", "seconds"), [("2.5", 150), ("0.1", 6), ("1.1", 66), ("20", 1200)])
def test_parts_of_minutes_are_whole_seconds(minutes: str, seconds: int) -> None:
    assert load(LlmSettings, {"MODAL_SCALEDOWN_WINDOW_MINUTES": minutes}).scaledown_window_s == seconds


@pytest.mark.parametrize("minutes", ["2.501", "inf", "nan", "x", "21", "0.01"])
def test_what_is_no_time_is_refused_in_its_own_unit(minutes: str) -> None:
    words = rf"MODAL_SCALEDOWN_WINDOW_MINUTES={minutes}: must be a number >= 0.0333333 and <= 20"
    with pytest.raises(SettingsError, match=words):
        load(LlmSettings, {"MODAL_SCALEDOWN_WINDOW_MINUTES": minutes})


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"APP_TARGET_INPUTS": "65"}, "APP_TARGET_INPUTS must not be larger"),
        ({"APP_SPECULATIVE": "{x"}, "APP_SPECULATIVE={x: is no JSON"),
        ({"APP_GPU": "H100:2"}, r"1 containers x \$7.90 = \$7.90 an hour"),
    ],
)
def test_problems(environ: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        load(LlmSettings, environ)
