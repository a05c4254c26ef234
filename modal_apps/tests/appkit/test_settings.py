"""Settings: from variables to the container and back, and every problem at once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from appkit.gpu import parse_gpu_list, usd_per_hour
from appkit.settings import (
    Alias,
    Settings,
    SettingsError,
    alias_notes,
    kind_of,
    load,
    load_or_exit,
    rules,
    setting,
)
from finance.settings import FinbertSettings
from hypothesis import given
from hypothesis import strategies as st
from interpret.settings import InterpSettings


def test_defaults() -> None:
    settings = load(FinbertSettings, {})
    assert settings == FinbertSettings()
    assert (settings.app_name, settings.model_id) == ("finbert-analyst", "yiyanghkust/finbert-tone")
    assert settings.gpus == ["A10"]


OTHER_VALUES = {
    "APP_NAME": "other",
    "APP_MODEL_ID": "/models/tiny",
    "APP_LABELS": "negative,neutral,positive",
    "APP_MODEL_REVISION": "a" * 40,
    "APP_GPU": "l4,T4:2",
    "APP_DTYPE": "bfloat16",
    "APP_MEMORY_MB": "4096",
    "APP_MIN_CONTAINERS": "1",
    "APP_MAX_CONTAINERS": "3",
    "APP_BUFFER_CONTAINERS": "1",
    "APP_SCALEDOWN_WINDOW_S": "5",
    "APP_TIMEOUT_S": "9",
    "APP_STARTUP_TIMEOUT_S": "99",
    "APP_SNAPSHOT": "off",
    "APP_AUTH": "both",
    "APP_SECRET": "s",
    "APP_SECRET_SOURCE": "dotenv",
    "APP_HF_SECRET": "hf",
    "APP_SENTRY_SECRET": "sentry",
    "APP_VOLUME": "v",
    "APP_REGION": "eu-west",
    "APP_ROUTING_REGION": "eu-west",
    "APP_WEB_MIN_CONTAINERS": "1",
    "APP_WEB_MAX_CONTAINERS": "9",
    "APP_WEB_MAX_INPUTS": "5",
    "APP_CUSTOM_DOMAINS": "api.example.com,b.example.com",
    "APP_MAX_BODY_MB": "7",
    "APP_MAX_USD_PER_HOUR": "7.5",
    "APP_MAX_USD_PER_MONTH": "2500",
    "APP_LOG_LEVEL": "DEBUG",
    "APP_LOG_FORMAT": "json",
    "HF_HUB_OFFLINE": "1",
}


def test_every_setting_reaches_the_container() -> None:
    assert set(OTHER_VALUES) == {rule.env for rule in rules(FinbertSettings).values()}
    settings = load(FinbertSettings, OTHER_VALUES)
    defaults = FinbertSettings()
    assert not [name for name in rules(FinbertSettings) if getattr(settings, name) == getattr(defaults, name)]
    assert load(FinbertSettings, settings.container_env()) == settings
    assert settings.domains == ["api.example.com", "b.example.com"]


@given(
    st.integers(1, 100),
    st.floats(500, 10000),
    st.sampled_from(["off", "cpu", "gpu"]),
    st.sampled_from(["none", "A10", "T4:2,L4"]),
)
def test_round_trip(containers: int, limit: float, snapshot: str, gpu: str) -> None:
    settings = FinbertSettings(max_containers=containers, max_usd_per_hour=limit, snapshot=snapshot, gpu=gpu)
    assert load(FinbertSettings, settings.container_env()) == settings


def test_all_problems_are_listed_at_once() -> None:
    environ = {
        **{"APP_NAME": "Has Spaces", "APP_MAX_CONTAINERS": "0", "APP_TIMEOUT_S": "soon", "APP_AUTH": "open"},
        **{"HF_HUB_OFFLINE": "perhaps", "APP_MAX_CONTAINER": "1", "APP_MAX_USD_PER_HOUR": "nan"},
    }
    with pytest.raises(SettingsError) as caught:
        load(FinbertSettings, environ)
    assert sorted(str(caught.value).splitlines()) == [
        "APP_AUTH=open: must be one of key, proxy, both, none",
        "APP_MAX_CONTAINER: no such setting; did you mean APP_MAX_CONTAINERS?",
        "APP_MAX_CONTAINERS=0: must be a number >= 1 and <= 100",
        "APP_MAX_USD_PER_HOUR=nan: must be a number >= 0.01 and <= 10000",
        "APP_NAME=Has Spaces: must be text that matches [a-z0-9-]{1,40}",
        "APP_TIMEOUT_S=soon: must be a number >= 1 and <= 86400",
        "HF_HUB_OFFLINE=perhaps: must be one of 1, true, yes, 0, false, no",
    ]


def test_names_of_other_programs_and_our_secret_are_left_alone() -> None:
    assert (
        load(FinbertSettings, {"APP_ENV": "production", "APP_API_KEY": "x", "PATH": "/"}) == FinbertSettings()
    )


def test_a_wrong_setting_ends_the_deploy_without_a_traceback() -> None:
    with pytest.raises(SystemExit) as caught:
        load_or_exit(FinbertSettings, {"APP_GPU": "A40"})
    assert str(caught.value.code).startswith(
        "APP_GPU=A40: Modal does not offer the GPU A40. Choose from: none, T4,"
    )


def test_the_hourly_limit_stops_a_dear_deploy() -> None:
    with pytest.raises(
        SettingsError, match=r"2 containers x \$3.95 = \$7.90 an hour .*Lower APP_MAX_CONTAINERS"
    ):
        load(FinbertSettings, {"APP_GPU": "H100"})
    assert load(FinbertSettings, {"APP_GPU": "H100", "APP_MAX_CONTAINERS": "1"}).gpus == ["H100"]


@pytest.mark.parametrize(
    ("text", "gpus"),
    [
        ("A10", ["A10"]),
        ("a10g", ["A10"]),
        ("A100-80GB:2", ["A100-80GB:2"]),
        ("L4:1", ["L4"]),
        ("H100!, a100", ["H100!", "A100"]),
        ("none", []),
    ],
)
def test_gpu_names(text: str, gpus: list[str]) -> None:
    assert parse_gpu_list(text) == gpus


@pytest.mark.parametrize("text", ["", "A40", "A10:5", "H100:9", "H100:0", "H100:x", "A10,", "any"])
def test_gpus_that_modal_does_not_offer(text: str) -> None:
    with pytest.raises(ValueError, match=r"offer|cards"):
        parse_gpu_list(text)


def test_prices() -> None:
    assert usd_per_hour(["A10"]) == 1.10
    assert usd_per_hour(["T4", "A100:2"]) == 4.20
    assert usd_per_hour([]) == 0


def test_kinds_follow_the_annotations() -> None:
    kinds = {kind_of(FinbertSettings, name) for name in rules(FinbertSettings)}
    assert kinds == {"string", "integer", "number", "boolean"}


@dataclass(frozen=True, kw_only=True)
class _Renamed(Settings):
    window_s: int = setting("APP_WINDOW_S", 60, minimum=2, aliases=(Alias("OLD_WINDOW_MINUTES", 60),))


def test_an_older_name_is_honoured_with_a_note() -> None:
    environ = {"OLD_WINDOW_MINUTES": "5"}
    assert load(_Renamed, environ).window_s == 300
    assert alias_notes(_Renamed, environ) == ["OLD_WINDOW_MINUTES is read as APP_WINDOW_S."]
    both = {**environ, "APP_WINDOW_S": "7"}
    assert load(_Renamed, both).window_s == 7
    assert alias_notes(_Renamed, both) == []
    with pytest.raises(SettingsError, match=r"^OLD_WINDOW_MINUTES=x: must be"):
        load(_Renamed, {"OLD_WINDOW_MINUTES": "x"})


def test_notes_say_what_a_deploy_should_know() -> None:
    settings = FinbertSettings(gpu="A10G:2", auth="none", snapshot="gpu", max_containers=1)
    assert settings.notes() == [
        "A10G is called A10 here.",
        "APP_MODEL_REVISION is empty: the newest commit of yiyanghkust/finbert-tone is used.",
        "APP_AUTH=none: anybody who knows the URL can use this app at your cost.",
        "APP_SNAPSHOT=gpu needs exactly one GPU: cpu is used.",
        "GPU cost at most $2.20 an hour and $1,606 a month, if 1 x $2.20 never stop; $0 a month without a request.",
        "APP_GPU=A10:2: FinBERT runs on one card, so the other 1 would only cost. Use A10; "
        "for more requests at once raise APP_MAX_CONTAINERS, each of which has a card.",
    ]
    assert FinbertSettings(model_id="/models/x", gpu="none").notes() == []


def test_a_monthly_limit_is_told_in_hours_with_who_can_keep_it() -> None:
    """The guide's 15 USD: what they buy, and that only Modal's budget stops what runs."""
    told = FinbertSettings(model_id="/m", gpu="A100", max_containers=1, max_usd_per_month=15).notes()
    assert told[0].startswith("GPU cost at most $2.10 an hour and $1,533 a month")
    assert "buys 7.1 hours of one container" in told[1]  # 15 / 2.10, not the guide's 36
    assert "set a workspace or environment budget of $15 (https://modal.com/docs/guide/budgets)" in told[1]
    enough = FinbertSettings(model_id="/m", gpu="T4", max_containers=1, max_usd_per_month=431)
    assert len(enough.notes()) == 1  # 0.59 x 730 h = 430.70: nothing can pass the limit


def test_warm_containers_that_must_pass_the_monthly_limit_stop_the_deploy() -> None:
    environ = {"APP_GPU": "T4", "APP_MIN_CONTAINERS": "1", "APP_MAX_USD_PER_MONTH": "15"}
    with pytest.raises(SettingsError, match=r"1 warm containers x \$0.59 x 730 h = \$430.70 a month"):
        load(FinbertSettings, environ)
    assert load(FinbertSettings, {**environ, "APP_MIN_CONTAINERS": "0"}).max_usd_per_month == 15


def test_all_models_of_an_app_count() -> None:
    models = '[{"label": "a", "model": "gpt2-small", "gpu": "T4", "sets": ["res-jb"]}, ' + (
        '{"label": "b", "model": "gpt2-small", "gpu": "L4", "sets": ["res-jb"]}]'
    )
    settings = load(InterpSettings, {"APP_MODELS": models, "APP_MAX_CONTAINERS": "1"})
    assert settings.container_rates == [0.59, 0.80]
    assert any("at most $1.39 an hour" in note for note in settings.notes())


def test_a_region_makes_all_of_it_dearer() -> None:
    assert FinbertSettings(gpu="A10").gpu_usd_per_hour == pytest.approx(1.10)
    assert FinbertSettings(gpu="A10", region="eu").gpu_usd_per_hour == pytest.approx(1.65)
    assert FinbertSettings(gpu="A10", region="us-west").gpu_usd_per_hour == pytest.approx(1.925)
    with pytest.raises(
        SettingsError, match=r"4 containers x \$1.65 = \$6.60 an hour \(.*times 1.5 for a region"
    ):
        load(FinbertSettings, {"APP_REGION": "eu", "APP_MAX_CONTAINERS": "4"})


def test_a_card_that_needs_a_newer_cuda_is_refused() -> None:
    with pytest.raises(
        SettingsError, match=r"APP_GPU=B300: Modal says that B300 needs CUDA 13.1, and .* have 13.0"
    ):
        load(FinbertSettings, {"APP_GPU": "L4,B300", "APP_MAX_USD_PER_HOUR": "100"})
    assert load(FinbertSettings, {"APP_GPU": "B200", "APP_MAX_USD_PER_HOUR": "100"}).gpus == ["B200"]


def test_more_warm_fronts_than_allowed_are_refused() -> None:
    with pytest.raises(SettingsError, match="APP_WEB_MIN_CONTAINERS must not be larger"):
        load(FinbertSettings, {"APP_WEB_MIN_CONTAINERS": "5"})


@pytest.mark.parametrize(
    ("gpu", "snapshot", "mode"),
    [("A10", "gpu", "gpu"), ("A10:2", "gpu", "cpu"), ("none", "gpu", "cpu"), ("A10", "off", "off")],
)
def test_the_gpu_is_only_kept_in_a_snapshot_when_there_is_one_card(
    gpu: str, snapshot: str, mode: str
) -> None:
    assert FinbertSettings(gpu=gpu, snapshot=snapshot).snapshot_mode == mode


def test_more_warm_containers_than_allowed_are_refused() -> None:
    with pytest.raises(SettingsError, match="APP_MIN_CONTAINERS must not be larger"):
        load(FinbertSettings, {"APP_MIN_CONTAINERS": "3"})
