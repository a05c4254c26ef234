"""Settings, several models, and the manifest."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from appkit.gpu import parse_gpu_list
from appkit.settings import SettingsError, alias_notes, kind_of, load, rules
from interpret.settings import InterpSettings
from support import ROOT, read_manifest

TWO = [
    {"label": "gpt2", "model": "gpt2-small", "gpu": "T4", "sets": ["res-jb"]},
    {"label": "big-one", "model": "openai-community/gpt2-xl", "sets": [], "revision": "a" * 40},
]


def problems(**environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(InterpSettings, environ)
    return str(caught.value)


def test_defaults_and_the_round_trip() -> None:
    settings = load(InterpSettings, {})
    assert (settings.app_name, settings.checkpoint, settings.dtype) == (
        "sae-inference",
        "openai-community/gpt2",
        "float32",
    )
    assert (settings.sets, settings.max_loaded_saes, settings.token_limit) == (["res-jb"], 13, 512)
    assert (settings.sae_dtype, settings.max_inputs, settings.target_inputs) == ("float32", 8, 4)
    assert (settings.scaledown_window_s, settings.startup_timeout_s, settings.max_body_mb) == (120, 600, 4)
    for one in (settings, load(InterpSettings, {"APP_MODELS": json.dumps(TWO), "APP_TOKEN_LIMIT": "9"})):
        assert load(InterpSettings, one.container_env()) == one


def test_older_names() -> None:
    environ = {
        "MODEL_ID": "gpt2-small",
        "SAE_SETS": '["res-jb"]',
        "MODEL_DTYPE": "bfloat16",
        "SAE_DTYPE": "float16",
        "MAX_LOADED_SAES": "200",
    }
    settings = load(InterpSettings, environ)
    assert (settings.checkpoint, settings.dtype, settings.sae_dtype) == (
        "openai-community/gpt2",
        "bfloat16",
        "float16",
    )
    assert settings.max_loaded_saes == 200
    assert "MODEL_ID is read as APP_MODEL_ID." in alias_notes(InterpSettings, environ)
    assert len(alias_notes(InterpSettings, environ)) == 5


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"APP_SAE_SETS": "res-jb"}, "must be a JSON list of names"),
        ({"APP_SAE_SETS": '["../x"]'}, "must be a JSON list of names"),
        (
            {"APP_SAE_SETS": '["other"]'},
            "APP_SAE_SETS: other is no set that Neuronpedia or SAELens has on the Hub",
        ),
        ({"APP_SAE_PATH": "saes"}, "APP_SAE_PATH=saes: must be text that matches"),
        ({"APP_TARGET_INPUTS": "9"}, "APP_TARGET_INPUTS must not be larger"),
        ({"APP_MODELS": "{"}, "must be JSON"),
        ({"APP_MODELS": "[]"}, "must be a list of {label, model, gpu, sets}"),
        ({"APP_MODELS": '[{"label": "a"}]'}, "each model needs label, model and sets"),
        ({"APP_MODELS": json.dumps([TWO[0], TWO[0]])}, "two models have the same label"),
        ({"APP_MODELS": json.dumps([{**TWO[0], "label": "A_b"}])}, "A_b is no label"),
        ({"APP_MODELS": json.dumps([{**TWO[0], "gpu": "A40"}])}, "does not offer the GPU A40"),
        ({"APP_MODELS": json.dumps([{**TWO[0], "sets": ["other"]}])}, "other is no set that Neuronpedia"),
        ({"APP_MODELS": json.dumps([{**TWO[0], "model": "a b"}])}, "a b is no model"),
        ({"APP_LABEL": "-x"}, "APP_LABEL=-x"),
    ],
)
def test_wrong_values_are_named(environ: dict[str, str], why: str) -> None:
    assert why in problems(**environ)


def test_names_of_models_as_on_neuronpedia() -> None:
    environ = {
        "MODEL_ID": "meta-llama/Llama-3.1-8B",
        "CUSTOM_HF_MODEL_ID": "deepseek-ai/DeepSeek-R1-Distill-Llama-8B",
        "SAE_SETS": '["llamascope-r1-res-32k"]',
    }
    settings = load(InterpSettings, environ)
    assert settings.checkpoint == "deepseek-ai/DeepSeek-R1-Distill-Llama-8B"
    assert settings.sets == ["llamascope-slimpj-openr1-res-32k"]
    assert {"meta-llama/Llama-3.1-8B", "deepseek-r1-distill-llama-8b"} <= settings.names
    assert any("is read as llamascope-slimpj-openr1-res-32k" in note for note in settings.notes())
    other = {
        "MODEL_ID": "gemma-2-2b",
        "OVERRIDE_MODEL_ID": "gemma-2-2b-it",
        "SAE_SETS": '["gemmascope-res-16k"]',
    }
    settings = load(InterpSettings, other)
    assert (settings.checkpoint, settings.sae_models[0]) == ("google/gemma-2-2b-it", "gemma-2-2b")


def test_a_release_of_another_model_is_noted() -> None:
    environ = {"APP_MODEL_ID": "gemma-2-2b-it", "APP_SAE_SETS": '["gemma-scope-2b-pt-res-canonical"]'}
    notes = load(InterpSettings, environ).notes()
    assert any("was trained on google/gemma-2-2b, not on gemma-2-2b-it" in note for note in notes)


def test_sets_in_a_folder_may_have_any_name() -> None:
    settings = load(InterpSettings, {"APP_SAE_SETS": '["a", "b"]', "APP_SAE_PATH": "/cache/saes"})
    assert settings.sets == ["a", "b"]


def test_several_models() -> None:
    settings = load(InterpSettings, {"APP_MODELS": json.dumps(TWO), "APP_GPU": "L4"})
    small, big = settings.variants()
    assert (small.label, small.checkpoint, small.gpus, small.sets) == (
        "gpt2",
        "openai-community/gpt2",
        ["T4"],
        ["res-jb"],
    )
    assert (big.label, big.gpus, big.sets, big.model_revision) == ("big-one", ["L4"], [], "a" * 40)
    assert small.names == {"gpt2", "gpt2-small", "openai-community/gpt2"}
    assert "big-one" in big.names
    assert load(InterpSettings, {}).variants() == [load(InterpSettings, {})]


def test_the_hourly_limit_is_for_all_models_together() -> None:
    models = [{**TWO[0], "label": f"m{number}", "gpu": "L40S"} for number in range(2)]
    text = problems(APP_MODELS=json.dumps(models))
    assert "2 containers x ($1.95 + $1.95) = $7.80 an hour" in text
    assert load(InterpSettings, {"APP_MODELS": json.dumps(models), "APP_MAX_USD_PER_HOUR": "8"})


def test_the_manifest_says_what_the_app_accepts() -> None:
    manifest: dict[str, Any] = read_manifest("interp")
    schema = json.loads((ROOT / "schema" / "app.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(manifest)
    known = {rule.env: (name, rule) for name, rule in rules(InterpSettings).items()}
    defaults = InterpSettings()
    for entry in manifest["settings"]:
        name, rule = known[entry["env"]]
        assert entry["type"] == ("enum" if rule.choices else kind_of(InterpSettings, name)), name
        assert entry["default"] == getattr(defaults, name), name
        limits = (
            entry.get("minimum"),
            entry.get("maximum"),
            entry.get("pattern"),
            tuple(entry.get("choices", ())),
        )
        assert limits == (rule.minimum, rule.maximum, rule.pattern, rule.choices), name
    assert manifest["defaultAppName"] == defaults.app_name
    gpu = manifest["gpu"]
    assert gpu["default"] == defaults.gpu
    for choice in gpu["choices"]:
        assert parse_gpu_list(choice["type"]) == [choice["type"]]
        assert load(InterpSettings, {gpu["setting"]: choice["type"]}).gpus == [choice["type"]]
