"""Settings: from variables to the container and back, and every problem at once."""

from __future__ import annotations

import pytest
from appkit.gpu import parse_gpu_list, usd_per_hour
from appkit.settings import SettingsError, kind_of, load, load_or_exit, rules
from finance.settings import FinbertSettings
from hypothesis import given
from hypothesis import strategies as st


def test_defaults() -> None:
    settings = load(FinbertSettings, {})
    assert settings == FinbertSettings()
    assert (settings.app_name, settings.model_id) == ("finbert-analyst", "yiyanghkust/finbert-tone")
    assert settings.gpus == ["A10"]


def test_every_setting_reaches_the_container() -> None:
    environ = {
        **{
            "APP_NAME": "other",
            "APP_MODEL_ID": "/models/tiny",
            "APP_MODEL_REVISION": "a" * 40,
            "APP_GPU": "l4,T4:2",
        },
        **{
            "APP_DTYPE": "bfloat16",
            "APP_MIN_CONTAINERS": "1",
            "APP_MAX_CONTAINERS": "3",
            "APP_SCALEDOWN_WINDOW_S": "5",
        },
        **{
            "APP_TIMEOUT_S": "9",
            "APP_STARTUP_TIMEOUT_S": "99",
            "APP_SNAPSHOT": "no",
            "APP_AUTH": "both",
            "APP_SECRET": "s",
        },
        **{
            "APP_VOLUME": "v",
            "APP_MAX_BODY_MB": "7",
            "APP_MAX_USD_PER_HOUR": "7.5",
            "APP_LOG_LEVEL": "DEBUG",
        },
        **{"APP_LOG_FORMAT": "json", "HF_HUB_OFFLINE": "1"},
    }
    assert set(environ) == {rule.env for rule in rules(FinbertSettings).values()}
    settings = load(FinbertSettings, environ)
    defaults = FinbertSettings()
    assert not [name for name in rules(FinbertSettings) if getattr(settings, name) == getattr(defaults, name)]
    assert load(FinbertSettings, settings.container_env()) == settings


@given(st.integers(1, 100), st.floats(500, 10000), st.booleans(), st.sampled_from(["none", "A10", "T4:2,L4"]))
def test_round_trip(containers: int, limit: float, snapshot: bool, gpu: str) -> None:
    settings = FinbertSettings(max_containers=containers, max_usd_per_hour=limit, snapshot=snapshot, gpu=gpu)
    assert load(FinbertSettings, settings.container_env()) == settings


def test_all_problems_are_listed_at_once() -> None:
    environ = {
        **{"APP_NAME": "Has Spaces", "APP_MAX_CONTAINERS": "0", "APP_TIMEOUT_S": "soon", "APP_AUTH": "open"},
        **{"APP_SNAPSHOT": "perhaps", "APP_MAX_CONTAINER": "1", "APP_MAX_USD_PER_HOUR": "nan"},
    }
    with pytest.raises(SettingsError) as caught:
        load(FinbertSettings, environ)
    assert sorted(str(caught.value).splitlines()) == [
        "APP_AUTH=open: must be one of key, proxy, both, none",
        "APP_MAX_CONTAINER: no such setting; did you mean APP_MAX_CONTAINERS?",
        "APP_MAX_CONTAINERS=0: must be a number >= 1 and <= 100",
        "APP_MAX_USD_PER_HOUR=nan: must be a number >= 0.01 and <= 10000",
        "APP_NAME=Has Spaces: must be text that matches [a-z0-9-]{1,40}",
        "APP_SNAPSHOT=perhaps: must be one of 1, true, yes, 0, false, no",
        "APP_TIMEOUT_S=soon: must be a number >= 1 and <= 86400",
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
